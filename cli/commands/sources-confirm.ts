/**
 * `ventes sources confirm`: shows the doubts about a source's version and accepts them (rule 10); of a catalogue,
 * for all its files, later ones too. With --revoke it takes such decisions back.
 */
import * as Effect from "effect/Effect";
import type { DoubtChoice, DoubtReport } from "#shared/contract/doubt.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { shellArgument } from "#shared/runtime/command.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import {
  confirmCatalogue,
  confirmSource,
  namedDoubts,
  revokeDecisions,
  type SourceError,
} from "../../producer/admin/index.ts";
import { doubtLines } from "../output/doubts.ts";
import { print, printJson } from "../output/stdout.ts";
import { doubtsOf, findHeld, findRegistered } from "../run/held.ts";
import { withKnownDoubts } from "../run/known-doubts.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import type { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { visible, visibleSource } from "../texts/visible.ts";

interface ConfirmInput {
  readonly url: string;
  /** The decisions to accept; empty: all that are open. */
  readonly decisions: readonly string[];
  readonly dryRun: boolean;
  /** Take them back; empty: all that were taken. */
  readonly revoke: boolean;
}

export const confirmOne = (
  input: ConfirmInput,
  run: Invocation,
): Effect.Effect<void, WrongUsage | SourceError | DatabaseError | PublishFailure> =>
  Effect.gen(function* () {
    const { texts } = run;
    if (input.revoke) return yield* revoke(input, run);
    const { id, registration, doubts, statuses } = yield* onLog(
      run,
      SHORT_WAIT_MS,
    )(
      Effect.gen(function* () {
        const found = yield* findHeld(input.url, run);
        const doubts = yield* namedDoubts(found.id, found.doubts, input.decisions);
        if (!input.dryRun)
          yield* found.registration === undefined
            ? confirmCatalogue(found.id, doubts)
            : confirmSource(found.id, doubts);
        return { ...found, doubts };
      }),
    );
    const isCatalogue = registration === undefined;
    const all = doubtsOf(yield* withKnownDoubts(run.settings.data, statuses));
    const known = doubts.map((doubt) => chosenIn(all, doubt));
    if (run.json) {
      const name = isCatalogue ? { catalogue: id } : { source: id };
      printJson({ ...name, accepted: !input.dryRun, doubts: known });
      return;
    }
    for (const doubt of known) {
      const lines = doubtLines(doubt, texts, run.settings.currency);
      print([texts.doubtAccepted(id, input.dryRun, isCatalogue), ...lines].map(visibleSource).join("\n"));
    }
    print(input.dryRun ? texts.nothingWritten() : texts.doubtsApply());
  });

/** The doubt with what a database knows of it, and with the choice that the decision makes. */
function chosenIn(all: readonly DoubtReport[], { decision, ...named }: DoubtReport): DoubtReport {
  const isChosen = ({ accepts, command }: DoubtChoice) =>
    accepts === decision || command.endsWith(` ${shellArgument(decision)}`);
  const doubt = all.find((one) => one.decision === decision || one.choices.some(isChosen)) ?? named;
  return { ...doubt, decision, choices: doubt.choices.filter(isChosen) };
}

const revoke = Effect.fnUntraced(function* ({ url, decisions, dryRun }: ConfirmInput, run: Invocation) {
  const { texts } = run;
  const { id, revoked } = yield* onLog(
    run,
    SHORT_WAIT_MS,
  )(
    Effect.gen(function* () {
      const { id } = yield* findRegistered(url, run);
      return { id, revoked: yield* revokeDecisions(id, decisions, { dryRun }) };
    }),
  );
  if (run.json) return printJson({ id, revoked: !dryRun, decisions: revoked });
  print(
    [
      ...revoked.map((decision) => texts.doubtRevoked(visibleSource(id), visible(decision), dryRun)),
      dryRun ? texts.nothingWritten() : texts.revokedApply(),
    ].join("\n"),
  );
});
