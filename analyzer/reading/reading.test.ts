import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { openPlain, type Sqlite } from "#shared/database/sqlite.ts";
import { openVentes } from "#shared/database/ventes-db.ts";
import type { Filter } from "../api/filters.ts";
import { Chunk } from "../columns/chunk.ts";
import { columnsFile } from "../columns/columns-db.ts";
import { dayNumber, dayText, stepStart, yearBefore } from "../columns/days.ts";
import { type Columns, openColumns } from "../columns/write.ts";
import { makeRefresher } from "../refresh/refresh.ts";
import { openTestDatabase, type TestDatabase, type Writer } from "../testing/test-database.ts";
import { readOverview } from "./overview.ts";
import { readProducts } from "./products.ts";
import { eachSale, readSales } from "./sales.ts";
import { connectionsTo } from "./snapshot.ts";
import { units } from "./units.ts";

const opened: { close: () => void }[] = [];
afterEach(() => {
  for (const it of opened.splice(0).reverse()) it.close();
});

/** A database with an analyzer and a reader. */
function open() {
  const t = openTestDatabase();
  const db = openVentes(t.dir, randomUUID());
  const columns = openColumns(db);
  const refresher = makeRefresher(db, { columns });
  const reader = connectionsTo(t.dir);
  opened.push(t, db, columns, refresher, reader);
  return { ...t, refresher, reader, columns, own: db };
}

const refreshAll = (
  { refresh }: { refresh: (now: Date, rows?: number) => { more: boolean } },
  rows?: number,
) => {
  while (refresh(new Date(), rows).more);
};

const rebuild = (columns: Columns) => {
  for (const _ of columns.rebuilding(new Date()));
};

/** Whether the columns agree with the sales, in as many steps as it takes. */
function isRight({ comparing }: Columns): boolean {
  const steps = comparing();
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}

const SHOPS = ["m0", "m1", "m2"];
const TOWNS = ["Paris", "Lyon"];
const PRODUCTS = ["A", "B", "C"];
const SOURCES = ["https://a.fr/x.csv", "b.csv"];
const DAYS = ["2024-02-29", "2025-01-31", "2025-02-01", "2025-02-03", "2026-02-01", "2026-11-22"];
// Sums beyond 2^53 millionths, so that doubles would not do.
const AMOUNTS = [-1_000_001, 0, 1, 2_500_000, 9_000_000_000_000_001];

const op = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant("sale" as const),
      id: fc.nat(14),
      id_produit: fc.constantFrom(...PRODUCTS),
      id_magasin: fc.constantFrom(...SHOPS),
      quantite: fc.constantFrom(...AMOUNTS),
      ca: fc.constantFrom(...AMOUNTS),
      date: fc.constantFrom(...DAYS),
      source: fc.constantFrom(...SOURCES),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("withdraw" as const), id: fc.nat(14) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant("shop" as const),
      id: fc.constantFrom(...SHOPS),
      ville: fc.constantFrom(...TOWNS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("close" as const), id: fc.constantFrom(...SHOPS) }) },
);
type Op = typeof op extends fc.Arbitrary<infer T> ? T : never;

const filter: fc.Arbitrary<Filter> = fc.record(
  {
    from: fc.constantFrom(...DAYS),
    to: fc.constantFrom("2025-02-03", "2026-11-22", "2027-01-01"),
    city: fc.constantFrom(...TOWNS),
    shop: fc.constantFrom(...SHOPS),
    product: fc.constantFrom(...PRODUCTS),
    source: fc.constantFrom(...SOURCES),
  },
  { requiredKeys: [] },
);

function write(t: TestDatabase, ops: readonly Op[]): void {
  t.commit((w: Writer) => {
    for (const one of ops)
      if (one.op === "shop") w.shop(one.id, one.ville);
      else if (one.op === "close") w.withdrawShop(one.id);
      else if (one.op === "withdraw") {
        if (t.ids("ventes").includes(`v${one.id}`)) w.withdrawSale(`v${one.id}`);
      } else {
        // As a consumer does: a sale needs its shop.
        if (!t.ids("magasins").includes(one.id_magasin)) w.shop(one.id_magasin, "Paris");
        w.sale(`v${one.id}`, one);
      }
  });
}

