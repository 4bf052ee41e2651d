/**
 * What a database tells of itself on which nobody needs to act: names that are the same but for their writing, and the
 * prices that changed last while sales of before keep theirs. Read from small tables; sales are searched only for what
 * was found there.
 */
import { HAND_PRICES } from "../contract/hand-prices.ts";
import { foldedId, foldedName, foldedSingular } from "../runtime/same-name.ts";
import type { Sqlite } from "./sqlite.ts";

/** A source that writes one of the other names. */
export interface Writer {
  readonly source: string;
  /** Whether its sales get other ids when the name is written otherwise (rule 4). */
  readonly rekey: boolean;
}

export interface SameName {
  readonly column: "ville" | "id_produit" | "id_magasin";
  /** The name that the others may be written as. */
  readonly name: string;
  readonly others: readonly string[];
  /** What `--same COLUMN=` needs so that the others are written as the name. */
  readonly same: readonly string[];
  /** At most MOST_SHOWN. */
  readonly writers: readonly Writer[];
}

/** The last day on which prices without a day of their own were published, if sales of before keep another price. */
export interface PriceChange {
  readonly day: string;
  readonly products: number;
  readonly sales: number;
  /** False: there are more, for only MOST_PRODUCTS products were searched. */
  readonly isAll: boolean;
  /** The product with most of these sales. */
  readonly id: string;
}

export interface Noticed {
  /** At most MOST_SHOWN. */
  readonly names: readonly SameName[];
  readonly prices: PriceChange | null;
}

const MOST_SHOWN = 5;
/** How many products a change of prices is searched for. */
const MOST_PRODUCTS = 1_000;
/** How many names are compared, those with most in the figures first: comparing 20,000 takes 30 ms. */
const MOST_COMPARED = 20_000;

/** Call it in a transaction. */
export const noticedIn = (db: Sqlite): Noticed => ({
  names: [...citiesOf(db), ...idsOf(db, "id_produit"), ...idsOf(db, "id_magasin")].slice(0, MOST_SHOWN),
  prices: priceChangeOf(db),
});

/** Only what has sales counts in a figure. */
const IN_FIGURES = `SELECT cle FROM analyses WHERE nom = ? ORDER BY ABS(millioniemes) DESC, cle LIMIT ${MOST_COMPARED}`;
/** An id that is made of the city and the address is the same when the city is. */
const SHOPS = `
  SELECT id_magasin FROM magasins
  WHERE id_magasin <> ville AND SUBSTR(id_magasin, 1, LENGTH(ville) + 2) <> ville || ', ' ORDER BY id_magasin LIMIT ${MOST_COMPARED}`;

const isCapitalized = (name: string): boolean =>
  name !== name.toLowerCase() && name !== name.toUpperCase() && name.trim() === name;

/** Groups of at least two names, the best one first: written with capitals and small letters, then as ordered before. */
function groupsIn(names: readonly string[], fold = foldedName): readonly (readonly [string, ...string[]])[] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    // `--same` takes it for two names.
    if (name.includes("=")) continue;
    const folded = fold(name);
    const group = groups.get(folded);
    if (group === undefined) groups.set(folded, [name]);
    else group.push(name);
  }
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => [...group.filter(isCapitalized), ...group.filter((name) => !isCapitalized(name))])
    .filter((group): group is [string, ...string[]] => group.length > 0);
}

/** Without a small letter it may be a code: `ABC` and `ABCS` are two. */
const isWritten = (name: string): boolean => name !== name.toUpperCase();

/** Groups of products, in which one may be the plural of another. */
const groupsWithPlurals = (names: readonly string[]): ReturnType<typeof groupsIn> =>
  groupsIn(names, foldedSingular).flatMap((group) => (group.some(isWritten) ? [group] : groupsIn(group)));

/** A pair for each plural, which reads what differs from the name by its writing alone too; else the name. */
function sameOf(name: string, others: readonly string[]): readonly string[] {
  const plurals = new Map(others.map((other) => [foldedName(other), other]));
  plurals.delete(foldedName(name));
  return plurals.size === 0 ? [name] : [...plurals.values()].map((other) => `${name}=${other}`);
}

const texts = (db: Sqlite, sql: string, ...values: readonly string[]): readonly string[] =>
  db
    .prepare(sql)
    .pluck()
    .all(...values) as string[];

const CITY_WRITERS = `
  SELECT source, MAX(id_magasin = ville OR SUBSTR(id_magasin, 1, LENGTH(ville) + 2) = ville || ', ') AS rekey
  FROM magasins WHERE ville IN (SELECT value FROM json_each(?)) GROUP BY source ORDER BY source`;

function citiesOf(db: Sqlite): readonly SameName[] {
  return groupsIn(texts(db, IN_FIGURES, "ventes_par_region"))
    .slice(0, MOST_SHOWN)
    .map(([name, ...others]) => {
      const writers = db.prepare(CITY_WRITERS).all(JSON.stringify(others)) as {
        source: string;
        rekey: number;
      }[];
      return {
        column: "ville",
        name,
        others,
        same: sameOf(name, others),
        writers: writers.slice(0, MOST_SHOWN).map(({ source, rekey }) => ({ source, rekey: rekey === 1 })),
      };
    });
}

