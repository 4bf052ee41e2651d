/**
 * Images: the columns that a claim gives, and how a newer image is laid over an older one. Rule 8: a column that a source
 * does not have leaves the value, an empty one clears it. Rule 12: an amount belongs to the quantité and the product
 * that it was published with. All entities use the same merge.
 */
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { Values } from "#shared/contract/event.ts";
import { formatMillionths, parseMillionths } from "#shared/contract/numbers.ts";

/**
 * Columns of the entity and extras, by name. A value is a canonical string, or null when the source left it empty; a
 * column is absent when the source does not have it. The key and date_effet are not part of an image.
 */
export type Image = Values;

/** The columns of an image that are columns of the entity's table; the others go to its column `extras`. */
export const IMAGE_COLUMNS: Readonly<Record<EntityName, readonly string[]>> = {
  produits: ["nom", "prix"],
  magasins: ["ville"],
  ventes: ["id_produit", "id_magasin", "date_vente", "quantité", "prix", "chiffre_affaires"],
};

/** The columns whose values are decimals. */
const DECIMALS: readonly string[] = ["prix", "quantité", "chiffre_affaires"];

/** When one of these changes, an amount that was published before no longer holds (rule 12). */
const AMOUNT_BELONGS_TO: readonly string[] = ["quantité", "id_produit"];

/** `newer` laid over `older`. An older amount is dropped when `newer` changes the quantité or the product without giving an amount. */
export function mergeImages(older: Image, newer: Image): Image {
  const merged: Record<string, string | null> = { ...older, ...newer };
  if (!("chiffre_affaires" in newer)) {
    for (const column of AMOUNT_BELONGS_TO) {
      if (column in older && merged[column] !== older[column]) delete merged.chiffre_affaires;
    }
  }
  return merged;
}

export function sameImage(a: Image, b: Image): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  for (const name of names) if (!Object.hasOwn(b, name) || a[name] !== b[name]) return false;
  return true;
}

/**
 * The image of an event: the columns of the entity, with decimals in their shortest form ("1.50" is "1.5"), and its
 * extras. An extra that has the name of a column of the entity is left out.
 */
export function imageOf(entity: EntityName, row: Values, extras: Values): Image {
  // The spread keeps an extra named __proto__; an assignment would lose it.
  const image: Record<string, string | null> = { ...extras };
  for (const name of IMAGE_COLUMNS[entity]) {
    const value = row[name];
    if (value !== undefined)
      image[name] = value !== null && DECIMALS.includes(name) ? shortest(value) : value;
    else if (Object.hasOwn(image, name)) delete image[name];
  }
  return image;
}

const shortest = (decimal: string): string => {
  const parsed = parseMillionths(decimal);
  return parsed === undefined ? decimal : formatMillionths(parsed.value);
};

/** The JSON of a row's column `extras`: the values that have no column of their own, and all nulls, sorted by name. */
export function extrasOf(entity: EntityName, image: Image): string {
  const columns = IMAGE_COLUMNS[entity];
  const names: string[] = [];
  for (const name in image) if (image[name] === null || !columns.includes(name)) names.push(name);
  return names.length === 0 ? "{}" : imageJson(image, names);
}

/** JSON with sorted names, so that equal images give equal text. `names`: the columns to write; default: all. */
export function imageJson(image: Image, names: string[] = Object.keys(image)): string {
  names.sort();
  const parts = names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(image[name] ?? null)}`);
  return `{${parts.join(",")}}`;
}

/** The inverse of `imageJson` and `extrasOf`. */
export const parseImage = (json: string): Image => JSON.parse(json) as Image;
