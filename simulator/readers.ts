/** Readers of ventes.db beside its writers: every read is checked. */
import { openPlain, type Sqlite } from "#shared/database/sqlite.ts";
import type { Counts } from "./counts.ts";
import type { Disk } from "./disk.ts";
import { checkRead, checkReadInside, checkRows, type Expected, prepared, Violation } from "./invariants.ts";
import { Crash, type Kernel } from "./kernel.ts";

export interface ReadersOptions {
  readonly kernel: Kernel;
  readonly disk: Disk;
  readonly expected: Expected;
  readonly counts: Counts;
  readonly fail: (violation: Violation) => void;
}

export class Readers {
  readonly #options: ReadersOptions;
  #reader: Sqlite | undefined;
  #longReader: Sqlite | undefined;

  constructor(options: ReadersOptions) {
    this.#options = options;
  }

  /** A reader reads the analyses. */
  read(): void {
    this.#checked((reader) => {
      const { counts } = this.#options;
      counts.add("reads");
      checkRead(reader);
      if (prepared(reader, "SELECT 1 FROM unfinished").get() !== undefined)
        counts.add("reads of an unfinished event");
    });
  }

  /** A reader reads the analyses, then all rows. */
  readAll(): void {
    this.read();
    this.#checked((reader) => {
      this.#options.counts.add("reads of everything");
      checkRows(reader, this.#options.expected);
    });
  }

  /** One transaction over what others write at the same time: it must see nothing of it. */
  readLong(ms: number): void {
    if (this.#longReader !== undefined) return;
    const db = this.#open();
    this.#longReader = db;
    db.exec("BEGIN");
    const before = checkReadInside(db);
    this.#options.kernel.at(ms, undefined, () => {
      if (this.#longReader !== db) return;
      const after = checkReadInside(db);
      if (after.reached !== before.reached || after.newest !== before.newest)
        throw new Violation("5", "a read transaction saw two states");
      db.exec("COMMIT");
      db.close();
      this.#longReader = undefined;
      this.#options.counts.add("long reads");
    });
  }

  close(): void {
    this.#reader?.close();
    this.#longReader?.close();
    this.#reader = undefined;
    this.#longReader = undefined;
  }

  #checked(read: (reader: Sqlite) => void): void {
    try {
      this.#reader ??= this.#open();
      read(this.#reader);
    } catch (error) {
      this.#options.fail(asViolation(error));
    }
  }

  #open(): Sqlite {
    const db = openPlain(this.#options.disk.file);
    db.pragma("wal_autocheckpoint = 0");
    return db;
  }
}

const asViolation = (error: unknown): Violation =>
  error instanceof Violation || error instanceof Crash
    ? (error as Violation)
    : new Violation("0", error instanceof Error ? (error.stack ?? error.message) : String(error));
