/**
 * Analyses with tables of their own: after each commit they are what their query gives when it is run as it is written.
 */
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { openVentes } from "#shared/database/ventes-db.ts";
import { ANALYSES, SHIPPED } from "../analyses/analyses.ts";
import { type BadFile, type Definition, isBad, readDefinition } from "../analyses/definition.ts";
import { openColumns } from "../columns/write.ts";
import { prepareAddedUp } from "../delta/added-up.ts";
import { analysisReader, keptReader } from "../delta/readers.ts";
import { createTempTables } from "../delta/temp-tables.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { install } from "./installed.ts";
import { makeRefresher } from "./refresh.ts";

const opened: { close: () => void }[] = [];
const closeAll = () => {
  for (const it of opened.splice(0).reverse()) it.close();
};
afterEach(closeAll);

const fileOf = (nom: string, text: string): Definition | BadFile =>
  readDefinition({ nom, fichier: `${nom}.sql`, text, livree: false });

/** Forms that the program's own analyses do not have. */
const OTHERS = Object.entries({
  moyennes:
    "SELECT id_produit, AVG(quantité), AVG(chiffre_affaires) a FROM ventes GROUP BY 1 HAVING a > 0 ORDER BY a DESC",
  total:
    "SELECT COUNT(*), SUM(quantité), AVG(chiffre_affaires), TOTAL(chiffre_affaires) FROM ventes WHERE quantité > 1",
  prix_moyen:
    "SELECT ville, SUM(chiffre_affaires) / SUM(quantité), SUM(quantité) / 2 FROM ventes v JOIN magasins m USING (id_magasin) GROUP BY ville",
  cas: `SELECT m.ville, SUM(CASE WHEN v.quantité < 0 THEN -v.chiffre_affaires END) perdu,
    SUM(quantité) FILTER (WHERE substr(date_vente, 6, 2) = '11'), COUNT(v.prix), SUM(v.prix), SUM(1), SUM(CASE id_produit WHEN 'A' THEN 1.5 ELSE 0 END)
    FROM ventes AS v LEFT JOIN magasins AS m ON m.id_magasin = v.id_magasin GROUP BY m.ville`,
  deux: `SELECT produits.nom, magasins.ville, COUNT(*) n FROM ventes JOIN produits ON ventes.id_produit = produits.id_produit
    JOIN magasins ON ventes.id_magasin = magasins.id_magasin WHERE produits.nom IS NOT 'y' GROUP BY 1, 2 ORDER BY n DESC, 1, 2 LIMIT 3`,
  extra:
    "SELECT json_extract(extras, '$.canal') AS canal, quantité, COUNT(*) FROM ventes GROUP BY json_extract(extras, '$.canal'), quantité",
  annees:
    "SELECT substr(v.date_vente, 1, 4), SUM(v.quantité) FROM ventes AS v WHERE v.date_vente < '2062' GROUP BY 1",
  villes_et_jours:
    "SELECT ville, date_vente, SUM(quantité) FROM ventes JOIN magasins USING (id_magasin) GROUP BY ville, date_vente",
  produits_et_noms: `SELECT Ventes.id_produit || ' ' || p.nom, COUNT(*), AVG(quantité) FROM Ventes LEFT JOIN produits p
    ON Ventes.id_produit = p.id_produit WHERE p.nom <> 'y' AND Ventes.id_produit IN ('A', 'B') GROUP BY 1`,
  produit_de_ville: `SELECT Ventes.id_produit || ' ' || m.ville, COUNT(*), AVG(quantité) FROM Ventes JOIN magasins m ON Ventes.id_magasin = m.id_magasin
    WHERE m.ville <> 'Lyon' AND Ventes.id_produit IN ('A', 'B') GROUP BY 1`,
}).map(([nom, sql]) => fileOf(nom, sql));

const FILES = [...SHIPPED, ...OTHERS];

const PRODUCTS = ["A", "B", "C"];
const SHOPS = ["m0", "m1", "m2"];
const op = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant("sale" as const),
      id: fc.nat(12),
      id_produit: fc.constantFrom(...PRODUCTS),
      id_magasin: fc.constantFrom(...SHOPS),
      // Whole ones, one with a fraction, and barcodes whose sum is beyond 64 bits.
      quantite: fc.constantFrom(-1_000_000, 0, 1_000_000, 1_500_000, 9_000_000_000_000_000_000n),
      ca: fc.constantFrom(-1_000_001, 0, 1_000_001, 2_000_002, 900_000_000_000_001),
      date: fc.constantFrom("2026-11-22", "2026-11-23", "2025-12-31", "2062-01-01"),
      extras: fc.constantFrom("{}", '{"canal":"web","heure":"09:30"}', '{"canal":null}', '{"heure":"18:00"}'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("withdraw" as const), id: fc.nat(12) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant("shop" as const),
      id: fc.constantFrom(...SHOPS),
      name: fc.constantFrom("Paris", "Lyon"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant("product" as const),
      id: fc.constantFrom(...PRODUCTS),
      name: fc.constantFrom("x", "y"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("close" as const), id: fc.constantFrom(...SHOPS) }) },
);
const histories = fc.array(
  fc.record({
    ops: fc.array(op, { minLength: 1, maxLength: 8 }),
    slice: fc.constantFrom(0, 1, 10, 1000),
    /** The program starts again, with all files: those that came are filled. */
    restart: fc.boolean(),
  }),
  { minLength: 1, maxLength: 10 },
);

