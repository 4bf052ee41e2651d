import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, it } from "@effect/vitest";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as TestClock from "effect/testing/TestClock";
import { afterEach } from "vitest";
import { openPlain } from "#shared/database/sqlite.ts";
import { databaseId, openVentes, ventesFile } from "#shared/database/ventes-db.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { LogUnavailable } from "#shared/topic-log/errors.ts";
import { layerTopicLog } from "#shared/topic-log/layer.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { columnsFile } from "./columns/columns-db.ts";
import type { Mended } from "./refresh/audit.ts";
import { makeRefresher, type Refreshed } from "./refresh/refresh.ts";
import { runAnalyzer } from "./run.ts";
import { missionResults, storedResults } from "./testing/results.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let t: TestDatabase;
afterEach(() => t.close());

function openWithSale(): TestDatabase {
  const opened = openTestDatabase();
  opened.commit((w) => {
    w.product("A", "a");
    w.shop("m", "Paris");
  });
  addSale(opened, "v1");
  return opened;
}
const addSale = (to: TestDatabase, id: string) =>
  to.commit((w) => w.sale(id, { id_produit: "A", id_magasin: "m", quantite: 1_000_000, ca: 12_500_000 }));

/** A Deferred for each commit that the analyzer reaches. */
const reached = (commits: readonly number[]) =>
  Effect.gen(function* () {
    const waits = new Map<number, Deferred.Deferred<void>>();
    for (const commit of commits) waits.set(commit, yield* Deferred.make<void>());
    return {
      onRefresh: ({ to }: Refreshed) => {
        const wait = waits.get(to);
        if (wait !== undefined) Deferred.doneUnsafe(wait, Effect.void);
      },
      wait: (commit: number) => Deferred.await(waits.get(commit) as Deferred.Deferred<void>),
    };
  });

const settings = () => Layer.succeed(Settings, embeddedSettings(t.dir));

/** Time stands still: only a commit event can wake it a second time. */
it.effect("a commit event wakes it", () =>
  Effect.gen(function* () {
    t = openWithSale();
    const database = databaseId(t.db);
    const commits = yield* reached([2, 3]);
    yield* Effect.gen(function* () {
      yield* Effect.forkChild(runAnalyzer(commits));
      yield* commits.wait(2);
      const log = yield* TopicLog;
      const commit = addSale(t, "v2");
      yield* Effect.raceFirst(
        commits.wait(commit),
        // Until it follows, events are before its start.
        log
          .publish("commits", [
            { key: "another database", value: "{}" },
            { key: database, value: "{}" },
          ])
          .pipe(
            Effect.andThen(Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))),
            Effect.forever,
          ),
      );
    }).pipe(Effect.provide(layerTopicLog.pipe(Layer.provideMerge(settings()))));
    assert.deepStrictEqual(storedResults(t.db), missionResults(t.db));
  }),
);

it.effect("without a log it polls every second", () =>
  Effect.gen(function* () {
    t = openWithSale();
    const commits = yield* reached([2, 3]);
    const unavailable = Effect.fail(new LogUnavailable({ address: "nowhere", message: "no log" }));
    const noLog = Layer.succeed(TopicLog, {
      kind: "kafka",
      identity: "none",
      partitions: () => 1,
      maxRecordBytes: () => 1 << 20,
      fullName: (topic) => topic,
      publish: () => unavailable,
      bounds: () => unavailable,
      read: () => unavailable,
      follow: () => unavailable,
    });
    yield* Effect.gen(function* () {
      yield* Effect.forkChild(runAnalyzer(commits));
      yield* commits.wait(2);
      const commit = addSale(t, "v2");
      yield* TestClock.adjust(1000);
      yield* commits.wait(commit);
    }).pipe(Effect.provide([noLog, settings()]));
    assert.deepStrictEqual(storedResults(t.db), missionResults(t.db));
  }),
);

it.live("starts while another process creates the database", () =>
  Effect.gen(function* () {
    t = openTestDatabase();
    const dir = `${t.dir}/new`;
    mkdirSync(dir);
    const other = openPlain(ventesFile(dir));
    other.exec("BEGIN EXCLUSIVE");
    const commits = yield* reached([0]);
    const analyzer = yield* Effect.forkChild(
      runAnalyzer(commits).pipe(
        Effect.provide(
          layerTopicLog.pipe(Layer.provideMerge(Layer.succeed(Settings, embeddedSettings(dir)))),
        ),
      ),
    );
    // Longer than SQLite itself waits.
    yield* Effect.sleep(200);
    other.exec("ROLLBACK");
    other.close();
    yield* Effect.raceFirst(commits.wait(0), Fiber.join(analyzer));
    yield* Fiber.interrupt(analyzer);
  }),
);

