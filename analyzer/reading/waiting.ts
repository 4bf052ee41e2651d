/**
 * The sales that wait for their product, their shop or a price (rule 18), paged by their ids. While a change is being applied to many
 * sales, a part of these would be among them: the answer is then to ask again.
 */
import { multiplyMillionths } from "#shared/contract/numbers.ts";
import { applyingIn } from "#shared/database/applying.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { masked } from "#shared/runtime/masked.ts";
import type { WaitingAnswer } from "../api/figures.ts";
import { NotReadable } from "./reading.ts";
import type { Snapshot } from "./snapshot.ts";
import { units } from "./units.ts";

const DEFAULT_LIMIT = 50;

interface Row {
  readonly id: string;
  readonly date: string;
  readonly product: string;
  readonly shop: string;
  readonly quantity: bigint;
  readonly revenue: bigint | null;
  readonly price: bigint | null;
  readonly source: string;
  readonly line: bigint;
  readonly isProduct: bigint;
  readonly isShop: bigint;
}

/** Throws NotReadable while a change is being applied. */
export function readWaiting(
  { ventes }: Pick<Snapshot, "ventes">,
  { limit = DEFAULT_LIMIT, after = "" }: { readonly limit?: number; readonly after?: string },
): Pick<WaitingAnswer, "count" | "rows" | "next"> {
  assertBetweenChanges(ventes);
  const rows = ventes
    .prepare(`
      SELECT id_vente AS id, date_vente AS date, id_produit AS product, id_magasin AS shop,
        quantite_millioniemes AS quantity, ca_millioniemes AS revenue, prix_millioniemes AS price, source, line,
        EXISTS (SELECT 1 FROM produits p WHERE p.id_produit = o.id_produit) AS isProduct,
        EXISTS (SELECT 1 FROM magasins m WHERE m.id_magasin = o.id_magasin) AS isShop
      FROM orphelins o WHERE id_vente > ? ORDER BY id_vente LIMIT ?`)
    .safeIntegers()
    .all(after, limit) as Row[];
  return {
    count: ventes.prepare("SELECT COUNT(*) FROM orphelins").pluck().get() as number,
    rows: rows.map((row) => ({
      id: row.id,
      date: row.date,
      product: row.product,
      shop: row.shop,
      quantity: units(row.quantity),
      amount: amountOf(row),
      waitsFor: [
        ...(row.isProduct === 1n ? [] : (["product"] as const)),
        ...(row.isShop === 1n ? [] : (["shop"] as const)),
        ...(row.isProduct === 1n && amountOf(row) === null ? (["price"] as const) : []),
      ],
      source: masked(row.source),
      line: Number(row.line),
    })),
    next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null,
  };
}

/** All of them, a page at a time. Throws NotReadable at once while a change is being applied. */
export function eachWaiting(snapshot: Snapshot): Iterable<WaitingAnswer["rows"]> {
  assertBetweenChanges(snapshot.ventes);
  return pages(snapshot);
}

function* pages(snapshot: Snapshot): Generator<WaitingAnswer["rows"], void, void> {
  for (let after: string | null = ""; after !== null; ) {
    const page = readWaiting(snapshot, { limit: 1_000, after });
    yield page.rows;
    after = page.next;
  }
}

function assertBetweenChanges(ventes: Sqlite): void {
  const applying = applyingIn(ventes);
  if (applying === null) return;
  const { id, done, total } = applying;
  throw new NotReadable({
    fr: `un changement de ${id} est en cours sur ses ventes (${done} sur ${total}) : redemandez dans quelques secondes`,
    en: `a change of ${id} is being applied to its sales (${done} of ${total}): ask again in some seconds`,
  });
}

function amountOf({ quantity, revenue, price }: Row): number | null {
  if (revenue !== null) return units(revenue);
  return price === null ? null : units(multiplyMillionths(quantity, price).value);
}
