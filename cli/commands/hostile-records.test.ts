/** A topic `sources` with records of foreign programs: every command still works, and `sources remove` removes each record. */
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { expect, it } from "vitest";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { countOf } from "../../integration-tests/support/query.ts";
import { until } from "../../integration-tests/support/until.ts";
import { scratchDirectory, startVentes } from "../../integration-tests/support/ventes.ts";
import {
  announcementsOf,
  type HostileRecord,
  INVALID,
  unreadableOf,
} from "../../producer/testing/hostile-records.ts";

const publish = (data: string, records: readonly HostileRecord[]): Promise<void> =>
  Effect.runPromise(
    Effect.gen(function* () {
      const log = yield* TopicLog;
      for (const { key, value } of records) yield* log.publish("sources", [{ key, value }]);
    }).pipe(
      Effect.provide(layerTopicLog.pipe(Layer.provide(Layer.succeed(Settings, embeddedSettings(data))))),
    ),
  );

interface Listed {
  readonly source: string;
  readonly state: string;
  readonly reason: string;
}

it("sources, status, start --once and the page work despite foreign records, and sources remove removes each of them", async () => {
  const data = scratchDirectory();
  const file = join(data, "m.csv");
  const healthy = pathToFileURL(file).href;
  writeFileSync(file, "id_magasin,ville\n1,Paris\n");
  const run = (...args: string[]) => ventes([...args, "--data", data]);
  expect(await run("sources", "add", file)).toMatchObject({ code: 0 });
  const unreadable = unreadableOf(healthy);
  await publish(data, [...INVALID, ...unreadable, ...announcementsOf(healthy)]);

  // The others are read and these are reported, without a trace.
  const once = await run("start", "--once");
  expect(once).toMatchObject({ code: 1, stderr: expect.stringContaining("sources could not be read") });
  expect(once.stderr).not.toMatch(/^\s+at /m);
  expect(await countOf(data, "magasins")).toBe(1);
  expect(await run("status")).toMatchObject({ code: 1, stdout: expect.stringContaining(`${healthy}  ok`) });
  const listed = async () => JSON.parse((await run("sources", "--json")).stdout) as Listed[];
  const before = await listed();
  expect(before.find(({ source }) => source === healthy)).toMatchObject({ state: "ok" });
  const parked = before.filter(({ state, reason }) => state === "parked" && reason.length > 20);
  expect(parked).toHaveLength(INVALID.length + unreadable.length);

  // A running program reads what comes to the healthy one, and its page answers.
  const started = startVentes(["start", "--every", "200ms", "--data", data]);
  const [, page] = await started.said(/^page (http:\/\/127\.0\.0\.1:\d+\/)$/m);
  appendFileSync(file, "2,Lyon\n");
  await until("the new row", async () => (await countOf(data, "magasins")) === 2);
  const shown = (await (await fetch(`${page}api/sources`)).json()) as { readonly sources: readonly Listed[] };
  expect(shown.sources.map(({ source }) => source)).toContain("not a url");
  expect(await run("sources", "remove", "not a url")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("not a url"),
  });
  await until("it to be gone from the page", async () => {
    const now = (await (await fetch(`${page}api/sources`)).json()) as { readonly sources: readonly Listed[] };
    return !now.sources.some(({ source }) => source === "not a url");
  });
  await started.stop();

  // Exactly as it is shown, whatever it is shown in.
  const lines = (await run("sources")).stdout.split("\n").map((line) => line.split("|")[0] ?? "");
  const bell = lines.find((line) => line.includes("bell"));
  expect(await run("sources", "remove", bell ?? "?")).toMatchObject({ code: 0 });
  const long = lines.find((line) => line.includes("xxx…"));
  expect(await run("sources", "remove", long ?? "?")).toMatchObject({ code: 0 });
  expect(await listed()).toHaveLength(before.length - 3);
});
