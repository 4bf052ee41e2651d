/**
 * `ventes sources remove`: stops following a source, or a catalogue with its entries; with --withdraw it deletes the rows
 * that the source alone had brought.
 */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { masked } from "#shared/runtime/masked.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { SourceError } from "../../producer/admin/index.ts";
import {
  type Removed,
  removeCatalogue,
  removeEntry,
  removeInvalid,
  removeSource,
} from "../../producer/admin/index.ts";
import { print } from "../output/stdout.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import { catalogueNamed, registered } from "../run/register.ts";
import { readSourceEntries } from "../run/source-list.ts";
import type { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { visibleSource } from "../texts/visible.ts";

export const removeOne = (
  input: { readonly url: string; readonly withdraw: boolean },
  run: Invocation,
): Effect.Effect<void, WrongUsage | SourceError | DatabaseError | PublishFailure> =>
  Effect.gen(function* () {
    const invalid = yield* onLog(run, SHORT_WAIT_MS)(removeInvalid(input.url, visibleSource));
    if (invalid !== undefined) return printRemoved(invalid, input.withdraw, run);
    const source = yield* registered(input.url, run);
    const catalogue = yield* catalogueNamed(input.url, run).pipe(
      // A registered source can be removed even if it could not be registered now: a URL with a password in it.
      Effect.catchTag("WrongUsage", () => Effect.succeed(source)),
    );
    const { withdraw } = input;
    const { texts } = run;
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
            print(run.json ? JSON.stringify({ ...whole, catalogue: masked(whole.catalogue) }) : removed);
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

const printRemoved = ({ source, withdrawn }: Removed, withdraw: boolean, { json, texts }: Invocation): void =>
  print(
    json
      ? JSON.stringify({ source: masked(source), withdrawn })
      : texts.sourceRemoved(visibleSource(source), withdraw, texts.count(withdrawn)),
  );

/** For an entry that its catalogue refuses: it is not registered, but from now on the catalogue leaves it out. */
const removeRefused = Effect.fnUntraced(function* (source: string, error: SourceError) {
  const by = (yield* readSourceEntries)
    .catalogues()
    .find(({ status }) => status.refusals.some((refused) => refused.source === source));
  if (error.code !== "source.not_registered" || by === undefined) return yield* error;
  const removed: Removed = yield* removeEntry(source, by.catalogue.catalogue);
  return removed;
});
