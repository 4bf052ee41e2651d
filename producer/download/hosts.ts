/**
 * Whose turn it is to be asked. Of one host at most one source is in hand at a time, and looks begin at a limited
 * rate; different hosts do not wait for each other, unless more than `MOST_AT_ONCE` are in hand. Paths and servers
 * on this machine have no rate, and some at a time: what is downloaded waits in the spool for its diff. First come,
 * first served, so that parents that are asked for first are read first.
 */
import * as Effect from "effect/Effect";
import * as RateLimiter from "effect/persistence/RateLimiter";
import * as Semaphore from "effect/Semaphore";
import { isFileSource, isLoopback } from "../source/index.ts";

export interface HostLimits {
  /** Looks at paths, and at servers of this machine, at a time. */
  readonly local: number;
  /** Looks at all hosts at a time. */
  readonly all: number;
  /** Looks that may begin at once at a host that was left alone for `windowMs`, and as many in each such time. */
  readonly burst: number;
  readonly windowMs: number;
}

/**
 * Two requests a second is what a person who opens links causes, and what public servers (Google Sheets, data
 * portals) bear for ever; the first ten at once, so that a company with a few files sees no wait. A catalogue of
 * 300 files on one host is gone through in two and a half minutes.
 */
const LIMITS: HostLimits = { local: 8, all: 64, burst: 10, windowMs: 5_000 };

export interface Hosts {
  /** Runs `look` when it is the turn of the source's host. Interruptible while it waits. */
  readonly turn: <A, E, R>(source: string, look: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>;
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
        // The store is in memory and waiting is allowed: neither of its errors can come.
      }).pipe(Effect.orDie);

    const turn: Hosts["turn"] = (source, look) =>
      Effect.suspend(() => {
        if (isFileSource(source)) return paths.withPermit(look);
        if (isLoopback(source)) return loopback.withPermit(look);
        const { hostname } = new URL(source);
        const one = hosts.get(hostname) ?? Semaphore.makeUnsafe(1);
        hosts.set(hostname, one);
        return pause(hostname).pipe(Effect.andThen(everything.withPermit(look)), one.withPermit);
      });
    return { turn };
  });
