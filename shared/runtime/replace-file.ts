/** Writes small files of a data directory so that no reader, and no kill, meets a part of one. */
import { renameSync, writeFileSync } from "node:fs";

/** Replaces the file as a whole; this account alone may read it. Throws the error of the file system. */
export function replaceFile(file: string, text: string): void {
  const beside = `${file}.new`;
  writeFileSync(beside, text, { mode: 0o600 });
  renameSync(beside, file);
}
