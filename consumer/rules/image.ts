/**
 * Images: what one source says of a key, and how a newer image is laid over an older one (rule 8: a column that a
 * source does not have leaves the value, one present and empty clears it; rule 12: an amount belongs to the quantité
 * and product that it was published with). Every entity is merged by the same two lines, so that what several
 * sources say of a product, a shop and a sale follows one rule.
 */
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { Values } from "#shared/contract/event.ts";
import { formatMillionths, parseMillionths } from "#shared/contract/numbers.ts";

/**
 * Canonical columns and extras by name: canonical strings, null where present and empty, absent where the source has
 * no such column. The key itself and date_effet are not part of it.
 */
export type Image = Values;

/** The columns of an image that have a column of their own in the row of the entity; the rest is `extras`. */
export const IMAGE_COLUMNS: Readonly<Record<EntityName, readonly string[]>> = {
  produits: ["nom", "prix"],
  magasins: ["ville"],
  ventes: ["id_produit", "id_magasin", "date_vente", "quantité", "prix", "chiffre_affaires"],
};

/** The columns whose values are decimals. */
const DECIMALS: readonly string[] = ["prix", "quantité", "chiffre_affaires"];

/** An amount on the line holds for these, as they were when it was published. */
const AMOUNT_BELONGS_TO: readonly string[] = ["quantité", "id_produit"];

/** `newer` laid over `older`. An amount that `newer` does not repeat goes when what it belongs to changes. */
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
 * The image that an event leaves: of its row the columns that a row of the entity has, decimals in their shortest
 * form ("1.50" is "1.5"), and its extras. An extra cannot pass for a column of the entity.
 */
export function imageOf(entity: EntityName, row: Values, extras: Values): Image {
  // Spread, an extra that is named __proto__ stays a column; assigned, it would vanish.
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

/** The `extras` column of a row, JSON: what has no column of its own, and what is null, sorted by name. */
export function extrasOf(entity: EntityName, image: Image): string {
  const columns = IMAGE_COLUMNS[entity];
  const names: string[] = [];
  for (const name in image) if (image[name] === null || !columns.includes(name)) names.push(name);
  return names.length === 0 ? "{}" : imageJson(image, names);
}

/** JSON with sorted names: one text for one image. `names`: only these columns of it. */
export function imageJson(image: Image, names: string[] = Object.keys(image)): string {
  names.sort();
  const parts = names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(image[name] ?? null)}`);
  return `{${parts.join(",")}}`;
}

/** The inverse of `imageJson` and `extrasOf`. */
export const parseImage = (json: string): Image => JSON.parse(json) as Image;