/** The same by plain SQL over the rows as they stand. */
function bySql(db: Sqlite, { from, to, city, shop, product, source }: Filter) {
  const where = `date_vente >= IFNULL(@from, date_vente) AND date_vente <= IFNULL(@to, date_vente)
    AND ville = IFNULL(@city, ville) AND v.id_magasin = IFNULL(@shop, v.id_magasin)
    AND id_produit = IFNULL(@product, id_produit) AND v.source = IFNULL(@source, v.source)`;
  const of = (columns: string, group: string, filter: Filter) =>
    (
      db
        .prepare(
          `SELECT ${columns} SUM(ca_millioniemes) AS revenue, SUM(quantite_millioniemes) AS quantity, COUNT(*) AS sales
           FROM ventes v JOIN magasins m USING (id_magasin) WHERE ${where} ${group}`,
        )
        .safeIntegers()
        .all({ from: null, to: null, city: null, shop: null, product: null, source: null, ...filter }) as {
        key: string;
        revenue: bigint | null;
        quantity: bigint | null;
        sales: bigint;
      }[]
    ).map(({ key, revenue, quantity, sales }) => [
      key,
      { revenue: units(revenue ?? 0n), quantity: units(quantity ?? 0n), sales: Number(sales) },
    ]) as [string, { revenue: number; quantity: number; sales: number }][];
  const filtered = { from, to, city, shop, product, source };
  const given = Object.fromEntries(Object.entries(filtered).filter(([, value]) => value !== undefined));
  const total = (between: Filter) => of("'' AS key,", "", { ...given, ...between })[0]?.[1];
  return {
    total: total({}),
    totalBetween: (first: number, last: number) => total({ from: dayText(first), to: dayText(last) }),
    byDay: of("date_vente AS key,", "GROUP BY 1 ORDER BY 1", given),
    byCity: of("ville AS key,", "GROUP BY 1 ORDER BY 1", given),
    byShop: of("v.id_magasin AS key,", "GROUP BY 1 ORDER BY 1", given),
    byProduct: of("id_produit AS key,", "GROUP BY 1 ORDER BY 1", given),
  };
}

const asEntries = (rows: readonly object[], key: string) =>
  rows
    .map((row) => {
      const { revenue, quantity, sales, ...rest } = row as Record<string, never>;
      return [rest[key], { revenue, quantity, sales }];
    })
    .sort(([a = ""], [b = ""]) => (String(a) < String(b) ? -1 : 1));

/** What the columns say equals what SQL says, for this filter. */
function compare(t: ReturnType<typeof open>, question: Filter): void {
  if (question.from !== undefined && question.to !== undefined && question.from > question.to) return;
  t.reader.reading((snapshot) => {
    const towns = new Set(t.db.prepare("SELECT ville FROM magasins").pluck().all());
    const known = {
      city: towns.has(question.city),
      shop: t.ids("magasins").includes(question.shop ?? ""),
      product: t.ids("produits").includes(question.product ?? ""),
      source:
        snapshot.columns
          .prepare("SELECT COUNT(*) FROM sources WHERE id = ?")
          .pluck()
          .get(question.source ?? "") === 1,
    };
    for (const [name, isKnown] of Object.entries(known))
      if (question[name as keyof Filter] !== undefined && !isKnown) return;

    const right = bySql(t.db, question);
    const overview = readOverview(snapshot, { ...question, by: "day" });
    expect(overview.total).toEqual(right.total);
    expect(asEntries(overview.series, "from")).toEqual(right.byDay);
    expect(asEntries(overview.cities, "city")).toEqual(right.byCity);
    expect(asEntries(overview.shops, "shop")).toEqual(right.byShop);
    expect(
      asEntries(
        readProducts(snapshot, question).rows.filter(({ sales }) => sales > 0),
        "product",
      ),
    ).toEqual(right.byProduct);
    if (question.from !== undefined && overview.period.to !== null) {
      const [first, last] = [dayNumber(question.from), dayNumber(overview.period.to)];
      const { from: _, to: __, ...before } = overview.before ?? { from: "", to: "" };
      expect(before).toEqual(right.totalBetween(first - (last - first + 1), first - 1));
      const { from: ___, to: ____, ...year } = overview.yearBefore ?? { from: "", to: "" };
      expect(year).toEqual(right.totalBetween(yearBefore(first), yearBefore(last)));
    }
    const month = readOverview(snapshot, { ...question, by: "month" }).series;
    const months = new Map<string, number>();
    for (const [day, { sales }] of right.byDay) {
      const start = dayText(stepStart(dayNumber(day), "month"));
      months.set(start, (months.get(start) ?? 0) + sales);
    }
    expect(month.map(({ from, sales }) => [from, sales])).toEqual([...months]);

    // Every page, then all of them at once.
    const ids: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = readSales(snapshot, { ...question, limit: 2, ...(after === undefined ? {} : { after }) });
      expect(page.total).toEqual(right.total);
      ids.push(...page.rows.map(({ id }) => id));
      if (page.next === null) break;
      after = page.next;
    }
    const all = [...eachSale(snapshot, question)].flat();
    expect(ids.length).toBe(right.total?.sales);
    expect(new Set(ids)).toEqual(new Set(all.map(({ id }) => id)));
  });
}

