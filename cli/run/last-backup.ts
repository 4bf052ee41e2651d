/** When a data directory was backed up last: `ventes backup` notes it in the directory, for `status` and /metrics. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import { replaceFile } from "#shared/runtime/replace-file.ts";

const LastBackup = Schema.Struct({
  /** ISO 8601. */
  at: Schema.String,
  /** The directory of the backup, which may be gone or on another machine by now. */
  path: Schema.String,
  /** The last commit in it. */
  commit: Schema.Int,
});
export type LastBackup = typeof LastBackup.Type;

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(LastBackup));

const fileIn = (data: string): string => join(data, "backup.json");

/** Undefined: none is known. A damaged note counts as none: it is no part of the data. */
export function lastBackupOf(data: string): LastBackup | undefined {
  try {
    const found = Option.getOrUndefined(decode(readFileSync(fileIn(data), "utf8")));
    return found === undefined || Number.isNaN(Date.parse(found.at)) ? undefined : found;
  } catch {
    return undefined;
  }
}

/** Where the directory cannot be written, the backup is as good without its note. */
export function noteBackup(data: string, backup: LastBackup): void {
  try {
    replaceFile(fileIn(data), JSON.stringify(backup));
  } catch {
    // A disk that is full or read-only, for example.
  }
}
