/**
 * Sales: a sale that is not withdrawn is in `ventes` when its product, shop and revenue are known, else in
 * `orphelins` (rule 18). It moves between them when a parent comes, goes, or changes its price.
 */
import type { EventEnvelope, Values } from "#shared/event.ts";
import { formatMillionths, MAX_MILLIONTHS, millionthsOf, multiplyMillionths } from "#shared/numbers.ts";
import type { BatchState } from "./batch-state.ts";
import { type Claim, extrasJson, type Image, imageOf, type Laid, parseImage } from "./image.ts";
import { type PricePoint, priceOn } from "./prices.ts";
import { PAGE_ROWS, type Statements } from "./statements.ts";

/** The columns of a sale's image that have a column of their own in the row. */
export const SALE_COLUMNS = [
  "id_produit",
  "id_magasin",
  "date_vente",
  "quantité",
  "prix",
  "chiffre_affaires",
];

/** A sale as its claims make it. Amounts in millionths; null: the line has none. */
export interface Sale {
  readonly idProduit: string;
  readonly idMagasin: string;
  readonly day: string;
  readonly quantity: bigint;
  readonly unitPrice: bigint | null;
  readonly ownRevenue: bigint | null;
  readonly extras: string;
  readonly source: string;
  readonly line: number;
  readonly offset: number;
}

interface StoredSale {
  /** Not in `orphelins`. */
  readonly rang?: bigint;
  readonly origine_ca?: string;
  readonly id_produit: string;
  readonly id_magasin: string;
  readonly date_vente: string;
  readonly quantite_millioniemes: bigint;
  readonly ca_millioniemes: bigint | null;
  readonly prix_millioniemes: bigint | null;
  readonly extras: string;
  readonly source: string;
  readonly line: bigint;
  readonly offset: bigint;
}

interface PricedByList {
  readonly id: string;
  readonly rang: bigint;
  readonly day: string;
  readonly quantity: bigint;
  readonly revenue: bigint;
}

interface Revenue {
  /** null: the sale waits for a price. */
  readonly value: bigint | null;
  readonly origin: "ligne" | "prix de la ligne" | "liste";
}

/** null when it does not fit SQLite's INTEGER: such a sale waits for a price that makes sense. */
const amount = (quantity: bigint, price: bigint): bigint | null => {
  const { value } = multiplyMillionths(quantity, price);
  return value > MAX_MILLIONTHS || value < -MAX_MILLIONTHS ? null : value;
};

export type Sales = ReturnType<typeof makeSales>;

