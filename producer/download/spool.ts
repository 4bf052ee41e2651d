/**
 * The spool: the folder of downloads, DIR/spool. Its files may be deleted when nobody reads them. A download that was
 * cut stays for a while, so that it can continue (partial.ts).
 */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { newId } from "#shared/runtime/time.ts";
import { spoolFolder } from "../source/index.ts";

/** A new path in the spool that nobody else uses. `data`: the data directory. A full disk is a defect. */
export const spoolPath = (data: string): Effect.Effect<string> =>
  Effect.map(newId, (id) => spoolPathOf(data, id));

/** The path in the spool for a new id. Creates the spool; throws the errors of the disk. */
export function spoolPathOf(data: string, id: string): string {
  const folder = spoolFolder(data);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, id);
}

/** The names of the files of a cut download begin with this. */
export const PARTIAL_PREFIX = "partial-";

/** Files older than this, in ms, are of a killed process. Running commands have younger files. */
const LEFT_MS = 600_000;
/** A cut download of a source that nobody polled for this long is removed. */
const PARTIAL_LEFT_MS = 7 * 24 * 3_600_000;

/** Removes the files that nobody will read. `now`: in milliseconds since 1970. */
export function sweepSpool(data: string, now: number): void {
  const folder = spoolFolder(data);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const age = now - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now);
    if (age > (name.startsWith(PARTIAL_PREFIX) ? PARTIAL_LEFT_MS : LEFT_MS)) rmSync(file, { force: true });
  }
}
