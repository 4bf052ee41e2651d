/** DIR/ventes.db: the rows, the analyses, and the tables for exactly-once delivery. Its schema: migrations/*.sql. */
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
  // A power cut may undo whole commits, with their positions; the consumer then reads the events again.
  synchronous: "NORMAL",
};

export const ventesFile = (dir: string): string => join(dir, "ventes.db");

/** Opens DIR/ventes.db for writing. Creates it if it is missing, with a random id of its own. Throws DatabaseError. */
export function openVentes(dir: string): Sqlite {
  const db = openFile(ventesFile(dir), VENTES_DB);
  db.prepare("INSERT INTO meta VALUES ('database', ?) ON CONFLICT DO NOTHING").run(randomUUID());
  return db;
}

/** Opens DIR/ventes.db read-only. Throws DatabaseError when it is missing, foreign or newer. */
export const openVentesReader = (dir: string): Sqlite => openReader(ventesFile(dir), VENTES_DB);

/** The random id of the database: part of the name of its consumer group, and the key of its commit events. */
export const databaseId = (db: Sqlite): string =>
  (db.prepare("SELECT value FROM meta WHERE key = 'database'").get() as { value: string }).value;
