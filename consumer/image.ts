/**
 * Images: what a claim says of a key, as canonical columns and extras in one record of strings (null: present
 * and empty; absent: the source has no such column). The key itself and date_effet are not part of it.
 */
import { setValue, type Values } from "#shared/event.ts";
import { formatMillionths, parseMillionths } from "#shared/numbers.ts";

export type Image = Values;

/** One claim: what one source says of a key, for dated products at one date_effet ("" when undated). */
export interface Claim {
  readonly source: string;
  readonly dateEffet: string;
  readonly image: Image;
  readonly line: number;
  readonly offset: number;
}

/** The columns of an image that a decimal is; stored as millionths. */
const DECIMALS = new Set(["prix", "quantité", "chiffre_affaires"]);

/**
 * `newer` laid over `older` (rules 8 and 12): a column that `newer` lacks leaves the value, null clears it. An
 * amount is that of the quantité and product it was published with: it does not outlive them.
 */
export function mergeImages(older: Image, newer: Image): Image {
  const merged: Record<string, string | null> = { ...older, ...newer };
  if (!("chiffre_affaires" in newer)) {
    for (const column of ["quantité", "id_produit"]) {
      if (column in older && merged[column] !== older[column]) delete merged.chiffre_affaires;
    }
  }
  return merged;
}

export function sameImage(a: Image, b: Image): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  for (const name of names) if (!(name in b) || a[name] !== b[name]) return false;
  return true;
}

/**
 * The image that an event gives: of its row the `columns` that a row of the table has, and its extras; decimals
 * in their shortest form. An extra cannot pass for a column of the entity.
 */
export function imageOf(row: Values, extras: Values, columns: readonly string[]): Image {
  const image: Record<string, string | null> = {};
  for (const name of columns) {
    const value = row[name];
    if (value === undefined) continue;
    image[name] = value !== null && DECIMALS.has(name) ? shortest(value) : value;
  }
  for (const name in extras) if (!columns.includes(name)) setValue(image, name, extras[name] ?? null);
  return image;
}

const shortest = (decimal: string): string => {
  const parsed = parseMillionths(decimal);
  return parsed === undefined ? decimal : formatMillionths(parsed.value);
};

/** The claim by which `source` speaks: that of its last date_effet. */
export function speaking(claims: readonly Claim[], source: string): Claim | undefined {
  let best: Claim | undefined;
  for (const claim of claims) {
    if (claim.source === source && (best === undefined || claim.dateEffet > best.dateEffet)) best = claim;
  }
  return best;
}

/** The row of a key: its sources' speaking claims laid over each other by offset, and the last of them. */
export interface Laid {
  readonly image: Image;
  readonly last: Claim;
}

/** undefined: no claim is left, and the row goes. */
export function layClaims(claims: readonly Claim[]): Laid | undefined {
  const only = claims[0];
  if (only === undefined) return undefined;
  if (claims.length === 1) return { image: only.image, last: only };
  const sources = new Set(claims.map((c) => c.source));
  const speakers = [...sources]
    .map((source) => speaking(claims, source))
    .filter((c) => c !== undefined)
    .sort((a, b) => a.offset - b.offset);
  let image: Image = {};
  for (const claim of speakers) image = mergeImages(image, claim.image);
  return { image, last: speakers[speakers.length - 1] ?? only };
}

/** The `extras` column of a row: what is not in `columns`, and what is null, sorted by name. */
export function extrasJson(image: Image, columns: readonly string[]): string {
  const names: string[] = [];
  for (const name in image) if (image[name] === null || !columns.includes(name)) names.push(name);
  if (names.length === 0) return "{}";
  return sortedJson(image, names);
}

/** JSON with sorted keys: one text for one image. */
export function sortedJson(image: Image, names: string[] = Object.keys(image)): string {
  names.sort();
  const parts = names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(image[name] ?? null)}`);
  return `{${parts.join(",")}}`;
}

/** The inverse of `sortedJson` and `extrasJson`. */
export const parseImage = (json: string): Image => JSON.parse(json) as Image;
