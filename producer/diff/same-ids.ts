/**
 * Judges whether the sales without `id_vente` that two sources name by the same ids are the same sales (rule 5),
 * from the days that both have: a file and its copy, or the day's file and the month's, have all sales of a day in
 * common, or one of them has all of the other's. Two tills have some.
 */

/** So many different sales, on days on which both have exactly the same ones, are evidence. */
const FEWEST_EQUAL = 3;
/** So many sales, on days on which one has all of the other's and more. */
const FEWEST_CONTAINED = 10;
/** Sales of one kind on average, of the larger side: with more, a short list is in a long one by chance. */
const REPEATED = 1.5;

/**
 * A day that both sides have: their sales, those that both have, and how many different ones these and the larger
 * side's are.
 */
export interface CommonDay {
  readonly mine: number;
  readonly its: number;
  readonly common: number;
  readonly kinds: number;
  readonly largerKinds: number;
}

/**
 * `none`: no sale is in both. `same`: these are the same sales. `some`: each side has sales of a day that the other
 * lacks. `few`: one side has all sales of the other, but so few that this may be chance.
 */
export type SameIdsVerdict = "none" | "same" | "some" | "few";

/** What two sources have in common, over some days. */
export class SameIds {
  mine = 0;
  its = 0;
  common = 0;
  readonly days: string[] = [];
  #isApart = false;
  #equal = 0;
  #contained = 0;
  #larger = 0;
  #largerKinds = 0;

  /** Days that only one side has do not count. */
  add(day: string, { mine, its, common, kinds, largerKinds }: CommonDay): void {
    if (mine === 0 || its === 0) return;
    this.mine += mine;
    this.its += its;
    this.common += common;
    if (common > 0) this.days.push(day);
    if (common < Math.min(mine, its)) this.#isApart = true;
    else if (mine === its) this.#equal += kinds;
    else {
      this.#contained += common;
      this.#larger += Math.max(mine, its);
      this.#largerKinds += largerKinds;
    }
  }

  get verdict(): SameIdsVerdict {
    if (this.common === 0) return "none";
    if (this.#isApart) return "some";
    const isVaried = this.#larger <= REPEATED * this.#largerKinds;
    return this.#equal >= FEWEST_EQUAL || (this.#contained >= FEWEST_CONTAINED && isVaried) ? "same" : "few";
  }
}
