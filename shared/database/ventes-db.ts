/** DIR/ventes.db: the rows, the analyses, and what makes them exactly once. Its schema: migrations/*.sql. */
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type FileKind, openFile, openReader, type Sqlite } from "./sqlite.ts";

const folder = join(import.meta.dirname, "migrations");

/** Numbered SQL files, in order. */
export const ventesMigrations: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith(".sql"))
  .sort()
  .map((name) => readFileSync(join(folder, name), "utf8"));

export const VENTES_DB: FileKind = {
  applicationId: 0x564e5445, // "VNTE"
  migrations: ventesMigrations,
  // A power cut undoes whole commits with their positions; the events are read again.
  synchronous: "NORMAL",
};

export const ventesFile = (dir: string): string => join(dir, "ventes.db");

/** Opens DIR/ventes.db for writing, creating it with its own random id. Throws DatabaseError. */
export function openVentes(dir: string): Sqlite {
  const db = openFile(ventesFile(dir), VENTES_DB);
  db.prepare("INSERT INTO meta VALUES ('database', ?) ON CONFLICT DO NOTHING").run(randomUUID());
  return db;
}

/** Opens DIR/ventes.db for reading. Throws DatabaseError (missing, foreign, newer). */
export const openVentesReader = (dir: string): Sqlite => openReader(ventesFile(dir), VENTES_DB);

/** The database's random id: part of its consumers' group, and the key of its commit events. */
export const databaseId = (db: Sqlite): string =>
  (db.prepare("SELECT value FROM meta WHERE key = 'database'").get() as { value: string }).value;
