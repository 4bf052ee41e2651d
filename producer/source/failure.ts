/** Turns errors that plain code throws into typed failures. */
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { type DatabaseError, explain } from "#shared/database/sqlite.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import { type SourceError, type SourceErrorCode, SourceRefusal } from "./error.ts";
import type { Given } from "./sentences.ts";

/** The code of a system error, such as `ENOSPC`; "" if it has none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code ?? "") : "";

/** DIR/spool: the folder of downloads and scratch files. */
export const spoolFolder = (data: string): string => join(data, "spool");

/** System errors of spool files and sockets. They fail the poll; the program goes on. */
const OF_A_POLL: Readonly<Record<string, SourceErrorCode>> = {
  ENOSPC: "source.no_room",
  EDQUOT: "source.no_room",
  EMFILE: "source.no_descriptors",
  ENFILE: "source.no_descriptors",
  // A poll could not open a scratch file. Databases that are open already stay open.
  SQLITE_CANTOPEN: "source.no_descriptors",
  ENOENT: "source.spool",
  EIO: "source.spool",
};

/**
 * The typed failure of an error that plain code threw: SourceError for a SourceRefusal or an error of the spool,
 * DatabaseError for an error of our databases. Dies with any other error. `given`: what the operator gave with the source.
 */
export const asFailure =
  (source: string, settings: SettingsShape, given?: Given) =>
  (error: unknown): Effect.Effect<never, SourceError | DatabaseError> => {
    if (error instanceof SourceRefusal) return Effect.fail(error.toError(source, settings.language, given));
    const code = codeOf(error);
    const ofAPoll = OF_A_POLL[code];
    if (ofAPoll !== undefined)
      return Effect.fail(
        new SourceRefusal(ofAPoll, code, spoolFolder(settings.data)).toError(source, settings.language),
      );
    const explained = explain(join(settings.data, "producer.db"), error);
    return isDatabaseError(explained) ? Effect.fail(explained) : Effect.die(explained);
  };

const isDatabaseError = (error: unknown): error is DatabaseError =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "DatabaseError";
