/**
 * Which failure is retried how often and how, and what then: one table, from which the schedules are built.
 * What is not in it is a defect: of the work on one source, it parks that source (producer/fence.ts); else it ends the
 * process with its trace.
 */
import * as Duration from "effect/Duration";
import * as Schedule from "effect/Schedule";

interface Policy {
  /** First wait, and the longest one; waits double in between and are jittered. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** Retries, Infinity: for ever. */
  readonly times: number;
  /** What happens after the last. */
  readonly finally: string;
}

export const POLICIES = {
  /** Network errors, time-outs, 429 and 5xx of a source. Retry-After is honoured instead of the first wait. */
  download: {
    firstMs: 500,
    longestMs: 10_000,
    times: 3,
    finally: "the source is parked with its reason until the next look",
  },
  /** No broker answers. */
  log: {
    firstMs: 250,
    longestMs: 5_000,
    times: Number.POSITIVE_INFINITY,
    finally: "waited for, for ever, with the state shown; start --once gives up after --timeout",
  },
  /** SQLITE_BUSY: another process is in its transaction. */
  busy: {
    firstMs: 5,
    longestMs: 250,
    times: Number.POSITIVE_INFINITY,
    finally: "waited for, for ever, heartbeats going on",
  },
  /** A publish that may or may not have been appended. */
  uncertain: {
    firstMs: 250,
    longestMs: 5_000,
    times: Number.POSITIVE_INFINITY,
    finally: "the source is taken over again: marks, read back, diff",
  },
} as const satisfies Record<string, Policy>;

/** The schedule of a policy: exponential, jittered, capped. */
export const scheduleOf = (name: keyof typeof POLICIES) => {
  const policy: Policy = POLICIES[name];
  const waits = Schedule.min([
    Schedule.exponential(Duration.millis(policy.firstMs)),
    Schedule.spaced(Duration.millis(policy.longestMs)),
  ]).pipe(Schedule.jittered);
  return Number.isFinite(policy.times) ? waits.pipe(Schedule.upTo({ times: policy.times })) : waits;
};
