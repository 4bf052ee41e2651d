/**
 * Repeats a request while a leader is being elected. The partitions of a new topic on a busy broker have leaders after
 * some seconds, those of a broker that died after more. The brokers answer all the while, so the request is repeated
 * soon, with fresh metadata. It does not wait for a lost broker.
 */
import { setTimeout } from "node:timers/promises";
import { isLeaderless } from "./failures.ts";

const LED_WITHIN_MS = 10_000;
/** The first and the longest wait; waits double in between. */
const FIRST_LOOK_MS = 100;
const LONGEST_LOOK_MS = 1_000;

/** Runs `run` until no partition lacks a leader, for `within` ms at most. Throws any other error at once. */
export async function onceLed<A>(
  run: () => Promise<A>,
  refresh: () => Promise<void>,
  within = LED_WITHIN_MS,
): Promise<A> {
  const deadline = performance.now() + within;
  for (let wait = FIRST_LOOK_MS; ; wait = Math.min(wait * 2, LONGEST_LOOK_MS))
    try {
      return await run();
    } catch (error) {
      if (!isLeaderless(error) || performance.now() > deadline) throw error;
      await setTimeout(wait);
      await refresh().catch((again: unknown) => {
        if (!isLeaderless(again)) throw again;
      });
    }
}
