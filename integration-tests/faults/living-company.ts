/**
 * A company whose files change under the pipeline: sales are appended and corrected, lines without ids vanish,
 * prices change, shops move, new products come with their sales, some lines are no sales at all. From a seed;
 * `held` compares a database with the current files: rows lost, doubled, or wrong.
 */
import type Database from "better-sqlite3";
import { randomOf } from "../../consumer/testing/random-history.ts";

interface Sale {
  product: string;
  shop: string;
  readonly day: string;
  quantity: number;
  /** In hundredths; null: by the price of the product. */
  revenue: number | null;
}

export interface Files {
  readonly publish: (name: string, text: string) => void;
  readonly url: (name: string) => string;
}

export interface Held {
  readonly rows: number;
  readonly lost: number;
  readonly doubled: number;
  readonly wrong: number;
  /** The first differences, to be read by a person. */
  readonly first: readonly string[];
}

export const FILES = ["produits.csv", "magasins.csv", "ventes.csv", "caisse.csv"] as const;
export const ENTITY_OF = {
  "produits.csv": "produits",
  "magasins.csv": "magasins",
  "ventes.csv": "ventes",
  "caisse.csv": "ventes",
} as const;

const CITIES = "Paris Lyon Marseille Lille Nantes".split(" ");
const PRODUCTS = 20;
const SHOPS = 8;
/** The first and the last day of the file without ids stay: what vanishes outside them is history (rule 9). */
const FIRST_DAY = "2024-01-01";
/** Lines without an id that may vanish in all: below the limit that holds a version back (rule 10). */
const MOST_VANISHED = 40;

const day = (n: number): string => new Date(Date.UTC(2024, 0, 2 + n)).toISOString().slice(0, 10);
const amount = (hundredths: number): string => (hundredths / 100).toFixed(2);

export class LivingCompany {
  readonly #random: ReturnType<typeof randomOf>;
  readonly #files: Files;
  readonly #products = new Map<string, number>();
  readonly #shops = new Map<string, string>();
  readonly #numbered = new Map<string, Sale>();
  readonly #tills: Sale[] = [];
  #bad = 0;
  #vanished = 0;
  #next = 1;

  constructor(seed: number, files: Files, sales = 1500) {
    this.#random = randomOf(seed);
    this.#files = files;
    for (let i = 0; i < PRODUCTS; i++) this.#products.set(`P${i}`, 100 + this.#random.below(9_900));
    for (let i = 0; i < SHOPS; i++) this.#shops.set(`${i}`, this.#random.pick(CITIES));
    for (let i = 0; i < sales; i++) this.#sell();
    for (let i = 0; i < 300; i++) this.#tills.push({ ...this.#sale(), ...(i < 3 ? { day: FIRST_DAY } : {}) });
    for (const name of FILES) this.#publish(name);
  }

  #sale(product = this.#random.pick([...this.#products.keys()])): Sale {
    const r = this.#random;
    return {
      product,
      shop: r.pick([...this.#shops.keys()]),
      day: day(r.below(300)),
      quantity: 1 + r.below(12),
      revenue: r.chance(0.7) ? 1 + r.below(100_000) : null,
    };
  }

  #sell(product?: string): void {
    this.#numbered.set(`V${this.#next++}`, this.#sale(product));
  }

