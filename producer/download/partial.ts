/**
 * A whole body that is being downloaded, kept with what identifies it, so that after a cut or a kill it goes on
 * where it stopped. Only for a body that the server sends as it is (no compression), of a length that it says, and
 * that it names by a strong ETag or by a date that is old enough to be sure; the server then sends the rest only if
 * it is still that one (If-Range), and all of it otherwise.
 *
 * One download of a source at a time: a producer holds its data directory, other commands keep no partial.
 */
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";
import { spoolFolder } from "../source/index.ts";
import { PARTIAL_PREFIX } from "./spool.ts";

/** What a body is known again by. */
export interface Identity {
  /** Strong, or null. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** Of the whole body. */
  readonly length: number;
}

interface Stored extends Identity {
  /** When the machine was started (ms): what a power cut left may have holes where it was never written. */
  readonly boot: number;
}

/** The clock may have been set since. */
const SAME_BOOT_MS = 60_000;
const bootedAt = (): number => Math.round(Date.now() - uptime() * 1000);

export class Partial {
  readonly file: string;
  readonly #about: string;

  constructor(data: string, source: string) {
    const folder = spoolFolder(data);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const name = PARTIAL_PREFIX + createHash("sha256").update(source).digest("hex").slice(0, 32);
    this.file = join(folder, name);
    this.#about = join(folder, `${name}.json`);
  }

  /** What is there of an earlier download, or null. */
  async found(): Promise<{ readonly identity: Identity; readonly bytes: number } | null> {
    try {
      const { boot, etag, lastModified, length } = JSON.parse(await readFile(this.#about, "utf8")) as Stored;
      const { size } = await stat(this.file);
      if (Math.abs(boot - bootedAt()) < SAME_BOOT_MS && size > 0 && size < length)
        return { identity: { etag, lastModified, length }, bytes: size };
    } catch {
      // There is none, or it cannot be read: the download begins at the beginning.
    }
    await this.remove();
    return null;
  }

  /** Before the first byte: the file is empty, and from here on found again by this identity. */
  async begin(identity: Identity): Promise<void> {
    await rm(this.#about, { force: true });
    await writeFile(this.file, "");
    const stored: Stored = { ...identity, boot: bootedAt() };
    await writeFile(this.#about, JSON.stringify(stored));
  }

  /** It is complete, and named as any other download. */
  async complete(file: string): Promise<void> {
    await rename(this.file, file);
    await rm(this.#about, { force: true });
  }

  async remove(): Promise<void> {
    await rm(this.#about, { force: true });
    await rm(this.file, { force: true });
  }
}
