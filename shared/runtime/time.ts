/**
 * Time and chance: the clock is Effect's Clock, random numbers are those of Effect's Random, and new ids come from
 * `NewId`. Effects ask for them; the plain code that they call gets a clock, an instant or an id as an argument. So a
 * test or the simulator gives the program its own time and chance by layers. checks/clock.ts holds the rule.
 */
import { randomUUID } from "node:crypto";
import type * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";

/** The part of a Clock that plain code uses: it reads the time and never waits. */
export type PlainClock = Pick<Clock.Clock, "currentTimeMillisUnsafe" | "monotonicTimeNanosUnsafe">;

/** The instant of the clock. Its precision is the millisecond. */
export const instantOf = (clock: PlainClock): Date => new Date(clock.currentTimeMillisUnsafe());

/** The instant of the clock in ISO 8601, UTC, with milliseconds: `2026-01-31T08:00:00.000Z`. */
export const isoOf = (clock: PlainClock): string => instantOf(clock).toISOString();

/**
 * Milliseconds since an arbitrary moment, with fractions. They never go back when the clock of the day is set, so
 * differences of them are durations.
 */
export const elapsedMsOf = (clock: PlainClock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6;

/** `isoOf` of the clock of the effect. */
export const isoNow: Effect.Effect<string> = Effect.clockWith((clock) => Effect.succeed(isoOf(clock)));

/** `elapsedMsOf` of the clock of the effect. */
export const elapsedMs: Effect.Effect<number> = Effect.clockWith((clock) =>
  Effect.succeed(elapsedMsOf(clock)),
);

/** Makes an id that no other process makes: a random UUID (version 4). */
export const NewId: Context.Reference<() => string> = Context.Reference<() => string>(
  "ventes/shared/runtime/NewId",
  {
    defaultValue: () => randomUUID,
  },
);

/** A new id. */
export const newId: Effect.Effect<string> = NewId.useSync((make) => make());
