/**
 * Runs plain analyses again after commits that concern them. Each run is a process with limits of time, rows and
 * memory, so that a slow query delays neither the analyses that are kept by delta nor the page. One that fails keeps
 * the rows of its last run, and the list says why.
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import { onFileWhenFree, withErrorsOf } from "#shared/database/attempt.ts";
import {
  runSql,
  type SqlFailure,
  type SqlLimits,
  type SqlValue,
  sqlSentence,
} from "#shared/database/guarded-sql/run.ts";
import { type DatabaseError, isBusy, type Sqlite } from "#shared/database/sqlite.ts";
import { ventesFile, ventesOf } from "#shared/database/ventes-db.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import { analysesFolder, Settings } from "#shared/runtime/settings.ts";
import { elapsedMs, instantOf } from "#shared/runtime/time.ts";
import { readAnalyses } from "../analyses/analyses.ts";
import { tableOf } from "../tables/tables.ts";
import { checkKept } from "./check.ts";
import { type PlainAnalysis, staleAnalyses } from "./stale.ts";

export const PLAIN_LIMITS: SqlLimits = {
  ms: 30_000,
  rows: 10_000,
  memoryBytes: 256 * 1024 ** 2,
  stallMs: 10_000,
  waitMs: 10_000,
};

/** How often it looks for commits, and how long it waits for more of them before it runs. */
const LOOK_EVERY_MS = 1_000;
const MOST_WAIT_MS = 10_000;
/** An analysis that took a second runs again five seconds later at the earliest. */
const REST_FACTOR = 5;
/** Queries at a time: a slow one leaves a place to the others. */
const AT_A_TIME = 2;

/** How often the analyses that are kept by delta are compared with their queries: at the start, and once a day. */
const CHECK_EVERY_MS = 24 * 3_600_000;

/**
 * Compares the analyses that are kept by delta in tables of their own with their queries, once. Returns the names of those
 * that differed, which the next refreshes fill again. It skips an analysis when a commit comes during its comparison. Fails
 * with DatabaseError when the file cannot be used.
 */
export const checkNow: Effect.Effect<readonly string[], DatabaseError, Settings> = Effect.scoped(
  Effect.gen(function* () {
    const settings = yield* Settings;
    return yield* checkKept(yield* ventesOf(settings.data), readAnalyses(analysesFolder(settings)));
  }),
);

/**
 * Runs plain analyses after commits, and compares those that are kept by delta with their queries at the start and once
 * a day, until it is interrupted. Writes DIR/ventes.db: tables of analyses and analyses_liste. `onCheck` gets the names
 * of analyses that differed, which are filled again. Fails with DatabaseError when the file cannot be used.
 */
export const runBeside = (
  onCheck: (wrong: readonly string[]) => void,
): Effect.Effect<never, DatabaseError, Settings> =>
  Effect.flatMap(Settings, (settings) =>
    Effect.gen(function* () {
      const db = yield* ventesOf(settings.data);
      const check = Effect.suspend(() => checkKept(db, readAnalyses(analysesFolder(settings)))).pipe(
        Effect.andThen((wrong) => Effect.sync(() => onCheck(wrong))),
        Effect.andThen(Effect.sleep(CHECK_EVERY_MS)),
      );
      return yield* Effect.all([runAfterCommits(db), Effect.forever(Effect.andThen(whenQuiet(db), check))], {
        concurrency: "unbounded",
        discard: true,
      }).pipe(Effect.andThen(Effect.never));
    }).pipe(
      Effect.scoped,
      withErrorsOf(ventesFile(settings.data)),
      Effect.retry({ schedule: scheduleOf("busy"), while: isBusy }),
    ),
  );

const runAfterCommits = (db: Sqlite): Effect.Effect<never, DatabaseError> =>
  Effect.gen(function* () {
    const restUntil = new Map<string, number>();
    for (;;) {
      yield* whenQuiet(db);
      const now = yield* elapsedMs;
      const due = staleAnalyses(db).filter(({ nom }) => (restUntil.get(nom) ?? 0) <= now);
      yield* runEach(db, due, (nom, ms, end) => restUntil.set(nom, end + ms * REST_FACTOR));
      yield* Effect.sleep(LOOK_EVERY_MS);
    }
  });

/** Runs the analysis once, if it must run. `db`: a connection to DIR/ventes.db for writing. */
export const runIfStale = (db: Sqlite, name: string): Effect.Effect<void, DatabaseError> =>
  Effect.suspend(() =>
    runEach(
      db,
      staleAnalyses(db).filter(({ nom }) => nom === name),
      () => {},
    ),
  );