type Row = readonly unknown[];

/** Doubles by their first twelve digits, because SQL adds them in another order. A whole double is an integer here. */
const comparable = (value: unknown): unknown =>
  typeof value === "number" && Number.isFinite(value) ? Number(value.toPrecision(12)) : value;

/** Without their order: rows that ORDER BY leaves equal may come either way. */
const rowsOf = (db: Sqlite, sql: string): readonly string[] =>
  (db.prepare(sql).raw().all() as Row[]).map((row) => JSON.stringify(row.map(comparable))).sort();

/** The three of the brief are in `analyses`: refresh.test.ts has them. */
const KEPT = FILES.flatMap((file) =>
  isBad(file) || file.linear === undefined || ANALYSES.some(({ nom }) => nom === file.nom) ? [] : [file],
);

function expectRight(db: Sqlite): void {
  for (const { nom, sql } of KEPT)
    expect(rowsOf(db, `SELECT * FROM "${nom}"`), `${nom}: ${sql}`).toEqual(rowsOf(db, sql));
}

interface Options {
  readonly chunkRows: number;
  /** Whether the refresher keeps columns.db, whose step reads the new sales for all. */
  readonly hasColumns: boolean;
}

function open(t: TestDatabase, files: readonly (Definition | BadFile)[], { chunkRows, hasColumns }: Options) {
  const db = openVentes(t.dir, randomUUID());
  opened.push(db);
  if (!hasColumns) {
    const refresher = makeRefresher(db, { files, chunkRows });
    opened.push(refresher);
    return refresher;
  }
  const columns = openColumns(db);
  expect(columns.isInStep()).toBe(true);
  const refresher = makeRefresher(db, { files, chunkRows, columns });
  opened.push(columns, refresher);
  return refresher;
}

const options = fc.record({ chunkRows: fc.constantFrom(1, 3, 1000), hasColumns: fc.boolean() });

type History = typeof histories extends fc.Arbitrary<infer A> ? A : never;

function play(history: History, options: Options): void {
  const t = openTestDatabase();
  opened.push(t);
  t.commit((w) => {
    for (const id of PRODUCTS) w.product(id, "x");
    for (const id of SHOPS) w.shop(id, "Paris");
  });
  let refresher = open(t, SHIPPED.slice(0, 9), options);
  let isWhole = false;
  for (const { ops, slice, restart } of [...history, { ops: [], slice: 1000, restart: true }]) {
    t.commit((w) => {
      for (const o of ops) {
        if (o.op === "sale" && t.ids("magasins").includes(o.id_magasin)) w.sale(`v${o.id}`, o);
        else if (o.op === "withdraw" && t.ids("ventes").includes(`v${o.id}`)) w.withdrawSale(`v${o.id}`);
        else if (o.op === "shop") w.shop(o.id, o.name);
        else if (o.op === "product") w.product(o.id, o.name);
        else if (o.op === "close" && t.ids("magasins").includes(o.id)) w.withdrawShop(o.id);
      }
    });
    if (restart) {
      refresher = open(t, FILES, options);
      isWhole = true;
    }
    if (slice === 0) continue;
    while (refresher.refresh(new Date(), slice).more);
    if (isWhole) expectRight(t.db);
  }
  expect(t.db.prepare("SELECT COUNT(*) FROM analyses_liste WHERE erreur_en IS NOT NULL").pluck().get()).toBe(
    0,
  );
}

/** Which table of added up sales each analysis reads; null: the sales themselves. */
function sharedReadings(): Record<string, string | null> {
  const t = openTestDatabase();
  opened.push(t);
  const { analyses, kept } = install(t.db, FILES);
  createTempTables(t.db);
  prepareAddedUp(t.db);
  const readers = [
    ...analyses.map((one) => analysisReader(t.db, one, () => new Map())),
    ...kept.map((one) => keptReader(t.db, one, () => 0)),
  ];
  return Object.fromEntries(readers.map(({ of, addedUp }) => [of.nom, addedUp?.table ?? null]));
}

describe("analyses with a table of their own", () => {
  test("read sales that were added up once for all, where they need no more of a sale", () => {
    const [day, shop, product] = ["sales_by_day", "sales_by_shop", "sales_by_product"];
    expect(sharedReadings()).toEqual({
      chiffre_affaires_total: day,
      ventes_par_jour: day,
      ventes_par_jour_de_semaine: day,
      ventes_par_mois: day,
      ventes_par_semaine: day,
      annees: day,
      chiffre_par_magasin: shop,
      ventes_par_region: shop,
      prix_moyen: shop,
      chiffre_par_produit: product,
      ventes_par_produit: product,
      moyennes: product,
      produits_et_noms: product,
      // They need the quantity, the extras, or two columns of a sale, or another sum.
      retours: null,
      ventes_par_heure: null,
      cas: null,
      extra: null,
      total: null,
      deux: null,
      produit_de_ville: null,
      ventes_par_produit_et_ville: null,
      villes_et_jours: null,
    });
  });

  test("on random histories, filled in the middle, with an analyzer that lags: they equal their query (invariant 4)", () => {
    fc.assert(
      fc.property(histories, options, (history, options) => {
        play(history, options);
        closeAll();
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
