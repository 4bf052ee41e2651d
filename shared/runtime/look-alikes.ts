/**
 * Ids that are different and look the same: a Cyrillic А for a Latin A, full-width digits, an invisible character. They
 * are kept apart as published, and said.
 */

/** Letters of other scripts that look like a Latin one, each before the one it looks like. */
const CONFUSABLES =
  "АAВBЕEЅSІIЈJКKМMНHОOРPСCТTХXУYЗ3аaеeоoрpсcуyхxіiјjѕsһhԁdԛqԝwΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXοoνvιiκkρpτtυuχx" +
  "ӀI‐-‑-‒-–-—-−-";

const latin = new Map<string, string>();
{
  const letters = [...CONFUSABLES];
  for (let i = 0; i + 1 < letters.length; i += 2) latin.set(letters[i] as string, letters[i + 1] as string);
}

const PLAIN = /^[\x20-\x7e]*$/;

/** Equal for ids that look the same; an id of ASCII is its own. */
export const lookOf = (id: string): string =>
  PLAIN.test(id)
    ? id
    : [...id.normalize("NFKC").replace(/\p{Cf}/gu, "")].map((c) => latin.get(c) ?? c).join("");

/** Ids that are remembered: those of catalogues, not of millions of sales. */
const MOST_COMPARED = 20_000;
const MOST_SHOWN = 5;

/** Finds the look-alikes among ids as they come. */
export class LookAlikes {
  /** Ids that look like an earlier one. */
  count = 0;
  /** The first of them, each with the one that it looks like. */
  readonly examples: (readonly [string, string])[] = [];
  readonly #byPoll = new Map<string, string>();
  readonly #said = new Set<string>();

  see(id: string): void {
    const look = lookOf(id);
    const known = this.#byPoll.get(look);
    if (known === id || this.#said.has(id)) return;
    if (known === undefined) {
      if (this.#byPoll.size < MOST_COMPARED) this.#byPoll.set(look, id);
      return;
    }
    if (this.#said.size >= MOST_COMPARED) return;
    this.#said.add(id);
    this.count++;
    if (this.examples.length < MOST_SHOWN) this.examples.push([known, id]);
  }
}
