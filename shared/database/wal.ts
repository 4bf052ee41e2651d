/**
 * Finds the processes that make the WAL of a database grow. A reader sees the database as of the moment at which it began.
 * As long as it reads, SQLite may not overwrite later commits in the WAL, which grows with each of them. Our own readers
 * have limits (guarded-sql, streams of the page). Other programs have none, so `status` names them.
 *
 * Each reader holds a lock on one of five bytes of `-shm`, the file beside the WAL. That file also tells which state a
 * reader with this byte sees. Linux lists in /proc/locks the process of each lock; on other systems, and from another
 * container, the readers stay unknown.
 */
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { SETTLED_WAL_BYTES } from "./sqlite.ts";

export interface HeldWal {
  readonly file: string;
  readonly bytes: number;
  /** Who reads the oldest state; empty when that cannot be known. */
  readonly readers: readonly Reader[];
}
export interface Reader {
  readonly pid: number;
  /** The name of its program; empty when the process has just ended. */
  readonly program: string;
}

/** SQLite cuts a WAL that it may use again to SETTLED_WAL_BYTES: a much larger one is in use, by a reader or a writer. */
const LARGE = 4 * SETTLED_WAL_BYTES;

/** The layout of the wal-index, which SQLite documents (walformat.html): of its locks, and of the states that they stand for. */
const FIRST_READ_LOCK = 123;
const READ_LOCKS = 5;
const READ_MARKS_AT = 100;
const MARK_BYTES = 4;

/**
 * Undefined while the WAL of `file` is not large. Call it where this process has no connection to `file`: it reads `-shm`, and
 * closing that file would drop the locks of the connection.
 */
export function heldWal(file: string): HeldWal | undefined {
  const wal = `${file}-wal`;
  const bytes = statSync(wal, { throwIfNoEntry: false })?.size ?? 0;
  return bytes > LARGE ? { file: wal, bytes, readers: oldestReaders(`${file}-shm`) } : undefined;
}

function oldestReaders(shm: string): Reader[] {
  const inode = statSync(shm, { throwIfNoEntry: false })?.ino;
  if (inode === undefined) return [];
  const locks = textOf("/proc/locks");
  const index = bytesOf(shm);
  const held = [...locks.matchAll(/POSIX +ADVISORY +READ +(\d+) \w+:\w+:(\d+) (\d+) (\d+)$/gm)]
    .map(([, pid, of, from, to]) => ({
      pid: Number(pid),
      of: Number(of),
      from: Number(from),
      to: Number(to),
    }))
    .filter(({ pid, of, from }) => of === inode && pid !== process.pid && from >= FIRST_READ_LOCK)
    .filter(({ to }) => to < FIRST_READ_LOCK + READ_LOCKS)
    .map(({ pid, from }) => ({ pid, mark: readMark(index, from - FIRST_READ_LOCK) }));
  const oldest = Math.min(...held.map(({ mark }) => mark));
  const pids = new Set(held.filter(({ mark }) => mark === oldest).map(({ pid }) => pid));
  return [...pids].map((pid) => ({ pid, program: programOf(pid) }));
}

/**
 * The frame of the WAL up to which readers with this lock read. It is 0 for the first lock: its readers began when the
 * database had all of the WAL, and nothing may be copied into the database before they end. 0 also when `index`, the bytes
 * of `-shm`, could not be read: the file has just been deleted.
 */
function readMark(index: Buffer | undefined, lock: number): number {
  const at = READ_MARKS_AT + lock * MARK_BYTES;
  const bytes = index?.subarray(at, at + MARK_BYTES);
  // In the order of the machine; every one that ventes runs on is little-endian.
  return bytes?.length === MARK_BYTES ? bytes.readUInt32LE() : 0;
}

/** Its first word alone: arguments may be secret. */
const programOf = (pid: number): string => basename(textOf(`/proc/${pid}/cmdline`).split("\0", 1)[0] ?? "");

/** Undefined where it cannot be read: a process has ended, a file was deleted, or there is no /proc. */
const bytesOf = (file: string): Buffer | undefined => {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
};
const textOf = (file: string): string => bytesOf(file)?.toString() ?? "";
