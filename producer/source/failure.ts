/** Any failure of plain code as a typed one. */
import * as Effect from "effect/Effect";
import { type DatabaseError, explain } from "#shared/database/sqlite.ts";
import type { SettingsShape } from "#shared/settings.ts";
import { type SourceError, SourceRefusal } from "./error.ts";

/** Any failure of plain code: a refusal of the source, a file of ours that cannot be used, else a defect. */
export const asFailure =
  (source: string, settings: SettingsShape) =>
  (error: unknown): Effect.Effect<never, SourceError | DatabaseError> => {
    if (error instanceof SourceRefusal) return Effect.fail(error.toError(source, settings.language));
    const explained = explain(settings.data, error);
    return isDatabaseError(explained) ? Effect.fail(explained) : Effect.die(explained);
  };

export const isDatabaseError = (error: unknown): error is DatabaseError =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "DatabaseError";
