/** Copies of databases that other processes are using, each as of one moment. */
import * as Effect from "effect/Effect";
import { databaseErrorOf, failingWith, onFile, readerOf } from "./attempt.ts";
import { DatabaseError, type FileKind, openPlain, openReader, type Sqlite } from "./sqlite.ts";

/** Between two steps the process takes signals. At 4 KB a page a step is 16 MB. */
const PAGES_A_STEP = 4_096;

/** Copies the database `file`, as of now, into the new file `target`, which has no -wal and -shm beside it. */
export const copyDatabase = (
  file: string,
  kind: FileKind,
  target: string,
): Effect.Effect<void, DatabaseError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const db = yield* readerOf(file, kind);
      yield* onFile(file, () => pin(db));
      yield* failingWith(copyPages(db, target), databaseErrorOf(target));
      yield* onFile(target, () => closeJournal(target));
    }),
  );

/**
 * Keeps one state of the database in view. Without it the copy would begin again after each commit of another process.
 */
function pin(db: Sqlite): void {
  db.exec("BEGIN");
  db.prepare("SELECT COUNT(*) FROM sqlite_schema").get();
}

/** An interrupt ends it after the step in hand. */
const copyPages = (db: Sqlite, target: string): Effect.Effect<void, unknown> =>
  Effect.callback((resume, signal) => {
    const copied = db.backup(target, {
      progress: () => {
        signal.throwIfAborted();
        return PAGES_A_STEP;
      },
    });
    const ended = copied.then(
      () => resume(Effect.void),
      (error: unknown) => resume(Effect.fail(error)),
    );
    return Effect.promise(() => ended);
  });

/** The copy has the journal mode of its original, WAL, in its header. Opening it for writing sets WAL again. */
function closeJournal(file: string): void {
  const db = openPlain(file);
  try {
    db.pragma("journal_mode = DELETE");
  } finally {
    db.close();
  }
}

/** At most this many problems are told of a file. */
const PROBLEMS = 10;

/** Broken pages and indexes of a file, as SQLite names them. Empty: none. Throws DatabaseError. */
export const brokenIn = (file: string, kind: FileKind): readonly string[] => inspected(file, kind, broken);

/**
 * What SQLite finds wrong in the whole of a file: broken pages, rows without their parent. Empty: nothing. Throws
 * DatabaseError.
 */
export const problemsOf = (file: string, kind: FileKind): readonly string[] =>
  inspected(file, kind, (db) => [...broken(db), ...withoutParent(db)]);

const broken = (db: Sqlite): readonly string[] =>
  (db.pragma(`integrity_check(${PROBLEMS})`) as { integrity_check: string }[])
    .map((row) => row.integrity_check)
    .filter((text) => text !== "ok");

const withoutParent = (db: Sqlite): readonly string[] =>
  (
    db.prepare("SELECT * FROM pragma_foreign_key_check() LIMIT ?").all(PROBLEMS) as {
      table: string;
      parent: string;
    }[]
  ).map(({ table, parent }) => `a row of ${table} has no row in ${parent}`);

function inspected(
  file: string,
  kind: FileKind,
  problems: (db: Sqlite) => readonly string[],
): readonly string[] {
  const db = openReader(file, kind);
  try {
    return problems(db);
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    db.close();
  }
}
