/** An unforeseen error parks its source. It is counted, its trace is reported once, and the other sources go on. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Schedule from "effect/Schedule";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Settings } from "#shared/runtime/settings.ts";
import { LogUnavailable } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { registerCatalogue } from "../admin/catalogues.ts";
import { registerSource } from "../admin/register.ts";
import { CatalogueMemory } from "../catalogue/memory.ts";
import { pollCatalogue } from "../catalogue/poll.ts";
import { CatalogueStatuses } from "../following/catalogue-statuses.ts";
import { pollAndReport } from "../following/poll.ts";
import { followSource } from "../following/source.ts";
import { SourceStatuses } from "../following/source-statuses.ts";
import type { WaitForLog } from "../following/wait-for-log.ts";
import { openPipeline, type Pipeline } from "../testing/pipeline.ts";
import { Bulkhead, type Defect, isolatedLog } from "./bulkhead.ts";
import { makeProducer, type Producer } from "./producer.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

const coded = (code: string): Error => Object.assign(new Error(code), { code });
const write = (name: string, text = "id_magasin,ville\n1,Paris\n"): string => {
  const path = join(pipeline.dir, name);
  writeFileSync(path, text);
  return pathToFileURL(path).href;
};

interface Isolated {
  readonly producer: Producer;
  readonly statuses: SourceStatuses;
  readonly reported: Defect[];
}

/** Runs `body` with a producer that has read the topic `sources`; `change` replaces parts of it. */
const withProducer = <A, E>(
  body: (isolated: Isolated) => Effect.Effect<A, E, TopicLog | Settings>,
  change: (producer: Producer) => Partial<Producer> = () => ({}),
): Promise<A> =>
  pipeline.run(
    Effect.scoped(
      Effect.gen(function* () {
        const reported: Defect[] = [];
        const made = yield* makeProducer({ onDefect: (defect) => reported.push(defect) });
        const producer = { ...made, ...change(made) };
        yield* producer.registry.refresh();
        return yield* body({
          producer,
          statuses: new SourceStatuses(producer.registry, undefined),
          reported,
        });
      }),
    ),
  );

const failing = (error: () => unknown) => () => ({
  fetch: (() =>
    Effect.sync(() => {
      throw error();
    })) as Producer["fetch"],
});

describe("the work on one source", () => {
  const poll = (error: () => unknown) =>
    withProducer(
      ({ producer, statuses, reported }) =>
        Effect.gen(function* () {
          const registration = producer.registry.registrations()[0];
          if (registration === undefined) throw new Error("not registered");
          const polls = [];
          for (let n = 0; n < 3; n++) {
            const polled = yield* pollAndReport(producer, statuses, registration, { mode: "once" });
            statuses.put(polled.status);
            polls.push(polled);
          }
          return { polls, reported };
        }),
      failing(error),
    );

  it("that throws an unforeseen error is parked and counted, and its trace is reported once", async () => {
    const source = write("m.csv");
    await pipeline.run(registerSource(join(pipeline.dir, "m.csv")));
    let n = 0;
    // The message differs each time; the line that throws it does not.
    const { polls, reported } = await poll(() => new TypeError(`boom ${n++} at http://u:secret@h/`));
    expect(polls.map(({ code }) => code)).toEqual(["source.defect", "source.defect", "source.defect"]);
    expect(polls.map(({ status }) => status.defects)).toEqual([1, 2, 3]);
    const { status } = polls[0] as (typeof polls)[number];
    expect(status).toMatchObject({ source, state: "parked" });
    expect(status.reason).toContain("TypeError: boom 0");
    expect(status.reason).toContain("ventes sources remove");
    expect(reported).toHaveLength(1);
    expect(reported[0]).toMatchObject({ source });
    expect(reported[0]?.trace).toContain("bulkhead.test.ts");
    expect(JSON.stringify([reported, status])).not.toContain("secret");
  });

  for (const [code, refusal] of [
    ["ENOSPC", "source.no_room"],
    ["EDQUOT", "source.no_room"],
    ["EMFILE", "source.no_descriptors"],
    ["ENFILE", "source.no_descriptors"],
    ["ENOENT", "source.spool"],
  ] as const)
    it(`that meets ${code} is parked with a sentence, and is no defect`, async () => {
      write("m.csv");
      await pipeline.run(registerSource(join(pipeline.dir, "m.csv")));
      const { polls, reported } = await poll(() => coded(code));
      expect(polls.map((one) => one.code)).toEqual([refusal, refusal, refusal]);
      expect(polls[0]?.status.reason).toContain(code);
      expect(polls[0]?.status.defects).toBeUndefined();
      expect(reported).toEqual([]);
    });

  it("is isolated between its polls, too", async () => {
    write("m.csv");
    await pipeline.run(registerSource(join(pipeline.dir, "m.csv")));
    const { statuses, reported } = await withProducer((isolated) =>
      Effect.gen(function* () {
        const { producer, statuses } = isolated;
        const registered = producer.registry.registrations()[0];
        if (registered === undefined) throw new Error("not registered");
        let reads = 0;
        const registration = Object.defineProperty({ ...registered }, "every", {
          get: () => {
            if (++reads === 1) throw new RangeError("before any poll");
            return null;
          },
        });
        const following = {
          producer,
          statuses,
          catalogues: new CatalogueStatuses(undefined),
          waitForLog: doNotWait,
        };
        const isReported = Effect.suspend(() =>
          statuses.all()[0]?.next === undefined ? Effect.fail("") : Effect.void,
        );
        yield* Effect.raceFirst(
          followSource(following, registration),
          isReported.pipe(Effect.retry({ schedule: Schedule.spaced(5) })),
        );
        return isolated;
      }),
    );
    expect(statuses.all()).toMatchObject([{ state: "parked", defects: 1 }]);
    expect(reported).toHaveLength(1);
  });
});

