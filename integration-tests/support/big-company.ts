/**
 * Three files of a large company: N sales, 1,000 products or as many as are asked for, 100 shops in 10 cities, always the same for one N; and
 * what the analyses must give for them, counted in integers while writing. Nothing is held in memory.
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

export interface BigCompany {
  readonly produits: string;
  readonly magasins: string;
  readonly ventes: string;
  /** In hundredths. */
  readonly total: number;
  readonly quantities: ReadonlyMap<string, number>;
  /** In hundredths. */
  readonly cities: ReadonlyMap<string, number>;
}

const PRODUCTS = 1_000;
const SHOPS = 100;
const CITIES = "Paris Lyon Marseille Bordeaux Lille Nantes Strasbourg Toulouse Rennes Nice".split(" ");
const CHUNK = 10_000;

/** Numbers below `n`, from a seed: xorshift32. */
const randomBelow = (seed: number) => {
  let x = seed;
  return (n: number): number => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % n;
  };
};

const two = (n: number): string => String(n).padStart(2, "0");
const amount = (hundredths: number): string => `${Math.floor(hundredths / 100)}.${two(hundredths % 100)}`;
const product = (i: number): string => `REF${String(i).padStart(5, "0")}`;

/** Writes produits.csv, magasins.csv and ventes.csv into `folder`, which is made, and says their paths. */
export const writeBigCompany = (folder: string, sales: number, products = PRODUCTS): BigCompany => {
  mkdirSync(folder, { recursive: true });
  const [produits, magasins, ventes] = ["produits.csv", "magasins.csv", "ventes.csv"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const random = randomBelow(7);
  const prices = Array.from({ length: products }, () => 99 + random(49_900));
  const city = (shop: number): string => CITIES[shop % CITIES.length] ?? "";

  writeFileSync(
    produits,
    `id_produit,nom,prix\n${prices.map((p, i) => `${product(i)},Produit ${i},${amount(p)}\n`).join("")}`,
  );
  const shops = Array.from({ length: SHOPS }, (_, i) => `${i + 1},${city(i)}\n`);
  writeFileSync(magasins, `id_magasin,ville\n${shops.join("")}`);

  let total = 0;
  const quantities = new Map<string, number>();
  const cities = new Map<string, number>();
  const file = openSync(ventes, "w");
  writeSync(file, "id_vente,id_produit,id_magasin,date_vente,quantité,chiffre_affaires\n");
  for (let first = 1; first <= sales; first += CHUNK) {
    const lines: string[] = [];
    for (let id = first; id < Math.min(first + CHUNK, sales + 1); id++) {
      const p = random(products);
      const quantity = 1 + random(12);
      const shop = random(SHOPS);
      const revenue = quantity * (prices[p] ?? 0);
      const day = `2024-${two(1 + random(12))}-${two(1 + random(28))}`;
      lines.push(`${id},${product(p)},${shop + 1},${day},${quantity},${amount(revenue)}\n`);
      total += revenue;
      quantities.set(product(p), (quantities.get(product(p)) ?? 0) + quantity);
      cities.set(city(shop), (cities.get(city(shop)) ?? 0) + revenue);
    }
    writeSync(file, lines.join(""));
  }
  closeSync(file);
  return { produits, magasins, ventes, total, quantities, cities };
};
