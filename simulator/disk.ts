/**
 * The disk under one SQLite file in WAL mode, as a power cut may leave it.
 *
 * What is modelled. Written is not durable: only what was synced is. SQLite syncs the WAL at each commit
 * (synchronous=FULL), its header whenever it restarts, and before a checkpoint copies pages out of it; the main
 * file at the end of a checkpoint (FULL and NORMAL). So a power cut leaves of the WAL everything up to its last sync,
 * and of what was written after it any part: cut at any byte, any subset of its 512-byte sectors, a torn sector,
 * garbage in it; beneath lies what the file held before the WAL restarted. In a checkpoint the WAL is whole, and of
 * the pages of the main file any subset is old. The shared-memory file is gone. SQLite then takes the frames with a
 * valid checksum up to the last commit.
 *
 * Checkpoints run only when the simulation says so (wal_autocheckpoint is 0, and a connection of the simulation keeps
 * the last one from checkpointing as it closes): as SQLite runs them by itself after a commit, but known in time.
 *
 * Not modelled: frames of a transaction that outgrew the page cache, media errors, a disk that lies about syncs, a
 * file system that loses names.
 */
import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from "node:fs";
import { openPlain, type Sqlite } from "#shared/database/sqlite.ts";
import type { Random } from "../consumer/testing/random-history.ts";

const WAL_HEADER = 32;
const FRAME_HEADER = 24;
const SECTOR = 512;
const EMPTY = Buffer.alloc(0);

export type Synchronous = "FULL" | "NORMAL";

/** How much of the WAL counts, by the wal-index: its salt names the generation. */
interface WalState {
  readonly salt: string;
  readonly frames: number;
}

const NO_WAL: WalState = { salt: "", frames: 0 };

export interface CutReport {
  /** Frames written after the last sync, and how many of them were left whole, torn, gone. */
  readonly unsynced: number;
  readonly tornFrames: number;
  /** Pages of the main file that a checkpoint had written and the cut took back. */
  readonly oldPages: number;
}

export class Disk {
  readonly file: string;
  readonly synchronous: Synchronous;
  /** Keeps the file open, so that nobody else's close is the last one. */
  #guard: Sqlite | undefined;
  #synced: WalState = NO_WAL;
  /** The bytes of the WAL as the last checkpoint found them: what lies under what was written since. */
  #beneath: Buffer = EMPTY;
  #pageSize = 4096;

  constructor(file: string, synchronous: Synchronous) {
    this.file = file;
    this.synchronous = synchronous;
  }

  get guard(): Sqlite {
    if (this.#guard === undefined) {
      this.#guard = openPlain(this.file);
      this.#guard.pragma("wal_autocheckpoint = 0");
      this.#pageSize = this.#guard.pragma("page_size", { simple: true }) as number;
      // In WAL mode a file is only opened by its first read.
      this.#guard.prepare("SELECT COUNT(*) FROM sqlite_schema").get();
    }
    return this.#guard;
  }

  closeGuard(): void {
    this.#guard?.close();
    this.#guard = undefined;
  }

  /** After any commit. */
  committed(): void {
    if (this.synchronous === "FULL") this.#synced = this.#walState();
  }

  /** As SQLite does it after a commit. Returns what a power cut in the middle of it needs. */
  checkpoint(mode: "PASSIVE" | "RESTART" = "PASSIVE"): () => Snapshot {
    const { guard } = this;
    const main = readFileSync(this.file);
    const wal = this.#walBytes();
    this.#synced = this.#walState();
    guard.pragma(`wal_checkpoint(${mode})`);
    this.#beneath = wal;
    const after = readFileSync(this.file);
    return () => ({ main: { before: main, after }, wal: { bytes: wal, synced: wal.length }, beneath: EMPTY });
  }

  /** What is written now, and what of it is durable. */
  snapshot(): Snapshot {
    const main = readFileSync(this.file);
    const bytes = this.#walBytes();
    const state = this.#walState();
    const salt = saltOf(bytes);
    const frame = FRAME_HEADER + this.#pageSize;
    const whole = Math.min(bytes.length, WAL_HEADER + state.frames * frame);
    const synced = salt === this.#synced.salt ? WAL_HEADER + this.#synced.frames * frame : WAL_HEADER;
    return {
      main: { before: main, after: main },
      // Beyond the frames that count lie older bytes: they are beneath.
      wal: { bytes: bytes.subarray(0, whole), synced: Math.min(synced, whole) },
      beneath: this.#beneath,
    };
  }

