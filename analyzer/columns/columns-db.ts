/** DIR/columns.db: a cache of ventes.db in columns (001_columns.sql). A file of another schema is rebuilt. */
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { naming } from "#shared/database/attempt.ts";
import { DatabaseError, type FileKind, openFile, openReader, type Sqlite } from "#shared/database/sqlite.ts";

const COLUMNS_DB: FileKind = {
  applicationId: 0x56434f4c, // "VCOL"
  migrations: [readFileSync(join(import.meta.dirname, "001_columns.sql"), "utf8")],
  // A power cut may undo the last commits. The chunks are then behind ventes.db, and are made again.
  synchronous: "NORMAL",
};

/** The path of the file in a data directory. */
export const columnsFile = (dir: string): string => join(dir, "columns.db");

/** Opens the file beside a ventes.db, and creates it if it is missing. All its errors are DatabaseErrors. */
export const openColumnsBeside = (ventesFile: string): Sqlite =>
  naming(openOrRenew(columnsFile(dirname(ventesFile))));

function openOrRenew(file: string): Sqlite {
  try {
    return openFile(file, COLUMNS_DB);
  } catch (error) {
    if (!(error instanceof DatabaseError) || !["newer", "foreign"].includes(error.reason)) throw error;
    for (const end of ["", "-wal", "-shm"]) rmSync(file + end, { force: true });
    return openFile(file, COLUMNS_DB);
  }
}

/** Opens the file read-only. Throws DatabaseError when it is missing or cannot be read. */
export const openColumnsReader = (dir: string): Sqlite => openReader(columnsFile(dir), COLUMNS_DB);
