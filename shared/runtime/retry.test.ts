/** How often work is tried that a broker refuses: soon at first, because most refusals pass at once, then less and less. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import * as TestClock from "effect/testing/TestClock";
import { expect, it } from "vitest";
import { scheduleOf } from "./retry.ts";

/** The milliseconds of the tries of a minute, all refused. */
const triesOf = (seed: string): Promise<readonly number[]> =>
  Effect.gen(function* () {
    const tries: number[] = [];
    const refused = Effect.gen(function* () {
      tries.push(yield* Clock.currentTimeMillis);
      return yield* Effect.fail("refused");
    });
    yield* Effect.forkChild(Effect.retry(refused, scheduleOf("log")));
    yield* TestClock.adjust(60_000);
    return tries;
  }).pipe(Random.withSeed(seed), Effect.provide(TestClock.layer()), Effect.scoped, Effect.runPromise);

it("what no broker answers is tried three times in the first second, then less than once a second", async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const tries = await triesOf(String(seed));
    const first = tries[0] as number;
    expect(tries.filter((at) => at - first < 1_000).length).toBeLessThanOrEqual(3);
    expect(tries.length).toBeGreaterThan(10);
    expect(tries.length).toBeLessThan(20);
    const later = tries.filter((at) => at - first >= 1_000);
    const waits = later.slice(1).map((at, n) => at - (later[n] as number));
    expect(Math.min(...waits), `seed ${seed}`).toBeGreaterThan(1_000);
  }
});
