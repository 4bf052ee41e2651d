/**
 * Limits the polls of hosts. One poll of a host runs at a time, and polls of a host begin at a limited rate. Different
 * hosts do not wait for each other, up to a limit for all. Paths and servers on this machine have no rate, and a limit
 * of their own, because downloads wait in the spool for their diff. The order is first come, first served, so parents
 * that come first are read first.
 *
 * Each poll has a share of time. A poll that takes longer goes on as one of the slow ones, which are limited apart, and
 * the next of its host begins: a server that sends slowly must not hold up the other sources.
 */
import * as Effect from "effect/Effect";
import * as RateLimiter from "effect/persistence/RateLimiter";
import * as Semaphore from "effect/Semaphore";
import { isFileSource, isLoopback } from "../source/index.ts";

export interface HostLimits {
  /** How many polls of paths and of servers on this machine may run at the same time. */
  readonly local: number;
  /** How many polls of all hosts may run at the same time. */
  readonly all: number;
  /** How many polls of one host may begin in `windowMs`. */
  readonly burst: number;
  readonly windowMs: number;
  /** After this time, in milliseconds, a poll is a slow one. */
  readonly shareMs: number;
  /** How many slow polls of one host, of paths, and of servers on this machine may run beside the others. */
  readonly slow: number;
  readonly slowLocal: number;
}

/**
 * Two requests a second are about as many as a person causes who opens links, and public servers (Google Sheets, data
 * portals) accept that. The first ten begin at once, so a company with a few files does not wait. A catalogue of 300
 * files on one host takes two and a half minutes.
 */
const LIMITS: HostLimits = {
  local: 8,
  all: 64,
  burst: 10,
  windowMs: 5_000,
  shareMs: 30_000,
  slow: 4,
  slowLocal: 32,
};

export interface Hosts {
  /** Runs `poll` when the limits of the source's host allow it. Interruptible while it waits. */
  readonly turn: <A, E, R>(source: string, poll: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>;
}

/** The places of the polls of one host: of those in turn, and of the slow ones. */
interface Lanes {
  readonly turn: Semaphore.Semaphore;
  readonly slow: Semaphore.Semaphore;
}

const lanes = (turn: number, slow: number): Lanes => ({
  turn: Semaphore.makeUnsafe(turn),
  slow: Semaphore.makeUnsafe(slow),
});

export const makeHosts = (limits: HostLimits = LIMITS): Effect.Effect<Hosts> =>
  Effect.gen(function* () {
    const limiter = yield* RateLimiter.make.pipe(Effect.provide(RateLimiter.layerStoreMemory));
    const everything = lanes(limits.all, limits.all);
    const paths = lanes(limits.local, limits.slowLocal);
    const loopback = lanes(limits.local, limits.slowLocal);
    const hosts = new Map<string, Lanes>();

    const pause = (key: string) =>
      RateLimiter.sleep(limiter, {
        key,
        algorithm: "token-bucket",
        limit: limits.burst,
        window: limits.windowMs,
        // The store is in memory and waiting is allowed, so neither of its errors can happen.
      }).pipe(Effect.orDie);

    const turn: Hosts["turn"] = (source, poll) =>
      Effect.suspend(() => {
        const { shareMs } = limits;
        if (isFileSource(source)) return sharing([paths], shareMs, Effect.void, poll);
        if (isLoopback(source)) return sharing([loopback], shareMs, Effect.void, poll);
        const { hostname } = new URL(source);
        const own = hosts.get(hostname) ?? lanes(1, limits.slow);
        hosts.set(hostname, own);
        return sharing([own, everything], shareMs, pause(hostname), poll);
      });
    return { turn };
  });

/**
 * Runs `poll` with a place of each lane, the first of which is taken before `pause`. After `shareMs`, when there is room
 * among the slow ones, it gives these places back and goes on.
 */
const sharing = <A, E, R>(
  [first, ...others]: readonly [Lanes, ...Lanes[]],
  shareMs: number,
  pause: Effect.Effect<void>,
  poll: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> =>
  Effect.uninterruptibleMask((restore) => {
    const held: Semaphore.Semaphore[] = [];
    const take = (place: Semaphore.Semaphore, into: Semaphore.Semaphore[]) =>
      place.take(1).pipe(Effect.andThen(Effect.sync(() => into.push(place))));
    const giveBack = (places: Semaphore.Semaphore[]) =>
      Effect.suspend(() => Effect.forEach(places.splice(0), (place) => place.release(1), { discard: true }));
    const becomeSlow = Effect.uninterruptibleMask((interruptible) => {
      const slow: Semaphore.Semaphore[] = [];
      const all = [first, ...others].map((lane) => interruptible(take(lane.slow, slow)));
      return interruptible(Effect.sleep(shareMs)).pipe(
        Effect.andThen(Effect.all(all, { discard: true })),
        Effect.andThen(giveBack(held)),
        Effect.andThen(Effect.sync(() => held.push(...slow.splice(0)))),
        Effect.ensuring(giveBack(slow)),
      );
    });
    return restore(take(first.turn, held)).pipe(
      Effect.andThen(restore(pause)),
      Effect.andThen(
        Effect.all(
          others.map((lane) => restore(take(lane.turn, held))),
          { discard: true },
        ),
      ),
      Effect.andThen(restore(Effect.scoped(Effect.andThen(Effect.forkScoped(becomeSlow), poll)))),
      Effect.ensuring(giveBack(held)),
    );
  });
