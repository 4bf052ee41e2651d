/**
 * Computes when a source is polled next: after its interval, with jitter; not before the time that the server gave
 * (Cache-Control, Retry-After); less and less often while it fails.
 */

/** The jitter, as a part of the interval. It spreads the polls of sources that started together. */
const JITTER = 0.1;

/** The longest wait that a header can ask for. Without it, one wrong header could stop a source for a year. */
export const LONGEST_ASKED_MS = 3_600_000;

/** The interval of a source that fails doubles up to this, so that the producer soon notices the end of an outage. */
export const LONGEST_BACKOFF_MS = 15 * 60_000;
/** The same for a path or a server on this machine: such a poll is cheap, and its user is probably mending it now. */
export const LONGEST_LOCAL_BACKOFF_MS = 10_000;

/** Node's longest timer. A longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface Pace {
  /** Interval between two polls, in milliseconds. */
  readonly every: number;
  /** The shortest time between two polls, in milliseconds; the jitter cannot go below it. */
  readonly least: number;
  /** A path or a server on this machine. */
  readonly local: boolean;
  /** How many polls in a row have failed. */
  readonly failures: number;
  /** How long the server asks us to wait, in milliseconds; 0: it does not ask. */
  readonly askedMs: number;
}

/** Milliseconds until the next poll. `random` is in [0, 1). */
export function untilNextPoll(pace: Pace, random: number): number {
  const { every, least, local, failures, askedMs } = pace;
  const longest = Math.max(every, local ? LONGEST_LOCAL_BACKOFF_MS : LONGEST_BACKOFF_MS);
  const interval = Math.min(every * 2 ** Math.max(0, failures - 1), longest);
  const jittered = interval * (1 + JITTER * (random * 2 - 1));
  // Never earlier than asked, and spread, because many clients may have got the same time.
  const asked = Math.min(askedMs, LONGEST_ASKED_MS) * (1 + JITTER * random);
  return Math.min(Math.max(jittered, asked, least), LONGEST_TIMER_MS);
}

/** Polls of a file that changes all the time take at most this part of the time: a large file is slow to read. */
const BUSY = 1 / 5;

/** Milliseconds, after a poll that took `tookMs`, during which a change of the file does not start the next poll. */
export const restAfter = (tookMs: number, every: number): number =>
  Math.min(tookMs * (1 / BUSY - 1), every, LONGEST_TIMER_MS);
