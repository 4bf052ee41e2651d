/** How often a follower begins a session when each ends soon after it has joined: brokers may let it join and refuse the rest. */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as TestClock from "effect/testing/TestClock";
import { expect, it } from "vitest";
import { LogMisconfigured, LogUnavailable } from "../../errors.ts";
import { sessionsWithoutEnd } from "./follow.ts";
import { Lost } from "./session.ts";

const gone = new Lost(new LogUnavailable({ address: "a:9092", message: "refused" }));

/** How many sessions begin within `forMs`, when each joins and is lost after `lastsMs`. */
const sessionsIn = (forMs: number, lastsMs: number): Promise<number> =>
  Effect.gen(function* () {
    let begun = 0;
    const running = yield* Effect.forkChild(
      sessionsWithoutEnd(undefined, (onJoined) => {
        begun += 1;
        onJoined();
        return Effect.andThen(Effect.sleep(lastsMs), Effect.fail(gone));
      }),
    );
    yield* TestClock.adjust(forMs);
    yield* Fiber.interrupt(running);
    return begun;
  }).pipe(Effect.provide(TestClock.layer()), Effect.runPromise);

it("a session that is refused at once is begun again after 1, 2, 4 and 8 s, then every 15 s", async () => {
  expect(await sessionsIn(900, 1)).toBe(1);
  expect(await sessionsIn(3_100, 1)).toBe(3);
  expect(await sessionsIn(60_500, 1)).toBe(8);
});

it("a session that lasted is followed by the next one at once", async () => {
  expect(await sessionsIn(61_000, 12_000)).toBe(6);
});

it("what the cluster refuses ends it with its sentence", async () => {
  const refused = new LogMisconfigured({ message: "grant an ACL" });
  const exit = await Effect.runPromiseExit(
    sessionsWithoutEnd(undefined, (onJoined) => {
      onJoined();
      return Effect.fail(refused);
    }),
  );
  expect(exit).toEqual(Exit.fail(refused));
});
