/**
 * Which processes may work in a data directory at the same time. DIR/lock.db is a SQLite file in rollback-journal mode,
 * and SQLite's own file locks on it are the locks: `start` holds it exclusively; producer, consumer and analyzer hold it
 * shared, so that none of them runs together with a start. Other commands take no lock. The kernel frees the locks after
 * kill -9, so there is no pid file. (In WAL mode an exclusive lock would not keep readers out.) A user who can read a lock
 * file can hold its lock, so lock files have mode 0600, and one that another user created is refused.
 */
import { chmodSync, lstatSync, readFileSync, rmSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { onFile } from "#shared/database/attempt.ts";
import { DatabaseError, explain, isBusy, openPlain, type Sqlite } from "#shared/database/sqlite.ts";

export type Hold = "exclusive" | "shared";

const lockFile = (dir: string): string => join(dir, "lock.db");

/**
 * The lock of a producer: two producers may not share producer.db. It is a file of its own, because producer.db is in
 * WAL mode and other processes read it.
 */
const producerLockFile = (dir: string): string => join(dir, "producer.lock.db");

/** Takes the lock and keeps it until the connection is closed. Throws DatabaseError (busy, unwritable, foreign). */
export function lockDirectory(dir: string, hold: Hold): Sqlite {
  return taken(lockFile(dir), hold, (db) => refusal(dir, hold, holderOf(db)));
}

/** The lock for as long as the scope lives. */
export const directoryLock = (dir: string, hold: Hold): Effect.Effect<void, DatabaseError, Scope.Scope> =>
  kept(lockFile(dir), () => lockDirectory(dir, hold));

/** The lock of DIR's producer, for as long as the scope lives. Fails where another producer has it. */
export const producerLock = (dir: string): Effect.Effect<void, DatabaseError, Scope.Scope> =>
  kept(producerLockFile(dir), () =>
    taken(
      producerLockFile(dir),
      "exclusive",
      () => `another producer works in ${dir}: give this one a directory of its own with --data`,
    ),
  );

/** The lock of the process that notifies for DIR, for as long as the scope lives. Fails where another one has it. */
export const notifierLock = (dir: string): Effect.Effect<void, DatabaseError, Scope.Scope> =>
  kept(join(dir, "notifier.lock.db"), () =>
    taken(join(dir, "notifier.lock.db"), "exclusive", () => `another process notifies for ${dir}`),
  );

/** The lock of a rebuild of DIR/ventes.db, for as long as the scope lives. Fails where another rebuild has it. */
export const rebuildLock = (dir: string): Effect.Effect<void, DatabaseError, Scope.Scope> => {
  const file = join(dir, "rebuild.lock.db");
  return kept(file, () =>
    taken(file, "exclusive", () => `another rebuild works in ${dir}: wait for its end, or stop it`),
  );
};

/**
 * Removes a lock file that other users could read until now: they may still have the old file open, but a lock on it
 * holds nothing from here on, and the next lock creates a new file. Keeps it where a process of this user holds it, or
 * where it is unknown who does.
 */
export function renewLock(file: string): void {
  const db = open(file);
  try {
    take(db, "exclusive");
    rmSync(file);
  } catch (error) {
    if (!isBusy(error)) throw explain(file, error);
    if (isHeldByOthersOnly(file)) rmSync(file);
  } finally {
    db.close();
  }
}

/** Whether all holders that /proc/locks shows are processes of other users; false where it shows none. */
function isHeldByOthersOnly(file: string): boolean {
  try {
    const { dev, ino } = statSync(file);
    const hex = (n: number): string => n.toString(16).padStart(2, "0");
    const place = `${hex((dev >> 8) & 0xfff)}:${hex((dev & 0xff) | ((dev >> 12) & 0xfff00))}:${ino}`;
    const holders = readFileSync("/proc/locks", "utf8")
      .split("\n")
      .map((line) => line.split(/\s+/))
      .filter((words) => words.includes(place) && words[1] === "POSIX")
      .map((words) => statSync(`/proc/${words[4]}`).uid);
    return holders.length > 0 && !holders.includes(process.geteuid?.() ?? 0);
  } catch {
    return false;
  }
}

function taken(file: string, hold: Hold, whenBusy: (db: Sqlite) => string): Sqlite {
  for (;;) {
    const before = nodeOf(file);
    const db = open(file);
    try {
      take(db, hold);
    } catch (error) {
      const message = isBusy(error) ? whenBusy(db) : null;
      db.close();
      if (message === null) throw explain(file, error);
      throw new DatabaseError({ file, reason: "busy", message });
    }
    // If the file was replaced before the lock was taken, others would lock the new one: take that.
    if (before === undefined || nodeOf(file) === before) return db;
    db.close();
  }
}

/** lstat: of a link, the link itself; undefined where there is no file. Throws DatabaseError. */
function statsOf(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw explain(file, error);
  }
}

