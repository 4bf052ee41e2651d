/** The states of a component that the topic `status` shows: running, stopped, failed, and lost. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, expect, it } from "vitest";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import { isLost, isRunning, LOST_AFTER_MS, readStates, withState } from "./component-state.ts";

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
