/**
 * The producer as a component. `runProducer` follows its share of the sources until it is interrupted; it notices new,
 * changed and removed registrations while it runs. `readSourcesOnce` polls every source once. A source that fails is
 * parked with its reason until its next poll; the others go on.
 *
 * "Rule N" in a comment is of docs/rules.md, "invariant N" of docs/invariants.md; docs/glossary.md has the words.
 */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { Registration } from "#shared/contract/source-records.ts";
import type { CatalogueStatus, SourceStatus } from "#shared/contract/status.ts";
import { withErrorsOf } from "#shared/database/attempt.ts";
import { Settings } from "#shared/runtime/settings.ts";
import type { LogState, TopicLog } from "#shared/topic-log/topic-log.ts";
import { producerFile } from "./diff/index.ts";
import {
  byRank,
  CatalogueStatuses,
  followShares,
  makeWaitForLog,
  newFollowed,
  type ProducerFailure,
  pollAndReport,
  pollCatalogueAndReport,
  SourceStatuses,
} from "./following/index.ts";
import type { Defect, Progress } from "./sync/index.ts";
import { makeProducer, RefusedStatuses } from "./sync/index.ts";

export type { ProducerFailure } from "./following/index.ts";
export type { Progress } from "./sync/index.ts";

export interface ProducerOptions {
  /** Called with the statuses of all sources of this producer, parents first, when one of them changes. */
  readonly onSources?: (sources: readonly SourceStatus[]) => void;
  /** Called with the statuses of all catalogues when one of them changes. */
  readonly onCatalogues?: (catalogues: readonly CatalogueStatus[]) => void;
  readonly onProgress?: (progress: Progress) => void;
  /** Called for an unforeseen error, with its trace, once for each source and error. */
  readonly onDefect?: (defect: Defect) => void;
  /** Called when the topic log stops answering ("waiting") and when it answers again ("ok"). */
  readonly onState?: (state: LogState) => void;
}

export interface OnceOptions extends ProducerOptions {
  /** Polls these sources alone, and no catalogue. Default: polls all. */
  readonly only?: ReadonlySet<string>;
}

/**
 * Polls the catalogues, then every registered source once, parents first. Returns the status of each source; one that
 * cannot be read is `parked` or `held` with its reason. Fails only when the topic log (LogFailure) or producer.db
 * (DatabaseError) fails. It takes no lock: the
 * caller holds that of the directory's producer.
 */
export const readSourcesOnce = (
  options: OnceOptions = {},
): Effect.Effect<readonly SourceStatus[], ProducerFailure, TopicLog | Settings> =>
  onProducerFile(Effect.scoped(readEach(options)));

const readEach = Effect.fnUntraced(function* (
  options: OnceOptions,
): Effect.fn.Return<readonly SourceStatus[], ProducerFailure, TopicLog | Settings | Scope.Scope> {
  const producer = yield* makeProducer(options);
  const { registry } = producer;
  yield* registry.refresh();
  const statuses = new SourceStatuses(registry, options.onSources);
  if (options.only === undefined) {
    const catalogues = new CatalogueStatuses(options.onCatalogues);
    for (const catalogue of registry.catalogues())
      yield* pollCatalogueAndReport(producer, newFollowed(catalogue, catalogues.put));
    yield* registry.refresh();
  }
  const registrations = registry
    .followed()
    .filter(({ source }: Registration) => options.only?.has(source) ?? true)
    .sort(byRank);
  statuses.put(...registrations.map((registration) => statuses.get(registration)));
  if (options.only === undefined)
    statuses.put(...new RefusedStatuses(producer.settings.language).of(registry.refused()));
  for (const registration of registrations) {
    const { status } = yield* pollAndReport(producer, statuses, registration, { mode: "once" });
    statuses.put(status);
  }
  return statuses.all();
});

/**
 * Follows the sources at their paces (`every`, in milliseconds) until it is interrupted, and then ends within a second. It
 * waits while the topic log does not answer, and tells `onState`. Fails with LogMismatch or LogMisconfigured when waiting
 * does not help, and with DatabaseError when producer.db cannot be used. Rules 19 to 21 say what it publishes.
 */
export const runProducer = (
  options: ProducerOptions = {},
): Effect.Effect<never, ProducerFailure, TopicLog | Settings> =>
  onProducerFile(Effect.scoped(followOurs(options)));

/** An error of producer.db that no poll has explained is a DatabaseError. */
const onProducerFile = <A>(
  effect: Effect.Effect<A, ProducerFailure, TopicLog | Settings>,
): Effect.Effect<A, ProducerFailure, TopicLog | Settings> =>
  Effect.flatMap(Settings, ({ data }) => effect.pipe(withErrorsOf(producerFile(data))));

const followOurs = Effect.fnUntraced(function* (
  options: ProducerOptions,
): Effect.fn.Return<never, ProducerFailure, TopicLog | Settings | Scope.Scope> {
  const onState = options.onState ?? (() => {});
  const producer = yield* makeProducer(options);
  const statuses = new SourceStatuses(producer.registry, options.onSources);
  const catalogues = new CatalogueStatuses(options.onCatalogues);
  return yield* followShares(
    { producer, statuses, catalogues, waitForLog: makeWaitForLog(onState) },
    onState,
  );
});
