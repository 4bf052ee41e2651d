/**
 * SQLite through better-sqlite3; no other product file imports that package. Every database is opened here, so all are
 * checked, configured and closed in the same way.
 */
import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import * as Schema from "effect/Schema";
import { command } from "../runtime/command.ts";

export type Sqlite = BetterSqlite3.Database;
export type Statement = BetterSqlite3.Statement;

/** A database file cannot be used. `message` names the file, the cause and the remedy. */
export class DatabaseError extends Schema.TaggedError<DatabaseError>()("DatabaseError", {
  file: Schema.String,
  reason: Schema.Literals([
    "unwritable",
    "foreign",
    "newer",
    "missing",
    "full",
    "busy",
    "damaged",
    "disk",
    "memory",
  ]),
  message: Schema.String,
}) {}

export interface FileKind {
  /** PRAGMA application_id: four ASCII letters as an integer. */
  readonly applicationId: number;
  /** Numbered migrations, in order. PRAGMA user_version is the number of applied ones. */
  readonly migrations: readonly string[];
  /** FULL: a commit survives a power cut. NORMAL: a power cut may undo the last commits, each as a whole. */
  readonly synchronous: "FULL" | "NORMAL" | "OFF";
}

/** Milliseconds that a statement waits for another process' short transaction before SQLITE_BUSY. */
const BUSY_MS = 50;

/** SQLite cuts a WAL to this size when it may use it again, so that no large file stays after a long reader or a large transaction. */
export const SETTLED_WAL_BYTES = 64 << 20;

/**
 * Opens a file of this kind in WAL mode, and creates it if it is missing; `prepare` is called at the end. Throws
 * DatabaseError, and leaves nothing open, for a directory or file that cannot be written, a file that is no SQLite
 * database or belongs to another program, a newer version, and a file that another process has locked.
 */
export function openFile(file: string, kind: FileKind, prepare: (db: Sqlite) => void = () => {}): Sqlite {
  const db = open(file, { readonly: false });
  try {
    if (isForeign(db, kind))
      throw new DatabaseError({
        file,
        reason: "foreign",
        message: `${file} is a database of another program: ${foreignRemedy(file)}`,
      });
    db.pragma("journal_mode = WAL");
    db.pragma(`journal_size_limit = ${SETTLED_WAL_BYTES}`);
    db.pragma(`synchronous = ${kind.synchronous}`);
    migrate(db, file, kind);
    db.pragma("foreign_keys = ON");
    prepare(db);
    return db;
  } catch (error) {
    db.close();
    throw explain(file, error);
  }
}

const isEmpty = (db: Sqlite): boolean =>
  (db.prepare("SELECT COUNT(*) FROM sqlite_schema").pluck().get() as number) === 0;

/**
 * Whether another program made its tables. They are looked at before the application id: a process that creates the file
 * commits both at once, so tables that are seen have their id, while an id that was read first may be older than they are.
 */
const isForeign = (db: Sqlite, kind: FileKind): boolean =>
  !isEmpty(db) && db.pragma("application_id", { simple: true }) !== kind.applicationId;

const missing = (file: string): DatabaseError =>
  new DatabaseError({
    file,
    reason: "missing",
    message: `there is no ${file}: run ${command("start")} first, or name the directory with --data`,
  });

/** Opens an existing file of this kind read-only: it never makes a writer wait. Throws DatabaseError. */
export function openReader(file: string, kind: FileKind): Sqlite {
  if (!existsSync(file)) throw missing(file);
  const db = open(file, { readonly: true });
  try {
    // Another process is creating it.
    if (isEmpty(db)) throw missing(file);
    if (isForeign(db, kind))
      throw new DatabaseError({
        file,
        reason: "foreign",
        message: `${file} is not a database of ventes: ${foreignRemedy(file)}`,
      });
    assertNotNewer(db, file, kind);
    db.pragma("query_only = ON");
    return db;
  } catch (error) {
    db.close();
    throw explain(file, error);
  }
}

/** A private database on disk, deleted with its connection: for data that may not fit into memory. */
export function openScratch(): Sqlite {
  const db = new BetterSqlite3("");
  db.pragma("journal_mode = OFF");
  db.pragma("synchronous = OFF");
  return db;
}

/** A connection without our checks and settings: for locks and copies. */
export function openPlain(file: string): Sqlite {
  return open(file, { readonly: false });
}

function open(file: string, options: { readonly: boolean }): Sqlite {
  try {
    if (!options.readonly) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      accessSync(dirname(file), constants.W_OK);
    }
    return new BetterSqlite3(file, { ...options, timeout: BUSY_MS });
  } catch (error) {
    throw explain(file, error);
  }
}

