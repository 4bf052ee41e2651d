/** Downloads leave a reserve of the disk free: what would not parks its source, and the others go on. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import { expect, it, onTestFinished } from "vitest";
import type { SourceStatus } from "#shared/contract/status.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { describeWith } from "../../integration-tests/support/describe-with.ts";
import { until } from "../../integration-tests/support/until.ts";
import { registerSource } from "../admin/register.ts";
import { readSourcesOnce, runProducer } from "../run.ts";
import { openPipeline } from "../testing/pipeline.ts";
import { serve } from "../testing/server.ts";
import { LIMITS } from "./limits.ts";
import { reserveOf } from "./room.ts";

const MIB = 1024 ** 2;
const GIB = 1024 * MIB;

it.each([
  ["a disk of 40 MB", 40 * MIB, 4 * MIB],
  ["one of 1 GB", GIB, GIB / 10],
  ["one of 5 GB", 5 * GIB, 256 * MIB],
  ["one of 20 GB", 20 * GIB, GIB],
  ["one of 10 TB", 10 * 1024 * GIB, 4 * GIB],
])("the reserve fits %s", (_, total, reserve) => {
  expect(reserveOf(total, LIMITS.reserve)).toBe(reserve);
});

describeWith("mount", "on a small disk", () => {
  const smallDisk = async () => {
    const disk = mkdtempSync(join(tmpdir(), "ventes-room-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=40m", "tmpfs", disk]);
    onTestFinished(() => {
      execFileSync("umount", ["-l", disk]);
      rmSync(disk, { recursive: true });
    });
    const pipeline = await openPipeline({ data: join(disk, "data") });
    onTestFinished(pipeline.close);
    const free = () => {
      const { bavail, bsize } = statfsSync(disk);
      return bavail * bsize;
    };
    const spooled = () => readdirSync(join(disk, "data", "spool"));
    return { disk, pipeline, free, spooled };
  };
  const HEADER = "id_magasin,ville\n";
  const piece = Buffer.from(`${Array.from({ length: 4_000 }, (_, i) => `${i},Paris`).join("\n")}\n`);

  const registration = (source: string, every: number) => ({
    key: source,
    value: JSON.stringify({
      v: 1,
      kind: "source",
      source,
      entities: ["magasins"],
      every,
      once: false,
      duplicates: "keep",
      registered: "2026-01-01T00:00:00.000Z",
    }),
  });

  it("a source without end is parked and leaves no file, and a healthy source goes on, its new rows too", async () => {
    const { pipeline, free, spooled } = await smallDisk();
    let asked = 0;
    const server = await serve((_, response) => {
      asked++;
      const more = (): void => {
        while (!response.destroyed && response.write(piece)) {}
      };
      response.on("drain", more).on("error", () => {});
      response.write(HEADER, more);
    });
    onTestFinished(server.close);
    const file = join(pipeline.dir, "m.csv");
    writeFileSync(file, `${HEADER}a,Paris\n`);
    let least = Number.POSITIVE_INFINITY;
    await pipeline.run(
      Effect.gen(function* () {
        yield* registerSource(file, { every: 50 });
        const log = yield* TopicLog;
        const endless = `${server.url}x.csv`;
        yield* log.publish("sources", [registration(endless, 50)]);
        let seen: readonly SourceStatus[] = [];
        const fiber = yield* Effect.forkChild(runProducer({ onSources: (all) => (seen = all) }));
        const of = (source: string) => seen.find((one) => one.source === source);
        const wait = (what: string, is: () => boolean) =>
          Effect.promise(() =>
            until(what, () => {
              least = Math.min(least, free());
              return is();
            }),
          );
        yield* wait("it to be parked", () => of(endless)?.state === "parked");
        expect(of(endless)?.reason).toMatch(/reserve of the disk .*make room/);
        yield* wait("the spool to be empty", () => spooled().length === 0);
        const before = asked;
        yield* wait("another poll at it", () => asked > before);
        writeFileSync(file, `${HEADER}a,Paris\nb,Lyon\n`);
        yield* wait("the healthy one's new row", () => of(pathToFileURL(file).href)?.records === 2);
        expect(fiber.pollUnsafe()).toBeUndefined();
        yield* Fiber.interrupt(fiber);
      }),
    );
    expect(least).toBeGreaterThan(2 * MIB);
    // An interrupted download removes its file by itself.
    await until("the spool to be empty", () => spooled().length === 0);
  }, 60_000);

  it("a file of a known size is refused before its first byte is written; a small one is read", async () => {
    const { disk, pipeline, free, spooled } = await smallDisk();
    const large = join(pipeline.dir, "large.csv");
    writeFileSync(large, Buffer.concat([Buffer.from(HEADER), ...Array<Buffer>(1_000).fill(piece)]));
    const small = join(pipeline.dir, "small.csv");
    writeFileSync(small, `${HEADER}a,Paris\n`);
    await pipeline.run(
      Effect.gen(function* () {
        const log = yield* TopicLog;
        yield* log.publish("sources", [registration(pathToFileURL(large).href, 50)]);
        yield* log.publish("sources", [registration(pathToFileURL(small).href, 50)]);
      }),
    );
    // Less than the reserve is free, and small files go on.
    writeFileSync(join(disk, "filler"), Buffer.alloc(free() - 3 * MIB));
    const statuses = await pipeline.run(readSourcesOnce());
    expect(
      Object.fromEntries(statuses.map(({ source, state }) => [source.split("/").at(-1), state])),
    ).toEqual({
      "large.csv": "parked",
      "small.csv": "ok",
    });
    expect(spooled()).toEqual([]);
    rmSync(join(disk, "filler"));
  }, 60_000);

  it("a full disk parks the source, the program goes on, and later the source too", async () => {
    const { disk, pipeline, free, spooled } = await smallDisk();
    const file = join(pipeline.dir, "m.csv");
    writeFileSync(file, `${HEADER}a,Paris\n`);
    const url = pathToFileURL(file).href;
    await pipeline.run(registerSource(file));
    expect(await pipeline.run(readSourcesOnce())).toMatchObject([{ state: "ok", records: 1 }]);
    // 700 KB: small, so that only the disk itself refuses it.
    writeFileSync(file, `${HEADER}a,Paris\nb,${"x".repeat(700_000)}\n`);
    const filler = join(disk, "filler");
    writeFileSync(filler, Buffer.alloc(free() - 300_000));
    const full = await pipeline.run(readSourcesOnce());
    expect(full).toMatchObject([{ source: url, state: "parked", reason: expect.stringContaining("ENOSPC") }]);
    expect(spooled()).toEqual([]);
    rmSync(filler);
    expect(await pipeline.run(readSourcesOnce())).toMatchObject([{ state: "ok", records: 2 }]);
  }, 60_000);
});
