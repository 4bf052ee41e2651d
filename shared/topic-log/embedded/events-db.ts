/**
 * DIR/events.db and its statements. The layer's own connection is synchronous FULL: what it has published
 * survives a power cut. Group membership goes through a second one that is NORMAL: a heartbeat is not worth a
 * sync, and the next publish makes it durable with its own.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FileKind, openFile, type Sqlite } from "../../database/sqlite.ts";

export const EVENTS_DB: FileKind = {
  applicationId: 0x564e4556, // "VNEV"
  migrations: [readFileSync(join(import.meta.dirname, "001_events.sql"), "utf8")],
  synchronous: "FULL",
};

export const eventsFile = (dir: string): string => join(dir, "events.db");

/** Both are opened without waiting inside SQLite: SQLITE_BUSY is retried by our schedule, outside it. */
export function openEvents(dir: string): Sqlite {
  const db = openFile(eventsFile(dir), EVENTS_DB);
  db.pragma("busy_timeout = 0");
  return db;
}

export function openMembership(dir: string): Sqlite {
  const db = openFile(eventsFile(dir), { ...EVENTS_DB, synchronous: "NORMAL" });
  db.pragma("busy_timeout = 0");
  return db;
}

/** Changes whenever another connection has written, in this process or another. */
export const dataVersion = (db: Sqlite): number => db.pragma("data_version", { simple: true }) as number;