const runEach = (
  db: Sqlite,
  due: readonly PlainAnalysis[],
  onEnd: (nom: string, ms: number, end: number) => void,
): Effect.Effect<void, DatabaseError> =>
  Effect.forEach(
    due,
    (one) =>
      Effect.gen(function* () {
        const start = yield* elapsedMs;
        yield* runOne(db, one);
        const end = yield* elapsedMs;
        onEnd(one.nom, end - start, end);
      }),
    { concurrency: AT_A_TIME, discard: true },
  );

/** Waits while commits come, but not for ever. */
const whenQuiet = Effect.fnUntraced(function* (db: Sqlite) {
  const reached = db.prepare("SELECT commit_id FROM progress").pluck();
  const start = yield* elapsedMs;
  for (let before = -1; before !== reached.get() && (yield* elapsedMs) - start < MOST_WAIT_MS; ) {
    before = reached.get() as number;
    yield* Effect.sleep(LOOK_EVERY_MS);
  }
});

interface Run {
  readonly commit: number;
  readonly ms: number;
  readonly rows: readonly (readonly SqlValue[])[];
}

const runOne = Effect.fnUntraced(function* (
  db: Sqlite,
  analysis: PlainAnalysis,
): Effect.fn.Return<void, DatabaseError> {
  const start = yield* elapsedMs;
  const answers: (readonly SqlValue[])[][] = [];
  let columns: readonly string[] = [];
  const reached = db.prepare("SELECT commit_id FROM progress").pluck().get() as number;
  const failure = yield* runSql(
    // Both see the same commit.
    {
      file: db.name,
      sql: `SELECT commit_id FROM progress;\n${analysis.sql}`,
      limits: PLAIN_LIMITS,
      language: "en",
    },
    {
      columns: (names) => {
        columns = names;
        answers.push([]);
      },
      rows: (rows) => void answers.at(-1)?.push(...rows),
      end: () => {},
    },
  ).pipe(
    Effect.as(undefined),
    Effect.catch((failure: SqlFailure) => Effect.succeed(failure)),
  );
  // An event is being applied in several transactions: the next look runs the analysis.
  if (failure?.reason === "unfinished") return;
  const ms = Math.round((yield* elapsedMs) - start);
  const clock = yield* Clock.Clock;
  const at = instantOf(clock).toISOString();
  const wrong =
    failure !== undefined
      ? ([sqlSentence(failure, "fr"), sqlSentence(failure, "en")] as const)
      : JSON.stringify(columns) !== analysis.colonnes
        ? OTHER_COLUMNS
        : undefined;
  yield* onFileWhenFree(db.name, () =>
    wrong === undefined
      ? store(db, analysis, { commit: Number(answers[0]?.[0]?.[0]), ms, rows: answers[1] ?? [] }, at)
      : storeFailure(db, analysis, wrong, { commit: reached, ms }),
  );
});

/** Replaces the rows by those of the run. Stores nothing when the file of the analysis has changed meanwhile. */
const store = (db: Sqlite, { nom, sql }: PlainAnalysis, { commit, ms, rows }: Run, at: string): void =>
  db
    .transaction(() => {
      const noted = db
        .prepare(`
          UPDATE analyses_liste SET commit_id = ?, date_analyse = ?, duree_ms = ?, lignes = ?, erreur_fr = NULL, erreur_en = NULL
          WHERE nom = ? AND sql = ?`)
        .run(commit, at, ms, rows.length, nom, sql);
      if (noted.changes === 0) return;
      const table = `"${tableOf(nom)}"`;
      db.exec(`DELETE FROM ${table}`);
      const width = db
        .prepare(`SELECT COUNT(*) FROM pragma_table_info(?)`)
        .pluck()
        .get(tableOf(nom)) as number;
      const insert = db.prepare(`INSERT INTO ${table} VALUES (${Array(width).fill("?").join(", ")})`);
      for (const row of rows) insert.run(...row);
    })
    .immediate();

/** Somebody changed the columns of a table that the query reads. The next start creates the table of the result again. */
const OTHER_COLUMNS = [
  "la requête donne d'autres colonnes qu'avant : relancez ventes",
  "the query gives other columns than before: start ventes again",
] as const;

/** The rows stay those of the last run that succeeded, and date_analyse says when that was. */
const storeFailure = (
  db: Sqlite,
  { nom, sql }: PlainAnalysis,
  [fr, en]: readonly [fr: string, en: string],
  { commit, ms }: Pick<Run, "commit" | "ms">,
): void => {
  db.prepare(
    "UPDATE analyses_liste SET commit_id = ?, duree_ms = ?, erreur_fr = ?, erreur_en = ? WHERE nom = ? AND sql = ?",
  ).run(commit, ms, fr, en, nom, sql);
};
