/**
 * `ventes sources remove`: stops following a source, or a catalogue with its entries; with --withdraw it deletes the rows
 * that the source alone had brought.
 */
import { existsSync } from "node:fs";
import * as Effect from "effect/Effect";
import { HAND_PRICES } from "#shared/contract/hand-prices.ts";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { ventesFile } from "#shared/database/ventes-db.ts";
import { withdrawalOf } from "#shared/database/withdrawal.ts";
import { MASK, masked } from "#shared/runtime/masked.ts";
import type { LogFailure, PublishFailure } from "#shared/topic-log/errors.ts";
import type { SourceError } from "../../producer/admin/index.ts";
import {
  type Removed,
  removeCatalogue,
  removeEntry,
  removeInvalid,
  removeSource,
  sourceError,
} from "../../producer/admin/index.ts";
import { print, printJson } from "../output/stdout.ts";
import { openForReading } from "../run/database.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import { catalogueNamed, isNamedBy, registered } from "../run/register.ts";
import { readSourceEntries } from "../run/source-list.ts";
import { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { frenchMoney } from "../texts/numbers.ts";
import { visibleSource } from "../texts/visible.ts";

export const removeOne = (
  input: { readonly url: string; readonly withdraw: boolean; readonly dryRun: boolean },
  run: Invocation,
): Effect.Effect<void, WrongUsage | SourceError | DatabaseError | PublishFailure> =>
  Effect.gen(function* () {
    if (input.dryRun) return yield* showWithdrawal(input.url, input.withdraw, run);
    const invalid = yield* onLog(run, SHORT_WAIT_MS)(removeInvalid(input.url, visibleSource));
    if (invalid !== undefined) return printRemoved(invalid, input.withdraw, run);
    const source = yield* registered(input.url, run);
    const catalogue = yield* catalogueNamed(input.url, run).pipe(
      // A registered source can be removed even if it could not be registered now: a URL with a password in it.
      Effect.catchTag("WrongUsage", () => Effect.succeed(source)),
    );
    const { withdraw } = input;
    const { texts } = run;
    if (source === HAND_PRICES && !withdraw)
      return yield* new WrongUsage({ message: texts.handPricesStay() });
    yield* onLog(
      run,
      SHORT_WAIT_MS,
    )(
      Effect.scoped(
        Effect.gen(function* () {
          const whole = yield* removeCatalogue(catalogue, { withdraw });
          if (whole !== undefined) {
            const { entries, withdrawn } = whole;
            const removed = texts.catalogueRemoved(
              visibleSource(catalogue),
              entries,
              withdraw,
              texts.count(withdrawn),
            );
            if (run.json) printJson(whole);
            else print(removed);
            return;
          }
          const removed = yield* removeSource(source, { withdraw }).pipe(
            Effect.catchTag("SourceError", (error) => removeRefused(source, error)),
          );
          printRemoved(removed, withdraw, run);
        }),
      ),
    );
  });

const printRemoved = (
  { source, withdrawn }: Removed,
  withdraw: boolean,
  { json, texts }: Invocation,
): void =>
  json
    ? printJson({ source, withdrawn })
    : print(texts.sourceRemoved(visibleSource(source), withdraw, texts.count(withdrawn)));

/** For an entry that its catalogue refuses: it is not registered, but from now on the catalogue leaves it out. */
const removeRefused = Effect.fnUntraced(function* (source: string, error: SourceError) {
  const by = (yield* readSourceEntries)
    .catalogues()
    .find(({ status: { refusals, passedOver = [] } }) =>
      [...refusals, ...passedOver].some((entry) => entry.source === masked(source)),
    );
  if (error.code !== "source.not_registered" || by === undefined || source.includes(MASK))
    return yield* error;
  const removed: Removed = yield* removeEntry(source, by.catalogue.catalogue);
  return removed;
});

/** What the command would delete, by the database. Writes nothing. */
const showWithdrawal = Effect.fnUntraced(function* (
  url: string,
  withdraw: boolean,
  run: Invocation,
): Effect.fn.Return<void, WrongUsage | SourceError | DatabaseError | LogFailure> {
  const { texts, settings } = run;
  const named = yield* registered(url, run);
  const catalogue = yield* catalogueNamed(url, run).pipe(
    Effect.catchTag("WrongUsage", () => Effect.succeed(named)),
  );
  const entries = yield* onLog(run, SHORT_WAIT_MS)(readSourceEntries);
  const sources = entries
    .sources(() => false)
    .map(({ registration }) => registration)
    .filter((one) => isNamedBy(one.source, named) || one.catalogue === catalogue)
    .map(({ source }) => source);
  if (sources.length === 0)
    return yield* sourceError("source.not_registered", { source: named }, settings.language);
  const found =
    withdraw && existsSync(ventesFile(settings.data))
      ? yield* Effect.scoped(
          Effect.flatMap(openForReading(run), (db) =>
            onFile(ventesFile(settings.data), () => withdrawalOf(db, sources)),
          ),
        )
      : null;
  if (run.json) return printJson({ sources, withdrawal: found, dryRun: true });
  const money = (value: number): string => frenchMoney(value, settings.currency);
  print(
    [
      ...sources.map((source) => texts.wouldRemove(visibleSource(source), withdraw)),
      ...(found === null
        ? []
        : [
            texts.wouldWithdraw({
              ventes: texts.count(found.ventes),
              amount: money(found.amount),
              produits: texts.count(found.produits),
              magasins: texts.count(found.magasins),
              waiting: texts.count(found.waiting),
            }),
            found.after === null
              ? texts.totalUnknown(money(found.total))
              : texts.totalFromTo(money(found.total), money(found.after)),
          ]),
      texts.nothingWritten(),
    ].join("\n"),
  );
});
