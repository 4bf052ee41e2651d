/**
 * How long a follower waits after a session that had joined. The brokers of a session that lasted are worth a try at
 * once: a leader has moved. One that lets the member join and then refuses each fetch would be joined thousands of times
 * a second: after a short session the next one waits, each time twice as long.
 */

/** A session that ends before this is short. */
const SHORT_MS = 10_000;
const FIRST_MS = 1_000;
const LONGEST_MS = 15_000;

/** `lastedMs`: of the session that ended. `shortOnes`: short sessions just before it. Returns both for the next one. */
export function waitAfter(
  lastedMs: number,
  shortOnes: number,
): { readonly ms: number; readonly shortOnes: number } {
  if (lastedMs >= SHORT_MS) return { ms: 0, shortOnes: 0 };
  return { ms: Math.min(FIRST_MS * 2 ** shortOnes, LONGEST_MS), shortOnes: shortOnes + 1 };
}