  /** The power is cut: the files are left as they may be found, and everything must be opened again. */
  cut(snapshot: Snapshot, random: Random): CutReport {
    this.closeGuard();
    const { main, wal, beneath } = snapshot;
    const page = this.#pageSize;
    const left = tear(wal.bytes, wal.synced, beneath, random);
    let oldPages = 0;
    let file = main.after;
    if (!main.after.equals(main.before)) {
      // The file has any size that it had on the way, and any of its pages.
      const size =
        main.after.length > main.before.length && random.chance(0.5) ? main.before.length : main.after.length;
      file = Buffer.from(main.after.subarray(0, size));
      for (let at = 0; at < file.length; at += page) {
        if (random.chance(0.5)) continue;
        const old = main.before.subarray(at, at + page);
        if (old.equals(file.subarray(at, at + page))) continue;
        file.fill(0, at, at + page);
        old.copy(file, at);
        oldPages++;
      }
    }
    for (const end of ["-wal", "-shm"]) rmSync(this.file + end, { force: true });
    writeFileSync(this.file, file);
    writeFileSync(`${this.file}-wal`, left.bytes);
    const frame = FRAME_HEADER + page;
    return {
      unsynced: Math.ceil((wal.bytes.length - wal.synced) / frame),
      tornFrames: left.torn(frame),
      oldPages,
    };
  }

  /** After a power cut, once opened again: what was read from the disk is on it. */
  recovered(): void {
    this.guard;
    this.#synced = this.#walState();
    this.#beneath = this.#walBytes();
  }

  /** The file is new. */
  forget(): void {
    this.#synced = NO_WAL;
    this.#beneath = EMPTY;
  }

  #walBytes(): Buffer {
    const wal = `${this.file}-wal`;
    return existsSync(wal) ? readFileSync(wal) : EMPTY;
  }

  #walState(): WalState {
    const shm = `${this.file}-shm`;
    if (!existsSync(shm)) return NO_WAL;
    const header = Buffer.alloc(48);
    const handle = openSync(shm, "r");
    try {
      readSync(handle, header, 0, 48, 0);
    } finally {
      closeSync(handle);
    }
    // WalIndexHdr: mxFrame at 16 (native order), aSalt at 32 (as in the file).
    return { frames: header.readUInt32LE(16), salt: header.toString("hex", 32, 40) };
  }
}

const saltOf = (wal: Buffer): string => (wal.length < WAL_HEADER ? "" : wal.toString("hex", 16, 24));

export interface Snapshot {
  readonly main: { readonly before: Buffer; readonly after: Buffer };
  readonly wal: { readonly bytes: Buffer; readonly synced: number };
  readonly beneath: Buffer;
}

/** Any state in which a file may be found whose bytes after `synced` were written and not synced. */
export function tear(
  bytes: Buffer,
  synced: number,
  beneath: Buffer,
  random: Random,
): { readonly bytes: Buffer; readonly torn: (frame: number) => number } {
  const length = bytes.length;
  const old = Buffer.alloc(Math.max(length, beneath.length));
  beneath.copy(old);
  const result = Buffer.from(old.subarray(0, Math.max(length, beneath.length)));
  bytes.copy(result, 0, 0, synced);
  let size = result.length;
  const way = random.below(5);
  const at = synced + random.below(length - synced + 1);
  if (way === 0) {
    // Nothing of it.
    if (beneath.length <= synced) size = synced;
  } else if (way === 1) {
    // A prefix of it, cut at any byte.
    bytes.copy(result, synced, synced, at);
    if (beneath.length <= at) size = at;
  } else if (way === 2) {
    // Any subset of its sectors.
    for (let sector = synced - (synced % SECTOR); sector < length; sector += SECTOR)
      if (random.chance(0.7))
        bytes.copy(
          result,
          Math.max(sector, synced),
          Math.max(sector, synced),
          Math.min(sector + SECTOR, length),
        );
  } else if (way === 3) {
    // A prefix, and garbage in the sector that was being written.
    bytes.copy(result, synced, synced, at);
    for (let i = at; i < Math.min(at + SECTOR, length); i++) result[i] = random.below(256);
  } else bytes.copy(result, synced, synced);
  const left = result.subarray(0, size);
  return {
    bytes: left,
    torn: (frame) => {
      let torn = 0;
      for (let start = WAL_HEADER; start < length; start += frame) {
        const end = Math.min(start + frame, length);
        const now = left.subarray(start, end);
        const isWhole = now.equals(bytes.subarray(start, end));
        const isGone = now.equals(old.subarray(start, end)) || now.length === 0;
        if (!isWhole && !isGone) torn++;
      }
      return torn;
    },
  };
}