export function makeSales(batch: BatchState) {
  const { sql, known } = batch;

  /** Rule 12: the amount on the line, else quantité × the price on the line, else × the price in force. */
  function revenueOf(sale: Sale): Revenue {
    if (sale.ownRevenue !== null) return { value: sale.ownRevenue, origin: "ligne" };
    if (sale.unitPrice !== null)
      return { value: amount(sale.quantity, sale.unitPrice), origin: "prix de la ligne" };
    const price = priceOn(known.pricePoints(sale.idProduit), sale.day);
    return { value: price === null ? null : amount(sale.quantity, price), origin: "liste" };
  }

  const hasParents = (sale: Sale): boolean =>
    known.productExists(sale.idProduit) && known.shopExists(sale.idMagasin);

  function putOrphan(id: string, sale: Sale): void {
    sql.putOrphan.run(
      id,
      sale.idProduit,
      sale.idMagasin,
      sale.day,
      sale.quantity,
      sale.ownRevenue,
      sale.unitPrice,
      sale.extras,
      sale.source,
      sale.line,
      sale.offset,
    );
    batch.orphansExist = true;
  }

  /** Inserts a sale where it belongs, unless its id is in `ventes` already: then false. */
  function insert(id: string, sale: Sale): boolean {
    const revenue = revenueOf(sale);
    if (revenue.value === null || !hasParents(sale)) {
      if (sql.hasSale.get(id) !== undefined) return false;
      putOrphan(id, sale);
      return true;
    }
    const { changes } = sql.insertSale.run(
      batch.nextRang,
      id,
      sale.idProduit,
      sale.idMagasin,
      sale.day,
      sale.quantity,
      revenue.value,
      sale.unitPrice,
      revenue.origin,
      sale.extras,
      sale.source,
      sale.line,
      sale.offset,
    );
    if (changes === 0) return false;
    batch.nextRang++;
    return true;
  }

  /** New rows of this very commit have no old image: they did not exist before it. */
  function logOld(rang: bigint): void {
    if (rang < batch.firstRang) sql.logOldSale.run(batch.commit, rang);
  }

  /** Writes a sale over what stands for its id, in `ventes` or `orphelins`; undefined removes it. */
  function place(id: string, sale: Sale | undefined): void {
    const stored = sql.sale.get(id) as StoredSale | undefined;
    if (stored?.rang === undefined) {
      if (batch.orphansExist) sql.dropOrphan.run(id);
      if (sale !== undefined) insert(id, sale);
      return;
    }
    logOld(stored.rang);
    const revenue = sale === undefined ? undefined : revenueOf(sale);
    if (sale !== undefined && revenue !== undefined && revenue.value !== null && hasParents(sale)) {
      sql.updateSale.run(
        sale.idProduit,
        sale.idMagasin,
        sale.day,
        sale.quantity,
        revenue.value,
        sale.unitPrice,
        revenue.origin,
        sale.extras,
        sale.source,
        sale.line,
        sale.offset,
        stored.rang,
      );
      return;
    }
    sql.dropSale.run(stored.rang);
    if (sale !== undefined) putOrphan(id, sale);
  }

  /** Each sale that names a parent, in pages; `each` may remove the one that it is given. */
  function forEachNaming(
    page: Statements["salesNamingShop"],
    parent: string,
    each: (id: string) => void,
  ): void {
    let after = 0;
    for (let more = true; more; ) {
      const rows = page.all(parent, after) as { rang: number; id: string }[];
      for (const { id } of rows) each(id);
      after = rows.at(-1)?.rang ?? after;
      more = rows.length === PAGE_ROWS;
    }
  }

  /** An orphan that names a parent which has come, or has a price now. */
  function promote(id: string): void {
    const row = sql.orphan.get(id) as StoredSale | undefined;
    if (row === undefined) return;
    const sale = saleOfRow(row);
    if (!hasParents(sale) || revenueOf(sale).value === null) return;
    sql.dropOrphan.run(id);
    insert(id, sale);
    batch.counts.changed++;
  }

  /** A sale that names a parent which goes: it waits again. Before it goes, for the foreign key. */
  function park(id: string): void {
    const row = sql.sale.get(id) as StoredSale | undefined;
    if (row?.rang === undefined) return;
    logOld(row.rang);
    sql.dropSale.run(row.rang);
    putOrphan(id, saleOfRow(row));
    batch.counts.changed++;
  }

  function promoteForProduct(idProduit: string): void {
    if (batch.orphansExist) forEachNaming(sql.orphansNamingProduct, idProduit, promote);
  }

  return {
    /** A sale never heard of, by far the most common event: false when it has been heard of. */
    insertUnheard: (
      id: string,
      event: EventEnvelope & { row: Values; extras: Values },
      offset: number,
    ): boolean => {
      if (batch.orphansExist && sql.orphan.get(id) !== undefined) return false;
      if (batch.withdrawnExist && sql.withdrawals.get("ventes", id) !== undefined) return false;
      return insert(id, saleOfEvent(event, offset));
    },

    write: (id: string, laid: Laid | undefined): void =>
      place(id, laid === undefined ? undefined : saleOfImage(laid)),

    /** The claim that the stored sale is, while it is its key's only one. */
    claimOfRow: (id: string): Claim | undefined => {
      const row = (sql.sale.get(id) ?? (batch.orphansExist ? sql.orphan.get(id) : undefined)) as
        | StoredSale
        | undefined;
      return row === undefined
        ? undefined
        : {
            source: row.source,
            dateEffet: "",
            image: imageOfSale(row),
            line: Number(row.line),
            offset: Number(row.offset),
          };
    },

    /** Whether the stored sale is the one that `laid` makes, where it belongs. */
    rowSays: (id: string, laid: Laid): boolean => {
      const sale = saleOfImage(laid);
      const revenue = revenueOf(sale);
      const belongs = revenue.value !== null && hasParents(sale);
      const row = (belongs ? sql.sale.get(id) : sql.orphan.get(id)) as StoredSale | undefined;
      if (row === undefined) return false;
      if (belongs && (row.ca_millioniemes !== revenue.value || row.origine_ca !== revenue.origin))
        return false;
      const stored = saleOfRow(row);
      return (Object.keys(sale) as (keyof Sale)[]).every((name) => stored[name] === sale[name]);
    },

    promoteForShop: (idMagasin: string): void => {
      if (batch.orphansExist) forEachNaming(sql.orphansNamingShop, idMagasin, promote);
    },
    promoteForProduct,
    parkForShop: (idMagasin: string): void => forEachNaming(sql.salesNamingShop, idMagasin, park),
    parkForProduct: (idProduit: string): void => forEachNaming(sql.salesNamingProduct, idProduit, park),

    /** The sales of a product whose revenue came from the list, after its price points changed. */
    reprice: (idProduit: string, points: readonly PricePoint[]): void => {
      let last: Pick<PricedByList, "day" | "rang"> | undefined = { day: "", rang: 0n };
      while (last !== undefined) {
        const sales = sql.salesPricedByList.all({ idProduit, ...last }) as PricedByList[];
        for (const sale of sales) {
          const price = priceOn(points, sale.day);
          const revenue = price === null ? null : amount(sale.quantity, price);
          if (revenue === sale.revenue) continue;
          if (revenue === null) {
            park(sale.id);
            continue;
          }
          logOld(sale.rang);
          sql.updateSaleRevenue.run(revenue, sale.rang);
          batch.counts.changed++;
        }
        last = sales.length === PAGE_ROWS ? sales.at(-1) : undefined;
      }
      promoteForProduct(idProduit);
    },
  };
}

