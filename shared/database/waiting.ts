/**
 * Queries the products, shops and prices that sales wait for (rule 18): how many sales wait for each, and the known id
 * that a missing id is probably meant to be ('001' for '1').
 */
import leven from "leven";
import { skeletonOf } from "../runtime/look-alikes.ts";
import { foldedId } from "../runtime/same-name.ts";
import type { Sqlite } from "./sqlite.ts";

export interface Missing {
  readonly id: string;
  readonly sales: number;
  /** The most similar known id: it differs in zeros, case, white space, look-alike letters, or by a typing error. */
  readonly nearest: string | null;
}

export interface Waiting {
  readonly sales: number;
  /** Those with the most waiting sales first, at most MOST_SHOWN of each kind. */
  readonly produits: readonly Missing[];
  readonly magasins: readonly Missing[];
  /** Known products without a price. */
  readonly prix: readonly Missing[];
  /**
   * Sources whose ids are those of others, but for decimals that a tool wrote ('12.0' for '12'), at most MOST_SHOWN; and
   * whether ids of sales depend on them.
   */
  readonly wholeIds: readonly { readonly source: string; readonly rekey: boolean }[];
  /**
   * Sources whose sales wait for ids that are known ones, but for zeros at the beginning, case, accents or spaces: the known
   * ids, at most MOST_SAME of each source and column; and whether ids of these sales depend on them.
   */
  readonly sameIds: readonly SameIdsOfSource[];
  /** The number of all missing ones of each kind. */
  readonly counts: { readonly produits: number; readonly magasins: number; readonly prix: number };
}

export interface SameIdsOfSource {
  readonly source: string;
  readonly column: "id_produit" | "id_magasin";
  readonly ids: readonly string[];
  readonly rekey: boolean;
}

const MOST_SHOWN = 20;
/** A command with more ids is too long for some shells. */
const MOST_SAME = 1_000;
/** With more known ids, edit distances are not computed: they would take too long. */
const MOST_COMPARED = 20_000;

const MISSING_PRODUITS = `
  SELECT id_produit AS id, COUNT(*) AS sales FROM orphelins
  WHERE NOT EXISTS (SELECT 1 FROM produits WHERE produits.id_produit = orphelins.id_produit)
  GROUP BY id_produit ORDER BY sales DESC, id`;

const MISSING_MAGASINS = `
  SELECT id_magasin AS id, COUNT(*) AS sales FROM orphelins
  WHERE NOT EXISTS (SELECT 1 FROM magasins WHERE magasins.id_magasin = orphelins.id_magasin)
  GROUP BY id_magasin ORDER BY sales DESC, id`;

const MISSING_PRIX = `
  SELECT id_produit AS id, COUNT(*) AS sales FROM orphelins
  WHERE ca_millioniemes IS NULL AND prix_millioniemes IS NULL
    AND EXISTS (SELECT 1 FROM produits WHERE produits.id_produit = orphelins.id_produit)
    AND NOT EXISTS (SELECT 1 FROM prix WHERE prix.id_produit = orphelins.id_produit)
  GROUP BY id_produit ORDER BY sales DESC, id`;

type Group = Omit<Missing, "nearest">;

/** Runs the queries. Costs the waiting sales, and all ids of products and shops when some are missing. */
export function waitingSales(db: Sqlite): Waiting {
  const sales = db.prepare("SELECT COUNT(*) FROM orphelins").pluck().get() as number;
  if (sales === 0)
    return {
      sales,
      produits: [],
      magasins: [],
      prix: [],
      wholeIds: [],
      sameIds: [],
      counts: { produits: 0, magasins: 0, prix: 0 },
    };
  const groups = (sql: string) => db.prepare(sql).all() as Group[];
  const produits = groups(MISSING_PRODUITS);
  const magasins = groups(MISSING_MAGASINS);
  const prix = groups(MISSING_PRIX);
  const known = {
    produits: produits.length === 0 ? [] : ids(db, "SELECT id_produit FROM produits"),
    magasins: magasins.length === 0 ? [] : ids(db, "SELECT id_magasin FROM magasins"),
  };
  const missing = {
    produits: withNearest(produits, known.produits),
    magasins: withNearest(magasins, known.magasins),
  };
  return {
    sales,
    ...missing,
    wholeIds: withDecimals(db, missing.produits, missing.magasins),
    sameIds: [
      ...writtenOtherwise(db, "id_produit", produits, known.produits),
      ...writtenOtherwise(db, "id_magasin", magasins, known.magasins),
    ],
    prix: prix.slice(0, MOST_SHOWN).map((group) => ({ ...group, nearest: null })),
    counts: { produits: produits.length, magasins: magasins.length, prix: prix.length },
  };
}

