/**
 * Limits the polls of hosts. One poll of a host runs at a time, and polls of a host begin at a limited rate. Different
 * hosts do not wait for each other, up to a limit for all. Paths and servers on this machine have no rate, and a limit
 * of their own, because downloads wait in the spool for their diff. The order is first come, first served, so parents
 * that come first are read first.
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
}

/**
 * Two requests a second are about as many as a person causes who opens links, and public servers (Google Sheets, data
 * portals) accept that. The first ten begin at once, so a company with a few files does not wait. A catalogue of 300
 * files on one host takes two and a half minutes.
 */
const LIMITS: HostLimits = { local: 8, all: 64, burst: 10, windowMs: 5_000 };

export interface Hosts {
  /** Runs `poll` when the limits of the source's host allow it. Interruptible while it waits. */
  readonly turn: <A, E, R>(source: string, poll: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>;
}

export const makeHosts = (limits: HostLimits = LIMITS): Effect.Effect<Hosts> =>
  Effect.gen(function* () {
    const limiter = yield* RateLimiter.make.pipe(Effect.provide(RateLimiter.layerStoreMemory));
    const everything = Semaphore.makeUnsafe(limits.all);
    const paths = Semaphore.makeUnsafe(limits.local);
    const loopback = Semaphore.makeUnsafe(limits.local);
    const hosts = new Map<string, Semaphore.Semaphore>();

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
        if (isFileSource(source)) return paths.withPermit(poll);
        if (isLoopback(source)) return loopback.withPermit(poll);
        const { hostname } = new URL(source);
        const one = hosts.get(hostname) ?? Semaphore.makeUnsafe(1);
        hosts.set(hostname, one);
        return pause(hostname).pipe(Effect.andThen(everything.withPermit(poll)), one.withPermit);
      });
    return { turn };
  });