/** Device and inode of a file; undefined where there is none. */
function nodeOf(file: string): string | undefined {
  const found = statsOf(file);
  return found === undefined ? undefined : `${found.dev}/${found.ino}`;
}

/** Throws DatabaseError (foreign) for a lock file that another user may hold, or that is a link to another file. */
function assertOurs(file: string): void {
  const found = statsOf(file);
  if (found === undefined) return;
  const uid = process.geteuid?.() ?? found.uid;
  const what = found.isSymbolicLink()
    ? "is a symbolic link"
    : found.uid !== uid
      ? `belongs to another user (uid ${found.uid})`
      : undefined;
  if (what === undefined) return;
  const message = `${file} ${what}, so others could hold this lock: remove it, or choose another directory with --data`;
  throw new DatabaseError({ file, reason: "foreign", message });
}

const kept = (file: string, lock: () => Sqlite): Effect.Effect<void, DatabaseError, Scope.Scope> =>
  Effect.acquireRelease(onFile(file, lock), (db) => Effect.sync(() => db.close())).pipe(Effect.asVoid);

/** Which processes hold the directory's lock now. Creates no file. */
export function heldBy(dir: string): "start" | "components" | "nobody" {
  if (nodeOf(lockFile(dir)) === undefined) return "nobody";
  const db = open(lockFile(dir));
  try {
    take(db, "exclusive");
    return "nobody";
  } catch (error) {
    if (!isBusy(error)) throw explain(lockFile(dir), error);
    return holderOf(db);
  } finally {
    db.close();
  }
}

const OURS_ALONE = 0o600;

function open(file: string): Sqlite {
  assertOurs(file);
  const isNew = nodeOf(file) === undefined;
  const db = openPlain(file);
  try {
    if (isNew) chmodSync(file, OURS_ALONE);
    // A file that another program left in WAL mode would not lock readers out.
    db.pragma("journal_mode = DELETE");
    return db;
  } catch (error) {
    // Busy means that another process holds it exclusively: so it is in rollback-journal mode already.
    if (isBusy(error)) return db;
    db.close();
    throw explain(file, error);
  }
}

function take(db: Sqlite, hold: Hold): void {
  if (hold === "exclusive") {
    db.exec("BEGIN EXCLUSIVE");
    return;
  }
  db.exec("BEGIN");
  try {
    // The read takes the shared lock; the open transaction keeps it.
    db.prepare("SELECT COUNT(*) FROM sqlite_schema").get();
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

/** A shared lock that can be taken means components; only a start keeps readers out. */
function holderOf(db: Sqlite): "start" | "components" {
  try {
    take(db, "shared");
    return "components";
  } catch {
    return "start";
  }
}

const refusal = (dir: string, hold: Hold, holder: "start" | "components"): string =>
  holder === "start"
    ? `another 'ventes start' works in ${dir}: stop it, or name another directory with --data`
    : hold === "exclusive"
      ? `a producer, consumer or analyzer works in ${dir}: stop it, or name another directory with --data`
      : `${dir} is busy: try again`;
