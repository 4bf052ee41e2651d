/**
 * Remembers that an audit found the analyses right, so that the next start need not audit a file that nobody has
 * written since. DIR/audited.json names the state of DIR/ventes.db by device, inode, length and times to the
 * nanosecond. Every write ends the state: it stays in the WAL, which must be empty, or reaches the file and changes its
 * ctime, which no program can set. A restored copy has another inode or ctime.
 */
import { createHash } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { Analysis } from "../analyses/analyses.ts";

/** Longer than a tick of the clock that dates files: a write after this time gives a file another ctime. */
export const SETTLE_MS = 25;

const SECOND_NS = 1_000_000_000n;

const stampFile = (file: string): string => join(dirname(file), "audited.json");

/**
 * The state of the database file and the analyses that it was audited for, as one text. Undefined when the state
 * cannot be told: the WAL is not empty, or the file system dates in whole seconds.
 */
function stateOf(file: string, analyses: readonly Analysis[]): string | undefined {
  const wal = statSync(`${file}-wal`, { throwIfNoEntry: false });
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (found === undefined || (wal?.size ?? 0) > 0 || found.ctimeNs % SECOND_NS === 0n) return undefined;
  const { dev, ino, size, mtimeNs, ctimeNs } = found;
  const sql = createHash("sha256").update(JSON.stringify(analyses)).digest("hex");
  return JSON.stringify({ file: [dev, ino, size, mtimeNs, ctimeNs].map(String), analyses: sql });
}

/** Whether an audit found these analyses right, and nobody has written the file since. */
export function isStamped(file: string, analyses: readonly Analysis[]): boolean {
  const state = stateOf(file, analyses);
  if (state === undefined) return false;
  try {
    return readFileSync(stampFile(file), "utf8") === state;
  } catch {
    return false;
  }
}

/** What has been written to a file, by this connection and by all others. */
export interface Writes {
  readonly own: unknown;
  readonly others: unknown;
}

export const writesOf = (db: Sqlite): Writes => ({
  own: db.prepare("SELECT total_changes()").pluck().get(),
  others: db.pragma("data_version", { simple: true }),
});

const isWrittenSince = (db: Sqlite, before: Writes): boolean => {
  const now = writesOf(db);
  return now.own !== before.own || now.others !== before.others;
};

/**
 * Moves the WAL into the file, so that the file alone is the state. False: it was written since `before`, or is in use.
 */
export function settleFile(db: Sqlite, before: Writes): boolean {
  if (isWrittenSince(db, before)) return false;
  const [{ busy }] = db.pragma("wal_checkpoint(TRUNCATE)") as [{ busy: number }];
  return busy === 0;
}

/**
 * Stamps the file, unless it was written since `before`, which was read when the audit began. Call it SETTLE_MS after
 * `settleFile`. Without a stamp, also where none can be written, the next start audits.
 */
export function stamp(db: Sqlite, analyses: readonly Analysis[], before: Writes): void {
  const state = stateOf(db.name, analyses);
  if (state === undefined || isWrittenSince(db, before)) return;
  try {
    writeFileSync(stampFile(db.name), state);
  } catch {
    // The directory is full or cannot be written.
  }
}
