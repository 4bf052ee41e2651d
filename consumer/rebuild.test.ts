/** The rebuild on random histories: what it finds, what it writes, what it leaves as it is, and what it refuses. */
import { randomUUID } from "node:crypto";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import { afterEach, describe, expect, it } from "vitest";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { openPlain, type Sqlite } from "#shared/database/sqlite.ts";
import { openVentes, openVentesReader } from "#shared/database/ventes-db.ts";
import { systemClock } from "#shared/runtime/testing/clock.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { applyRanges } from "./apply-ranges.ts";
import { makeBatchApplier } from "./batch.ts";
import { openBoundDatabase } from "./bound-database.ts";
import { lossOf, type RebuildOptions, rebuild } from "./rebuild.ts";
import { runConsumer } from "./run.ts";
import { canonicalModel } from "./testing/canonical.model.ts";
import { canonicalDump } from "./testing/canonical-dump.ts";
import { publishAll, runOnLog } from "./testing/on-log.ts";
import { type Random, randomOf, randomTopics } from "./testing/random-history.ts";

const dirs: string[] = [];
const temporary = () => {
  const dir = mkdtempSync(join(tmpdir(), "ventes-rebuild-"));
  dirs.push(dir);
  return dir;
};
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** Applies all that the topics hold. */
const applied = Effect.scoped(
  Effect.gen(function* () {
    const log = yield* TopicLog;
    const db = yield* openBoundDatabase();
    const bounds = yield* log.bounds(EVENT_TOPICS);
    yield* applyRanges(
      db,
      bounds.map(({ topic, partition }) => ({ topic, partition, offset: 0 })),
      () => {},
    );
  }),
);

/** Applies events, each in its own transaction, and fails once one of them is unfinished. */
const untilUnfinished = Effect.scoped(
  Effect.gen(function* () {
    const log = yield* TopicLog;
    const db = yield* openBoundDatabase();
    const applier = makeBatchApplier(db, systemClock, { maxTransactionMs: 0, pageRows: 1 });
    const unfinished = db.prepare("SELECT COUNT(*) FROM unfinished").pluck();
    yield* log.read(
      // Sales first: they wait for their products.
      (["ventes", "magasins", "produits"] as const).flatMap((topic) => [
        { topic, partition: 0, offset: 0 },
        { topic, partition: 1, offset: 0 },
      ]),
      (batch) =>
        Effect.suspend(() => {
          for (let at = 0; at < batch.next; ) {
            at = applier.apply(batch, at).position;
            if (unfinished.get() === 1) return Effect.fail("unfinished" as const);
          }
          return Effect.void;
        }),
    );
  }),
);

const rebuilding = (dir: string, options: Partial<RebuildOptions> = {}) =>
  Effect.suspend(() => {
    const into = join(dir, "new");
    mkdirSync(into);
    return rebuild({ into, dryRun: false, beforeWrite: Effect.void, ...options }).pipe(
      Effect.ensuring(Effect.sync(() => rmSync(into, { recursive: true, force: true }))),
    );
  });

const onDatabase = <A>(dir: string, work: (db: Sqlite) => A): A => {
  const db = openVentes(dir, randomUUID());
  try {
    db.pragma("foreign_keys = OFF");
    return work(db);
  } finally {
    db.close();
  }
};
const dumpOf = (dir: string) => onDatabase(dir, (db) => [...canonicalDump(db)]);

/** What a hand, a disk or a fault of an older program may do to each table. */
const DAMAGES = [
  "UPDATE ventes SET ca_millioniemes = ca_millioniemes + 1 WHERE rowid % 2 = 0",
  "UPDATE ventes SET id_magasin = 'nowhere', extras = '{\"a\":1}' WHERE rowid % 3 = 0",
  "DELETE FROM ventes WHERE rowid % 3 = 1",
  "INSERT INTO ventes (rowid, id_vente, id_produit, id_magasin, date_vente, quantite_millioniemes, ca_millioniemes, origine, source, line, offset) VALUES (100000, 'stray', 'p', 'm', '2026-01-01', 1, 1, 0, 's', 1, 1)",
  "UPDATE magasins SET ville = 'Nowhere'",
  "DELETE FROM produits",
  "UPDATE produits SET nom = NULL, prix_millioniemes = 7",
  "DELETE FROM prix",
  "UPDATE prix SET prix_millioniemes = prix_millioniemes * 2",
  "DELETE FROM claims",
  "DELETE FROM withdrawals",
  "INSERT INTO withdrawals VALUES ('ventes', 'stray', 's', '', 1)",
  "DELETE FROM rejets",
  "UPDATE rejets SET code = 'stray'",
  "INSERT INTO orphelins SELECT 'stray', 'p', 'm', '2026-01-01', 1, NULL, NULL, '{}', 's', 1, 1",
  "DELETE FROM orphelins",
  "UPDATE versions SET version = version + 100",
  "DELETE FROM versions",
  "UPDATE sale_days SET prints = prints + 1",
  "DELETE FROM sale_days",
  "INSERT INTO shared_ids VALUES ('a', 'stray', 1, 1)",
  // A sale that a hand deleted and inserted again.
  "UPDATE ventes SET rowid = (SELECT value + 1 FROM counters WHERE name = 'row') WHERE rowid = (SELECT MIN(rowid) FROM ventes)",
];

