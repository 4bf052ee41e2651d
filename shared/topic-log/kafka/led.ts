/**
 * Requests while a leader is being chosen: a new topic of a busy broker has its leaders after some seconds, the
 * partitions of a broker that died after more. The brokers are there, so asking again soon, with fresh metadata,
 * is right.
 */
import { setTimeout } from "node:timers/promises";
import { NO_LEADER, typeOf } from "./failures.ts";

const LED_WITHIN_MS = 10_000;
const LOOK_MS = 100;

/** What `run` answers, asked again while a partition has no leader; other failures are thrown at once. */
export async function onceLed<A>(
  run: () => Promise<A>,
  refresh: () => Promise<void>,
  within = LED_WITHIN_MS,
): Promise<A> {
  const deadline = performance.now() + within;
  for (;;)
    try {
      return await run();
    } catch (error) {
      if (!NO_LEADER.has(typeOf(error)) || performance.now() > deadline) throw error;
      await setTimeout(LOOK_MS);
      await refresh().catch((again: unknown) => {
        if (!NO_LEADER.has(typeOf(again))) throw again;
      });
    }
}
