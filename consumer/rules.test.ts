/** The rules of the data, each with an example that can be read (rules.md numbers them in their titles). */

import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Values } from "#shared/contract/event.ts";
import { partitionOf } from "#shared/contract/partitioner.ts";
import { sentenceOf } from "#shared/contract/sentences.ts";
import type { EventTopic } from "#shared/contract/topics.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { openVentes } from "#shared/database/ventes-db.ts";
import { systemClock } from "#shared/runtime/testing/clock.ts";
import { type BatchResult, makeBatchApplier } from "./batch.ts";
import { PAGE_ROWS } from "./statements.ts";

let dir: string;
let db: Sqlite;
let apply: ReturnType<typeof makeBatchApplier>["apply"];
let position: Map<EventTopic, number>;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ventes-rules-"));
  db = openVentes(dir, randomUUID());
  // However slow the machine: each event here is one transaction.
  apply = makeBatchApplier(db, systemClock, { maxTransactionMs: Number.POSITIVE_INFINITY }).apply;
  position = new Map();
});
afterEach(() => {
  db.close();
  rmSync(dir, { recursive: true, force: true });
});

/** One record into the only partition of its topic. */
function raw(topic: EventTopic, key: string | null, value: string | Buffer | null): BatchResult {
  const offset = position.get(topic) ?? 0;
  position.set(topic, offset + 1);
  const bytes = value === null ? null : Buffer.from(value);
  return apply({ topic, partition: 0, records: [{ offset, key, value: bytes }], next: offset + 1 }, offset);
}

interface Said {
  readonly source?: string;
  readonly version?: number;
  readonly day?: string;
  readonly extras?: Values;
}
const envelope = (said: Said) => ({
  v: 1,
  source: said.source ?? "A",
  version: said.version ?? 1,
  line: 2,
  published: "2026-01-01T00:00:00.000Z",
  day: said.day ?? "2026-01-01",
});
const KEY = { produits: "id_produit", magasins: "id_magasin", ventes: "id_vente" } as const;
type Table = keyof typeof KEY;

const says = (topic: Table, key: string, row: Values = {}, said: Said = {}) =>
  raw(
    topic,
    key,
    JSON.stringify({
      ...envelope(said),
      kind: "row",
      row: { [KEY[topic]]: key, ...row },
      extras: said.extras ?? {},
    }),
  );
const withdraws = (topic: Table, key: string, row: Values = {}, said: Said = {}) =>
  raw(topic, key, JSON.stringify({ ...envelope(said), kind: "delete", row: { [KEY[topic]]: key, ...row } }));
const fence = (topic: Table, said: Said) =>
  raw(topic, said.source ?? "A", JSON.stringify({ ...envelope(said), kind: "fence" }));

const one = (sql: string) => db.prepare(sql).get() as Record<string, unknown> | undefined;
const all = (sql: string) => db.prepare(sql).all() as Record<string, unknown>[];
const sale = (more: Values = {}): Values => ({
  id_produit: "P",
  id_magasin: "M",
  date_vente: "2026-01-10",
  quantité: "2",
  ...more,
});
const parents = () => {
  says("produits", "P", { nom: "Pain", prix: "1.5" });
  says("magasins", "M", { ville: "Lyon" });
};

