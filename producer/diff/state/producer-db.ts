/**
 * DIR/producer.db: the producer's state, a cache of the topics. If the file is missing, or has another schema or another
 * log identity, the producer creates a new one. It then takes its sources over, which reads the topics back.
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseError, type FileKind, openFile, openScratch, type Sqlite } from "#shared/database/sqlite.ts";

export const PRODUCER_DB: FileKind = {
  applicationId: 0x56505244, // "VPRD"
  // The last migration drops the tables of those before it, so they are empty.
  migrations: ["", "", "", "", "", readFileSync(join(import.meta.dirname, "006_state.sql"), "utf8")],
  // A power cut may undo the last transactions, each as a whole and the latest first. `pending` is written before its
  // announcement is sent. If it is lost, the log has an announcement that the state does not know, and the next poll
  // takes the source over as well.
  synchronous: "NORMAL",
};

export const producerFile = (dir: string): string => join(dir, "producer.db");

/** Throws DatabaseError when the directory cannot be written or the file belongs to another program. */
export function openProducer(dir: string, logIdentity: string): Sqlite {
  const file = producerFile(dir);
  try {
    return openOf(file, logIdentity);
  } catch (error) {
    if (!(error instanceof OtherLog || (error instanceof DatabaseError && error.reason === "newer")))
      throw error;
    drop(file);
    return openOf(file, logIdentity);
  }
}

/** The file is a state of another log. */
class OtherLog extends Error {}

/** Opens the file; a new one belongs to this log from then on. Throws OtherLog. */
const openOf = (file: string, logIdentity: string): Sqlite =>
  openFile(file, PRODUCER_DB, (db) => {
    db.prepare("INSERT INTO meta VALUES ('log', ?) ON CONFLICT DO NOTHING").run(logIdentity);
    const identity = db.prepare("SELECT value FROM meta WHERE name = 'log'").pluck().get();
    if (identity !== logIdentity) throw new OtherLog();
  });

function drop(file: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(file + end, { force: true });
}

/** The same tables in a temporary file that SQLite deletes with the connection. */
export function openScratchState(): Sqlite {
  const db = openScratch();
  for (const sql of PRODUCER_DB.migrations) db.exec(sql);
  return db;
}
