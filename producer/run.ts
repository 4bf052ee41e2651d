/**
 * The producer as a component. `runProducer` follows the sources that are its share until it is interrupted, and
 * takes up registrations, changes of them and removals while it runs; `readSourcesOnce` reads every one once. A
 * source that fails is parked with its reason until its next look; the others go on.
 */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { Registration } from "#shared/contract/source-records.ts";
import type { CatalogueStatus, SourceStatus } from "#shared/contract/status.ts";
import type { Settings } from "#shared/runtime/settings.ts";
import type { LogState, TopicLog } from "#shared/topic-log/topic-log.ts";
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
import { makeProducer, refusedStatus } from "./sync/index.ts";

export type { ProducerFailure } from "./following/index.ts";
export type { Progress } from "./sync/index.ts";

export interface ProducerOptions {
  /** Told how every source of this producer stands whenever one changes; parents first. */
  readonly onSources?: (sources: readonly SourceStatus[]) => void;
  /** Told how every catalogue stands whenever one changes. */
  readonly onCatalogues?: (catalogues: readonly CatalogueStatus[]) => void;
  readonly onProgress?: (progress: Progress) => void;
  /** Told of an error that nobody foresaw, with its trace, once for each source and error. */
  readonly onDefect?: (defect: Defect) => void;
  /** Told when the log is lost ("waiting") and when it is back ("ok"). */
  readonly onState?: (state: LogState) => void;
}

export interface OnceOptions extends ProducerOptions {
  /** These sources, and no catalogue. Default: all. */
  readonly only?: ReadonlySet<string>;
}

/**
 * Every registered source once, those that the catalogues list now included, parents first. Fails only when the log
 * or a file of ours does.
 */
export const readSourcesOnce = (
  options: OnceOptions = {},
): Effect.Effect<readonly SourceStatus[], ProducerFailure, TopicLog | Settings> =>
  Effect.scoped(readEach(options));

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
    statuses.put(...registry.refused().map((record) => refusedStatus(record, producer.settings.language)));
  for (const registration of registrations) {
    const { status } = yield* pollAndReport(producer, statuses, registration, { mode: "once" });
    statuses.put(status);
  }
  return statuses.all();
});

/** Never returns by itself. Interruptible within a second; a lost log is waited for. */
export const runProducer = (
  options: ProducerOptions = {},
): Effect.Effect<never, ProducerFailure, TopicLog | Settings> => Effect.scoped(followOurs(options));

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
