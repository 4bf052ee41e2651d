/** Sales as lines: the row of ventes.db as of the commit of the figures, with its price and where that comes from. */
import { type PricePoints, pointOn } from "#shared/contract/price-points.ts";
import { pricePointsIn } from "#shared/database/price-points.ts";
import { masked } from "#shared/runtime/masked.ts";
import { ORIGINS } from "../api/figures.ts";
import type { SaleLine } from "./reading.ts";
import type { Snapshot } from "./snapshot.ts";
import { units } from "./units.ts";

const COLUMNS = `id_vente AS id, date_vente AS day, id_produit AS product, id_magasin AS shop, quantite_millioniemes AS quantity,
  ca_millioniemes AS revenue, prix_millioniemes AS price, origine AS origin, extras, source, line, offset`;

interface Row {
  readonly id: string;
  readonly day: string;
  readonly product: string;
  readonly shop: string;
  readonly quantity: bigint;
  readonly revenue: bigint;
  readonly price: bigint | null;
  readonly origin: bigint;
  readonly extras: string;
  readonly source: string;
  readonly line: bigint;
  readonly offset: bigint;
}

export interface Line {
  readonly line: SaleLine;
  /** JSON. */
  readonly extras: string;
  readonly offset: number;
}

/** Prepares the statements for one snapshot. The function returns undefined for a row id without a sale. */
export function prepareLines({ ventes, columns, commit }: Snapshot): (rowId: number) => Line | undefined {
  const stands = ventes.prepare(`SELECT ${COLUMNS} FROM ventes WHERE rowid = ?`).safeIntegers();
  const isChanged = ventes
    .prepare("SELECT EXISTS (SELECT 1 FROM old_ventes WHERE commit_id > ?)")
    .pluck()
    .get(commit);
  const image = ventes
    .prepare(`SELECT ${COLUMNS} FROM old_ventes WHERE commit_id > ? AND row_id = ? ORDER BY n LIMIT 1`)
    .safeIntegers();
  const name = columns.prepare("SELECT name FROM products WHERE id = ?").pluck();
  const city = columns.prepare("SELECT city FROM shops WHERE id = ?").pluck();
  const points = remembering(pricePointsIn(ventes));
  return (rowId) => {
    const row = ((isChanged === 1 ? image.get(commit, rowId) : undefined) ?? stands.get(rowId)) as
      | Row
      | undefined;
    if (row === undefined) return undefined;
    const origin = ORIGINS[Number(row.origin)] ?? "ligne";
    const point = origin === "liste" ? pointOn(points(row.product), row.day) : undefined;
    const price = point?.price ?? row.price;
    return {
      line: {
        id: row.id,
        date: row.day,
        product: row.product,
        name: (name.get(row.product) as string | null | undefined) ?? null,
        shop: row.shop,
        city: (city.get(row.shop) as string | undefined) ?? "",
        quantity: units(row.quantity),
        revenue: units(row.revenue),
        origin,
        price: price === null ? null : units(price),
        priceFrom: point?.dateEffet ?? null,
        priceSource: point === undefined ? null : masked(point.source),
        source: masked(row.source),
        line: Number(row.line),
      },
      extras: row.extras,
      offset: Number(row.offset),
    };
  };
}

/** The sales of a page often have the same products. */
function remembering(read: (product: string) => PricePoints): (product: string) => PricePoints {
  const known = new Map<string, PricePoints>();
  return (product) => {
    const remembered = known.get(product);
    if (remembered !== undefined) return remembered;
    const points = read(product);
    if (known.size >= 1_000) known.clear();
    known.set(product, points);
    return points;
  };
}