describe("rule 8: claims", () => {
  it("a column that a source lacks leaves the value, an empty one clears it", () => {
    says("produits", "P", { nom: "Pain", prix: "1" }, { source: "A" });
    says("produits", "P", { prix: "2" }, { source: "B", day: "2026-01-02" });
    expect(one("SELECT nom, prix FROM produits")).toEqual({ nom: "Pain", prix: 2 });
    says("produits", "P", { nom: null, prix: "3" }, { source: "B", day: "2026-01-03" });
    expect(one("SELECT nom, prix FROM produits")).toEqual({ nom: null, prix: 3 });
  });

  it("a withdrawal removes one claim: the row shows the others again, and is deleted with the last one", () => {
    says("magasins", "M", { ville: "Lyon" }, { source: "A" });
    says("magasins", "M", { ville: "Paris" }, { source: "B" });
    expect(one("SELECT ville FROM magasins")).toEqual({ ville: "Paris" });
    withdraws("magasins", "M", {}, { source: "B" });
    expect(one("SELECT ville, source FROM magasins")).toEqual({ ville: "Lyon", source: "A" });
    expect(all("SELECT * FROM claims")).toEqual([]);
    withdraws("magasins", "M", {}, { source: "A" });
    expect(all("SELECT * FROM magasins")).toEqual([]);
    expect(all("SELECT key, source FROM withdrawals")).toEqual([
      { key: "M", source: "A" },
      { key: "M", source: "B" },
    ]);
  });

  it("the fortieth source that names a key costs what the third did, and a sale of it is not read again", () => {
    const writes = () => one("SELECT total_changes() AS n")?.n as number;
    const cost: number[] = [];
    says("magasins", "M", { ville: "Lyon" });
    for (let i = 0; i < 40; i++) {
      const before = writes();
      says("produits", "P", { nom: "Pain", prix: "2" }, { source: `S${i}`, extras: { [`x${i}`]: "y" } });
      cost.push(writes() - before);
      says("ventes", `${i}`, sale(), { source: `S${i}` });
    }
    expect(new Set(cost.slice(2)).size).toBe(1);
    expect(all("SELECT * FROM old_ventes")).toEqual([]);
    expect(one("SELECT COUNT(*) AS n FROM claims")).toEqual({ n: 40 });
    expect(Object.keys(JSON.parse(one("SELECT extras FROM produits")?.extras as string)).length).toBe(40);
    withdraws("produits", "P", {}, { source: "S39" });
    expect(one("SELECT source, json_extract(extras, '$.x39') AS x FROM produits")).toEqual({
      source: "S38",
      x: null,
    });
    says("produits", "P", { nom: "Pain", prix: "3" }, { source: "S7", day: "2026-01-05" });
    expect(one("SELECT SUM(chiffre_affaires) AS n FROM ventes")).toEqual({ n: 240 });
  });

  it("a key with one claim stores only its row", () => {
    parents();
    says("ventes", "1", sale());
    says("ventes", "1", sale({ quantité: "3" }));
    expect(all("SELECT * FROM claims")).toEqual([]);
  });
});

describe("rule 12: revenue", () => {
  beforeEach(parents);

  it.each([
    ["the amount on the line", { chiffre_affaires: "9.99", prix: "4" }, 9.99, "ligne"],
    ["else quantité × the price on the line", { prix: "4" }, 8, "prix de la ligne"],
    ["else quantité × the price in force", {}, 3, "liste"],
  ])("%s", (_, more, revenue, origin) => {
    says("ventes", "1", sale(more));
    expect(one("SELECT chiffre_affaires, origine_ca FROM ventes")).toEqual({
      chiffre_affaires: revenue,
      origine_ca: origin,
    });
  });

  it("an amount no longer holds when the quantité that it was published with changes", () => {
    says("ventes", "1", sale({ chiffre_affaires: "9.99" }));
    says("ventes", "1", sale({ quantité: "4" }));
    expect(one("SELECT quantité, chiffre_affaires, origine_ca FROM ventes")).toEqual({
      quantité: 4,
      chiffre_affaires: 6,
      origine_ca: "liste",
    });
  });

  it("rounds quantité × price half away from zero to a millionth, also for returns", () => {
    says("ventes", "1", sale({ quantité: "-0.000001", prix: "0.5" }));
    expect(one("SELECT ca_millioniemes FROM ventes")).toEqual({ ca_millioniemes: -1 });
  });
});

