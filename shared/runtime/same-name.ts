/** Names that differ only by case, accents, spacing, or St and Saint: `lyon`, `LYON ` and `Lyon`; `St-Malo` and `Saint Malo`. */

const PLAIN = /^[a-z0-9]*$/;
const ASCII = /^[\x20-\x7e]*$/;
/** Between letters or digits: `A-1` is not `A1`, and `A-` is not `A`. */
const BETWEEN = /(?<=[\p{L}\p{N}])[\s\-‐‑–'’]+(?=[\p{L}\p{N}])/gu;
const BETWEEN_ASCII = /(?<=[a-z0-9])[ '-]+(?=[a-z0-9])/g;
const SAINT = /(?<=^| )(st|ste)(?:\.\s?| )(?=\p{L})/gu;

/** The text that all names have which are the same but for that. */
export function foldedName(text: string): string {
  if (PLAIN.test(text)) return text;
  // Most names: the classes of Unicode cost five times as much.
  const folded = ASCII.test(text)
    ? text.toLowerCase().replace(BETWEEN_ASCII, " ").trim()
    : text
        .normalize("NFD")
        .replace(/\p{M}/gu, "")
        .toLowerCase()
        .replaceAll("œ", "oe")
        .replaceAll("æ", "ae")
        .replace(BETWEEN, " ")
        .trim();
  return folded.includes("st")
    ? folded.replace(SAINT, (_, saint: string) => (saint === "st" ? "saint " : "sainte "))
    : folded;
}

const DIGITS = /^0+\d+$/;

/** The same of ids: those of digits alone may lack the zeros at their beginning. */
export function foldedId(text: string): string {
  const folded = foldedName(text);
  return DIGITS.test(folded) ? folded.replace(/^0+(?=\d)/, "") : folded;
}

/** Words, not codes such as `AB-12X`. */
const WORDS = /^[\p{L}\s'’().,&/-]+$/u;
const PLURAL = /(?<=\p{L}{3})[sx](?=$|[^\p{L}])/gu;

/** The same of names of products, of which one may be the plural of the other: `Thé vert` and `THES VERTS`. */
export function foldedSingular(text: string): string {
  const folded = foldedName(text);
  return WORDS.test(text) ? folded.replace(PLURAL, "") : folded;
}

/** Between a name and another one that is written as it. */
const WRITTEN_AS = "=";

/** `Pomme=Pommes` as the two names; undefined: it is one name. */
export function namePair(text: string): readonly [name: string, other: string] | undefined {
  const at = text.indexOf(WRITTEN_AS);
  return at === -1 ? undefined : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** How many texts are remembered with what they are written as. */
const MOST_REMEMBERED = 10_000;

/** Writes texts as one of some names, if they are the same as that name when folded. Of `NAME=OTHER`, OTHER is written as NAME too. */
export class SameNames {
  readonly #names: ReadonlyMap<string, string>;
  readonly #written = new Map<string, string>();
  readonly #folded: (text: string) => string;

  constructor(names: readonly string[], folded = foldedName) {
    this.#folded = folded;
    this.#names = new Map(
      names.flatMap((text) => {
        const [name, other] = namePair(text) ?? [text, text];
        return [name, other].map((one) => [folded(one), name] as const);
      }),
    );
  }

  written(text: string): string {
    let name = this.#written.get(text);
    if (name === undefined) {
      name = this.#names.get(this.#folded(text)) ?? text;
      if (this.#written.size < MOST_REMEMBERED) this.#written.set(text, name);
    }
    return name;
  }
}
