/** DIR/ventes.db: the rows, the analyses, and the tables for exactly-once delivery. Its schema: migrations/*.sql. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { newId } from "../runtime/time.ts";
import { onFileWhenFree, readerOf } from "./attempt.ts";
import { giveId } from "./place.ts";
import { type DatabaseError, type FileKind, openFile, openReader, type Sqlite } from "./sqlite.ts";

const folder = join(import.meta.dirname, "migrations");

/** Numbered SQL files, in order. */
export const ventesMigrations: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith(".sql"))
  .sort()
  .map((name) => readFileSync(join(folder, name), "utf8"));

/** The kind of file that ventes.db is. SQLite files of another kind, or of a newer version, are refused. */
export const VENTES_DB: FileKind = {
  applicationId: 0x564e5445, // "VNTE"
  migrations: ventesMigrations,
  // A power cut may undo whole commits, with their positions; the consumer then reads the events again.
  synchronous: "NORMAL",
};

/** The path of the database in a data directory. */
export const ventesFile = (dir: string): string => join(dir, "ventes.db");

/**
 * Opens DIR/ventes.db for writing. Creates it if it is missing. `id` is the databaseId of a new one, and of a copy.
 * Throws DatabaseError.
 */
export function openVentes(dir: string, id: string): Sqlite {
  const file = ventesFile(dir);
  return openFile(file, VENTES_DB, (db) => giveId(db, file, id));
}

/**
 * DIR/ventes.db, open for writing until the scope closes. Creates it if it is missing, with an id of its own. Waits while
 * another process is in its transaction.
 */
export const ventesOf = (dir: string): Effect.Effect<Sqlite, DatabaseError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.flatMap(newId, (id) => onFileWhenFree(ventesFile(dir), () => openVentes(dir, id))),
    (db) => Effect.sync(() => db.close()),
  );

/** Opens DIR/ventes.db read-only. Throws DatabaseError when it is missing, foreign or newer. */
export const openVentesReader = (dir: string): Sqlite => openReader(ventesFile(dir), VENTES_DB);

/** DIR/ventes.db, open read-only until the scope closes. */
export const ventesReaderOf = (dir: string): Effect.Effect<Sqlite, DatabaseError, Scope.Scope> =>
  readerOf(ventesFile(dir), VENTES_DB);

/**
 * The random id of the database, another one in each copy: part of the name of its consumer group, and the key of its
 * commit events.
 */
export const databaseId = (db: Sqlite): string =>
  (db.prepare("SELECT value FROM meta WHERE key = 'database'").get() as { value: string }).value;
