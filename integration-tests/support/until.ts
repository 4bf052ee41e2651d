/** A test never sleeps to wait: it waits for the condition. */
import { setTimeout } from "node:timers/promises";

/** Looks until `look` gives something other than undefined or false, and returns it. Throws after `within` ms. */
export const until = async <A>(
  what: string,
  look: () => A | Promise<A>,
  { within = 20_000, every = 20 } = {},
): Promise<Exclude<A, undefined | false>> => {
  const deadline = Date.now() + within;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen as Exclude<A, undefined | false>;
    if (Date.now() > deadline) throw new Error(`waited ${within} ms in vain for ${what}`);
    await setTimeout(every);
  }
};
