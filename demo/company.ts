/**
 * The company of the demo: a grocer in Brittany with seven shops. Its files, and the sales that are added while the demo
 * runs, come from a random generator with a fixed seed: they are the same every time.
 */

export const PRODUITS = [
  ["P01", "Galette de blé noir", "1,20"],
  ["P02", "Kouign-amann", "6,50"],
  ["P03", "Far breton", "4,80"],
  ["P04", "Caramel au beurre salé, 220 g", "5,90"],
  ["P05", "Cidre brut, 75 cl", "4,35"],
  ["P06", "Sardines à l'huile d'olive", "3,95"],
  ["P07", "Miel de sarrasin, 500 g", "9,80"],
  ["P08", "Fleur de sel de Guérande, 125 g", "4,10"],
] as const;

/** Two shops in one city: its revenue is the sum of both. */
export const MAGASINS = [
  ["M1", "Rennes"],
  ["M2", "Rennes"],
  ["M3", "Nantes"],
  ["M4", "Brest"],
  ["M5", "Quimper"],
  ["M6", "Vannes"],
  ["M7", "Saint-Malo"],
] as const;

/** How often each product is sold, and how busy each shop is, so that the figures differ visibly. */
const PRODUCT_WEIGHTS = [9, 6, 4, 5, 7, 3, 2, 3];
const SHOP_WEIGHTS = [8, 4, 7, 5, 3, 4, 5];

export const SALES_HEADER = "id_vente,date_vente,id_produit,id_magasin,quantité";

/** Pseudo-random numbers in [0, 1), the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function weighted<T>(items: readonly T[], weights: readonly number[], at: number): T {
  let left = at * weights.reduce((a, b) => a + b, 0);
  for (const [i, item] of items.entries()) {
    left -= weights[i] ?? 0;
    if (left < 0) return item;
  }
  return items[0] as T;
}

interface Sale {
  readonly id: string;
  readonly day: string;
  readonly product: string;
  readonly shop: string;
  readonly quantity: number;
}

const line = (s: Sale): string => `${s.id},${s.day},${s.product},${s.shop},${s.quantity}`;
const idOf = (n: number): string => `V${String(n).padStart(5, "0")}`;

function sale(n: number, day: string, next: () => number): Sale {
  return {
    id: idOf(n),
    day,
    product: weighted(PRODUITS, PRODUCT_WEIGHTS, next())[0],
    shop: weighted(MAGASINS, SHOP_WEIGHTS, next())[0],
    quantity: 1 + Math.floor(next() ** 2 * 9),
  };
}

const SEED = 20_250_101;
const SALES = 500;
/** Every so many sales, one is a return: a negative quantity. */
const RETURN_EVERY = 60;

/** Number of a sale -> the bad line behind it. Three lines, each with another error. */
const BAD_LINES: ReadonlyMap<number, string> = new Map([
  [120, "V90001,2025-03-31,P02,M3,douze"],
  [260, "V90002,2025-02-30,P05,M1,2"],
  [410, "V90003,2025-10-18,,M4,1"],
]);

/** The number of the sale that a later line corrects. */
const CORRECTED = 200;

/** 500 sales of 2025 with returns, a correction, two identical sales and three bad lines. */
export function salesFile(): string {
  const next = random(SEED);
  const lines = [SALES_HEADER];
  for (let n = 1; n <= SALES; n++) {
    const day = new Date(Date.UTC(2025, 0, 2 + Math.floor(((n - 1) * 363) / SALES)));
    let s = sale(n, day.toISOString().slice(0, 10), next);
    if (n % RETURN_EVERY === 0) s = { ...s, quantity: -1 };
    lines.push(line(s));
    // The same basket twice in a row: two sales, and both count.
    if (n === 300) lines.push(line({ ...s, id: idOf(++n) }));
    if (n === CORRECTED + 4) lines.push(corrected(lines, CORRECTED));
    const bad = BAD_LINES.get(n);
    if (bad !== undefined) lines.push(bad);
  }
  return `${lines.join("\n")}\n`;
}

/** The line of sale `n` again, with another quantity: the last line of an id holds. */
function corrected(lines: readonly string[], n: number): string {
  const before = lines.find((l) => l.startsWith(`${idOf(n)},`)) ?? "";
  const quantity = Number(before.split(",").at(-1));
  return before.replace(/[^,]*$/, String(quantity + 1));
}

const csv = (header: string, rows: readonly (readonly string[])[]): string =>
  `${[header, ...rows.map((row) => row.join(";"))].join("\n")}\n`;

/** With semicolons and decimal commas, as a French spreadsheet saves it. */
export const productsFile = (): string => csv("Référence produit;Nom;Prix", PRODUITS);
export const shopsFile = (): string => csv("ID Magasin;Ville", MAGASINS);

/**
 * The lines that are added while the demo runs: sales of `day()` (ISO), now and then a return, or a correction of one of
 * the last sales. Endless.
 */
export function* liveSales(day: () => string, seed = SEED + 1): Generator<string, never> {
  const next = random(seed);
  const recent: Sale[] = [];
  for (let n = SALES + 1; ; n++) {
    const what = next();
    const earlier = recent[Math.floor(next() * recent.length)];
    if (what > 0.94 && earlier !== undefined) {
      n -= 1;
      yield line({ ...earlier, quantity: earlier.quantity + 1 });
      continue;
    }
    const s = sale(n, day(), next);
    const added = what < 0.05 ? { ...s, quantity: -1 } : s;
    recent.push(added);
    if (recent.length > 20) recent.shift();
    yield line(added);
  }
}
