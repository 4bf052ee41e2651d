/**
 * DIR/events.db: its kind, its schema (001_events.sql) and its connections. The layer's own connection is synchronous
 * FULL: published records survive a power cut. Group membership uses a second connection that is NORMAL: a heartbeat
 * is not worth a sync, and the sync of the next publish makes it durable too.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FileKind, openFile, type Sqlite } from "../../database/sqlite.ts";
import type { Bounds } from "../topic-log.ts";

export const EVENTS_DB: FileKind = {
  applicationId: 0x564e4556, // "VNEV"
  migrations: [readFileSync(join(import.meta.dirname, "001_events.sql"), "utf8")],
  synchronous: "FULL",
};

export const eventsFile = (dir: string): string => join(dir, "events.db");

/**
 * The connection that publishes and reads. SQLite does not wait inside it: it throws SQLITE_BUSY at once, and the
 * schedule `busy` tries again without blocking the event loop. The same holds for openMembership.
 */
export function openEvents(dir: string): Sqlite {
  const db = openFile(eventsFile(dir), EVENTS_DB);
  db.pragma("busy_timeout = 0");
  return db;
}

/** The connection of group members. */
export function openMembership(dir: string): Sqlite {
  const db = openFile(eventsFile(dir), { ...EVENTS_DB, synchronous: "NORMAL" });
  db.pragma("busy_timeout = 0");
  return db;
}

/** A number that changes each time another connection has written, in this process or another. */
export const dataVersion = (db: Sqlite): number => db.pragma("data_version", { simple: true }) as number;

/** The partitions of the log `identity` and where they begin and end; undefined: the file has no such log. */
export function boundsIn(db: Sqlite, identity: string): readonly Bounds[] | undefined {
  const namespace = db.prepare("SELECT namespace FROM logs WHERE identity = ?").pluck().get(identity);
  if (namespace === undefined) return undefined;
  return db
    .prepare(`
      SELECT substr(name, length(@prefix) + 1) AS topic, partition, start_offset AS start, end_offset AS end
      FROM partitions JOIN topics USING (topic) WHERE substr(name, 1, length(@prefix)) = @prefix`)
    .all({ prefix: `${namespace}.` }) as Bounds[];
}