describe("rules 13 and 14: prices", () => {
  beforeEach(parents);
  const revenueOn = (day: string) => {
    const id = `on ${day} ${position.get("ventes")}`;
    says("ventes", id, sale({ date_vente: day, quantité: "1" }));
    return one(`SELECT chiffre_affaires AS ca FROM ventes WHERE id_vente = '${id}'`)?.ca;
  };

  it("a new price never changes the revenue of earlier sales", () => {
    says("ventes", "1", sale());
    says("produits", "P", { nom: "Pain", prix: "2" }, { day: "2026-02-01" });
    expect(one("SELECT chiffre_affaires AS ca FROM ventes")).toEqual({ ca: 3 });
    expect(revenueOn("2026-01-31")).toBe(1.5);
    expect(revenueOn("2026-02-01")).toBe(2);
    expect(one("SELECT prix FROM produits")).toEqual({ prix: 2 });
  });

  it("a sale before all prices has the price that was published first", () => {
    says("produits", "P", { nom: "Pain", prix: "2" }, { day: "2026-02-01" });
    expect(revenueOn("2025-06-01")).toBe(1.5);
  });

  it("a dated price on or before its day corrects a wrong first price", () => {
    says("ventes", "1", sale());
    says("produits", "P", { prix: "1.2", date_effet: "2025-12-01" }, { source: "B", day: "2026-02-01" });
    expect(one("SELECT chiffre_affaires AS ca FROM ventes")).toEqual({ ca: 2.4 });
  });

  it("a dated price given again with another value replaces its point, with an empty one removes it", () => {
    const dated = (prix: string | null) =>
      says("produits", "P", { prix, date_effet: "2026-01-05" }, { source: "B" });
    dated("7");
    expect(revenueOn("2026-01-06")).toBe(7);
    dated("8");
    expect(revenueOn("2026-01-06")).toBe(8);
    dated(null);
    expect(revenueOn("2026-01-06")).toBe(1.5);
  });

  it("a row whose stock changed does not change the price", () => {
    says("produits", "P", { nom: "Pain", prix: "1.5" }, { day: "2026-02-01", extras: { Stock: "12" } });
    expect(all("SELECT date_effet FROM prix")).toEqual([{ date_effet: "2026-01-01" }]);
    expect(one("SELECT extras FROM produits")).toEqual({ extras: '{"Stock":"12"}' });
  });

  it("columns that are named like properties of every object are columns", () => {
    const extras = JSON.parse('{"__proto__":"a","constructor":"b","toString":null}');
    says("produits", "P", { nom: "Pain", prix: "1.5" }, { day: "2026-02-01", extras });
    says("produits", "P", { prix: "2" }, { day: "2026-02-02" });
    expect(one("SELECT extras FROM produits")).toEqual({
      extras: '{"__proto__":"a","constructor":"b","toString":null}',
    });
  });

  it("the points of a source are removed with its claims", () => {
    says("produits", "P", { prix: "9" }, { source: "B", day: "2026-01-05" });
    withdraws("produits", "P", {}, { source: "B" });
    expect(all("SELECT source FROM prix")).toEqual([{ source: "A" }]);
    expect(one("SELECT prix FROM produits")).toEqual({ prix: 1.5 });
  });
});

describe("rule 15: dated products", () => {
  it("the record with the last date gives the columns; an undated claim of its source replaces the dated ones", () => {
    says("produits", "P", { nom: "new", prix: "2", date_effet: "2026-03-01" });
    says("produits", "P", { nom: "old", prix: "1", date_effet: "2026-01-01" });
    expect(one("SELECT nom, prix, date_effet FROM produits")).toEqual({
      nom: "new",
      prix: 2,
      date_effet: "2026-03-01",
    });
    says("produits", "P", { nom: "plain", prix: "5" }, { day: "2026-04-01" });
    expect(one("SELECT nom, prix, date_effet FROM produits")).toEqual({
      nom: "plain",
      prix: 5,
      date_effet: null,
    });
    expect(all("SELECT date_effet FROM prix")).toHaveLength(3);
  });
});

describe("rule 17: offsets", () => {
  beforeEach(parents);

  it("an event that repeats its claim changes nothing, not even the offset", () => {
    says("ventes", "1", sale());
    const result = says("ventes", "1", sale());
    expect(result).toMatchObject({ commit: null, unchanged: 1, changed: 0 });
    expect(one("SELECT offset FROM ventes")).toEqual({ offset: 0 });
  });

  it("an older event does not bring back a withdrawn key", () => {
    says("ventes", "1", sale());
    withdraws("ventes", "1");
    db.exec("UPDATE positions SET position = 0 WHERE topic = 'ventes'; DELETE FROM versions");
    position.set("ventes", 0);
    expect(says("ventes", "1", sale())).toMatchObject({ changed: 0, superseded: 1 });
    expect(all("SELECT * FROM ventes")).toEqual([]);
  });
});

