/**
 * The table of retries: for each kind of failure the waits, the number of retries, and what happens afterwards. Other
 * errors are defects: a defect in the work on one source parks that source (producer/sync/bulkhead.ts), any other one
 * ends the process with its trace.
 */
import * as Schedule from "effect/Schedule";

interface Policy {
  /** The first and the longest wait. Waits double in between, with jitter. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** Number of retries; Infinity: without end. */
  readonly times: number;
  /** What happens after the last retry, or while it retries without end. */
  readonly finally: string;
}

export const POLICIES = {
  /** Network errors, time-outs, 429 and 5xx of a source. Retry-After replaces the first wait. */
  download: {
    firstMs: 500,
    longestMs: 10_000,
    times: 3,
    finally: "the source is parked with its reason until the next poll",
  },
  /** No broker answers. */
  log: {
    firstMs: 250,
    longestMs: 5_000,
    times: Number.POSITIVE_INFINITY,
    finally: "the component waits without end and shows that; start --once gives up after --timeout",
  },
  /** SQLITE_BUSY: another process is in its transaction. */
  busy: {
    firstMs: 5,
    longestMs: 250,
    times: Number.POSITIVE_INFINITY,
    finally: "the component waits without end and keeps sending heartbeats",
  },
  /** A publish that may or may not have been appended. */
  uncertain: {
    firstMs: 250,
    longestMs: 5_000,
    times: Number.POSITIVE_INFINITY,
    finally: "the producer takes the source over again: fences, read back, diff",
  },
  /** A notification that its destination did not take. */
  notify: {
    firstMs: 5_000,
    longestMs: 3_600_000,
    times: Number.POSITIVE_INFINITY,
    finally: "what is older than a day is left out, which stderr says",
  },
} as const satisfies Record<string, Policy>;

/** The wait before the retry of this number, from 1, where waits are kept in a file. Without jitter. */
export const waitOf = (name: keyof typeof POLICIES, retry: number): number => {
  const { firstMs, longestMs }: Policy = POLICIES[name];
  return Math.min(firstMs * 2 ** (retry - 1), longestMs);
};

/** The schedule of a policy: exponential waits with jitter, up to the longest one. */
export const scheduleOf = (name: keyof typeof POLICIES) => {
  const policy: Policy = POLICIES[name];
  const waits = Schedule.min([Schedule.exponential(policy.firstMs), Schedule.spaced(policy.longestMs)]).pipe(
    Schedule.jittered,
  );
  return Number.isFinite(policy.times) ? waits.pipe(Schedule.upTo({ times: policy.times })) : waits;
};
