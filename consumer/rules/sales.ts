/**
 * The sale that its claims give, and its placement (rule 18): it is stored when its product, its shop and its revenue are
 * known, and waits otherwise. So an analysis that joins a stored sale with its parents always finds them. The placement
 * is computed again each time a parent is inserted or withdrawn, or its price changes.
 */
import { formatMillionths, millionthsOf } from "#shared/contract/numbers.ts";
import type { Claim, Laid, RowEvent } from "./claims.ts";
import { extrasOf, imageOf, parseImage } from "./image.ts";
import { NO_POINTS, type PricePoints } from "./price-points.ts";
import { isPricedByList, type Priced, type Revenue, revenueOf } from "./revenue.ts";

/** Numbers in millionths. */
export interface Sale extends Priced {
  readonly idProduit: string;
  readonly idMagasin: string;
  /** JSON with sorted names. */
  readonly extras: string;
  readonly source: string;
  readonly line: number;
  readonly offset: number;
}

export const saleOf = ({ image, last }: Laid): Sale => ({
  idProduit: image.id_produit ?? "",
  idMagasin: image.id_magasin ?? "",
  day: image.date_vente ?? "",
  quantity: millionthsOf(image.quantité) ?? 0n,
  unitPrice: millionthsOf(image.prix),
  ownRevenue: millionthsOf(image.chiffre_affaires),
  extras: extrasOf("ventes", image),
  source: last.source,
  line: last.line,
  offset: last.offset,
});

/**
 * The sale that the first event of a key gives. It equals `saleOf` of that claim, but builds no image: this is by far the
 * most common event.
 */
export function firstSaleOf(event: RowEvent, offset: number): Sale {
  const { row } = event;
  let hasExtras = row.prix === null || row.chiffre_affaires === null;
  for (const _ in event.extras) {
    hasExtras = true;
    break;
  }
  return {
    idProduit: row.id_produit ?? "",
    idMagasin: row.id_magasin ?? "",
    day: row.date_vente ?? "",
    quantity: millionthsOf(row.quantité) ?? 0n,
    unitPrice: millionthsOf(row.prix),
    ownRevenue: millionthsOf(row.chiffre_affaires),
    extras: hasExtras ? extrasOf("ventes", imageOf("ventes", row, event.extras)) : "{}",
    source: event.source,
    line: event.line,
    offset,
  };
}

/** The claim that a sale stands for while its key has only one (rule 8): the inverse of `saleOf`. */
export function claimOfSale(sale: Sale): Claim {
  const image: Record<string, string | null> = {
    ...parseImage(sale.extras),
    id_produit: sale.idProduit,
    id_magasin: sale.idMagasin,
    date_vente: sale.day,
    quantité: formatMillionths(sale.quantity),
  };
  if (sale.unitPrice !== null) image.prix = formatMillionths(sale.unitPrice);
  if (sale.ownRevenue !== null) image.chiffre_affaires = formatMillionths(sale.ownRevenue);
  return { source: sale.source, dateEffet: "", image, line: sale.line, offset: sale.offset };
}

/** Look-ups of the parents that sales name. `placementOf` makes only those that it needs. */
export interface Parents {
  readonly productExists: (id: string) => boolean;
  readonly shopExists: (id: string) => boolean;
  readonly pricePoints: (id: string) => PricePoints;
}

/** The first thing that is missing for a sale, in this order. */
export type Missing = "prix" | "produit" | "magasin";

/** The placement of a sale that is stored: its revenue in millionths, and the origin of that. */
export interface Stored extends Revenue {
  readonly value: bigint;
}

/** The placement of a sale that waits: it has no revenue. */
export interface Waiting {
  readonly value: null;
  readonly waitsFor: Missing;
}

export type Placement = Stored | Waiting;

const WAITS: Readonly<Record<Missing, Waiting>> = {
  prix: { value: null, waitsFor: "prix" },
  produit: { value: null, waitsFor: "produit" },
  magasin: { value: null, waitsFor: "magasin" },
};

/** The placement of a sale, given the parents that exist. */
export function placementOf(sale: Sale, parents: Parents): Placement {
  const points = isPricedByList(sale) ? parents.pricePoints(sale.idProduit) : NO_POINTS;
  const revenue = revenueOf(sale, points);
  if (revenue.value === null) return WAITS.prix;
  if (!parents.productExists(sale.idProduit)) return WAITS.produit;
  if (!parents.shopExists(sale.idMagasin)) return WAITS.magasin;
  // The same object, to save an allocation: every new sale comes here.
  return revenue as Stored;
}
