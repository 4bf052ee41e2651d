/**
 * DIR/producer.db: the producer's state, a cache of the topics. A file of another schema, of another log, or none
 * is made anew: the sources are then taken over, which reads the topics back.
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseError, type FileKind, openFile, openScratch, type Sqlite } from "#shared/database/sqlite.ts";

export const PRODUCER_DB: FileKind = {
  applicationId: 0x56505244, // "VPRD"
  // The first schema is not made any more: the second drops it.
  migrations: ["", readFileSync(join(import.meta.dirname, "002_state.sql"), "utf8")],
  // A power cut undoes the last transactions, whole and in order: `pending` comes before the announcement that it
  // is about, so either it is there or the log has an announcement that this state does not know.
  synchronous: "NORMAL",
};

export const producerFile = (dir: string): string => join(dir, "producer.db");

/** Throws DatabaseError when the directory cannot be written or the file is another program's. */
export function openProducer(dir: string, logIdentity: string): Sqlite {
  const file = producerFile(dir);
  let db = openOrDrop(file);
  const identity = () =>
    db.prepare("SELECT value FROM meta WHERE name = 'log'").pluck().get() as string | undefined;
  if (identity() !== logIdentity) {
    if (identity() !== undefined) {
      db.close();
      drop(file);
      db = openFile(file, PRODUCER_DB);
    }
    db.prepare("INSERT INTO meta VALUES ('log', ?)").run(logIdentity);
  }
  return db;
}

function openOrDrop(file: string): Sqlite {
  try {
    return openFile(file, PRODUCER_DB);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.reason !== "newer") throw error;
    drop(file);
    return openFile(file, PRODUCER_DB);
  }
}

function drop(file: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(file + end, { force: true });
}

/** The same tables in a private file that goes with the connection. */
export function openScratchState(): Sqlite {
  const db = openScratch();
  for (const sql of PRODUCER_DB.migrations) db.exec(sql);
  return db;
}
