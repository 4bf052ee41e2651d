import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { openVentes } from "#shared/database/ventes-db.ts";
import { makeRefresher, type RefresherOptions } from "./refresh.ts";
import { missionResults, openTestDatabase, storedResults, type TestDatabase } from "./test-support.ts";

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
  const db = openVentes(t.dir);
  const refresher = makeRefresher(db, options);
  opened.push({ close: () => (refresher.close(), db.close()) });
  return refresher;
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

function play(history: History, options: RefresherOptions = {}, spoil: (t: TestDatabase) => void = () => {}) {
  const t = open();
  const analyzer = analyzerOf(t, options);
  t.commit((w) => {
    for (const id of PRODUCTS) w.product(id, "x");
    for (const id of SHOPS) w.shop(id, "Paris");
  });
  const expected = new Map([[t.commit(() => {}), missionResults(t.db)]]);
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
    expected.set(commit, missionResults(t.db));
    spoil(t);
    for (let more = slice > 0; more; ) {
      const done = analyzer.refresh({ sliceRows: slice });
      more = done.more;
      // Invariant 5: as of avancement, whether or not newer commits are pending.
      const want = expected.get(done.to);
      if (want !== undefined) expect(storedResults(t.db)).toEqual(want);
    }
  }
  expect(t.db.prepare("SELECT COUNT(*) FROM old_ventes").pluck().get()).toBe(0);
  return t;
}
describe("analyses are the mission's SQL as of avancement (invariants 4 and 5)", () => {
  test("on random histories, with a lagging and slicing analyzer", () => {
    fc.assert(
      fc.property(histories, fc.constantFrom(1, 2, 3, 1000), (history, chunkRows) => {
        play(history, { chunkRows });
        for (const it of opened.splice(0).reverse()) it.close();
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});
