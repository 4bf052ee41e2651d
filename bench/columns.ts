/**
 * Measures the columns of the page on a database of its own: what they add to a refresh, and how long each answer
 * takes.
 *
 *   node bench/columns.ts --sales 1000000 --products 100000
 *
 * Times are CPU seconds of this process (user and system), so that other work of the machine does not count.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openVentes, ventesFile } from "#shared/database/ventes-db.ts";
import { columnsFile } from "../analyzer/columns/columns-db.ts";
import { openColumns } from "../analyzer/columns/write.ts";
import { readOverview } from "../analyzer/reading/overview.ts";
import { readProducts } from "../analyzer/reading/products.ts";
import { readSales } from "../analyzer/reading/sales.ts";
import { connectionsTo, type Snapshot } from "../analyzer/reading/snapshot.ts";
import { makeRefresher } from "../analyzer/refresh/refresh.ts";

const { values } = parseArgs({
  options: {
    sales: { type: "string", default: "200000" },
    products: { type: "string", default: "1000" },
  },
});
const [sales, products] = [Number(values.sales), Number(values.products)];
const SHOPS = 50;
const DAYS = 730;
/** Sales of one commit. */
const BATCH = 5_000;

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

function measured<A>(name: string, work: () => A): A {
  const [before, start] = [cpu(), performance.now()];
  const result = work();
  const ms = (value: number) => `${(value * 1000).toFixed(0).padStart(7)} ms`;
  console.log(`${name.padEnd(52)} ${ms(cpu() - before)} CPU ${ms((performance.now() - start) / 1000)}`);
  return result;
}

const dir = mkdtempSync(join(tmpdir(), "ventes-columns-"));
try {
  const db = openVentes(dir, "bench");
  measured(`${sales} sales of ${products} products written`, () => fill());
  const refresher = makeRefresher(db);
  measured("analyses, without columns", () => {
    while (refresher.refresh(new Date()).more);
  });
  const columns = openColumns(db);
  measured("columns, rebuilt", () => {
    for (const _ of columns.rebuilding(new Date()));
  });
  for (const [name, file] of [
    ["ventes.db", ventesFile(dir)],
    ["columns.db", columnsFile(dir)],
  ] as const)
    console.log(`${name.padEnd(52)} ${(statSync(file).size / 1e6).toFixed(0).padStart(7)} MB`);

  const second = openVentes(dir, "bench");
  const kept = makeRefresher(second, { columns });
  measured("one more sale, analyses and columns", () => {
    write(sales, 1);
    kept.refresh(new Date());
  });
  measured("100,000 more sales: written", () => {
    for (let n = sales + 1; n < sales + 100_001; n += BATCH) write(n, BATCH);
  });
  db.pragma("wal_checkpoint(TRUNCATE)");
  measured("100,000 more sales: analyses and columns", () => {
    while (kept.refresh(new Date()).more);
  });
  measured("100,000 more sales: written", () => {
    for (let n = sales + 100_001; n < sales + 200_001; n += BATCH) write(n, BATCH);
  });
  measured("100,000 more sales: analyses alone", () => {
    while (refresher.refresh(new Date()).more);
  });
  measured("columns, rebuilt", () => {
    for (const _ of columns.rebuilding(new Date()));
  });

  const period = { from: "2025-03-01", to: "2025-08-31" };
  const ask = (name: string, read: (snapshot: Snapshot) => unknown) =>
    measured(name, () => connection.reading(read));
  const connection = connectionsTo(dir);
  ask("overview, the first answer", (s) => readOverview(s, {}));
  ask("overview", (s) => readOverview(s, {}));
  ask("overview, six months", (s) => readOverview(s, period));
  ask("overview, one city", (s) => readOverview(s, { city: "Ville 3" }));
  ask("overview, one shop", (s) => readOverview(s, { shop: "M7" }));
  ask("overview, one product", (s) => readOverview(s, { product: "P7" }));
  ask("overview, one source", (s) => readOverview(s, { source: "b.csv" }));
  ask("overview, city, product, source, six months", (s) =>
    readOverview(s, { ...period, city: "Ville 3", product: "P7", source: "b.csv" }),
  );
  ask("products, the first 50", (s) => readProducts(s, {}));
  ask("products, six months, by change, a search", (s) =>
    readProducts(s, { ...period, sort: "change", search: "produit 1" }),
  );
  ask("sales, the first page", (s) => readSales(s, {}));
  ask("sales of a city, the first page", (s) => readSales(s, { ...period, city: "Ville 3" }));
  connection.close();
  for (const it of [kept, refresher, columns, second, db]) it.close();

  function fill(): void {
    db.pragma("synchronous = OFF");
    db.transaction(() => {
      const product = db.prepare(
        "INSERT INTO produits (id_produit, nom, source, line, offset) VALUES (?, ?, 'p.csv', 1, 0)",
      );
      for (let n = 0; n < products; n++) product.run(`P${n}`, `Produit ${n}`);
      const shop = db.prepare(
        "INSERT INTO magasins (id_magasin, ville, source, line, offset) VALUES (?, ?, 'm.csv', 1, 0)",
      );
      for (let n = 0; n < SHOPS; n++) shop.run(`M${n}`, `Ville ${n % 10}`);
    })();
    for (let n = 0; n < sales; n += BATCH) write(n, Math.min(BATCH, sales - n));
  }

  function write(first: number, count: number): void {
    const put = db.prepare(`
      INSERT INTO main.ventes (rowid, id_vente, id_produit, id_magasin, date_vente, quantite_millioniemes, ca_millioniemes,
        origine, source, line, offset) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)`);
    db.transaction(() => {
      const commit =
        (db.prepare("SELECT value FROM counters WHERE name = 'commit'").pluck().get() as number) + 1;
      for (let n = first; n < first + count; n++) {
        const day = new Date(Date.UTC(2024, 0, 1 + Math.floor((n * DAYS) / (sales + 200_001))));
        put.run(
          n + 1,
          `V${n}`,
          `P${(n * 7919) % products}`,
          `M${(n * 31) % SHOPS}`,
          day.toISOString().slice(0, 10),
          ((n % 9) + 1) * 1_000_000,
          ((n % 5_000) + 1) * 10_000,
          n % 3 === 0 ? "b.csv" : "a.csv",
          n + 2,
          n,
        );
      }
      db.prepare("INSERT INTO commits VALUES (?, ?, ?, ?, ?)").run(
        commit,
        first + 1,
        first + count,
        count,
        new Date().toISOString(),
      );
      db.prepare("UPDATE counters SET value = ? WHERE name = 'commit'").run(commit);
      db.prepare("UPDATE counters SET value = ? WHERE name = 'row'").run(first + count);
    })();
  }
} finally {
  rmSync(dir, { recursive: true });
}
