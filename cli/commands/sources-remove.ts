/**
 * `ventes sources remove`: stops following a source, or a catalogue with its entries; with --withdraw it deletes the rows
 * that the source alone had brought.
 */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { removeAllInvalid, type SourceError } from "../../producer/admin/index.ts";
import { print, printJson } from "../output/stdout.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import { plannedRemoval, removalSentence, removeNamed } from "../run/removal.ts";
import { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { frenchMoney } from "../texts/numbers.ts";
import { visibleSource } from "../texts/visible.ts";

interface RemoveInput {
  readonly url: string | undefined;
  readonly withdraw: boolean;
  readonly invalid: boolean;
  readonly dryRun: boolean;
}

export const removeOne = (
  input: RemoveInput,
  run: Invocation,
): Effect.Effect<void, WrongUsage | SourceError | DatabaseError | PublishFailure> =>
  Effect.gen(function* () {
    const { url, withdraw, invalid } = input;
    if (url === undefined ? !invalid || withdraw : invalid)
      return yield* new WrongUsage({ message: run.texts.removeWhat() });
    if (url === undefined) return yield* removeInvalid(input.dryRun, run);
    if (input.dryRun) return yield* showWithdrawal(url, withdraw, run);
    const removed = yield* onLog(run, SHORT_WAIT_MS)(removeNamed(url, withdraw, run));
    const { source, withdrawn, entries } = removed;
    if (!run.json) print(removalSentence(removed, withdraw, run));
    else if (entries === undefined) printJson({ source, withdrawn });
    else printJson({ catalogue: source, entries, withdrawn });
  });

/** Removes the records of the topic `sources` that are not valid. */
const removeInvalid = Effect.fnUntraced(function* (dryRun: boolean, run: Invocation) {
  const records = yield* onLog(run, SHORT_WAIT_MS)(removeAllInvalid(dryRun));
  if (run.json) return printJson({ records, dryRun });
  print(run.texts.invalidRemoved(run.texts.count(records), dryRun));
});

/** What the command would delete, by the database. Writes nothing. */
const showWithdrawal = Effect.fnUntraced(function* (url: string, withdraw: boolean, run: Invocation) {
  const { texts, settings } = run;
  const { sources, withdrawal } = yield* onLog(
    run,
    SHORT_WAIT_MS,
  )(Effect.scoped(plannedRemoval(url, withdraw, run)));
  if (run.json) return printJson({ sources, withdrawal, dryRun: true });
  const money = (value: number): string => frenchMoney(value, settings.currency);
  print(
    [
      ...sources.map((source) => texts.wouldRemove(visibleSource(source), withdraw)),
      ...(withdrawal === null
        ? []
        : [
            texts.wouldWithdraw({
              ventes: texts.count(withdrawal.ventes),
              amount: money(withdrawal.amount),
              produits: texts.count(withdrawal.produits),
              magasins: texts.count(withdrawal.magasins),
              orphelins: texts.count(withdrawal.orphelins),
              waiting: texts.count(withdrawal.waiting),
            }),
            ...(withdrawal.prices === undefined
              ? []
              : [texts.pricesGo(texts.count(withdrawal.prices), texts.count(withdrawal.repriced ?? 0))]),
            texts.totalFromTo(money(withdrawal.total), money(withdrawal.after)),
          ]),
      texts.nothingWritten(),
    ].join("\n"),
  );
});
