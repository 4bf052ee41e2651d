/**
 * Keeps a body during its download, with its identity, so that the download continues after a cut or a kill. That needs
 * a body without compression, with a known length, and with a strong ETag or a date that is old enough. With If-Range,
 * the server sends the rest only if the body is still the same, and the whole body otherwise.
 *
 * A source has one download at a time: one producer owns a data directory, and other commands keep no partial download.
 */
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";
import type { PlainClock } from "#shared/runtime/time.ts";
import { spoolFolder } from "../source/index.ts";
import { PARTIAL_PREFIX } from "./spool.ts";

/** What identifies a body. */
export interface Identity {
  /** A strong ETag, or null. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** Bytes of the whole body. */
  readonly length: number;
}

interface Stored extends Identity {
  /** When the machine started, in ms since 1970. After a power cut the file may have holes, so it is not used. */
  readonly boot: number;
}

/** Two start times that differ by less are the same start: somebody may have set the clock. */
const SAME_BOOT_MS = 60_000;
const bootedAt = (clock: PlainClock): number => Math.round(clock.currentTimeMillisUnsafe() - uptime() * 1000);

export class Partial {
  readonly file: string;
  readonly #about: string;
  readonly #clock: PlainClock;

  constructor(data: string, source: string, clock: PlainClock) {
    this.#clock = clock;
    const folder = spoolFolder(data);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const name = PARTIAL_PREFIX + createHash("sha256").update(source).digest("hex").slice(0, 32);
    this.file = join(folder, name);
    this.#about = join(folder, `${name}.json`);
  }

  /** The part of an earlier download that is on disk, or null. */
  async found(): Promise<{ readonly identity: Identity; readonly bytes: number } | null> {
    try {
      const { boot, etag, lastModified, length } = JSON.parse(await readFile(this.#about, "utf8")) as Stored;
      const { size } = await stat(this.file);
      if (Math.abs(boot - bootedAt(this.#clock)) < SAME_BOOT_MS && size > 0 && size < length)
        return { identity: { etag, lastModified, length }, bytes: size };
    } catch {
      // There is none, or it cannot be read: the download starts again.
    }
    await this.remove();
    return null;
  }

  /** Call before the first byte. Empties the file; from now on `found` returns it with this identity. */
  async begin(identity: Identity): Promise<void> {
    await rm(this.#about, { force: true });
    await writeFile(this.file, "");
    const stored: Stored = { ...identity, boot: bootedAt(this.#clock) };
    await writeFile(this.#about, JSON.stringify(stored));
  }

  /** Call when the download is complete. Moves it to `file`. */
  async complete(file: string): Promise<void> {
    await rename(this.file, file);
    await rm(this.#about, { force: true });
  }

  async remove(): Promise<void> {
    await rm(this.#about, { force: true });
    await rm(this.file, { force: true });
  }
}