const doNotWait: WaitForLog = (work) => work;

describe("what passes through the bulkhead", () => {
  const through = (work: Effect.Effect<unknown, unknown>) =>
    pipeline.run(
      Effect.gen(function* () {
        const bulkhead = new Bulkhead(yield* Settings, () => {});
        const exit = yield* Effect.exit(bulkhead.around("http://h/x.csv", () => work));
        return { exit, defects: bulkhead.defects("http://h/x.csv") };
      }),
    );
  const failureOf = (exit: Exit.Exit<unknown, unknown>) =>
    Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined;

  it("typed failures and interruption", async () => {
    const lost = new LogUnavailable({ address: "a", message: "m" });
    expect(failureOf((await through(Effect.fail(lost))).exit)).toBe(lost);
    const { exit, defects } = await through(Effect.interrupt);
    expect(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)).toBe(true);
    expect(defects).toBe(0);
  });

  it("a broken database: as a DatabaseError where it has a sentence, else as it is", async () => {
    expect(failureOf((await through(Effect.die(coded("SQLITE_IOERR_READ")))).exit)).toMatchObject({
      code: "SQLITE_IOERR_READ",
    });
    expect((await through(Effect.die(coded("SQLITE_FULL")))).defects).toBe(0);
    // This code blames a value, not the database file.
    expect(failureOf((await through(Effect.die(coded("SQLITE_TOOBIG")))).exit)).toMatchObject({
      code: "source.defect",
    });
  });

  it("a defect of a publish", async () => {
    const broken = new Error("the log is broken");
    const exit = await pipeline.run(
      Effect.gen(function* () {
        const log = isolatedLog({ ...(yield* TopicLog), publish: () => Effect.die(broken) });
        const bulkhead = new Bulkhead(yield* Settings, () => {});
        return yield* Effect.exit(bulkhead.around("http://h/x.csv", () => log.publish("ventes", [])));
      }),
    );
    expect(failureOf(exit)).toBe(broken);
  });
});

it("an entry of a catalogue that throws is refused with its reason, and the others are taken up", async () => {
  write("a.csv");
  write("b.csv");
  const list = write("list.txt", "a.csv\nb.csv\n");
  await pipeline.run(registerCatalogue(list));
  const { status, reported, defects } = await withProducer(({ producer, reported }) =>
    Effect.gen(function* () {
      const { hosts } = producer;
      const turn: Producer["hosts"]["turn"] = (source, work) => {
        if (source.endsWith("/a.csv")) throw new TypeError("boom");
        return hosts.turn(source, work);
      };
      const [catalogue] = producer.registry.catalogues();
      if (catalogue === undefined) throw new Error("not registered");
      const memory = new CatalogueMemory();
      const { status } = yield* pollCatalogue({ ...producer, hosts: { turn } }, catalogue, memory);
      return { status, reported, defects: producer.bulkhead.defects(list) };
    }),
  );
  expect(status).toMatchObject({ listed: 2, taken: 1, refused: 1, state: "ok" });
  expect(status.refusals[0]?.reason).toContain("TypeError: boom");
  expect(reported).toHaveLength(1);
  expect(defects).toBe(1);
});
