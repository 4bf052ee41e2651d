/** Tests do not sleep: they wait for a condition. */
import { setTimeout } from "node:timers/promises";

/** How long a test waits for what takes a moment: as long as a machine with much other work may need. */
export const PATIENCE_MS = 45_000;

/**
 * Calls `check` every `every` ms until it returns something other than undefined or false, and returns that. Throws after
 * `within` ms.
 */
export const until = async <A>(
  what: string,
  check: () => A | Promise<A>,
  { within = PATIENCE_MS, every = 20 } = {},
): Promise<Exclude<A, undefined | false>> => {
  const deadline = Date.now() + within;
  for (;;) {
    const seen = await check();
    if (seen !== undefined && seen !== false) return seen as Exclude<A, undefined | false>;
    if (Date.now() > deadline) throw new Error(`waited ${within} ms in vain for ${what}`);
    await setTimeout(every);
  }
};
