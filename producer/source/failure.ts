/** Any failure of plain code as a typed one. */
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { type DatabaseError, explain } from "#shared/database/sqlite.ts";
import type { SettingsShape } from "#shared/runtime/settings.ts";
import { type SourceError, type SourceErrorCode, SourceRefusal } from "./error.ts";

/** The system's name of an error, `ENOSPC`; "" where it has none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code ?? "") : "";

/** DIR/spool: downloads and scratch files of the work in hand. */
export const spoolFolder = (data: string): string => join(data, "spool");

/** What the system says of the spool and of sockets, which a poll needs: the poll fails, the program goes on. */
const OF_A_POLL: Readonly<Record<string, SourceErrorCode>> = {
  ENOSPC: "source.no_room",
  EDQUOT: "source.no_room",
  EMFILE: "source.no_descriptors",
  ENFILE: "source.no_descriptors",
  // Of a file that a poll makes for itself: what is open stays so.
  SQLITE_CANTOPEN: "source.no_descriptors",
  ENOENT: "source.spool",
  EIO: "source.spool",
};

/** Any failure of plain code: a refusal of the source, a file of ours that cannot be used, else a defect. */
export const asFailure =
  (source: string, settings: SettingsShape) =>
  (error: unknown): Effect.Effect<never, SourceError | DatabaseError> => {
    if (error instanceof SourceRefusal) return Effect.fail(error.toError(source, settings.language));
    const code = codeOf(error);
    const ofAPoll = OF_A_POLL[code];
    if (ofAPoll !== undefined)
      return Effect.fail(
        new SourceRefusal(ofAPoll, code, spoolFolder(settings.data)).toError(source, settings.language),
      );
    const explained = explain(settings.data, error);
    return isDatabaseError(explained) ? Effect.fail(explained) : Effect.die(explained);
  };

const isDatabaseError = (error: unknown): error is DatabaseError =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "DatabaseError";
