/** The states of a component that the topic `status` shows: running, stopped, failed, and lost. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ComponentState } from "#shared/contract/status.ts";
import { sourceStatus } from "#shared/contract/testing/source-status.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import {
  forgetStates,
  isLost,
  isRunning,
  LOST_AFTER_MS,
  presentStates,
  readStates,
  withState,
} from "./component-state.ts";
import { reportsAt } from "./source-list.ts";

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "ventes-state-"));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const run = <A, E>(
  effect: Effect.Effect<A, E, TopicLog | Settings>,
  healthFile: string | null = null,
): Promise<A> =>
  Effect.runPromise(
    effect.pipe(
      Effect.provide(layerTopicLog),
      Effect.provideService(Settings, embeddedSettings(data, { healthFile })),
    ),
  );

const report = () => ({ state: "running" as const, detail: "", database: "d", figures: { events: 3 } });
const isSaid = Effect.gen(function* () {
  while ((yield* readStates).length === 0) yield* Effect.sleep(5);
});

it("is running while it runs, and stopped after an interruption, with its last figures", async () => {
  const states = await run(
    Effect.gen(function* () {
      yield* Effect.raceFirst(withState("consumer", report)(Effect.never), isSaid);
      return yield* readStates;
    }),
  );
  expect(states).toMatchObject([
    { component: "consumer", state: "stopped", database: "d", figures: { events: 3 } },
  ]);
});

it("tells how long its loop was busy at a time", async () => {
  const busy = Effect.sync(() => {
    const until = process.hrtime.bigint() + 300_000_000n;
    while (process.hrtime.bigint() < until);
  });
  const states = await run(
    Effect.gen(function* () {
      const work = Effect.sleep(50).pipe(Effect.andThen(busy), Effect.andThen(Effect.sleep(50)));
      yield* withState("consumer", report)(work);
      return yield* readStates;
    }),
  );
  expect(states[0]?.figures.loop_ms).toBeGreaterThanOrEqual(250);
});

it("is failed, with the reason, after a failure", async () => {
  const states = await run(
    Effect.gen(function* () {
      yield* withState("producer", report)(Effect.fail(new Error("the disk is full"))).pipe(Effect.ignore);
      return yield* readStates;
    }),
  );
  expect(states).toMatchObject([{ component: "producer", state: "failed", detail: "the disk is full" }]);
});

it("is lost when it was running and has published nothing for too long", async () => {
  const seen = await run(
    Effect.raceFirst(
      withState("analyzer", report)(Effect.never),
      Effect.gen(function* () {
        yield* isSaid;
        return (yield* readStates)[0];
      }),
    ),
  );
  if (seen === undefined) throw new Error("no state was published");
  const at = Date.parse(seen.at);
  expect(isRunning(seen)).toBe(true);
  expect(isLost(seen, at + LOST_AFTER_MS)).toBe(false);
  expect(isLost(seen, at + LOST_AFTER_MS + 1)).toBe(true);
  expect(isLost({ ...seen, state: "stopped" }, at + LOST_AFTER_MS + 1)).toBe(false);
});

it("touches the health file while it runs, not while it waits; a file that cannot be written does not stop it", async () => {
  const file = join(data, "alive");
  const waits = () => ({ ...report(), state: "waiting" as const });
  await run(Effect.raceFirst(withState("consumer", waits)(Effect.never), isSaid), file);
  expect(existsSync(file)).toBe(false);
  const touched = Effect.gen(function* () {
    while (!existsSync(file)) yield* Effect.sleep(5);
  });
  await run(Effect.raceFirst(withState("consumer", report)(Effect.never), touched), file);
  expect(await run(withState("consumer", report)(Effect.succeed("done")), "/nonexistent/alive")).toBe("done");
});

it("tells the statuses of more sources than fit one record", async () => {
  const sources = Array.from({ length: 4_000 }, (_, n) =>
    sourceStatus(`https://example.org/${n}.csv`, { state: "parked", reason: "x".repeat(400) }),
  );
  const states = await run(
    Effect.gen(function* () {
      const many = () => ({ ...report(), sources, catalogues: [] });
      yield* Effect.raceFirst(withState("producer", many)(Effect.never), isSaid);
      return yield* readStates;
    }),
  );
  expect(states).toMatchObject([{ component: "producer", state: "stopped", parts: 3 }]);
  expect(states[0]?.sources).toEqual(sources);
});

const NOW = Date.parse("2026-03-10T12:00:00Z");
const before = (ms: number): string => new Date(NOW - ms).toISOString();
const DAY = 86_400_000;
const stateOf = (id: string, more: Partial<ComponentState> = {}): ComponentState => ({
  v: 1,
  component: "consumer",
  id,
  database: "d",
  state: "running",
  detail: "",
  since: before(2 * DAY),
  at: before(1_000),
  figures: {},
  ...more,
});
const shown = (...states: ComponentState[]) => presentStates(states, reportsAt(NOW), NOW).map(({ id }) => id);

it("a silent component is shown for a week, unless its database has a younger one that reports", () => {
  const lost = stateOf("old", { at: before(DAY) });
  expect(shown(lost)).toEqual(["old"]);
  expect(shown(stateOf("old", { at: before(8 * DAY) }))).toEqual([]);
  expect(shown(lost, stateOf("new", { since: before(DAY / 2) }))).toEqual(["new"]);
  // It ran beside the other one, and has another database, or is silent itself: the first one is missed.
  expect(shown(lost, stateOf("new"))).toEqual(["old", "new"]);
  expect(shown(lost, stateOf("new", { since: before(DAY / 2), database: "e" }))).toEqual(["old", "new"]);
  expect(shown(lost, stateOf("new", { since: before(DAY / 2), at: before(DAY / 4) }))).toEqual([
    "old",
    "new",
  ]);
  const producer = { component: "producer", database: null } as const;
  expect(
    shown(
      stateOf("old", { ...producer, at: before(DAY) }),
      stateOf("new", { ...producer, since: before(DAY / 2) }),
    ),
  ).toEqual(["old", "new"]);
});

it("a component that is forgotten leaves the topic", async () => {
  const states = await run(
    Effect.gen(function* () {
      yield* Effect.raceFirst(withState("consumer", report)(Effect.never), isSaid);
      yield* forgetStates(yield* readStates);
      return yield* readStates;
    }),
  );
  expect(states).toEqual([]);
});
