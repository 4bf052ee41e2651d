/**
 * The row of a product: its merged claims, and its last visible price (rules 8, 14 and 15). A product with dated prices
 * has the columns of its last date_effet.
 */
import { formatMillionths } from "#shared/contract/numbers.ts";
import { type Claim, type KeyState, layClaims } from "./claims.ts";
import { extrasOf, parseImage } from "./image.ts";
import { lastPrice } from "./price-points.ts";

export interface Product {
  readonly nom: string | null;
  /** In millionths. */
  readonly price: bigint | null;
  /** The date_effet of the claim that gives the row; null for an undated product. */
  readonly dateEffet: string | null;
  /** JSON with sorted names. */
  readonly extras: string;
  readonly source: string;
  readonly line: number;
  readonly offset: number;
}

/** Undefined when the key has no claim. */
export function productOf({ claims, points }: KeyState): Product | undefined {
  const laid = layClaims(claims);
  if (laid === undefined) return undefined;
  const { image, last } = laid;
  return {
    nom: image.nom ?? null,
    price: lastPrice(points),
    dateEffet: last.dateEffet === "" ? null : last.dateEffet,
    extras: extrasOf("produits", image),
    source: last.source,
    line: last.line,
    offset: last.offset,
  };
}

/**
 * The claim that the row stands for while its key has only one. It differs from the real claim when the price of the row
 * comes from another point; the consumer then stores the claim too.
 */
export function claimOfProduct(row: Product): Claim {
  const image: Record<string, string | null> = { ...parseImage(row.extras) };
  if (row.nom !== null) image.nom = row.nom;
  if (row.price !== null && !("prix" in image)) image.prix = formatMillionths(row.price);
  return { source: row.source, dateEffet: row.dateEffet ?? "", image, line: row.line, offset: row.offset };
}
