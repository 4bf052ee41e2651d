/** How many sales of a version other sources state under the same ids: each of them is one sale already (rule 5). */
import { dayOfStem, type EntityDiff, heldKey, STATE_PARTS } from "../diff/index.ts";
import type { OpenedVersion } from "./opened-version.ts";

/** `others`: their numbers in the state. `days`: sales without id of other days do not count. Yields between parts. */
export function* sharedClaims(
  { producer, registration, tail }: OpenedVersion,
  main: EntityDiff,
  others: ReadonlySet<number>,
  days: ReadonlySet<string>,
): Generator<void, number> {
  const { state } = producer;
  const { id } = state.source(registration.source);
  let shared = 0;
  for (let part = 0; part < STATE_PARTS; part++) {
    if (!main.rows.has(part)) continue;
    const mine = new Map<string, number>();
    const see = (key: string, isDerived: boolean) => {
      if (!isDerived || days.has(dayOfStem(key))) mine.set(key, (mine.get(key) ?? 0) + 1);
    };
    for (const { key, derived, ordinal } of main.rows.read(part))
      see(heldKey(key, derived ? 1 : ordinal), derived || ordinal > 0);
    if (tail !== null) for (const { key, ordinal } of state.held(id, "ventes", part)) see(key, ordinal > 0);
    const its = new Map<string, number>();
    for (const [, rows] of state.heldByOthers(id, "ventes", part, others)) {
      const here = new Map<string, number>();
      for (const { key } of rows) here.set(key, (here.get(key) ?? 0) + 1);
      for (const [key, count] of here) its.set(key, Math.max(its.get(key) ?? 0, count));
    }
    for (const [key, count] of mine) shared += Math.min(count, its.get(key) ?? 0);
    yield;
  }
  return shared;
}
