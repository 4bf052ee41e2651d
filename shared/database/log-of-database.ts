/** What DIR/ventes.db says of the topics that filled it. */
import { DatabaseError, type Sqlite } from "./sqlite.ts";
import { openVentesReader } from "./ventes-db.ts";

/** The identity of the log that filled the database; undefined: none has yet. */
export const logOf = (db: Sqlite): string | undefined =>
  db.prepare("SELECT value FROM meta WHERE key = 'log'").pluck().get() as string | undefined;

/** As `logOf`, of DIR/ventes.db, or undefined when there is none. Throws DatabaseError. */
export function logOfDirectory(dir: string): string | undefined {
  let db: Sqlite;
  try {
    db = openVentesReader(dir);
  } catch (error) {
    if (error instanceof DatabaseError && error.reason === "missing") return undefined;
    throw error;
  }
  try {
    return logOf(db);
  } finally {
    db.close();
  }
}

/** A partition whose first events were gone before the database read them. */
export interface MissedEvents {
  /** `topic/number`, for people. */
  readonly place: string;
  /** How many offsets. */
  readonly events: number;
}

/** What the database has missed, by partition. Empty for a database that is whole. */
export const missedEvents = (db: Sqlite): readonly MissedEvents[] =>
  db
    .prepare(`
      SELECT substr(key, length('${MISSED}') + 1) AS place, CAST(value AS INTEGER) AS events
      FROM meta WHERE key LIKE '${MISSED}%' ORDER BY key`)
    .all() as MissedEvents[];

/** How many offsets the database has missed in all partitions. */
export const missedCount = (db: Sqlite): number =>
  missedEvents(db).reduce((sum, { events }) => sum + events, 0);

/** Adds to what the database has missed of a partition. */
export const addMissed = (db: Sqlite, { place, events }: MissedEvents): void => {
  db.prepare(`
    INSERT INTO meta VALUES (?, CAST(CAST(? AS INTEGER) AS TEXT))
    ON CONFLICT DO UPDATE SET value = CAST(value + excluded.value AS TEXT)`).run(`${MISSED}${place}`, events);
};

const MISSED = "missed ";