/** A decimal id and the whole one are one id, if a source is read with --whole-ids: that of the decimal one. */
function withDecimals(
  db: Sqlite,
  produits: readonly Missing[],
  magasins: readonly Missing[],
): Waiting["wholeIds"] {
  const found = new Map<string, boolean>();
  for (const [column, missing, table] of [
    ["id_produit", produits, "produits"],
    ["id_magasin", magasins, "magasins"],
  ] as const)
    for (const { id, nearest } of missing) {
      if (nearest === null || id === nearest || id.replace(DECIMALS, "") !== nearest.replace(DECIMALS, ""))
        continue;
      const isSale = DECIMALS.test(id);
      const from = isSale ? "orphelins" : table;
      const sources = db.prepare(`SELECT DISTINCT source FROM ${from} WHERE ${column} = ?`).pluck();
      for (const source of sources.all(isSale ? id : nearest) as string[]) found.set(source, isSale);
    }
  return [...found].slice(0, MOST_SHOWN).map(([source, rekey]) => ({ source, rekey }));
}

/** The shape of a derived id (rule 4). */
const DERIVED = "id_vente GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]~*~*'";

/** Which sources write ids that `--same` reads as known ones. */
function writtenOtherwise(
  db: Sqlite,
  column: SameIdsOfSource["column"],
  missing: readonly Group[],
  known: readonly string[],
): readonly SameIdsOfSource[] {
  if (known.length === 0 || missing.length === 0) return [];
  // Of two known ids that are written alike nothing tells which one is meant.
  const byFold = new Map<string, string | null>();
  for (const id of known) {
    const folded = foldedId(id);
    byFold.set(folded, byFold.has(folded) ? null : id);
  }
  const found = new Map<string, { readonly ids: Set<string>; rekey: boolean }>();
  const writers = db.prepare(
    `SELECT source, MAX(${DERIVED}) AS rekey FROM orphelins WHERE ${column} = ? GROUP BY source`,
  );
  for (const { id } of missing) {
    const same = byFold.get(foldedId(id));
    if (same == null) continue;
    for (const { source, rekey } of writers.all(id) as { source: string; rekey: number }[]) {
      const one = found.get(source) ?? { ids: new Set(), rekey: false };
      found.set(source, one);
      if (one.ids.size < MOST_SAME) one.ids.add(same);
      one.rekey ||= rekey === 1;
    }
  }
  return [...found].slice(0, MOST_SHOWN).map(([source, { ids: all, rekey }]) => ({
    source,
    column,
    ids: [...all],
    rekey,
  }));
}

const ids = (db: Sqlite, sql: string): readonly string[] => db.prepare(sql).pluck().all() as string[];

function withNearest(groups: readonly Group[], known: readonly string[]): readonly Missing[] {
  if (groups.length === 0) return [];
  const nearest = nearestAmong(known);
  return groups.slice(0, MOST_SHOWN).map((group) => ({ ...group, nearest: nearest(group.id) }));
}

/** The decimals of an id that a tool wrote as a number. */
const DECIMALS = /(?<=^\d+)[.,]0+$/;

/** An id without the differences that people overlook: script, case, white space, accents, punctuation, leading zeros. */
const folded = (id: string): string =>
  skeletonOf(id)
    .replace(DECIMALS, "")
    .normalize("NFKD")
    .replace(/[\p{M}\s\p{P}]/gu, "")
    .toLowerCase()
    .replace(/(?<!\d)0+(?=\d)/g, "");

/** Finds the known id nearest to a missing one: equal when folded, or one edit away (two edits for long ids). Null: there is none. */
export function nearestAmong(known: readonly string[]): (id: string) => string | null {
  const byFold = new Map<string, string>();
  for (const id of known) if (!byFold.has(folded(id))) byFold.set(folded(id), id);
  return (id) => {
    const fold = folded(id);
    const same = byFold.get(fold);
    if (same !== undefined) return same;
    if (known.length > MOST_COMPARED) return null;
    const limit = fold.length < 4 ? 0 : fold.length < 8 ? 1 : 2;
    let best: string | null = null;
    let distance = limit + 1;
    for (const [candidate, original] of byFold) {
      const d = leven(fold, candidate, { maxDistance: distance });
      if (d < distance) {
        best = original;
        distance = d;
      }
    }
    return best;
  };
}