const damaged = (db: Sqlite, r: Random): void => {
  for (let n = 1 + r.below(4); n > 0; n--) db.exec(r.pick(DAMAGES));
};

/** All that is not derived from the topics, and must stay. */
const kept = (db: Sqlite) => ({
  meta: db.prepare("SELECT * FROM meta ORDER BY key").all(),
  positions: db.prepare("SELECT * FROM positions").all(),
  history: db.prepare("SELECT * FROM analyses_historique").all(),
});

describe("a rebuild", () => {
  it("finds each damage, tells it, and makes the database that of the topics, in one commit", async () => {
    let found = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const dir = temporary();
      const topics = randomTopics(randomOf(seed), 200);
      await runOnLog(dir, Effect.andThen(publishAll(topics), applied));
      const whole = await runOnLog(dir, rebuilding(dir));
      expect(whole, `seed ${seed}`).toMatchObject({ counts: {}, told: [], commit: null });
      const before = onDatabase(dir, (db) => {
        db.exec("INSERT INTO analyses_historique VALUES ('x', '', '2026-01-01T00:00', 1, 1, 'x')");
        damaged(db, randomOf(seed));
        return {
          ...kept(db),
          commit: db.prepare("SELECT value FROM counters WHERE name = 'commit'").pluck().get(),
        };
      });
      const damage = dumpOf(dir);

      const dry = await runOnLog(dir, rebuilding(dir, { dryRun: true }));
      expect(dumpOf(dir)).toEqual(damage);
      const written = await runOnLog(dir, rebuilding(dir));
      expect({ ...written, ...dry }, `seed ${seed}`).toMatchObject({
        counts: written.counts,
        told: written.told,
      });
      if (Object.keys(written.counts).length > 0) found++;
      expect(dumpOf(dir), `seed ${seed}`).toEqual(canonicalModel(topics));
      onDatabase(dir, (db) => {
        const { commit, ...rest } = before;
        expect(kept(db)).toEqual(rest);
        const rows = Object.entries(written.counts).filter(([table]) => table !== "versions");
        expect(written.commit).toBe(rows.length === 0 ? null : Number(commit) + 1);
        expect(db.pragma("foreign_key_check")).toEqual([]);
      });
      expect((await runOnLog(dir, rebuilding(dir))).counts).toEqual({});
    }
    expect(found).toBeGreaterThan(8);
  });

  it("names the table, the key and the columns of a difference", async () => {
    const dir = temporary();
    await runOnLog(dir, Effect.andThen(publishAll(randomTopics(randomOf(5), 200)), applied));
    const id = onDatabase(dir, (db) => {
      db.exec("UPDATE ventes SET quantite_millioniemes = -7 WHERE rowid = (SELECT MIN(rowid) FROM ventes)");
      return db.prepare("SELECT id_vente FROM ventes ORDER BY rowid LIMIT 1").pluck().get();
    });
    const { counts, told } = await runOnLog(dir, rebuilding(dir, { dryRun: true }));
    expect(counts).toEqual({ ventes: 1 });
    expect(told).toMatchObject([
      { table: "ventes", key: id, kind: "changed", columns: [{ name: "quantite_millioniemes", is: -7n }] },
    ]);
  });

  it("is compared with the same events while a consumer applies more of them", async () => {
    const dir = temporary();
    const topics = randomTopics(randomOf(21), 3_000, 200);
    const counts = await runOnLog(
      dir,
      Effect.gen(function* () {
        yield* applied;
        const consumer = yield* Effect.forkChild(runConsumer({}, { maxTransactionMs: 0 }));
        const publishing = yield* Effect.forkChild(publishAll(topics));
        const seen: unknown[] = [];
        for (let n = 0; n < 4; n++) seen.push((yield* rebuilding(dir)).counts);
        yield* Fiber.join(publishing);
        yield* Fiber.interrupt(consumer);
        return seen;
      }),
    );
    expect(counts).toEqual([{}, {}, {}, {}]);
  });

  it("finishes an event that was being applied in several transactions, and then compares", async () => {
    const dir = temporary();
    const unfinished = () =>
      onDatabase(dir, (db) => db.prepare("SELECT COUNT(*) FROM unfinished").pluck().get());
    const stopped = await runOnLog(
      dir,
      Effect.andThen(publishAll(randomTopics(randomOf(3), 400, 60)), Effect.flip(untilUnfinished)),
    );
    expect([stopped, unfinished()]).toEqual(["unfinished", 1]);
    const { counts } = await runOnLog(dir, rebuilding(dir, { dryRun: true }));
    expect([counts, unfinished()]).toEqual([{}, 0]);
  });

  it("finishes such an event also when a replay has set its position back, and leaves the replay its events", async () => {
    const dir = temporary();
    const topics = randomTopics(randomOf(3), 400, 60);
    await runOnLog(dir, Effect.andThen(publishAll(topics), Effect.flip(untilUnfinished)));
    const positions = () => onDatabase(dir, (db) => db.prepare("SELECT position FROM positions").all());
    const back = onDatabase(dir, (db) => {
      db.exec("UPDATE positions SET position = 0; DELETE FROM versions");
      return db.prepare("SELECT position FROM positions").all();
    });
    const { counts } = await runOnLog(dir, rebuilding(dir, { dryRun: true }));
    expect([counts, positions()]).toEqual([{}, back]);
    await runOnLog(dir, applied);
    expect(dumpOf(dir)).toEqual(canonicalModel(topics));
  });

  it("gives missing sales row ids after those of sales that a hand inserted", async () => {
    const dir = temporary();
    const topics = randomTopics(randomOf(5), 200);
    await runOnLog(dir, Effect.andThen(publishAll(topics), applied));
    onDatabase(dir, (db) =>
      db.exec(`
        UPDATE ventes SET rowid = (SELECT value + 1 FROM counters WHERE name = 'row')
        WHERE rowid = (SELECT MAX(rowid) FROM ventes);
        DELETE FROM ventes WHERE rowid = (SELECT MIN(rowid) FROM ventes)`),
    );
    expect((await runOnLog(dir, rebuilding(dir))).counts).toEqual({ ventes: 1 });
    expect(dumpOf(dir)).toEqual(canonicalModel(topics));
    const [counter, last] = onDatabase(dir, (db) => [
      db.prepare("SELECT value FROM counters WHERE name = 'row'").pluck().get(),
      db.prepare("SELECT MAX(rowid) FROM ventes").pluck().get(),
    ]);
    expect(counter).toBe(last);
  });

  it("refuses a damaged file before it writes, and says what to do", async () => {
    const dir = temporary();
    await runOnLog(dir, Effect.andThen(publishAll(randomTopics(randomOf(6), 400)), applied));
    onDatabase(dir, (db) => db.pragma("wal_checkpoint(TRUNCATE)"));
    const fd = openSync(join(dir, "ventes.db"), "r+");
    const root = onDatabase(dir, (db) =>
      db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'rejets'").pluck().get(),
    ) as number;
    writeSync(fd, Buffer.alloc(200, 0xff), 0, 200, (root - 1) * 4_096);
    closeSync(fd);
    const failure = await runOnLog(dir, Effect.flip(rebuilding(dir)));
    expect(failure).toMatchObject({ _tag: "DatabaseError", reason: "damaged" });
    expect(failure.message).toContain("move the file away");
  });

  it("tells what it would lose when the first events are gone that the database has read", async () => {
    const dir = temporary();
    const topics = randomTopics(randomOf(8), 200);
    await runOnLog(dir, Effect.andThen(publishAll(topics), applied));
    expect(await runOnLog(dir, lossOf)).toEqual({ events: 0, rows: {} });
    const events = openPlain(join(dir, "events.db"));
    events.exec(`UPDATE partitions SET start_offset = 5
      WHERE topic = (SELECT topic FROM topics WHERE name = 'ventes.magasins')`);
    events.close();
    const loss = await runOnLog(dir, lossOf);
    expect(loss.events).toBe(10);
    const db = openVentesReader(dir);
    const early = db.prepare("SELECT COUNT(*) FROM magasins WHERE offset < 5").pluck().get() as number;
    db.close();
    expect(loss.rows).toEqual(early === 0 ? {} : { magasins: early });
  });
});
