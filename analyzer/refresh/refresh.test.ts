import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { openVentes } from "#shared/database/ventes-db.ts";
import { SHIPPED } from "../analyses/analyses.ts";
import { readDefinition } from "../analyses/definition.ts";
import { missionResults, storedResults } from "../testing/results.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { audit } from "../testing/whole-audit.ts";
import { makeRefresher, type RefresherOptions } from "./refresh.ts";

const opened: { close: () => void }[] = [];
afterEach(() => {
  for (const it of opened.splice(0).reverse()) it.close();
});

function open(): TestDatabase {
  const t = openTestDatabase();
  opened.push(t);
  return t;
}
/** The analyzer's own connection to a test database. */
function analyzerOf(t: TestDatabase, options: RefresherOptions = {}) {
  const db = openVentes(t.dir, randomUUID());
  const refresher = makeRefresher(db, options);
  opened.push(refresher, db);
  return { ...refresher, db };
}

const SHOPS = ["m0", "m1", "m2", "m3"];
const TOWNS = ["Paris", "Lyon", "Nice"];
const PRODUCTS = ["A", "B", "C"];

const sale = {
  id_produit: fc.constantFrom(...PRODUCTS),
  id_magasin: fc.constantFrom(...SHOPS),
  quantite: fc.constantFrom(-1_000_000, 0, 1_000_000, 2_500_000),
  // Few values, so that sums of zero happen; one that needs splitting of chunks.
  ca: fc.constantFrom(-1_000_001, 0, 1_000_001, 2_000_002, 900_000_000_000_001),
};
const op = fc.oneof(
  { weight: 5, arbitrary: fc.record({ op: fc.constant("sale" as const), id: fc.nat(12), ...sale }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("withdraw" as const), id: fc.nat(12) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant("shop" as const),
      id: fc.constantFrom(...SHOPS),
      ville: fc.constantFrom(...TOWNS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("close" as const), id: fc.constantFrom(...SHOPS) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant("product" as const),
      id: fc.constantFrom(...PRODUCTS),
      nom: fc.constantFrom("x", "y"),
    }),
  },
);
/** Commits, and how many changed rows a slice of the analyzer takes after each (0: it lags). */
const histories = fc.array(
  fc.record({ ops: fc.array(op, { minLength: 1, maxLength: 8 }), slice: fc.constantFrom(0, 0, 1, 10, 1000) }),
  { minLength: 1, maxLength: 14 },
);
type History = typeof histories extends fc.Arbitrary<infer A> ? A : never;

interface Play extends RefresherOptions {
  /** What is done to the database before the analyzer looks. */
  readonly spoil?: (t: TestDatabase) => void;
  /** What the analyses must be. */
  readonly results?: typeof missionResults;
  readonly audits?: boolean;
}

function play(history: History, options: Play = {}): void {
  const { spoil = () => {}, results = missionResults, audits = false } = options;
  const t = open();
  const analyzer = analyzerOf(t, options);
  t.commit((w) => {
    for (const id of PRODUCTS) w.product(id, "x");
    for (const id of SHOPS) w.shop(id, "Paris");
  });
  const expected = new Map([[t.commit(() => {}), results(t.db)]]);
  for (const { ops, slice } of [...history, { ops: [], slice: 1 }]) {
    const commit = t.commit((w) => {
      for (const o of ops) {
        if (o.op === "sale" && t.ids("magasins").includes(o.id_magasin)) w.sale(`v${o.id}`, o);
        else if (o.op === "withdraw" && t.ids("ventes").includes(`v${o.id}`)) w.withdrawSale(`v${o.id}`);
        else if (o.op === "shop") w.shop(o.id, o.ville);
        else if (o.op === "close" && t.ids("magasins").includes(o.id)) w.withdrawShop(o.id);
        else if (o.op === "product") w.product(o.id, o.nom);
      }
    });
    expected.set(commit, results(t.db));
    spoil(t);
    for (let more = slice > 0; more; ) {
      const done = analyzer.refresh(new Date(), slice);
      more = done.more;
      // Invariant 5: as of progress, whether or not newer commits are pending.
      const want = expected.get(done.to);
      if (want !== undefined) expect(storedResults(t.db)).toEqual(want);
      if (audits) expect(audit(analyzer.db, analyzer)).toEqual([]);
    }
  }
  expect(t.db.prepare("SELECT COUNT(*) FROM old_ventes").pluck().get()).toBe(0);
}

