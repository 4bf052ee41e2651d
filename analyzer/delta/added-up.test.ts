import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { prepareSaleRows } from "#shared/database/sale-rows.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { ADDED_UP } from "../analyses/query/measures.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { prepareAddedUp } from "./added-up.ts";

let opened: TestDatabase | undefined;
afterEach(() => opened?.close());

/** Amounts of either sign, many beyond the integers that doubles hold, some with a fraction. */
const amounts = fc.oneof(
  fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
  fc.integer({ min: -3_000_000, max: 3_000_000 }).map(BigInt),
  fc.integer({ min: -5, max: 5 }).map((n) => BigInt(n) * 1_000_000n),
  fc.constantFrom(2n ** 31n, -(2n ** 31n), 2n ** 53n - 1n, -(2n ** 53n) - 1n),
);
const sales = fc.array(
  fc.record({
    id_produit: fc.constantFrom("p", "P", "é", " p"),
    id_magasin: fc.constantFrom("m", "n"),
    date: fc.constantFrom("2026-01-01", "2026-01-02"),
    quantite: amounts,
    ca: amounts,
  }),
  { maxLength: 20 },
);

const TABLES = { sales_by_day: "date_vente", sales_by_shop: "id_magasin", sales_by_product: "id_produit" };

const rowsOf = (db: Sqlite, sql: string) => db.prepare(sql).raw().safeIntegers().all();

describe("new sales that are added up", () => {
  test("have the sums that SQL gives, however large, also when they do not fit memory at once", () => {
    const t = openTestDatabase();
    opened = t;
    t.commit((w) => {
      for (const id of ["p", "P", "é", " p"]) w.product(id, "x");
      for (const id of ["m", "n"]) w.shop(id, "Lyon");
    });
    const rows = prepareSaleRows(t.db);
    const expected = (key: string) =>
      rowsOf(
        t.db,
        `SELECT ${key}, COUNT(*), ${[...ADDED_UP.keys()].join(", ")} FROM main.ventes GROUP BY ${key} ORDER BY ${key}`,
      );
    fc.assert(
      fc.property(sales, fc.constantFrom(1, 3, 1000), (made, inMemory) => {
        const sums = prepareAddedUp(t.db, inMemory);
        t.commit((w) => {
          for (const id of t.ids("ventes")) w.withdrawSale(id);
        });
        t.commit((w) => {
          for (const [i, sale] of made.entries()) w.sale(`v${i}`, sale);
        });
        const end = t.db.prepare("SELECT IFNULL(MAX(rowid), 0) + 1 FROM main.ventes").pluck().get() as number;
        for (let twice = 0; twice < 2; twice++) {
          sums.begin();
          rows.each(0, end, sums.add);
          sums.end();
          for (const [table, key] of Object.entries(TABLES))
            expect(rowsOf(t.db, `SELECT * FROM temp.${table} ORDER BY ${key}`)).toEqual(expected(key));
        }
      }),
      { numRuns: 100 },
    );
  });
});
