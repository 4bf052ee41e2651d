import { assert, describe, it } from "@effect/vitest";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as TestClock from "effect/testing/TestClock";
import { makeHosts } from "./hosts.ts";

const LIMITS = { local: 3, all: 4, burst: 10, windowMs: 5_000, shareMs: 300_000, slow: 4, slowLocal: 32 };

/** Looks that go on until they are told to end, and how many were in hand at once. */
const polls = () => {
  const begun: string[] = [];
  let inHand = 0;
  const seen = { most: 0 };
  const poll = (source: string, until: Effect.Effect<void> = Effect.void) =>
    Effect.gen(function* () {
      begun.push(source);
      inHand += 1;
      seen.most = Math.max(seen.most, inHand);
      yield* until.pipe(
        Effect.ensuring(
          Effect.sync(() => {
            inHand -= 1;
          }),
        ),
      );
    });
  return { begun, seen, poll };
};

const files = (host: string, n: number): string[] =>
  Array.from({ length: n }, (_, i) => `https://${host}/${i}.csv`);

describe("turns of hosts", () => {
  it.effect("one source of a host is polled at a time, in the order of the requests", () =>
    Effect.gen(function* () {
      const hosts = yield* makeHosts(LIMITS);
      const { begun, seen, poll } = polls();
      const first = yield* Deferred.make<void>();
      const sources = files("a.example", 5);
      const fibers = [];
      for (const [i, source] of sources.entries()) {
        const turn = hosts.turn(source, poll(source, i === 0 ? Deferred.await(first) : Effect.void));
        fibers.push(yield* Effect.forkChild(turn));
      }
      yield* TestClock.adjust(60_000);
      assert.deepStrictEqual(begun, sources.slice(0, 1));
      yield* Deferred.succeed(first, undefined);
      yield* Effect.forEach(fibers, Fiber.join);
      assert.deepStrictEqual(begun, sources);
      assert.strictEqual(seen.most, 1);
    }),
  );

  it.effect("ten polls of a host begin at once, then two a second", () =>
    Effect.gen(function* () {
      const hosts = yield* makeHosts(LIMITS);
      const { begun, poll } = polls();
      for (const source of files("a.example", 300)) yield* Effect.forkChild(hosts.turn(source, poll(source)));
      yield* TestClock.adjust(1);
      assert.strictEqual(begun.length, 10);
      yield* TestClock.adjust(10_000);
      assert.strictEqual(begun.length, 30);
      yield* TestClock.adjust(135_000);
      assert.strictEqual(begun.length, 300);
    }),
  );

  it.effect("a host that does not answer delays no other one", () =>
    Effect.gen(function* () {
      const hosts = yield* makeHosts(LIMITS);
      const { begun, poll } = polls();
      for (const source of files("slow.example", 5))
        yield* Effect.forkChild(hosts.turn(source, poll(source, Effect.never)));
      const others = [...files("b.example", 5), ...files("c.example", 5)];
      for (const source of others) yield* Effect.forkChild(hosts.turn(source, poll(source)));
      yield* TestClock.adjust(1);
      assert.deepStrictEqual(begun.toSorted(), ["https://slow.example/0.csv", ...others].toSorted());
    }),
  );

  it.effect(
    "the number of hosts that are polled at once is limited, and a poll that gives up waiting blocks no other",
    () =>
      Effect.gen(function* () {
        const hosts = yield* makeHosts(LIMITS);
        const { seen, poll } = polls();
        const fibers = [];
        for (let i = 0; i < 9; i++) {
          const source = `https://host${i}.example/a.csv`;
          fibers.push(yield* Effect.forkChild(hosts.turn(source, poll(source, Effect.never))));
        }
        yield* TestClock.adjust(1);
        assert.strictEqual(seen.most, 4);
        yield* Effect.forEach(fibers, Fiber.interrupt);
        const after = polls();
        yield* hosts.turn("https://host8.example/a.csv", after.poll("after"));
        assert.deepStrictEqual(after.begun, ["after"]);
      }),
  );

  it.effect("paths and servers of this machine have no rate, but a limit of polls at a time", () =>
    Effect.gen(function* () {
      const hosts = yield* makeHosts(LIMITS);
      for (const base of ["file:///data", "http://127.0.0.1:1234", "http://localhost", "http://[::1]:8080"]) {
        const { begun, seen, poll } = polls();
        const round = Effect.forEach(
          Array.from({ length: 100 }, (_, i) => `${base}/${i}.csv`),
          (source) => hosts.turn(source, poll(source, Effect.yieldNow)),
          { concurrency: "unbounded", discard: true },
        );
        yield* round;
        assert.strictEqual(begun.length, 100);
        assert.strictEqual(seen.most, 3);
      }
    }),
  );

  it.effect("a slow poll goes on apart after its share of time, and the next of its host begins", () =>
    Effect.gen(function* () {
      const hosts = yield* makeHosts({ ...LIMITS, shareMs: 30_000, slow: 2, slowLocal: 3 });
      for (const [slow, next, places] of [
        [files("slow.example", 3), "https://slow.example/next.csv", 2],
        [
          files("slow.example", 3).map((url) => url.replace("https://slow.example", "http://127.0.0.1:1")),
          "http://127.0.0.1:2/next.csv",
          3,
        ],
      ] as const) {
        const { begun, poll } = polls();
        const fibers = [];
        for (const source of slow)
          fibers.push(yield* Effect.forkChild(hosts.turn(source, poll(source, Effect.never))));
        yield* Effect.forkChild(hosts.turn(next, poll(next)));
        yield* TestClock.adjust(29_000);
        assert.notInclude(begun, next);
        yield* TestClock.adjust(2_000 * 60);
        // Where as many are slow as may be, the others wait.
        assert.strictEqual(begun.includes(next), slow.length <= places);
        yield* Effect.forEach(fibers, Fiber.interrupt);
        yield* TestClock.adjust(1);
        assert.include(begun, next);
        const after = polls();
        for (const source of slow) yield* hosts.turn(source, after.poll(source));
        assert.deepStrictEqual(after.begun, [...slow]);
      }
    }),
  );
});
