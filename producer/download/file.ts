/**
 * A path as a source. Its content is copied to the spool, so that what is read is one state of it even while it
 * grows. Where the source comes from a Kafka topic, only files under `VENTES_FILES` are read (invariant 10).
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { realpath, rm, stat, writeFile } from "node:fs/promises";
import { sep } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SourceRefusal } from "../source-error.ts";
import { pathOfSource } from "../source-ref.ts";
import type { Fetched, Validators } from "./fetched.ts";

export interface FileOptions {
  readonly source: string;
  readonly spool: string;
  readonly known: Validators | null;
  /** null: any path may be read. */
  readonly under: { readonly folder: string | null } | null;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export async function fetchFile(options: FileOptions): Promise<Fetched> {
  const { source, spool, known, under, maxBytes, signal } = options;
  const path = pathOfSource(source);
  try {
    if (under !== null) await assertUnder(path, under.folder);
    const { size, mtimeMs, ino, isFile } = await statOf(path);
    if (!isFile) throw new SourceRefusal("source.not_a_file");
    if (size > maxBytes) throw new SourceRefusal("source.too_large", String(maxBytes));
    const mark = `${mtimeMs} ${size} ${ino}`;
    if (known?.stat === mark) return { kind: "unchanged", validators: known, freshMs: null };

    const hash = createHash("sha256");
    let bytes = 0;
    const count = new Transform({
      transform(chunk: Buffer, _, done) {
        bytes += chunk.length;
        hash.update(chunk);
        done(null, chunk);
      },
    });
    // Up to the size it had: what is appended meanwhile is the next version's.
    if (size > 0)
      await pipeline(createReadStream(path, { end: size - 1 }), count, createWriteStream(spool), { signal });
    else await writeFile(spool, "");
    const validators: Validators = {
      etag: null,
      lastModified: null,
      stat: mark,
      hash: hash.digest("hex"),
      left: false,
    };
    if (known?.hash === validators.hash) {
      await rm(spool, { force: true });
      return { kind: "unchanged", validators: { ...validators, left: known.left }, freshMs: null };
    }
    return { kind: "content", file: spool, bytes, url: source, validators, freshMs: null };
  } catch (error) {
    await rm(spool, { force: true });
    throw refusalOf(error);
  }
}

async function statOf(path: string) {
  const s = await stat(path);
  return { size: s.size, mtimeMs: s.mtimeMs, ino: s.ino, isFile: s.isFile() };
}

/** Links are followed before the folder is compared. Outside of it, what is there and what is not look the same. */
async function assertUnder(path: string, folder: string | null): Promise<void> {
  if (folder === null) throw new SourceRefusal("source.not_allowed", "VENTES_FILES");
  const root = await realpath(folder);
  const isUnder = (one: string, of: string) => one === of || one.startsWith(of.endsWith(sep) ? of : of + sep);
  const real = await realpath(path).catch((error: unknown) => {
    if (isUnder(path, folder) || isUnder(path, root)) throw error;
    return undefined;
  });
  if (real === undefined || !isUnder(real, root))
    throw new SourceRefusal("source.not_allowed", `VENTES_FILES=${folder}`);
}

function refusalOf(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR") return new SourceRefusal("source.not_found");
  if (code === "EISDIR") return new SourceRefusal("source.not_a_file");
  if (["EACCES", "EPERM", "ELOOP", "EIO"].includes(code))
    return new SourceRefusal("source.not_readable", code);
  return error;
}