/** Straight from the event, without an image on the way: the hot path. */
function saleOfEvent(event: EventEnvelope & { row: Values; extras: Values }, offset: number): Sale {
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
    extras: hasExtras ? extrasJson(imageOf(row, event.extras, SALE_COLUMNS), SALE_COLUMNS) : "{}",
    source: event.source,
    line: event.line,
    offset,
  };
}

const saleOfImage = ({ image, last }: Laid): Sale => ({
  idProduit: image.id_produit ?? "",
  idMagasin: image.id_magasin ?? "",
  day: image.date_vente ?? "",
  quantity: millionthsOf(image.quantité) ?? 0n,
  unitPrice: millionthsOf(image.prix),
  ownRevenue: millionthsOf(image.chiffre_affaires),
  extras: extrasJson(image, SALE_COLUMNS),
  source: last.source,
  line: last.line,
  offset: last.offset,
});

const saleOfRow = (row: StoredSale): Sale => ({
  idProduit: row.id_produit,
  idMagasin: row.id_magasin,
  day: row.date_vente,
  quantity: row.quantite_millioniemes,
  unitPrice: row.prix_millioniemes,
  // An orphan's amount is always its own: one that it computes it does not have yet.
  ownRevenue: row.origine_ca === undefined || row.origine_ca === "ligne" ? row.ca_millioniemes : null,
  extras: row.extras,
  source: row.source,
  line: Number(row.line),
  offset: Number(row.offset),
});

function imageOfSale(row: StoredSale): Image {
  const sale = saleOfRow(row);
  const image: Record<string, string | null> = {
    ...parseImage(row.extras),
    id_produit: sale.idProduit,
    id_magasin: sale.idMagasin,
    date_vente: sale.day,
    quantité: formatMillionths(sale.quantity),
  };
  if (sale.unitPrice !== null) image.prix = formatMillionths(sale.unitPrice);
  if (sale.ownRevenue !== null) image.chiffre_affaires = formatMillionths(sale.ownRevenue);
  return image;
}
