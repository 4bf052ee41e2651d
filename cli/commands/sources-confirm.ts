/** `ventes sources confirm`: shows the doubts about a source's version and accepts them (rule 10). */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { SourceError } from "../../producer/admin/index.ts";
import { confirmSource, namedDoubts, sourceError } from "../../producer/admin/index.ts";
import { doubtLines } from "../output/doubts.ts";
import { print, printJson } from "../output/stdout.ts";
import { withKnownDoubts } from "../run/known-doubts.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import { isNamedBy, registered } from "../run/register.ts";
import { followsNow, readSourceEntries } from "../run/source-list.ts";
import type { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { visibleSource } from "../texts/visible.ts";

interface ConfirmInput {
  readonly url: string;
  /** The decisions to accept; empty: all that are open. */
  readonly decisions: readonly string[];
  readonly dryRun: boolean;
}

export const confirmOne = (
  input: ConfirmInput,
  run: Invocation,
): Effect.Effect<void, WrongUsage | SourceError | DatabaseError | PublishFailure> =>
  Effect.gen(function* () {
    const { texts } = run;
    const named = yield* registered(input.url, run);
    const { source, doubts } = yield* onLog(
      run,
      SHORT_WAIT_MS,
    )(
      Effect.gen(function* () {
        const follows = yield* followsNow;
        const entry = (yield* readSourceEntries)
          .sources(follows)
          .find(({ registration }) => isNamedBy(registration.source, named));
        if (entry === undefined)
          return yield* sourceError("source.not_registered", { source: named }, run.settings.language);
        const { source } = entry.registration;
        const doubts = yield* namedDoubts(source, entry.status.doubts ?? [], input.decisions);
        if (!input.dryRun) yield* confirmSource(source, doubts);
        return { source, doubts };
      }),
    );
    const [{ doubts: known = [] } = {}] = yield* withKnownDoubts(run.settings.data, [{ doubts }]);
    if (run.json) {
      printJson({ source, accepted: !input.dryRun, doubts: known });
      return;
    }
    for (const doubt of known) {
      const lines = doubtLines(doubt, texts, run.settings.currency);
      print([texts.doubtAccepted(source, input.dryRun), ...lines].map(visibleSource).join("\n"));
    }
    print(input.dryRun ? texts.nothingWritten() : texts.doubtsApply());
  });