describe("rule 18: sales that wait", () => {
  it("wait for product, shop and price, and are promoted when the last of them comes", () => {
    says("ventes", "1", sale());
    expect(all("SELECT id_vente FROM orphelins")).toEqual([{ id_vente: "1" }]);
    says("magasins", "M", { ville: "Lyon" });
    says("produits", "P", { nom: "Pain" });
    expect(all("SELECT id_vente FROM ventes")).toEqual([]);
    says("produits", "P", { nom: "Pain", prix: "1.5" });
    expect(one("SELECT chiffre_affaires AS ca FROM ventes")).toEqual({ ca: 3 });
    expect(all("SELECT * FROM orphelins")).toEqual([]);
  });

  it("wait again when their parent is withdrawn, or a new event names an unknown one", () => {
    parents();
    says("ventes", "1", sale());
    says("ventes", "2", sale());
    withdraws("magasins", "M");
    expect(all("SELECT id_vente FROM orphelins")).toHaveLength(2);
    says("magasins", "M", { ville: "Nice" });
    expect(all("SELECT id_vente FROM ventes")).toHaveLength(2);
    says("ventes", "2", sale({ id_produit: "unknown" }));
    expect(all("SELECT id_vente FROM orphelins")).toEqual([{ id_vente: "2" }]);
    says("ventes", "2", sale());
    expect(all("SELECT id_vente FROM ventes ORDER BY 1")).toEqual([{ id_vente: "1" }, { id_vente: "2" }]);
  });

  it("are all repriced, parked and promoted when there are more than one page of them", () => {
    parents();
    const count = 2 * PAGE_ROWS + 1;
    const records = Array.from({ length: count }, (_, offset) => {
      const id = `V${offset}`;
      // Most of one day: a page ends within it.
      const row = { id_vente: id, ...sale({ date_vente: `2026-01-${offset % 100 === 0 ? "11" : "10"}` }) };
      const value = Buffer.from(JSON.stringify({ ...envelope({}), kind: "row", row, extras: {} }));
      return { offset, key: id, value };
    });
    apply({ topic: "ventes", partition: 0, records, next: count }, 0);
    const total = () => one("SELECT SUM(ca_millioniemes) / 1000000 AS total, COUNT(*) AS sales FROM ventes");
    expect(total()).toEqual({ total: 3 * count, sales: count });
    expect(says("produits", "P", { prix: "2", date_effet: "2026-01-01" }).changed).toBe(count + 1);
    expect(total()).toEqual({ total: 4 * count, sales: count });
    for (const [topic, row] of [
      ["magasins", { ville: "Lyon" }],
      ["produits", { prix: "2", date_effet: "2026-01-01" }],
    ] as const) {
      const key = topic === "magasins" ? "M" : "P";
      withdraws(topic, key, topic === "produits" ? { date_effet: "2026-01-01" } : {});
      expect(total()).toEqual({ total: null, sales: 0 });
      says(topic, key, row);
      expect(total()).toEqual({ total: 4 * count, sales: count });
    }
  });

  it("wait when their amount does not fit 64 bits, and the partition goes on", () => {
    parents();
    says("ventes", "1", sale({ quantité: "999999999999", prix: "999999999999" }));
    expect(all("SELECT id_vente FROM orphelins")).toEqual([{ id_vente: "1" }]);
  });
});

describe("rule 20: fences", () => {
  it("an event below the newest version of its source is superseded, for any key; other sources go on", () => {
    parents();
    fence("ventes", { version: 5 });
    expect(says("ventes", "1", sale(), { version: 4 })).toMatchObject({ superseded: 1, changed: 0 });
    expect(says("ventes", "1", sale(), { version: 5 })).toMatchObject({ changed: 1 });
    expect(says("ventes", "2", sale(), { version: 4, source: "B" })).toMatchObject({ changed: 1 });
  });
});

