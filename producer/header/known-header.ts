/**
 * How the last announced version read its header. What a name meant stays so in later versions: a column that comes later
 * and has a better known name takes no place that is taken.
 */
import { foldHeader } from "./names.ts";

/** For each column and named extra, the index of its field in the header; an array: the fields of an address. */
export type Places = Readonly<Record<string, number | readonly number[]>>;

export interface KnownHeader {
  readonly header: readonly string[];
  readonly places: Places;
}

/** A name to compare fields of two headers by; the second field of a name is another one than the first. */
function namesOf(header: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return header.map((field) => {
    const name = foldHeader(field) || field.normalize("NFC").trim();
    const n = (seen.get(name) ?? 0) + 1;
    seen.set(name, n);
    return `${name}/${n}`;
  });
}

export interface PlacesAgain {
  /** The places of the known columns in this header, for those that are still in it. */
  readonly places: ReadonlyMap<string, number | readonly number[]>;
  /** The fields of this header that the known one had too. */
  readonly old: ReadonlySet<number>;
}

/** Finds the fields of a known header again, by their names. */
export function placesAgain(header: readonly string[], known: KnownHeader): PlacesAgain {
  const at = new Map(namesOf(header).map((name, i) => [name, i]));
  const again = namesOf(known.header).map((name) => at.get(name));
  const places = new Map<string, number | readonly number[]>();
  for (const [column, place] of Object.entries(known.places)) {
    const found = [place].flat().map((i) => again[i]);
    if (!found.every((i) => i !== undefined)) continue;
    places.set(column, typeof place === "number" ? (found[0] as number) : found);
  }
  return { places, old: new Set(again.filter((i) => i !== undefined)) };
}

/** The published name of each column, to compare what two headers mean. */
export const meaningOf = ({ header, places }: KnownHeader): string =>
  JSON.stringify(
    Object.entries(places)
      .map(([column, place]) => [column, ...[place].flat().map((at) => foldHeader(header[at] ?? ""))])
      .sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
  );
