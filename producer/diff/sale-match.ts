/** Compares the sales of two sources day by day, and judges whether they are the same sales (rule 23). */
import { type DayPrints, isKept, MONEY, MONEY_BITS } from "./sale-days.ts";

/** So much of the smaller side is in the other one. */
const COMMON = 0.8;
/** The same of sources that were told apart on other days: they need more evidence. */
const COMMON_AGAIN = 0.95;
const KINDS_AGAIN = 20;
/** Fewer sales are no evidence, except all of a file of two. */
const FEWEST = 3;
/** Sales of one kind on average: with more, two tills of a shop share most of a day by chance. */
const REPEATED = 1.5;
/** Where sales repeat, so many kinds must have the same number of sales, or all of fewer. */
const FEWEST_EQUAL = 8;
const FEWEST_ALL_EQUAL = 4;

const hasMoney = ({ prints }: DayPrints): boolean => {
  let having = 0;
  for (const print of prints) if ((print & MONEY) !== 0) having++;
  return having * 2 > prints.length;
};

/** Visits the distinct prints of both sides with their counts. `shift`: that of the comparison; `cut`: bits to leave out. */
function eachKind(
  a: Uint32Array,
  b: Uint32Array,
  shift: number,
  cut: number,
  visit: (inA: number, inB: number) => void,
): void {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const x = i < a.length ? (a[i] as number) >>> cut : Number.POSITIVE_INFINITY;
    const y = j < b.length ? (b[j] as number) >>> cut : Number.POSITIVE_INFINITY;
    const kind = Math.min(x, y);
    const kept = isKept(x <= y ? (a[i] as number) : (b[j] as number), shift);
    let inA = 0;
    let inB = 0;
    for (; i < a.length && (a[i] as number) >>> cut === kind; i++) inA++;
    for (; j < b.length && (b[j] as number) >>> cut === kind; j++) inB++;
    if (kept) visit(inA, inB);
  }
}

/** Whether a sale may be in both lists, whatever its amount: an id may be made without it. */
export function mayShareKind(a: DayPrints, b: DayPrints): boolean {
  // Of a day of very many sales the lists have a part.
  if (a.shift > 0 || b.shift > 0) return true;
  let isShared = false;
  eachKind(a.prints, b.prints, 0, MONEY_BITS, (inA, inB) => {
    isShared ||= inA > 0 && inB > 0;
  });
  return isShared;
}

/**
 * As `SaleMatch.isSame`, for whole days on which each kind of sale is there equally often: `count` sales of `kinds` kinds.
 * `common`: the sales of the smaller side on all days that both have.
 */
export const areSameSales = ({
  count,
  kinds,
  common,
}: Readonly<Record<"count" | "kinds" | "common", number>>): boolean =>
  kinds >= 2 &&
  count >= COMMON * common &&
  (count >= FEWEST || count === common) &&
  (count <= REPEATED * kinds || kinds >= FEWEST_ALL_EQUAL);

/** What the sales of a source have in common with those of others, over some days. Estimates for days of very many sales. */
export class SaleMatch {
  /** Sales of the two sides on days that both have, and how many of them are in both. */
  mine = 0;
  its = 0;
  common = 0;
  /** Different sales of a day that are in both, and how many of them are there equally often. */
  kinds = 0;
  equal = 0;
  /** Different sales of a day of each side. */
  #myKinds = 0;
  #itsKinds = 0;

  /** Adds a day that both sides have. The amount counts when both have it. */
  add(a: DayPrints, b: DayPrints): void {
    const shift = Math.max(a.shift, b.shift);
    const cut = hasMoney(a) && hasMoney(b) ? 0 : MONEY_BITS;
    const scale = 2 ** shift;
    eachKind(a.prints, b.prints, shift, cut, (inA, inB) => {
      this.mine += inA * scale;
      this.its += inB * scale;
      if (inA > 0) this.#myKinds += scale;
      if (inB > 0) this.#itsKinds += scale;
      if (inA === 0 || inB === 0) return;
      this.common += Math.min(inA, inB) * scale;
      this.kinds += scale;
      if (inA === inB) this.equal += scale;
    });
  }

  /** Different sales of a day of the side that has more sales. */
  get largerKinds(): number {
    return this.mine > this.its ? this.#myKinds : this.#itsKinds;
  }

  get smaller(): number {
    return Math.min(this.mine, this.its);
  }

  /** Whether these are the same sales. */
  get isSame(): boolean {
    const { common, smaller, kinds } = this;
    if (common < COMMON * smaller || kinds < 2) return false;
    if (common < FEWEST && common < smaller) return false;
    return this.#isVaried || this.#isEqual;
  }

  /** Whether these are the same sales although the two sources had others on earlier days. */
  get isSameAgain(): boolean {
    return this.isSame && this.kinds >= KINDS_AGAIN && this.common >= COMMON_AGAIN * this.smaller;
  }

  /** Two tills of a shop share a few sales of a varied day by chance, never nearly all. */
  get #isVaried(): boolean {
    return Math.max(this.mine, this.its) <= REPEATED * this.largerKinds;
  }

  /** Sales that repeat are evidence when they repeat equally often. */
  get #isEqual(): boolean {
    const { kinds, equal } = this;
    if (kinds >= FEWEST_EQUAL) return equal >= COMMON * kinds;
    return (
      kinds >= FEWEST_ALL_EQUAL && equal === kinds && this.mine === this.its && this.common === this.mine
    );
  }
}