const TABLES = { id_produit: "produits", id_magasin: "magasins" } as const;
/** The shape of a derived id (rule 4). */
const DERIVED = "id_vente GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]~*~*'";
const WAITED_FOR = `
  SELECT DISTINCT id_produit FROM orphelins
  WHERE NOT EXISTS (SELECT 1 FROM produits WHERE produits.id_produit = orphelins.id_produit)
  ORDER BY id_produit LIMIT ${MOST_COMPARED}`;
const PRODUCTS = `SELECT id_produit FROM produits ORDER BY id_produit LIMIT ${MOST_COMPARED}`;

/** Products in figures, and those that sales wait for: a shop that sells by names alone may have no list of them. */
function productGroups(db: Sqlite): ReturnType<typeof groupsIn> {
  const known = texts(db, IN_FIGURES, "ventes_par_produit");
  const missing = new Set(texts(db, WAITED_FOR));
  if (missing.size === 0) return groupsWithPlurals(known);
  const all = [...new Set([...known, ...texts(db, PRODUCTS)])];
  const folded = new Set(all.map(foldedId));
  // Those that are known but for their writing are told with the sales that wait (waiting.ts).
  const others = [...missing].filter((id) => !folded.has(foldedId(id)));
  return groupsWithPlurals([...all, ...others]).map(([first, ...rest]) => {
    const best = [first, ...rest].find((id) => !missing.has(id)) ?? first;
    return [best, ...[first, ...rest].filter((id) => id !== best)];
  });
}

function idsOf(db: Sqlite, column: keyof typeof TABLES): readonly SameName[] {
  const groups = column === "id_produit" ? productGroups(db) : groupsIn(texts(db, SHOPS));
  if (groups.length === 0) return [];
  const among = `WHERE ${column} IN (SELECT value FROM json_each(?))`;
  const ids = JSON.stringify(groups.flat());
  const sales = ["ventes", "orphelins"].flatMap(
    (table) =>
      db
        .prepare(
          `SELECT ${column} AS id, source, MAX(${DERIVED}) AS rekey FROM ${table} ${among} GROUP BY 1, 2`,
        )
        .all(ids) as { id: string; source: string; rekey: number }[],
  );
  const rows = db.prepare(`SELECT ${column} AS id, source FROM ${TABLES[column]} ${among}`).all(ids) as {
    id: string;
    source: string;
  }[];
  const sold = new Set(sales.map(({ id }) => id));
  const found: SameName[] = [];
  for (const [name, ...rest] of groups) {
    const others = rest.filter((other) => sold.has(other));
    if (others.length === 0) continue;
    const writers = new Map<string, boolean>();
    for (const one of [...rows.map((row) => ({ ...row, rekey: 0 })), ...sales])
      if (others.includes(one.id) && one.source !== HAND_PRICES)
        writers.set(one.source, one.rekey === 1 || writers.get(one.source) === true);
    const named = [...writers].slice(0, MOST_SHOWN).map(([source, rekey]) => ({ source, rekey }));
    found.push({ column, name, others, same: sameOf(name, others), writers: named });
    if (found.length === MOST_SHOWN) break;
  }
  return found;
}

const LAST_DAY = "SELECT MAX(date_effet) FROM prix WHERE date_dans_fichier = 0";
/** Products with a price of that day that followed another one, and that no later dated price hides (rule 14). */
const CHANGED = `
  SELECT id_produit AS id, prix_millioniemes AS price FROM prix
  WHERE date_dans_fichier = 0 AND date_effet = :day
    AND EXISTS (SELECT 1 FROM prix o WHERE o.id_produit = prix.id_produit AND o.offset < prix.offset
                AND o.prix_millioniemes <> prix.prix_millioniemes)
    AND NOT EXISTS (SELECT 1 FROM prix o WHERE o.id_produit = prix.id_produit AND o.offset > prix.offset
                    AND o.date_effet <= prix.date_effet)
  LIMIT ${MOST_PRODUCTS}`;
/** origine 2: priced by the list. */
const KEPT = `
  SELECT COUNT(*) FROM ventes
  WHERE origine = 2 AND id_produit = ? AND date_vente < ?
    AND ABS(1e6 * ca_millioniemes - 1.0 * quantite_millioniemes * ?) > 1e6`;

function priceChangeOf(db: Sqlite): PriceChange | null {
  const day = db.prepare(LAST_DAY).pluck().get() as string | null;
  if (day === null) return null;
  const kept = db.prepare(KEPT).pluck();
  const searched = db.prepare(CHANGED).all({ day }) as { id: string; price: number }[];
  const changed = searched
    .map(({ id, price }) => ({ id, sales: kept.get(id, day, price) as number }))
    .filter(({ sales }) => sales > 0);
  const [first] = changed.toSorted((a, b) => b.sales - a.sales);
  if (first === undefined) return null;
  return {
    day,
    products: changed.length,
    sales: changed.reduce((sum, one) => sum + one.sales, 0),
    isAll: searched.length < MOST_PRODUCTS,
    id: first.id,
  };
}