/** An analysis as a user may add one: it reads products, filters, and counts. */
const BY_NAME = readDefinition({
  nom: "ventes_par_nom",
  fichier: "ventes_par_nom.sql",
  livree: true,
  text: `-- unite: quantité
SELECT produits.nom, COUNT(*) FROM ventes JOIN produits ON produits.id_produit = ventes.id_produit
  WHERE quantité > 0.5 GROUP BY produits.nom;
`,
});
const countsByName: typeof missionResults = (db) => ({
  ...missionResults(db),
  ...Object.fromEntries(
    db
      .prepare(`
        SELECT 'ventes_par_nom|' || nom, COUNT(*) * 1000000 FROM ventes JOIN produits USING (id_produit)
        WHERE quantite_millioniemes > 500000 GROUP BY nom`)
      .safeIntegers()
      .raw()
      .all() as [string, bigint][],
  ),
});

describe("analyses are the mission's SQL as of progress (invariants 4 and 5)", () => {
  test("on random histories, with an analyzer that lags and works in slices", () => {
    fc.assert(
      fc.property(histories, fc.constantFrom(1, 2, 3, 1000), (history, chunkRows) => {
        play(history, { chunkRows });
        for (const it of opened.splice(0).reverse()) it.close();
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  test("also for an analysis of other columns and another parent", () => {
    fc.assert(
      fc.property(histories, fc.constantFrom(2, 1000), (history, chunkRows) => {
        play(history, { chunkRows, files: [...SHIPPED, BY_NAME], results: countsByName });
        for (const it of opened.splice(0).reverse()) it.close();
      }),
      { numRuns: 100 },
    );
  }, 120_000);

  test("the audit finds nothing to correct at any commit", () => {
    fc.assert(
      fc.property(histories, (history) => {
        play(history, { audits: true });
        for (const it of opened.splice(0).reverse()) it.close();
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  // The property must see what goes wrong with the simpler rules.
  test.each([
    ["old images ignored", "DELETE FROM old_ventes"],
    [
      "the last image instead of the first",
      "DELETE FROM old_ventes WHERE n NOT IN (SELECT MAX(n) FROM old_ventes GROUP BY row_id)",
    ],
    ["moved shops ignored", "DELETE FROM old_magasins"],
  ])("catches the mutant: %s", (_, spoil) => {
    const found = fc.check(
      fc.property(histories, (history) => {
        try {
          play(history, { spoil: (t) => t.db.exec(spoil) });
        } finally {
          for (const it of opened.splice(0).reverse()) it.close();
        }
      }),
      { numRuns: 300, endOnFailure: true },
    );
    expect(found.failed).toBe(true);
  });

  test("a group whose sales sum to zero stays until its last sale is withdrawn", () => {
    const t = open();
    const analyzer = analyzerOf(t);
    const one = { id_produit: "A", id_magasin: "m", quantite: 1_000_000, ca: 2_000_000 };
    t.commit((w) => {
      w.product("A", "a");
      w.shop("m", "Paris");
      w.sale("v1", one);
    });
    analyzer.refresh(new Date());
    t.commit((w) => w.sale("v2", { ...one, quantite: -1_000_000, ca: -2_000_000 }));
    analyzer.refresh(new Date());
    const zeros = {
      "chiffre_affaires_total|": 0n,
      "ventes_par_produit|A": 0n,
      "ventes_par_region|Paris": 0n,
    };
    expect(storedResults(t.db)).toEqual(zeros);
    t.commit((w) => w.sale("v1", { ...one, quantite: 0, ca: 0 }));
    t.commit((w) => w.withdrawSale("v2"));
    // In slices: the first must not be judged by what the second does.
    expect(analyzer.refresh(new Date(), 1).more).toBe(true);
    analyzer.refresh(new Date(), 1);
    expect(storedResults(t.db)).toEqual(zeros);
    t.commit((w) => w.withdrawSale("v1"));
    analyzer.refresh(new Date());
    expect(storedResults(t.db)).toEqual({ "chiffre_affaires_total|": null });
  });

  test("of several groups that sum to zero at once, only those without a sale are deleted", () => {
    const t = open();
    const analyzer = analyzerOf(t);
    const one = { id_magasin: "m", quantite: 1_000_000, ca: 2_000_000 };
    t.commit((w) => {
      w.shop("m", "Paris");
      for (const id of PRODUCTS) {
        w.product(id, id);
        w.sale(`sold ${id}`, { ...one, id_produit: id });
      }
    });
    analyzer.refresh(new Date());
    t.commit((w) => {
      w.withdrawSale("sold A");
      w.sale("sold B", { ...one, id_produit: "B", quantite: 0, ca: 0 });
      w.withdrawSale("sold C");
    });
    analyzer.refresh(new Date());
    expect(storedResults(t.db)).toEqual({
      "chiffre_affaires_total|": 0n,
      "ventes_par_produit|B": 0n,
      "ventes_par_region|Paris": 0n,
    });
  });

  test("a sum beyond 64 bits is the nearest double, and exact again when it fits", () => {
    const t = open();
    const analyzer = analyzerOf(t);
    const barcode = { id_produit: "A", id_magasin: "m", quantite: 1_000_000, ca: 7_000_000_000_000_000_001n };
    t.commit((w) => {
      w.product("A", "a");
      w.shop("m", "Paris");
      for (const id of ["v1", "v2", "v3"]) w.sale(id, barcode);
    });
    analyzer.refresh(new Date());
    const total = () => t.db.prepare("SELECT chiffre_affaires FROM chiffre_affaires_total").pluck().get();
    expect(total()).toBe(21e12);
    expect(total()).toBe(t.db.prepare("SELECT SUM(chiffre_affaires) FROM ventes").pluck().get());
    expect(audit(analyzer.db, analyzer)).toEqual([]);
    t.commit((w) => w.withdrawSale("v1"));
    analyzer.refresh(new Date());
    expect(total()).toBe(14e12);
    t.commit((w) => w.sale("v2", { ...barcode, ca: 5n }));
    analyzer.refresh(new Date());
    expect(storedResults(t.db)).toMatchObject({ "chiffre_affaires_total|": 7_000_000_000_000_000_006n });
    expect(storedResults(t.db)).toEqual(missionResults(t.db));
    expect(audit(analyzer.db, analyzer)).toEqual([]);
  });
});

describe("what a refresh writes", () => {
  const at = (time: string) => new Date(`2026-11-22T${time}Z`);

  test("without sales the total exists and is NULL; nothing else has a row", () => {
    const t = open();
    expect(analyzerOf(t).refresh(new Date())).toEqual({ from: 0, to: 0, changed: 1, more: false });
    expect(t.db.prepare("SELECT * FROM chiffre_affaires_total").all()).toEqual([{ chiffre_affaires: null }]);
    expect(storedResults(t.db)).toEqual({ "chiffre_affaires_total|": null });
    expect(analyzerOf(t).refresh(new Date()).changed).toBe(0);
  });

  test("commit and date are of the row's last change; history has its last value of each minute", () => {
    const t = open();
    const analyzer = analyzerOf(t);
    const s = { id_produit: "A", id_magasin: "m", quantite: 1_000_000, ca: 2_500_000 };
    t.commit((w) => {
      w.product("A", "a");
      w.product("B", "b");
      w.shop("m", "Paris");
      w.sale("v1", s);
    });
    analyzer.refresh(at("10:00:01.000"));
    t.commit((w) => w.sale("v2", { ...s, id_produit: "B" }));
    analyzer.refresh(at("10:00:59.000"));
    t.commit((w) => w.withdrawSale("v2"));
    analyzer.refresh(at("10:01:00.000"));
    expect(
      t.db.prepare("SELECT nom, cle, valeur, unite, commit_id, date_analyse FROM analyses").all(),
    ).toEqual([
      {
        nom: "chiffre_affaires_total",
        cle: "",
        valeur: 2.5,
        unite: "montant",
        commit_id: 3,
        date_analyse: "2026-11-22T10:01:00.000Z",
      },
      {
        nom: "ventes_par_produit",
        cle: "A",
        valeur: 1,
        unite: "quantité",
        commit_id: 1,
        date_analyse: "2026-11-22T10:00:01.000Z",
      },
      {
        nom: "ventes_par_region",
        cle: "Paris",
        valeur: 2.5,
        unite: "montant",
        commit_id: 3,
        date_analyse: "2026-11-22T10:01:00.000Z",
      },
    ]);
    expect(
      t.db
        .prepare("SELECT nom || '|' || cle, minute, millioniemes, commit_id FROM analyses_historique")
        .raw()
        .all(),
    ).toEqual([
      ["chiffre_affaires_total|", "2026-11-22T10:00", 5_000_000, 2],
      ["chiffre_affaires_total|", "2026-11-22T10:01", 2_500_000, 3],
      ["ventes_par_produit|A", "2026-11-22T10:00", 1_000_000, 1],
      ["ventes_par_produit|B", "2026-11-22T10:00", 1_000_000, 2],
      ["ventes_par_produit|B", "2026-11-22T10:01", null, 3],
      ["ventes_par_region|Paris", "2026-11-22T10:00", 5_000_000, 2],
      ["ventes_par_region|Paris", "2026-11-22T10:01", 2_500_000, 3],
    ]);
    expect(t.db.prepare("SELECT * FROM progress").get()).toEqual({
      commit_id: 3,
      progressed_at: "2026-11-22T10:01:00.000Z",
    });
  });

  test("a commit applied by one analyzer is not applied by another", () => {
    const t = open();
    const analyzers = [analyzerOf(t), analyzerOf(t), analyzerOf(t)];
    t.commit((w) => {
      w.product("A", "a");
      w.shop("m", "Paris");
    });
    for (let n = 0; n < 30; n++) {
      t.commit((w) =>
        w.sale(`v${n % 7}`, { id_produit: "A", id_magasin: "m", quantite: n * 1_000_000, ca: n }),
      );
      analyzers[n % 3]?.refresh(new Date());
      analyzers[(n * 7) % 3]?.refresh(new Date());
    }
    expect(storedResults(t.db)).toEqual(missionResults(t.db));
  });

  test("reads all of ventes only when a shop has moved", () => {
    const t = open();
    const db = openVentes(t.dir, randomUUID());
    const prepared: string[] = [];
    const prepare = db.prepare.bind(db);
    db.prepare = ((sql: string) => {
      prepared.push(sql);
      return prepare(sql);
    }) as typeof db.prepare;
    opened.push(db, makeRefresher(db));
    const scans = prepared
      .filter((sql) => sql.includes("main.ventes"))
      .flatMap((sql) => {
        const plan = prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...(sql.match(/\?/g) ?? []).map(() => 1));
        return (plan as { detail: string }[])
          .filter(({ detail }) => /^SCAN (ventes|v)\b/.test(detail))
          .map(() => sql);
      });
    expect(prepared.filter((sql) => sql.includes("main.ventes")).length).toBeGreaterThan(3);
    expect(scans.filter((sql) => !sql.includes("temp.moved"))).toEqual([]);
  });
});
