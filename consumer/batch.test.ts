import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Values } from "#shared/contract/event.ts";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import { openVentes } from "#shared/database/ventes-db.ts";
import { systemClock } from "#shared/runtime/testing/clock.ts";
import { partitionKey } from "#shared/topic-log/by-partition.ts";
import { makeBatchApplier } from "./batch.ts";
import { accountsOf, explained } from "./testing/accounting.ts";
import { canonicalModel, type Literal } from "./testing/canonical.model.ts";
import { canonicalDump } from "./testing/canonical-dump.ts";
import { accountOf, foldedDump } from "./testing/fold.ts";
import { interleave, type Piece } from "./testing/interleave.ts";
import { playFold } from "./testing/play.ts";
import { batchOf, type Random, randomOf, randomTopics, type Topics } from "./testing/random-history.ts";

const dirs: string[] = [];
const opened: Sqlite[] = [];
function database(): Sqlite {
  const dir = mkdtempSync(join(tmpdir(), "ventes-consumer-"));
  dirs.push(dir);
  const db = openVentes(dir, randomUUID());
  opened.push(db);
  return db;
}
afterEach(() => {
  for (const db of opened.splice(0)) db.close();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** Applies everything, in a random interleaving of partitions and a random cut into batches. */
function consume(
  db: Sqlite,
  topics: Topics,
  r: Random,
  after: (done: Topics) => void = () => {},
  most = 8,
): void {
  // Now and then every transaction takes too long, and ends after one event, or after a few sales of a product or shop.
  const applier = makeBatchApplier(db, systemClock, {
    partitions: (topic) => topics.get(topic)?.length ?? 1,
    maxTransactionMs: most <= 8 && r.chance(0.3) ? 0 : Number.POSITIVE_INFINITY,
    pageRows: 1 + r.below(3),
  });
  /**
   * Partitions whose event was finished with the batch of another one: they are further than this interleaving knows.
   */
  const ahead = new Set<string>();
  const apply = ({ topic, partition, from, to }: Piece): number => {
    const batch = batchOf(topics, topic, partition, from, to);
    const wasUnfinished = isUnfinished(db);
    const result = applier.apply(batch, from);
    const place = partitionKey({ topic, partition });
    const { finished } = result;
    if (finished !== undefined && partitionKey(finished) !== place) ahead.add(partitionKey(finished));
    if (ahead.delete(place)) expect(result).toMatchObject({ applied: false, position: from + 1 });
    else if (wasUnfinished || isUnfinished(db)) expect(result.position).toBeGreaterThanOrEqual(from);
    else expect(result.position).toBeGreaterThan(from);
    // A second writer that expected the old position changes nothing.
    if (result.position > from && r.chance(0.1))
      expect(applier.apply(batch, from)).toMatchObject({ applied: false, position: result.position });
    return result.position;
  };
  interleave(topics, r, apply, (done) => isUnfinished(db) || ahead.size > 0 || after(done), most);
}

const isUnfinished = (db: Sqlite): boolean =>
  db.prepare("SELECT EXISTS (SELECT 1 FROM unfinished)").pluck().get() === 1;

/** Invariant 1 on topics: events = unchanged + superseded + rejected + current. */
function accounted(db: Sqlite, topics: Topics): void {
  for (const topic of EVENT_TOPICS) {
    const logs = topics.get(topic) ?? [];
    for (const [partition, account] of accountsOf(db, topic, logs.length).entries()) {
      expect(account.events).toBe(logs[partition]?.filter((x) => x.event.kind !== "fence").length);
      expect(explained(account), `${topic}/${partition}`).toBe(account.events);
    }
  }
}

/** What the rules make of the same topics without SQL, in an interleaving of their own, is what was written. */
function asFolded(db: Sqlite, topics: Topics, seed: number): void {
  const fold = playFold(topics, randomOf(seed + 1_000_000));
  expect(foldedDump(fold), `seed ${seed}`).toEqual(dump(db));
  for (const [topic, logs] of topics)
    for (const [partition, account] of accountsOf(db, topic, logs.length).entries())
      expect(account, `seed ${seed}, ${topic}/${partition}`).toMatchObject(
        accountOf(fold, { topic, partition }),
      );
}

const dump = (db: Sqlite) => [...canonicalDump(db)];
const SEEDS = Number(process.env.VENTES_TEST_SEEDS ?? 150);

describe("a batch that is given again", () => {
  it("is not applied or counted twice, and the position never goes back, whatever part of it is new", () => {
    const r = randomOf(3);
    const topics = randomTopics(r, 120);
    const db = database();
    const applier = makeBatchApplier(db, systemClock, { maxTransactionMs: Number.POSITIVE_INFINITY });
    const log = topics.get("ventes")?.[0] ?? [];
    expect(log.length).toBeGreaterThan(10);
    const first = applier.apply(batchOf(topics, "ventes", 0, 0, 8), 0);
    expect(first.position).toBe(8);
    const before = dump(db);
    expect(applier.apply(batchOf(topics, "ventes", 0, 0, 5), 8)).toMatchObject({
      applied: true,
      position: 8,
      events: 0,
      commit: null,
    });
    expect(dump(db)).toEqual(before);
    // Of one that reaches further only the rest is applied.
    expect(applier.apply(batchOf(topics, "ventes", 0, 3, 10), 8).position).toBe(10);
    const events = log.slice(0, 10).filter(({ event }) => event.kind !== "fence").length;
    expect(accountsOf(db, "ventes", 2)[0]).toMatchObject({ position: 10, events });
  });
});

describe("a group of new sales", () => {
  const envelope = {
    v: 1,
    source: "file:///va.csv",
    version: 1,
    line: 2,
    published: "2026-01-01T00:00:00.000Z",
    day: "2026-01-01",
  } as const;
  const row = (key: string, values: Values) => ({
    key,
    event: { ...envelope, kind: "row", row: values, extras: {} } as const,
  });
  const sale = (id: string, id_magasin = "m") =>
    row(id, {
      id_vente: id,
      id_produit: "p",
      id_magasin,
      date_vente: "2026-01-02",
      quantité: "1",
      chiffre_affaires: "7",
    });

  it("leaves out the keys that were withdrawn, that wait, or that come twice", () => {
    const withdrawn = { key: "v0", event: { ...envelope, kind: "delete", row: { id_vente: "v0" } } as const };
    const before = [sale("v0"), withdrawn, sale("v1", "unknown")];
    const group = Array.from({ length: 40 }, (_, i) => sale(`v${i}`));
    const topics: Topics = new Map([
      ["produits", [[row("p", { id_produit: "p", nom: "x" })]]],
      ["magasins", [[row("m", { id_magasin: "m", ville: "Lyon" })]]],
      ["ventes", [[...before, ...group, sale("v30")]]],
    ]);
    const db = database();
    const applier = makeBatchApplier(db, systemClock, { maxTransactionMs: Number.POSITIVE_INFINITY });
    for (const topic of ["produits", "magasins"] as const) applier.apply(batchOf(topics, topic, 0, 0, 1), 0);
    applier.apply(batchOf(topics, "ventes", 0, 0, 3), 0);
    const { changed, unchanged } = applier.apply(batchOf(topics, "ventes", 0, 3, 44), 3);
    expect([changed, unchanged]).toEqual([40, 1]);
    expect(dump(db)).toEqual(canonicalModel(topics));
  });
});

describe("the canonical database is one function of the topics", () => {
  it("whatever the interleaving and the batch cuts, after every batch (rules 8, 12 to 18, 20)", () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const r = randomOf(seed);
      const topics = randomTopics(r, 20 + r.below(120));
      const db = database();
      consume(db, topics, r, (done) => {
        expect(dump(db), `seed ${seed}`).toEqual(canonicalModel(done));
      });
      accounted(db, topics);
      asFolded(db, topics, seed);
      db.close();
    }
  });

  it("with so many sales that most are new, in groups that now and then meet a key that has a row", () => {
    for (let seed = 1; seed <= Math.min(SEEDS, 20); seed++) {
      const r = randomOf(seed);
      const topics = randomTopics(r, 1500, 100 + r.below(1500));
      const db = database();
      consume(db, topics, r, () => {}, 300);
      expect(dump(db), `seed ${seed}`).toEqual(canonicalModel(topics));
      const commits = db.prepare("SELECT changed, row_to - row_from + 1 AS inserted FROM commits").all();
      for (const { changed, inserted } of commits as { changed: number; inserted: number }[])
        expect(changed, `seed ${seed}`).toBeGreaterThanOrEqual(inserted);
      accounted(db, topics);
      expect(db.pragma("foreign_key_check"), `seed ${seed}`).toEqual([]);
      db.close();
    }
  });

  it("and a replay from the start changes nothing and repairs nothing", () => {
    for (let seed = 1; seed <= Math.min(SEEDS, 60); seed++) {
      const r = randomOf(seed);
      const topics = randomTopics(r, 20 + r.below(120));
      const db = database();
      consume(db, topics, r);
      const before = dump(db);
      const commits = db.prepare("SELECT COUNT(*) FROM commits").pluck().get();
      db.exec(
        "UPDATE positions SET position = 0, events = 0, unchanged = 0, superseded = 0, rejected = 0; DELETE FROM versions",
      );
      consume(db, topics, randomOf(seed + 1));
      expect(dump(db), `seed ${seed}`).toEqual(before);
      expect(db.prepare("SELECT COUNT(*) FROM commits").pluck().get()).toBe(commits);
      expect(db.prepare("SELECT value FROM counters WHERE name = 'repaired'").pluck().get()).toBe(0);
      accounted(db, topics);
    }
  });

  const literals: Literal[] = ["fences", "images", "mend", "first", "repeat"];
  it.each(literals)("some of these histories give another database with the simpler rule '%s'", (literal) => {
    let differ = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const r = randomOf(seed);
      const topics = randomTopics(r, 20 + r.below(120));
      if (canonicalModel(topics).join("\n") !== canonicalModel(topics, literal).join("\n")) differ++;
    }
    expect(differ).toBeGreaterThan(0);
  });
});