  /** Makes random changes of some kinds. */
  live(): void {
    const r = this.#random;
    for (let n = 5 + r.below(30); n > 0; n--) this.#sell();
    for (let n = r.below(6); n > 0; n--) {
      const sale = this.#numbered.get(`V${1 + r.below(this.#next - 1)}`) as Sale;
      sale.quantity = 1 + r.below(12);
      sale.shop = r.pick([...this.#shops.keys()]);
      if (sale.revenue !== null) sale.revenue = 1 + r.below(100_000);
    }
    for (let n = r.below(4); n > 0; n--) this.#tills.push(this.#sale());
    if (r.chance(0.4) && this.#vanished < MOST_VANISHED) {
      const at = r.below(this.#tills.length);
      const { day: of } = this.#tills[at] as Sale;
      if (of !== FIRST_DAY && this.#tills.some((sale) => sale.day > of)) {
        this.#tills.splice(at, 1);
        this.#vanished++;
      }
    }
    if (r.chance(0.15)) this.#bad++;
    if (r.chance(0.15)) {
      const id = `P${this.#products.size}`;
      this.#products.set(id, 100 + r.below(9_900));
      for (let n = 1 + r.below(5); n > 0; n--) this.#sell(id);
    }
    // Sales before their products: they may have to wait for them.
    this.#publish("ventes.csv");
    this.#publish("caisse.csv");
    if (r.chance(0.2)) this.#products.set(r.pick([...this.#products.keys()]), 100 + r.below(9_900));
    this.#publish("produits.csv");
    if (r.chance(0.2)) this.#shops.set(r.pick([...this.#shops.keys()]), r.pick(CITIES));
    this.#publish("magasins.csv");
  }

  /** A thousand lines at once, more than one batch of them. */
  grow(sales: number): void {
    for (let i = 0; i < sales; i++) this.#sell();
    this.#publish("ventes.csv");
  }

  #publish(name: (typeof FILES)[number]): void {
    this.#files.publish(name, this.#text(name));
  }

  #text(name: (typeof FILES)[number]): string {
    const columns = (s: Sale) =>
      [s.product, s.shop, s.day, s.quantity, s.revenue === null ? "" : amount(s.revenue)].join(",");
    const lines = (header: string, list: Iterable<string>) => `${[header, ...list].join("\n")}\n`;
    switch (name) {
      case "produits.csv":
        return lines(
          "id_produit,nom,prix",
          [...this.#products].map(([id, price]) => `${id},Produit ${id},${amount(price)}`),
        );
      case "magasins.csv":
        return lines(
          "id_magasin,ville",
          [...this.#shops].map(([id, city]) => `${id},${city}`),
        );
      case "ventes.csv":
        return lines("id_vente,id_produit,id_magasin,date_vente,quantité,chiffre_affaires", [
          ...[...this.#numbered].map(([id, sale]) => `${id},${columns(sale)}`),
          ...Array.from({ length: this.#bad }, (_, i) => `X${i},P0,0,${FIRST_DAY},beaucoup,1.00`),
        ]);
      case "caisse.csv":
        return lines(
          "id_produit,id_magasin,date_vente,quantité,chiffre_affaires",
          [...this.#tills].sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0)).map(columns),
        );
    }
  }

  /** How `db` differs from the files. */
  held(db: Database.Database): Held {
    const url = this.#files.url;
    const expected = new Map<string, number>();
    const add = (map: Map<string, number>, row: string) => map.set(row, (map.get(row) ?? 0) + 1);
    const sale = (id: string, s: Sale) =>
      [id, s.product, s.shop, s.day, s.quantity * 1e6, s.revenue === null ? "liste" : s.revenue * 1e4].join(
        "|",
      );
    for (const [id, s] of this.#numbered) add(expected, `${url("ventes.csv")}|${sale(id, s)}`);
    for (const s of this.#tills) add(expected, `${url("caisse.csv")}|${sale("", s)}`);
    for (const [id, price] of this.#products) add(expected, `${url("produits.csv")}|${id}|${price * 1e4}`);
    for (const [id, city] of this.#shops) add(expected, `${url("magasins.csv")}|${id}|${city}`);
    if (this.#bad > 0) expected.set(`${url("ventes.csv")}|rejects`, this.#bad);

    const found = new Map<string, number>();
    const SALES = (table: string, revenue: string) => `
      SELECT source, CASE WHEN source = ? THEN '' ELSE id_vente END, id_produit, id_magasin, date_vente,
        quantite_millioniemes, ${revenue} FROM ${table}`;
    const of = (sql: string, ...args: readonly unknown[]) => {
      for (const row of db
        .prepare(sql)
        .raw()
        .all(...args) as unknown[][])
        add(found, row.join("|"));
    };
    of(
      SALES("ventes", "CASE origine_ca WHEN 'liste' THEN 'liste' ELSE ca_millioniemes END"),
      url("caisse.csv"),
    );
    of(SALES("orphelins", "'waits'"), url("caisse.csv"));
    of("SELECT source, id_produit, prix_millioniemes FROM produits");
    of("SELECT source, id_magasin, ville FROM magasins");
    const rejects = db.prepare("SELECT source, COUNT(*) FROM rejets GROUP BY source").raw().all() as [
      string,
      number,
    ][];
    for (const [source, count] of rejects) found.set(`${source}|rejects`, count);

    const differences: string[] = [];
    let [lost, doubled] = [0, 0];
    for (const row of new Set([...expected.keys(), ...found.keys()])) {
      const more = (found.get(row) ?? 0) - (expected.get(row) ?? 0);
      if (more === 0) continue;
      if (more < 0) lost -= more;
      else doubled += more;
      differences.push(`${more < 0 ? "lacks" : "has"} ${row.replace(/http:\/\/[^/]*\//, "")}`);
    }
    // A row with other values counts as lost and as doubled.
    const wrong = Math.min(lost, doubled);
    const rows = [...expected.values()].reduce((sum, n) => sum + n, 0);
    return { rows, lost: lost - wrong, doubled: doubled - wrong, wrong, first: differences.slice(0, 6) };
  }
}
