/**
 * The folder of downloads, DIR/spool. What is in it may go at any time that nobody reads it; a whole body that was
 * cut is kept for a while, to go on with (partial.ts).
 */
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { spoolFolder } from "../source/index.ts";

/** A path in the spool that nothing else has. */
export function spoolPath(data: string): string {
  const folder = spoolFolder(data);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, randomUUID());
}

/** How the files of a cut download are named. */
export const PARTIAL_PREFIX = "partial-";

/** What a killed one left goes; a command that runs beside has younger files. */
const LEFT_MS = 600_000;
/** A source that was not looked at for this long is not going to be. */
const PARTIAL_LEFT_MS = 7 * 24 * 3_600_000;

/** Removes what nobody is going to read any more. */
export function sweepSpool(data: string, now = Date.now()): void {
  const folder = spoolFolder(data);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const age = now - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now);
    if (age > (name.startsWith(PARTIAL_PREFIX) ? PARTIAL_LEFT_MS : LEFT_MS)) rmSync(file, { force: true });
  }
}
