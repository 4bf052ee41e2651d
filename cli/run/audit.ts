/** Makes the results of a data directory those of its rows, once. */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { Settings } from "#shared/runtime/settings.ts";
import { checkNow } from "../../analyzer/plain/plain.ts";
import { auditNow, type Mended, refreshAll } from "../../analyzer/run.ts";
import type { Texts } from "../texts/texts.ts";

/**
 * Refreshes the analyses, and compares them and columns.db with the rows as they are: results follow the rows by what
 * commits change, so those of rows that were changed in another way stay wrong. Returns the rows of `analyses` that were
 * wrong; `note` gets a sentence that names the analyses of other tables that were.
 */
export const auditAll = (
  texts: Texts,
  note: (line: string) => void,
): Effect.Effect<readonly Mended[], DatabaseError, Settings> =>
  Effect.gen(function* () {
    const mended = yield* auditNow;
    const wrong = yield* checkNow;
    if (wrong.length > 0) {
      note(`ventes: ${texts.analysesFilledAgain(wrong.join(", "))}`);
      yield* refreshAll;
    }
    return mended;
  });
