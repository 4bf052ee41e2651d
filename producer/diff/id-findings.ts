/**
 * What the ids of a version's sales show: the same id on lines of different sales, ids that named another sale in the
 * version before, and sales that came again under other ids (rule 6).
 */
import { isOtherDay } from "./fingerprint.ts";
import type { SpilledRecord } from "./spill.ts";
import type { HeldRow } from "./state/held-rows.ts";

/** How many ids each finding lists. */
const LISTED = 5;
/** `equalIds` holds at most so many ids. */
const MOST_EQUAL = 1_000;
/** The sample of rows is thinned when it has more of them. */
const SAMPLE = 20_000;

/** A source that reuses more of its ids than this part for other sales is held. */
const REUSED = 1 / 3;
/** So many ids that name another product or shop of the same day are held; of another day one is enough. */
const FEWEST_REUSED = 3;

/** Whether ids that the source has stated before are used for other sales; else those that name another are corrections. */
export const areReused = ({
  met,
  reused,
  otherDays,
}: Pick<IdFindings, "met" | "reused" | "otherDays">): boolean =>
  reused > met * REUSED && (reused >= FEWEST_REUSED || otherDays > 0);

export class IdFindings {
  /** Lines whose id stands on a later line of another sale, where that is new; and such ids. */
  repeated = 0;
  readonly repeatedIds: string[] = [];
  /**
   * Lines of new ids that a later line of the same id contradicts: the same sale (day, product, shop) with other values.
   * `together` counts those of ids whose lines stand next to each other, `apart` those of all other ids.
   */
  together = 0;
  readonly togetherIds: string[] = [];
  apart = 0;
  /** The ids of lines that another line repeats, one for each time. */
  readonly equalIds: string[] = [];
  /** Ids that the source has stated before; how many of them named another sale, and how many a sale of another day. */
  met = 0;
  reused = 0;
  otherDays = 0;
  readonly reusedIds: string[] = [];
  /** Ids that the source has not stated before. */
  fresh = 0;
  /** Sales that the version lacks. */
  vanished = 0;
  readonly #fresh = new Sample();
  readonly #vanished = new Sample();
  readonly #mayVanish: boolean;

  /** `mayVanish`: the source has stated rows before. Of a first version no row vanishes, and its ids need not be kept. */
  constructor(mayVanish: boolean) {
    this.#mayVanish = mayVanish;
  }

  /**
   * A line, the one that holds for its id, and the row that the source stated under it. A later line of a known id that
   * only changes its product or shop is a correction; one of another day is another sale. `together`: all lines of the
   * id stand next to each other.
   */
  sawTwice(line: SpilledRecord, holds: SpilledRecord, before: HeldRow | undefined, together: boolean): void {
    if (line.b === holds.b && before === undefined) {
      if (!together) this.apart++;
      else {
        this.together++;
        note(this.togetherIds, line.key);
      }
    }
    if (line.b === holds.b || holds.b === before?.b) return;
    if (before !== undefined && !isOtherDay(line.b, holds.b)) return;
    this.repeated++;
    note(this.repeatedIds, line.key);
  }

  /** A line whose id stands on another line that says the same. */
  sawAgain(line: SpilledRecord): void {
    if (this.equalIds.length < MOST_EQUAL) this.equalIds.push(line.key);
  }

  /** The line that holds for an id, and the row that the source stated under it. */
  saw(line: SpilledRecord, before: HeldRow | undefined): void {
    if (before === undefined) {
      this.fresh++;
      if (this.#mayVanish) this.#fresh.add(line);
      return;
    }
    this.met++;
    if (before.b === line.b) return;
    this.reused++;
    if (isOtherDay(before.b, line.b)) this.otherDays++;
    note(this.reusedIds, line.key);
  }

  lacks(row: HeldRow): void {
    this.vanished++;
    this.#vanished.add(row);
  }

  /** Sales that vanished under one id and came under another: how many, and the ids of some of them. */
  get renamed(): Renamed {
    return this.#vanished.in(this.#fresh);
  }
}

export interface Renamed {
  /** An estimate for large versions, else exact. */
  readonly count: number;
  /** How many of them have a content that no other of them has. */
  readonly distinct: number;
  /** How many of them have ids that look the same: `1` and `1.0`, `7` and `V-007`. */
  readonly alike: number;
  readonly examples: readonly (readonly [string, string])[];
}

function note(ids: string[], id: string): void {
  if (ids.length < LISTED && !ids.includes(id)) ids.push(id);
}

type Row = Pick<HeldRow, "key" | "a" | "b">;

/** Rows by their fingerprints: all of them, or those whose fingerprint is a multiple of `step`. */
class Sample {
  #step = 1;
  #size = 0;
  #keys = new Map<number, string[]>();

  add({ key, a }: Row): void {
    if (a % this.#step !== 0) return;
    const keys = this.#keys.get(a);
    if (keys === undefined) this.#keys.set(a, [key]);
    else keys.push(key);
    if (++this.#size > SAMPLE) this.#thin(this.#step * 2);
  }

  #thin(step: number): void {
    this.#step = step;
    this.#keys = new Map([...this.#keys].filter(([a]) => a % step === 0));
    this.#size = [...this.#keys.values()].reduce((sum, keys) => sum + keys.length, 0);
  }

  /** Which of the rows are in `other` under other ids. */
  in(other: Sample): Renamed {
    const step = Math.max(this.#step, other.#step);
    const examples: [string, string][] = [];
    let count = 0;
    let distinct = 0;
    let alike = 0;
    for (const [a, keys] of this.#keys) {
      const found = a % step === 0 ? other.#keys.get(a) : undefined;
      if (found === undefined) continue;
      const both = Math.min(keys.length, found.length);
      count += both;
      distinct++;
      alike += keys.filter((key) => found.some((one) => areAlike(key, one))).length;
      if (examples.length < LISTED) examples.push([keys[0] as string, found[0] as string]);
    }
    return { count: count * step, distinct: distinct * step, alike: alike * step, examples };
  }
}

const SPARE = /[^\p{L}\p{N}]|^[\p{L}\s_-]+(?=\d)|^0+(?=\d)/gu;

/** Whether two ids differ in signs, zeros, decimals or a prefix only. */
export function areAlike(a: string, b: string): boolean {
  const [x, y] = [a, b].map((id) =>
    id
      .replace(/[.,]0+$/, "")
      .replace(SPARE, "")
      .replace(/^0+(?=\d)/, ""),
  );
  if (x === "" || y === "") return false;
  return x === y || endsIn(a, b) || endsIn(b, a);
}

/** Whether an id is another one behind a prefix that does not end in a digit. */
const endsIn = (long: string, short: string): boolean =>
  long.endsWith(short) && /\D$/.test(long.slice(0, long.length - short.length));