describe("figures for a filter", () => {
  test("equal plain SQL, after any history, in slices, after a crash between the two files, after a rebuild", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            ops: fc.array(op, { minLength: 1, maxLength: 8 }),
            next: fc.constantFrom("refresh", "wait", "crash", "rebuild", "slice"),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        fc.array(filter, { minLength: 3, maxLength: 3 }),
        (steps, questions) => {
          const t = open();
          for (const product of PRODUCTS) t.commit((w) => w.product(product, `Produit ${product}`));
          expect(t.columns.isInStep()).toBe(true);
          let isAhead = false;
          for (const { ops, next } of steps) {
            if (next !== "wait") isAhead = next === "crash";
            write(t, ops);
            if (next === "refresh") refreshAll(t.refresher);
            if (next === "slice") t.refresher.refresh(new Date(), 1);
            if (next === "rebuild") rebuild(t.columns);
            if (next === "crash") crash(t);
            // Only a slice that ends before the step of a crash leaves the columns behind.
            if (next !== "slice") expect(t.columns.isInStep()).toBe(true);
            else if (!t.columns.isInStep()) rebuild(t.columns);
            expect(isRight(t.columns)).toBe(true);
            // As of the commit of the analyses, whatever came since.
            t.reader.reading((snapshot) => {
              const stored = t.db
                .prepare("SELECT millioniemes FROM analyses WHERE nom = 'chiffre_affaires_total'")
                .safeIntegers()
                .pluck()
                .get() as bigint | null | undefined;
              // After a crash the columns may be one step ahead.
              if (stored === undefined || isAhead) return;
              expect(readOverview(snapshot, {}).total.revenue).toBe(units(stored ?? 0n));
              const reached = t.db.prepare("SELECT commit_id FROM progress").pluck().get();
              expect(snapshot.commit).toBe(reached);
            });
          }
          refreshAll(t.refresher, 3);
          for (const question of questions) compare(t, question);
          compare(t, {});
          for (const it of opened.splice(0).reverse()) it.close();
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** A refresh whose transaction on ventes.db is lost after that on columns.db was committed. */
function crash(t: ReturnType<typeof open>): void {
  const lost: Columns = {
    ...t.columns,
    apply: (step, now) => {
      t.columns.apply(step, now);
      throw new Error("crash");
    },
  };
  const db = openVentes(t.dir, randomUUID());
  const refresher = makeRefresher(db, { columns: lost });
  try {
    refresher.refresh(new Date(), 2);
  } catch (error) {
    expect(error).toEqual(new Error("crash"));
  } finally {
    refresher.close();
    db.close();
  }
}

describe("columns.db against the sales", () => {
  const SALE = { id_produit: "A", id_magasin: "m0", quantite: 1_000_000, ca: 2_500_000 };
  const filled = () => {
    const t = open();
    t.commit((w) => {
      w.product("A", "a");
      w.shop("m0", "Paris");
      for (let n = 0; n < 2_000; n++)
        w.sale(`v${n}`, { ...SALE, date: n < 1_500 ? "2026-01-31" : "2026-02-01" });
    });
    refreshAll(t.refresher);
    rebuild(t.columns);
    expect(isRight(t.columns)).toBe(true);
    return t;
  };
  /** Changes the first chunk by hand. */
  const inChunk = (change: (chunk: Chunk) => void) => (columns: Sqlite) => {
    const chunk = new Chunk(columns.prepare("SELECT data FROM chunks WHERE n = 0").pluck().get() as Buffer);
    change(chunk);
    columns.prepare("UPDATE chunks SET data = ? WHERE n = 0").run(chunk.bytes);
  };
  const changes: Readonly<Record<string, (columns: Sqlite) => void>> = {
    "an amount": inChunk((chunk) => {
      chunk.revenueLow[7] = 1;
    }),
    "a quantity": inChunk((chunk) => {
      chunk.quantityHigh[7] = -1;
    }),
    "a day": inChunk((chunk) => {
      chunk.day[7] = 1;
    }),
    "a shop": inChunk((chunk) => {
      chunk.shop[7] = 9;
    }),
    "a source": inChunk((chunk) => {
      chunk.source[7] = 9;
    }),
    "a sale that is missing": inChunk((chunk) => {
      chunk.product[7] = 0;
    }),
    "a sale too many": inChunk((chunk) => chunk.copy(0, chunk, 1)),
    "the days of a chunk": (columns) => columns.exec("UPDATE chunks SET last_day = last_day - 1 WHERE n = 1"),
    "a chunk that was cut": (columns) => columns.exec("UPDATE chunks SET data = x'00' WHERE n = 1"),
    "a chunk that is missing": (columns) => columns.exec("DELETE FROM chunks WHERE n = 1"),
    "a chunk too many": (columns) =>
      columns.exec("INSERT INTO chunks SELECT 99, first_day, last_day, data FROM chunks WHERE n = 0"),
    "a product that has no number": (columns) => columns.exec("UPDATE products SET id = 'Z'"),
    "the city of a shop": (columns) => columns.exec("UPDATE shops SET city = 'Lyon'"),
  };

  test.each(Object.entries(changes))(
    "%s is found, and all is right when they are rebuilt",
    (_what, change) => {
      const t = filled();
      const columns = openPlain(columnsFile(t.dir));
      change(columns);
      columns.close();
      // A commit that the analyses have not reached is no difference, and hides none.
      t.commit((w) => {
        w.sale("v3", { ...SALE, ca: 7 });
        w.shop("m0", "Nantes");
      });
      expect(isRight(t.columns)).toBe(false);
      t.columns.discard();
      expect(t.columns.isInStep()).toBe(false);
      rebuild(t.columns);
      expect(isRight(t.columns)).toBe(true);
      refreshAll(t.refresher);
      compare(t, {});
    },
  );
});
