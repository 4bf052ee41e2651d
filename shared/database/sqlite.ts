/**
 * SQLite through better-sqlite3; no other product file imports that package. Every database is opened here, so all are
 * checked, configured and closed in the same way.
 */
import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import * as Schema from "effect/Schema";
import { command } from "../runtime/command.ts";

export type Sqlite = BetterSqlite3.Database;
export type Statement = BetterSqlite3.Statement;

/** A database file cannot be used. `message` names the file, the cause and the remedy. */
export class DatabaseError extends Schema.TaggedError<DatabaseError>()("DatabaseError", {
  file: Schema.String,
  reason: Schema.Literals(["unwritable", "foreign", "newer", "missing", "full", "busy"]),
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

/**
 * Opens a file of this kind in WAL mode, and creates it if it is missing. Throws DatabaseError for a directory or file that
 * cannot be written, a file that is no SQLite database or belongs to another program, and a newer version.
 */
export function openFile(file: string, kind: FileKind): Sqlite {
  const db = open(file, { readonly: false });
  try {
    if (isForeign(db, kind))
      throw new DatabaseError({
        file,
        reason: "foreign",
        message: `${file} is a database of another program: choose another --data directory`,
      });
    db.pragma("journal_mode = WAL");
    db.pragma(`synchronous = ${kind.synchronous}`);
    migrate(db, file, kind);
    db.pragma("foreign_keys = ON");
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
        message: `${file} is not a database of ventes: choose another --data directory`,
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
  error instanceof DatabaseError ? error.reason === "busy" : codeOf(error).startsWith("SQLITE_BUSY");

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";

/** The DatabaseError for an error of SQLite or of the file system; any other error is returned as it is. */
export function explain(file: string, error: unknown): unknown {
  if (error instanceof DatabaseError) return error;
  const code = codeOf(error);
  if (code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT")
    return new DatabaseError({
      file,
      reason: "foreign",
      message: `${file} is not a SQLite database: choose another --data directory`,
    });
  if (code === "SQLITE_FULL" || code === "ENOSPC")
    return new DatabaseError({
      file,
      reason: "full",
      message: `the disk of ${file} is full: make room, then start again; nothing is lost`,
    });
  if (
    [
      "EACCES",
      "EPERM",
      "EROFS",
      "ENOTDIR",
      "EEXIST",
      "ENOENT",
      "SQLITE_CANTOPEN",
      "SQLITE_READONLY",
      "SQLITE_READONLY_DIRECTORY",
    ].includes(code)
  )
    return new DatabaseError({
      file,
      reason: "unwritable",
      message: `cannot write ${file} (${code}): choose another directory with --data, or make it writable`,
    });
  if (isBusy(error))
    return new DatabaseError({
      file,
      reason: "busy",
      message: `${file} is locked by another program: close it, then try again`,
    });
  return error;
}
