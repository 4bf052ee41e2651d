/**
 * When a source is looked at next: after its interval, jittered; never before the server said that there may be
 * something new (Cache-Control) or that it may be asked again (Retry-After); less and less often while it fails.
 */

/** Looks are spread by this part of their interval, so that those of one start do not stay together. */
const JITTER = 0.1;

/** No header keeps us away for longer: a source that could be silenced for a year by one would not be followed. */
export const LONGEST_ASKED_MS = 3_600_000;

/** The interval of a source that fails doubles up to this: an hour of outage is noticed to be over soon after. */
export const LONGEST_BACKOFF_MS = 15 * 60_000;
/** Of a path, or a server on this machine: looking costs nobody anything, and somebody is at work on it. */
export const LONGEST_LOCAL_BACKOFF_MS = 10_000;

/** The longest that Node's timers take; beyond it they would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface Pace {
  /** Between two looks, in milliseconds. */
  readonly every: number;
  /** The shortest time between two looks, whatever the jitter. */
  readonly least: number;
  /** A path or a server on this machine. */
  readonly local: boolean;
  /** Looks that failed in a row. */
  readonly failures: number;
  /** What the server asked for, in milliseconds; 0: nothing. */
  readonly askedMs: number;
}

/** Milliseconds until the next look. `random` is in [0, 1). */
export function untilNextPoll(pace: Pace, random: number = Math.random()): number {
  const { every, least, local, failures, askedMs } = pace;
  const longest = Math.max(every, local ? LONGEST_LOCAL_BACKOFF_MS : LONGEST_BACKOFF_MS);
  const interval = Math.min(every * 2 ** Math.max(0, failures - 1), longest);
  const jittered = interval * (1 + JITTER * (random * 2 - 1));
  // Later only: those that were told the same time do not all come at it.
  const asked = Math.min(askedMs, LONGEST_ASKED_MS) * (1 + JITTER * random);
  return Math.min(Math.max(jittered, asked, least), LONGEST_TIMER_MS);
}

/** A file that is written without end keeps us busy for this part of the time at most: a large one is costly to read. */
const BUSY = 1 / 5;

/** Milliseconds for which a change of its file does not yet bring the next look, after one that took `tookMs`. */
export const restAfter = (tookMs: number, every: number): number =>
  Math.min(tookMs * (1 / BUSY - 1), every, LONGEST_TIMER_MS);
