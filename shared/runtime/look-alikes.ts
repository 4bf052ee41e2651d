/**
 * Finds ids that are different and look the same: a Cyrillic А for a Latin A, full-width digits, an invisible character.
 * They stay different ids, as published, and are reported.
 */

/** Pairs of characters: a letter of another script, and the Latin one that it looks like. */
const CONFUSABLES =
  "АAВBЕEЅSІIЈJКKМMНHОOРPСCТTХXУYЗ3аaеeоoрpсcуyхxіiјjѕsһhԁdԛqԝwΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXοoνvιiκkρpτtυuχx" +
  "ӀI‐-‑-‒-–-—-−-";

const latin = new Map<string, string>();
{
  const letters = [...CONFUSABLES];
  for (let i = 0; i + 1 < letters.length; i += 2) latin.set(letters[i] as string, letters[i + 1] as string);
}

const PLAIN = /^[\x20-\x7e]*$/;

/** The Latin form of an id (its "skeleton" in Unicode TR 39): equal for ids that look the same. An ASCII id is its own. */
export const skeletonOf = (id: string): string =>
  PLAIN.test(id)
    ? id
    : [...id.normalize("NFKC").replace(/\p{Cf}/gu, "")].map((c) => latin.get(c) ?? c).join("");

/** Ids that are remembered, at most: enough for products and shops, not for millions of sales. */
const MOST_COMPARED = 20_000;
const MOST_SHOWN = 5;

/** Finds look-alikes among the ids that it is given one by one. */
export class LookAlikes {
  /** The number of ids that look like an earlier one. */
  count = 0;
  /** The first of them: [the earlier id, the one that looks like it]. */
  readonly examples: (readonly [string, string])[] = [];
  readonly #bySkeleton = new Map<string, string>();
  readonly #counted = new Set<string>();

  see(id: string): void {
    const skeleton = skeletonOf(id);
    const known = this.#bySkeleton.get(skeleton);
    if (known === id || this.#counted.has(id)) return;
    if (known === undefined) {
      if (this.#bySkeleton.size < MOST_COMPARED) this.#bySkeleton.set(skeleton, id);
      return;
    }
    if (this.#counted.size >= MOST_COMPARED) return;
    this.#counted.add(id);
    this.count++;
    if (this.examples.length < MOST_SHOWN) this.examples.push([known, id]);
  }
}