function assertNotNewer(db: Sqlite, file: string, kind: FileKind): number {
  const version = db.pragma("user_version", { simple: true }) as number;
  if (version > kind.migrations.length)
    throw new DatabaseError({
      file,
      reason: "newer",
      message: `${file} was written by a newer version of ventes (schema ${version}, this one knows ${kind.migrations.length}): update ventes, or choose another --data directory`,
    });
  return version;
}

function migrate(db: Sqlite, file: string, kind: FileKind): void {
  if (assertNotNewer(db, file, kind) === kind.migrations.length) return;
  db.transaction(() => {
    // Read again inside the transaction: another process may have migrated the file in the meantime.
    const from = assertNotNewer(db, file, kind);
    for (const sql of kind.migrations.slice(from)) db.exec(sql);
    db.pragma(`application_id = ${kind.applicationId}`);
    db.pragma(`user_version = ${kind.migrations.length}`);
  }).immediate();
}

/** True for SQLITE_BUSY and its extended codes: another process writes, so the caller should try again. */
export const isBusy = (error: unknown): boolean =>
  error instanceof DatabaseError ? error.reason === "busy" : reasonOf(codeOf(error)) === "busy";

/** True when SQLite refuses a statement: it is wrong, or beyond a limit such as that of columns. */
export const isRefused = (error: unknown): boolean => codeOf(error) === "SQLITE_ERROR";

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";

/** By the start of the code: SQLite's extended codes begin with the primary one. The first line that fits counts. */
const REASONS: readonly (readonly [code: RegExp, reason: DatabaseError["reason"]])[] = [
  [/^SQLITE_NOTADB/, "foreign"],
  [/^SQLITE_CORRUPT/, "damaged"],
  [/^(?:SQLITE_FULL|ENOSPC$|EDQUOT$)/, "full"],
  [/^SQLITE_(?:BUSY|PROTOCOL|LOCKED)/, "busy"],
  [/^SQLITE_(?:CANTOPEN|READONLY|PERM|AUTH)/, "unwritable"],
  [/^(?:EACCES|EPERM|EROFS|ENOTDIR|EEXIST|ENOENT)$/, "unwritable"],
  [/^(?:SQLITE_IOERR_NOMEM|SQLITE_NOMEM)/, "memory"],
  [/^(?:SQLITE_IOERR|EIO$)/, "disk"],
];

const reasonOf = (code: string): DatabaseError["reason"] | undefined =>
  REASONS.find(([known]) => known.test(code))?.[1];

/** What to do with a damaged file, by its name. Its -wal and -shm are parts of it. */
const REMEDIES: Readonly<Record<string, string>> = {
  "ventes.db":
    "stop ventes, move the file away together with its -wal and -shm, and start again: a new one is filled from the topics",
  "producer.db":
    "stop ventes, delete the file together with its -wal and -shm, and start again: it is a cache of the topics",
  "history.db":
    "stop ventes, delete the file together with its -wal and -shm, and start again: no figure rests on it",
  "events.db":
    "it holds the topics: stop ventes and put a backup of it back, or start over with another --data directory",
};
/** It may be a file that another program needs. */
const foreignRemedy = (file: string): string =>
  basename(file) === "history.db"
    ? "move it away, for no figure rests on it, or choose another --data directory"
    : "choose another --data directory";
const OTHER_REMEDY = "stop ventes, and put a backup of it back";

const sentenceOf = (reason: DatabaseError["reason"], file: string, code: string): string => {
  switch (reason) {
    case "foreign":
      return `${file} is not a SQLite database: ${foreignRemedy(file)}`;
    case "damaged":
      return `${file} is damaged (${code}): ${REMEDIES[basename(file)] ?? OTHER_REMEDY}`;
    case "full":
      return `the disk of ${file} is full: make room, then start again; nothing is lost`;
    case "busy":
      return `${file} is locked by another program: close it, then try again`;
    case "disk":
      return `the disk of ${file} cannot be read or written (${code}): check the disk and its mount, then start again`;
    case "memory":
      return `there is not enough memory to work on ${file} (${code}): end other programs, then start again`;
    default:
      return `cannot write ${file} (${code}): choose another directory with --data, or make it writable`;
  }
};

/** The DatabaseError for an error of SQLite or of the file system; any other error is returned as it is. */
export function explain(file: string, error: unknown): unknown {
  if (error instanceof DatabaseError) return error;
  const code = codeOf(error);
  const reason = reasonOf(code);
  return reason === undefined
    ? error
    : new DatabaseError({ file, reason, message: sentenceOf(reason, file, code) });
}
