/** `ventes prices`: the price points of a product with what rests on each, or the prices that were set by hand. */
import * as Effect from "effect/Effect";
import { HAND_PRICES } from "#shared/contract/hand-prices.ts";
import { formatMillionths } from "#shared/contract/numbers.ts";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { masked } from "#shared/runtime/masked.ts";
import { pointOn } from "../../consumer/rules/index.ts";
import { type Cell, JsonText, jsonObject, listLine, table } from "../output/rows.ts";
import { isTerminal, print, printPiece } from "../output/stdout.ts";
import { openForReading } from "../run/database.ts";
import { type ProductPrices, productPrices, salesByPoint } from "../run/product-prices.ts";
import { Failed } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { visible } from "../texts/visible.ts";

const COLUMNS = ["from", "price", "dated", "in_force", "sales", "revenue", "source"];
const BY_HAND_COLUMNS = ["product", "from", "price"];
const BY_HAND = `
  SELECT id_produit, date_effet, prix_millioniemes / 1e6 FROM prix WHERE source = ? ORDER BY id_produit, date_effet`;

export const prices = (
  input: { readonly product: string | undefined },
  run: Invocation,
): Effect.Effect<void, Failed | DatabaseError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { texts, json } = run;
      const db = yield* openForReading(run);
      const { product } = input;
      if (product === undefined) {
        const rows = yield* onFile(db.name, () => db.prepare(BY_HAND).raw().all(HAND_PRICES) as Cell[][]);
        if (rows.length === 0 && !json && isTerminal()) return print(texts.noHandPrices());
        return show(BY_HAND_COLUMNS, rows, json);
      }
      const found = yield* onFile(db.name, () => productPrices(db, product));
      if (found === undefined) return yield* new Failed({ message: texts.unknownProduct(product) });
      const rows = rowsOf(found, json, json || isTerminal());
      if (json) {
        const points = new JsonText(jsonRows(COLUMNS, rows));
        const cells = [found.id, found.name, points, BigInt(found.otherSales)];
        return print(jsonObject(["product", "name", "prices", "other_sales"], cells));
      }
      if (!isTerminal()) return printPiece(rows.map(listLine).join(""));
      print([visible([found.id, found.name ?? ""].join("  ").trim()), table(COLUMNS, rows)].join("\n"));
      if (found.otherSales > 0) print(texts.otherSales(texts.count(found.otherSales)));
    }),
  );

/** `asJson`: what is so is true or false. Amounts are numbers where `asNumbers`, else canonical decimals. */
function rowsOf(found: ProductPrices, asJson: boolean, asNumbers: boolean): Cell[][] {
  const resting = salesByPoint(found);
  const flag = (is: boolean): Cell => (asJson ? new JsonText(String(is)) : is ? "yes" : "no");
  const amount = (millionths: bigint): Cell =>
    asNumbers ? Number(millionths) / 1e6 : formatMillionths(millionths);
  return found.points.map((point) => {
    const { sales, revenue } = resting.get(point) ?? { sales: 0n, revenue: 0n };
    const isInForce = pointOn(found.points, point.dateEffet) === point;
    const flags = [point.dated, isInForce].map(flag);
    return [point.dateEffet, amount(point.price), ...flags, sales, amount(revenue), masked(point.source)];
  });
}

const jsonRows = (names: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  `[${rows.map((row) => jsonObject(names, row)).join(",")}]`;

function show(names: readonly string[], rows: readonly (readonly Cell[])[], json: boolean): void {
  if (json) print(jsonRows(names, rows));
  else if (isTerminal()) print(table(names, rows));
  else printPiece(rows.map(listLine).join(""));
}
