/** Tests do not sleep: they wait for a condition. */
import { setTimeout } from "node:timers/promises";

/**
 * Calls `check` every `every` ms until it returns something other than undefined or false, and returns that. Throws after
 * `within` ms.
 */
export const until = async <A>(
  what: string,
  check: () => A | Promise<A>,
  { within = 20_000, every = 20 } = {},
): Promise<Exclude<A, undefined | false>> => {
  const deadline = Date.now() + within;
  for (;;) {
    const seen = await check();
    if (seen !== undefined && seen !== false) return seen as Exclude<A, undefined | false>;
    if (Date.now() > deadline) throw new Error(`waited ${within} ms in vain for ${what}`);
    await setTimeout(every);
  }
};
