/**
 * Who may work in a data directory at the same time (contract). DIR/lock.db is a SQLite file in rollback-journal
 * mode whose own file locks are the locks: `start` holds it exclusively; producer, consumer and analyzer hold it
 * shared, so that none runs beside a start. SQLite takes them from the kernel: they are free again after kill -9,
 * and there is no pid file. (In WAL an exclusive lock would keep no reader out.) Other commands take none.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { onFile } from "#shared/database/attempt.ts";
import { DatabaseError, explain, isBusy, openPlain, type Sqlite } from "#shared/database/sqlite.ts";

export type Hold = "exclusive" | "shared";

const lockFile = (dir: string): string => join(dir, "lock.db");

/**
 * A producer's own: two may not share producer.db. A file beside it, for producer.db is in WAL and read by others.
 */
const producerLockFile = (dir: string): string => join(dir, "producer.lock.db");

/** Takes the lock and keeps it until the connection is closed. Throws DatabaseError (busy, unwritable, foreign). */
export function lockDirectory(dir: string, hold: Hold): Sqlite {
  const db = open(lockFile(dir));
  try {
    take(db, hold);
    return db;
  } catch (error) {
    const holder = isBusy(error) ? holderOf(db) : null;
    db.close();
    if (holder === null) throw explain(lockFile(dir), error);
    throw new DatabaseError({ file: lockFile(dir), reason: "busy", message: refusal(dir, hold, holder) });
  }
}

/** The lock for as long as the scope lives. */
export const directoryLock = (dir: string, hold: Hold): Effect.Effect<void, DatabaseError, Scope.Scope> =>
  kept(lockFile(dir), () => lockDirectory(dir, hold));

/** DIR's producer, for as long as the scope lives: a second one has its own directory. */
export const producerLock = (dir: string): Effect.Effect<void, DatabaseError, Scope.Scope> => {
  const file = producerLockFile(dir);
  return kept(file, () => {
    const db = open(file);
    try {
      take(db, "exclusive");
      return db;
    } catch (error) {
      db.close();
      if (!isBusy(error)) throw explain(file, error);
      const message = `another producer works in ${dir}: give this one a directory of its own with --data`;
      throw new DatabaseError({ file, reason: "busy", message });
    }
  });
};

const kept = (file: string, lock: () => Sqlite): Effect.Effect<void, DatabaseError, Scope.Scope> =>
  Effect.acquireRelease(onFile(file, lock), (db) => Effect.sync(() => db.close())).pipe(Effect.asVoid);

/** Who holds the directory now, for `status`. Creates nothing. */
export function heldBy(dir: string): "start" | "components" | "nobody" {
  if (!existsSync(lockFile(dir))) return "nobody";
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

function open(file: string): Sqlite {
  const db = openPlain(file);
  try {
    // What another program left in WAL would not be a lock.
    db.pragma("journal_mode = DELETE");
    return db;
  } catch (error) {
    // Held exclusively: in rollback-journal mode already.
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

/** Only a start keeps readers out. */
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
