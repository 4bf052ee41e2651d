/** Which sales of a version other sources state under the same ids: each of them is one sale already (rule 5). */
import {
  type CommonDay,
  dayOfStem,
  type EntityDiff,
  heldKey,
  isHashed,
  keyOfClaim,
  STATE_PARTS,
} from "../diff/index.ts";
import { MOST_ROWS } from "../source/index.ts";
import type { OpenedVersion } from "./opened-version.ts";

export interface SharedClaims {
  /** How many sales are in both. */
  readonly count: number;
  /** The sales without id, by day. */
  readonly days: ReadonlyMap<string, CommonDay>;
  /** How many of these each source has, by its number in the state. */
  readonly bySource: ReadonlyMap<number, number>;
  /** Their ids, at most MOST_ROWS. */
  readonly ids: readonly string[];
}

type Counts = Map<string, number>;

/** `others`: their numbers in the state. `days`: sales without id of other days do not count. Yields between parts. */
export function* sharedClaims(
  opened: OpenedVersion,
  main: EntityDiff,
  others: ReadonlySet<number>,
  days: ReadonlySet<string>,
): Generator<void, SharedClaims> {
  const { state } = opened.producer;
  const { id } = state.source(opened.registration.source);
  const found = new Found();
  for (let part = 0; part < STATE_PARTS; part++) {
    const isHere = main.rows.has(part);
    const derived: Counts = new Map();
    const named: Counts = new Map();
    if (isHere || opened.tail !== null) countMine(opened, id, main, part, days, { derived, named });
    if (isHere || days.size > 0) {
      const its: Counts = new Map();
      const itsNamed = new Set<string>();
      for (const [source, rows] of state.heldByOthers(id, "ventes", part, others)) {
        const here: Counts = new Map();
        for (const { key, ordinal } of rows) {
          if (ordinal === 0) itsNamed.add(key);
          else if (days.has(dayOfStem(key))) here.set(key, (here.get(key) ?? 0) + 1);
        }
        for (const [key, count] of here) {
          its.set(key, Math.max(its.get(key) ?? 0, count));
          found.ofSource(source, Math.min(count, derived.get(key) ?? 0));
        }
      }
      for (const key of named.keys()) if (itsNamed.has(key)) found.count++;
      found.take(derived, its);
    }
    yield;
  }
  return found;
}

/** Counts the sales of the version by key: those without id, and those with one. */
function countMine(
  { producer: { state }, tail, registration }: OpenedVersion,
  id: number,
  main: EntityDiff,
  part: number,
  days: ReadonlySet<string>,
  { derived, named }: { readonly derived: Counts; readonly named: Counts },
): void {
  const isOnce = registration.duplicates === "drop";
  const see = (key: string, isDerived: boolean) => {
    if (!isDerived) named.set(key, 1);
    else if (days.has(dayOfStem(key))) derived.set(key, isOnce ? 1 : (derived.get(key) ?? 0) + 1);
  };
  if (main.rows.has(part))
    for (const row of main.rows.read(part)) {
      const isDerived = row.derived || row.ordinal > 0;
      see(heldKey(row.key, row.derived ? 1 : row.ordinal), isDerived);
    }
  if (tail !== null) for (const { key, ordinal } of state.held(id, "ventes", part)) see(key, ordinal > 0);
}

class Day implements CommonDay {
  mine = 0;
  its = 0;
  common = 0;
  kinds = 0;
  myKinds = 0;
  itsKinds = 0;

  get largerKinds(): number {
    return this.mine > this.its ? this.myKinds : this.itsKinds;
  }
}

class Found implements SharedClaims {
  count = 0;
  readonly days = new Map<string, Day>();
  readonly bySource = new Map<number, number>();
  readonly ids: string[] = [];

  ofSource(source: number, count: number): void {
    if (count > 0) this.bySource.set(source, (this.bySource.get(source) ?? 0) + count);
  }

  /** Takes the sales without id of a part. */
  take(mine: Counts, its: Counts): void {
    for (const [key, count] of mine) {
      const day = this.#day(key);
      const both = Math.min(count, its.get(key) ?? 0);
      day.mine += count;
      day.myKinds++;
      day.common += both;
      this.count += both;
      if (both > 0) day.kinds++;
      if (isHashed(key)) continue;
      for (let ordinal = 1; ordinal <= both && this.ids.length < MOST_ROWS; ordinal++)
        this.ids.push(keyOfClaim({ key, ordinal }));
    }
    for (const [key, count] of its) {
      const day = this.#day(key);
      day.its += count;
      day.itsKinds++;
    }
  }

  #day(key: string): Day {
    const name = dayOfStem(key);
    const known = this.days.get(name);
    if (known !== undefined) return known;
    const day = new Day();
    this.days.set(name, day);
    return day;
  }
}
