/** What the server does with analyses of one's own for a browser that may write. The caller of the server gives it. */
import type * as Effect from "effect/Effect";
import type { Language } from "#shared/runtime/settings.ts";
import type { AnalysisDone, AnalysisRequest } from "../api/analysis-writes.ts";
import type { NotDone } from "./not-done.ts";

/** The acts of analyzer/api/analysis-writes.ts, with sentences in one language. */
export type AnalysisActs = {
  readonly [Name in keyof typeof AnalysisRequest]: (
    request: (typeof AnalysisRequest)[Name]["Type"],
  ) => Effect.Effect<AnalysisDone, NotDone>;
};

export type AnalysisAdmin = (language: Language) => AnalysisActs;