describe("rule 11: rejects", () => {
  const reject = (key: string, kind: "row" | "delete") =>
    raw(
      "rejets",
      key,
      JSON.stringify({
        ...envelope({}),
        kind,
        row:
          kind === "delete"
            ? {}
            : {
                entity: "ventes",
                raw: "a;b",
                code: "quantite.not_a_number",
                details: { value: "b", column: "Qté" },
              },
        extras: {},
      }),
    );
  it("are rows like any other: stored once, and withdrawn when the source no longer has them", () => {
    reject("h~1", "row");
    expect(reject("h~1", "row")).toMatchObject({ unchanged: 1, commit: null });
    expect(one("SELECT id, entity, source, line, raw, code, details FROM rejets")).toEqual({
      id: "h~1",
      entity: "ventes",
      source: "A",
      line: 2,
      raw: "a;b",
      code: "quantite.not_a_number",
      details: '{"column":"Qté","value":"b"}',
    });
    reject("h~1", "delete");
    expect(all("SELECT * FROM rejets")).toEqual([]);
    reject("h~1", "row");
    expect(all("SELECT * FROM rejets")).toHaveLength(1);
    expect(all("SELECT * FROM withdrawals")).toEqual([]);
  });
});

describe("a record of a foreign program that is no event is rejected, and its partition goes on", () => {
  const event = (more: object) =>
    JSON.stringify({ ...envelope({}), kind: "row", row: { id_vente: "1", ...sale() }, extras: {}, ...more });
  it.each([
    ["not JSON", "1", "{nonsense", "event.not_json"],
    ["bytes", "1", Buffer.from([0xff, 0xfe, 0]), "event.not_json"],
    ["no key", null, event({}), "event.no_key"],
    ["no value", "1", null, "event.tombstone"],
    ["an older or newer event version", "1", event({ v: 2 }), "event.unknown_version"],
    ["a missing column", "1", event({ row: { id_vente: "1" } }), "event.not_an_event"],
    [
      "a number that is none",
      "1",
      event({ row: { id_vente: "1", ...sale({ quantité: "many" }) } }),
      "event.not_an_event",
    ],
    [
      "a number beyond 64 bits",
      "1",
      event({ row: { id_vente: "1", ...sale({ quantité: "9".repeat(15) }) } }),
      "event.not_an_event",
    ],
    ["another key", "2", event({}), "event.wrong_key"],
    ["JSON that is no object", "1", "null", "event.not_an_event"],
  ])("%s", (_, key, value, code) => {
    parents();
    expect(raw("ventes", key, value)).toMatchObject({ events: 1, rejected: 1 });
    expect(one("SELECT id, entity, code FROM rejets")).toEqual({ id: "ventes/0/0", entity: "ventes", code });
    expect(says("ventes", "1", sale())).toMatchObject({ changed: 1 });
  });

  it("a record batch that cannot be read is one reject in its place, with its reason", () => {
    parents();
    const { apply } = makeBatchApplier(db, systemClock, { maxTransactionMs: Number.POSITIVE_INFINITY });
    const stand = { offset: 0, key: null, value: null, broken: { reason: "checksum", until: 7 } as const };
    const applied = apply({ topic: "ventes", partition: 0, records: [stand], next: 7 }, 0);
    expect(applied).toMatchObject({ events: 1, rejected: 1, position: 7 });
    expect(one("SELECT id, code, details FROM rejets")).toEqual({
      id: "ventes/0/0",
      code: "event.broken_batch",
      details: '{"more":"6","value":"checksum"}',
    });
    const details = { value: "checksum", more: "6" };
    expect(sentenceOf("event.broken_batch", details, "en")).toContain("its checksum is wrong");
    expect(sentenceOf("event.broken_batch", details, "fr")).toContain("sa somme de contrôle est fausse");
  });

  it("a replay corrects one that was changed by hand, and deletes one that is an event now", () => {
    raw("ventes", "v", "not JSON");
    says("produits", "P", { nom: "Pain" });
    db.exec(`UPDATE rejets SET raw = 'tampered';
      INSERT INTO rejets VALUES ('produits/0/0', 'produits', '', NULL, NULL, '', 'event.unknown_version', '{}', 0);
      UPDATE positions SET position = 0`);
    position = new Map();
    expect(raw("ventes", "v", "not JSON")).toMatchObject({ changed: 1, repaired: 1, rejected: 1 });
    expect(says("ventes", "\ufffd", { id_vente: "\ud800" })).toMatchObject({ changed: 1, repaired: 0 });
    expect(says("produits", "P", { nom: "Pain" })).toMatchObject({ changed: 1, repaired: 1, rejected: 0 });
    expect(all("SELECT id FROM rejets")).toEqual([{ id: "ventes/0/0" }, { id: "ventes/0/1" }]);
    expect(one("SELECT raw FROM rejets WHERE id = 'ventes/0/0'")).toEqual({ raw: "not JSON" });
    db.exec("UPDATE positions SET position = 0");
    position = new Map();
    expect(raw("ventes", "v", "not JSON")).toMatchObject({ changed: 0, repaired: 0 });
    expect(says("ventes", "\ufffd", { id_vente: "\ud800" })).toMatchObject({ changed: 0, repaired: 0 });
  });

  it("a key in another partition than its own (rule 16)", () => {
    parents();
    const { apply: strictly } = makeBatchApplier(db, systemClock, { partitions: () => 3 });
    const keys = ["1", "2", "3", "4", "5", "6"].map((id, offset) => ({
      offset,
      key: id,
      value: Buffer.from(event({ row: { id_vente: id, ...sale() } })),
    }));
    strictly({ topic: "ventes", partition: 0, records: keys, next: keys.length }, 0);
    const own = keys.filter(({ key }) => partitionOf(key, 3) === 0).map(({ key }) => key);
    expect(own.length).toBeGreaterThan(0);
    expect(all("SELECT id_vente FROM ventes ORDER BY 1").map((row) => row.id_vente)).toEqual(own);
    expect(all("SELECT code FROM rejets").map((row) => row.code)).toEqual(
      Array.from({ length: keys.length - own.length }, () => "event.wrong_partition"),
    );
  });

  it("of a value of five megabytes the first bytes are kept", () => {
    parents();
    expect(raw("ventes", "1", `{"v":1,"kind":"row","row":"${"a".repeat(5 << 20)}"}`)).toMatchObject({
      rejected: 1,
    });
    expect(one("SELECT code, length(raw) AS kept FROM rejets")).toEqual({
      code: "event.not_an_event",
      kept: 10_000,
    });
    expect(says("ventes", "1", sale())).toMatchObject({ changed: 1 });
  });

  it("text that UTF-8 cannot encode is stored as U+FFFD, and a replay finds it unchanged", () => {
    const odd = () => {
      says("produits", "P", { nom: "Pa\ud800in" }, { extras: { rayon: "\udc00" } });
      says("magasins", "M", { ville: "Ly\ud800on" });
      says("ventes", "1", sale({ chiffre_affaires: "2" }), { extras: { vendeur: "A\udfff" } });
      return [
        one("SELECT nom, extras FROM produits"),
        one("SELECT ville FROM magasins"),
        one("SELECT extras FROM ventes"),
      ];
    };
    const stored = odd();
    expect(stored).toEqual([
      { nom: "Pa\ufffdin", extras: '{"rayon":"\ufffd"}' },
      { ville: "Ly\ufffdon" },
      { extras: '{"vendeur":"A\ufffd"}' },
    ]);
    db.exec("UPDATE positions SET position = 0");
    position = new Map();
    expect(odd()).toEqual(stored);
    expect(one("SELECT value FROM counters WHERE name = 'repaired'")).toEqual({ value: 0 });
  });

  it("an unknown field is ignored", () => {
    parents();
    expect(raw("ventes", "1", event({ more: { than: "known" } }))).toMatchObject({ changed: 1 });
  });
});

it("numbers its commits inside the transaction, and gives new rows a range that never goes back", () => {
  parents();
  says("ventes", "1", sale());
  says("ventes", "2", sale());
  withdraws("ventes", "2");
  says("ventes", "3", sale());
  expect(all("SELECT commit_id AS id, row_from AS de, row_to AS a FROM commits WHERE commit_id > 2")).toEqual(
    [
      { id: 3, de: 1, a: 1 },
      { id: 4, de: 2, a: 2 },
      { id: 5, de: 3, a: 2 },
      { id: 6, de: 3, a: 3 },
    ],
  );
  expect(all("SELECT commit_id, row_id, id_vente FROM old_ventes")).toEqual([
    { commit_id: 5, row_id: 2, id_vente: "2" },
  ]);
});
