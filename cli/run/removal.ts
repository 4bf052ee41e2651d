/** Removes what a person names: a source, a catalogue with its entries, an entry that is refused, a record that is not valid. */
import { existsSync } from "node:fs";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { HAND_PRICES } from "#shared/contract/hand-prices.ts";
import { onFile } from "#shared/database/attempt.ts";
import type { SqlFailure } from "#shared/database/guarded-sql/run.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { ventesFile } from "#shared/database/ventes-db.ts";
import {
  type WholeWithdrawal,
  type Withdrawal,
  withdrawalApart,
  withdrawalOf,
} from "#shared/database/withdrawal.ts";
import { MASK, masked } from "#shared/runtime/masked.ts";
import type { Settings } from "#shared/runtime/settings.ts";
import type { LogFailure, PublishFailure } from "#shared/topic-log/errors.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import {
  type Removed,
  removeCatalogue,
  removeEntry,
  removeInvalid,
  removeSource,
  type SourceError,
} from "../../producer/admin/index.ts";
import { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { visibleSource } from "../texts/visible.ts";
import { openForReading } from "./database.ts";
import { bothNamed, idAmong, notAmong } from "./register.ts";
import { readSourceEntries } from "./source-list.ts";

/** `entries`: how many sources went with a catalogue; undefined: it was one source. */
export interface Removal extends Removed {
  readonly entries: number | undefined;
}

type Failure = WrongUsage | SourceError | DatabaseError | PublishFailure;

/** Stops following the source or catalogue of this name; with `withdraw` it deletes the rows that this alone has brought. */
export const removeNamed = Effect.fnUntraced(function* (
  url: string,
  withdraw: boolean,
  run: Invocation,
): Effect.fn.Return<Removal, Failure, TopicLog | Settings> {
  const invalid = yield* removeInvalid(url, visibleSource);
  if (invalid !== undefined) return { ...invalid, entries: undefined };
  const { source, catalogue } = yield* bothNamed(url, run);
  if (source === HAND_PRICES && !withdraw)
    return yield* new WrongUsage({ message: run.texts.handPricesStay() });
  const whole = yield* Effect.scoped(removeCatalogue(catalogue, { withdraw }));
  if (whole !== undefined) return { ...whole, source: whole.catalogue };
  const removed = yield* removeSource(source, { withdraw }).pipe(
    Effect.catchTag("SourceError", (error) => removeRefused(source, error)),
  );
  return { ...removed, entries: undefined };
});

/** What happened, as a sentence. */
export const removalSentence = (
  { source, withdrawn, entries }: Removal,
  withdraw: boolean,
  { texts }: Pick<Invocation, "texts">,
): string =>
  entries === undefined
    ? texts.sourceRemoved(visibleSource(source), withdraw, texts.count(withdrawn))
    : texts.catalogueRemoved(visibleSource(source), entries, withdraw, texts.count(withdrawn));

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

/** What a removal would do. */
export interface PlannedRemoval<W extends Withdrawal = Withdrawal> {
  /** The ids of the sources that would be followed no longer. */
  readonly sources: readonly string[];
  /** The rows that would go with `withdraw`, by the database; null: there is none, or no row is to go. */
  readonly withdrawal: W | null;
}

/** What `removeNamed` would do. Writes nothing. */
export const plannedRemoval = Effect.fnUntraced(function* (
  url: string,
  withdraw: boolean,
  run: Invocation,
): Effect.fn.Return<
  PlannedRemoval<WholeWithdrawal>,
  WrongUsage | SourceError | DatabaseError | LogFailure,
  TopicLog | Scope.Scope
> {
  const sources = yield* toBeRemoved(url, run);
  if (!withdraw || !existsSync(ventesFile(run.settings.data))) return { sources, withdrawal: null };
  const db = yield* openForReading(run);
  return { sources, withdrawal: yield* onFile(db.name, () => withdrawalOf(db, sources)) };
});

/** What `removeNamed` would do with `withdraw`, counted in a process of its own, so that the page goes on. Writes nothing. */
export const plannedApart = Effect.fnUntraced(function* (
  url: string,
  run: Invocation,
): Effect.fn.Return<
  PlannedRemoval,
  WrongUsage | SourceError | DatabaseError | LogFailure | SqlFailure,
  TopicLog | Scope.Scope
> {
  const sources = yield* toBeRemoved(url, run);
  if (!existsSync(ventesFile(run.settings.data))) return { sources, withdrawal: null };
  const { name } = yield* openForReading(run);
  return { sources, withdrawal: yield* withdrawalApart(name, sources, run.settings.language) };
});

/** The ids of the sources that have this name, or are entries of the catalogue that has it. */
const toBeRemoved = Effect.fnUntraced(function* (url: string, run: Invocation) {
  const { source: named, catalogue } = yield* bothNamed(url, run);
  const all = (yield* readSourceEntries).sources(() => false).map(({ registration }) => registration);
  const ids = all.map(({ source }) => source);
  const id = idAmong(ids, named);
  const sources = ids.filter((source, i) => source === id || all[i]?.catalogue === catalogue);
  return sources.length > 0 ? sources : yield* notAmong(ids, named, run);
});
