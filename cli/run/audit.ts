/** Compares the results of a data directory with its rows, and corrects them, once. */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { Settings } from "#shared/runtime/settings.ts";
import { checkNow } from "../../analyzer/plain/plain.ts";
import { auditColumnsNow, auditNow, type Mended, refreshAll } from "../../analyzer/run.ts";
import type { Texts } from "../texts/texts.ts";

type Audit = (
  texts: Texts,
  note: (line: string) => void,
) => Effect.Effect<readonly Mended[], DatabaseError, Settings>;

/**
 * Refreshes the analyses, and makes them equal to their queries over all rows: a refresh follows only what commits
 * change, so an analysis stays wrong after rows were changed in another way. Returns the rows of `analyses` that were
 * wrong; `note` gets a sentence that names the analyses of other tables that were.
 */
export const auditAnalyses: Audit = (texts, note) =>
  Effect.gen(function* () {
    const mended = yield* auditNow;
    const wrong = yield* checkNow;
    if (wrong.length > 0) {
      note(`ventes: ${texts.analysesFilledAgain(wrong.join(", "))}`);
      yield* refreshAll;
    }
    return mended;
  });

/** As `auditAnalyses`, and then compares columns.db, which the page sums, with the rows. Correct the rows before. */
export const auditResults: Audit = (texts, note) => Effect.tap(auditAnalyses(texts, note), auditColumnsNow);