it.live("an audit that finds the file busy starts again, and reports the corrected rows once", () =>
  Effect.gen(function* () {
    t = openWithSale();
    const db = openVentes(t.dir, randomUUID());
    makeRefresher(db).refresh(new Date());
    db.close();
    t.db.exec("UPDATE analyses SET millioniemes = 7 WHERE cle = 'A'");
    addSale(t, "v2");
    const other = openPlain(ventesFile(t.dir));
    const audited: (readonly Mended[])[] = [];
    const isAudited = yield* Deferred.make<void>();
    const onAudit = (mended: readonly Mended[]) => {
      audited.push(mended);
      Deferred.doneUnsafe(isAudited, Effect.void);
    };
    const isLocked = yield* Deferred.make<void>();
    const onRefresh = () => {
      other.exec("BEGIN IMMEDIATE");
      Deferred.doneUnsafe(isLocked, Effect.void);
    };
    const analyzer = yield* Effect.forkChild(
      runAnalyzer({ onRefresh, onAudit }).pipe(
        Effect.provide(layerTopicLog.pipe(Layer.provideMerge(settings()))),
      ),
    );
    yield* Effect.raceFirst(Deferred.await(isLocked), Fiber.join(analyzer));
    // Longer than SQLite itself waits.
    yield* Effect.sleep(200);
    assert.deepStrictEqual(audited, []);
    other.exec("ROLLBACK");
    other.close();
    yield* Effect.raceFirst(Deferred.await(isAudited), Fiber.join(analyzer));
    yield* Fiber.interrupt(analyzer);
    assert.deepStrictEqual(audited, [
      [{ nom: "ventes_par_produit", cle: "A", before: 1_000_007n, after: 2_000_000n }],
    ]);
    assert.deepStrictEqual(storedResults(t.db), missionResults(t.db));
  }),
);

it.live("columns that do not agree with the sales are rebuilt, also when nobody has written ventes.db", () =>
  Effect.gen(function* () {
    t = openWithSale();
    const run = (onColumnsMended: () => void, onAudit: () => void) =>
      runAnalyzer({ onColumnsMended, onAudit }).pipe(
        Effect.provide(layerTopicLog.pipe(Layer.provideMerge(settings()))),
      );
    const isAudited = yield* Deferred.make<void>();
    const first = yield* Effect.forkChild(
      run(assert.fail, () => Deferred.doneUnsafe(isAudited, Effect.void)),
    );
    yield* Effect.raceFirst(Deferred.await(isAudited), Fiber.join(first));
    yield* Fiber.interrupt(first);
    const columns = openPlain(columnsFile(t.dir));
    const days = columns.prepare("SELECT first_day, last_day FROM chunks");
    const right = days.all();
    assert.strictEqual(right.length, 1);
    columns.exec("UPDATE chunks SET last_day = 0, first_day = 0");
    const isMended = yield* Deferred.make<void>();
    const second = yield* Effect.forkChild(
      run(
        () => Deferred.doneUnsafe(isMended, Effect.void),
        () => {},
      ),
    );
    yield* Effect.raceFirst(Deferred.await(isMended), Fiber.join(second));
    while (days.all().length === 0) yield* Effect.sleep(20);
    assert.deepStrictEqual(days.all(), right);
    yield* Fiber.interrupt(second);
    columns.close();
  }),
);

it.live(
  "an analysis that another process takes away with its table is there again, with the sales since",
  () =>
    Effect.gen(function* () {
      t = openWithSale();
      const folder = join(t.dir, "analyses");
      mkdirSync(folder);
      writeFileSync(
        join(folder, "par_paire.sql"),
        "SELECT id_produit, id_magasin, COUNT(*) AS n FROM ventes GROUP BY id_produit, id_magasin",
      );
      const commits = yield* reached([2, 3]);
      const analyzer = yield* Effect.forkChild(
        runAnalyzer(commits).pipe(Effect.provide(layerTopicLog.pipe(Layer.provideMerge(settings())))),
      );
      yield* Effect.raceFirst(commits.wait(2), Fiber.join(analyzer));
      const other = openVentes(t.dir, randomUUID());
      // It knows the program's own analyses only. The sale comes before the analyzer looks again.
      makeRefresher(other).close();
      const commit = addSale(t, "v2");
      other.close();
      const isThere = t.db.prepare("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'par_paire'").pluck();
      assert.strictEqual(isThere.get(), 0);
      yield* Effect.raceFirst(commits.wait(commit), Fiber.join(analyzer));
      while (t.db.prepare("SELECT MAX(a_remplir) FROM analyses_liste").pluck().get() !== null)
        yield* Effect.raceFirst(Effect.sleep(20), Fiber.join(analyzer));
      assert.deepStrictEqual(t.db.prepare("SELECT n FROM par_paire").pluck().all(), [2]);
      yield* Fiber.interrupt(analyzer);
    }),
);
