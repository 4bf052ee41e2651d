/**
 * The producer as a component. `runProducer` follows every registered source until it is interrupted, and takes up
 * registrations and removals while it runs; `readSourcesOnce` reads each once. A source that fails is parked with
 * its reason until its next look; the others go on.
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as FiberMap from "effect/FiberMap";
import type * as Scope from "effect/Scope";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { ENTITY_NAMES } from "#shared/entities/index.ts";
import type { Catalogue, CatalogueStatus, Registration, SourceStatus } from "#shared/event.ts";
import { scheduleOf } from "#shared/retry.ts";
import type { Settings } from "#shared/settings.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { LogState, TopicLog } from "#shared/topic-log/topic-log.ts";
import { followCatalogue, lookAtCatalogueTold, newFollowed } from "./catalogue/follow.ts";
import {
  isReread,
  type LookFailure,
  type LookOptions,
  type LookResult,
  lookAt,
  type Producer,
  type Progress,
} from "./look.ts";
import { makeProducer } from "./producer.ts";
import type { SourceError } from "./source-error.ts";
import { leastEvery } from "./source-ref.ts";
import { announcedStatus, goneStatus, lookedStatus, parkedStatus } from "./status.ts";

export type { Progress } from "./look.ts";

export interface ProducerOptions {
  /** Told how every source stands whenever one changes; parents first. */
  readonly onSources?: (sources: readonly SourceStatus[]) => void;
  /** Told how every catalogue stands whenever one changes. */
  readonly onCatalogues?: (catalogues: readonly CatalogueStatus[]) => void;
  readonly onProgress?: (progress: Progress) => void;
  /** Told when the log is lost ("waiting") and when it is back ("ok"). */
  readonly onState?: (state: LogState) => void;
}

export type ProducerFailure = LogFailure | DatabaseError;

/** Looks are spread by this part of their interval. */
const JITTER = 0.1;

const rank = ({ entities }: Pick<SourceStatus, "entities">): number =>
  Math.min(...entities.map((e) => (ENTITY_NAMES as readonly string[]).indexOf(e)), ENTITY_NAMES.length);

/** Statuses by source, told in one order: parents first. */
class Board {
  readonly #statuses = new Map<string, SourceStatus>();
  readonly #tell: (sources: readonly SourceStatus[]) => void;

  constructor(tell: ((sources: readonly SourceStatus[]) => void) | undefined) {
    this.#tell = tell ?? (() => {});
  }

  get(producer: Producer, registration: Registration): SourceStatus {
    const { source } = registration;
    return this.#statuses.get(source) ?? announcedStatus(registration, producer.registry.last(source));
  }

  has(source: string): boolean {
    return this.#statuses.has(source);
  }

  put(status: SourceStatus): void {
    this.#statuses.set(status.source, status);
    this.#tell(this.all());
  }

  remove(source: string): void {
    if (this.#statuses.delete(source)) this.#tell(this.all());
  }

  sources(): string[] {
    return [...this.#statuses.keys()];
  }

  all(): SourceStatus[] {
    return [...this.#statuses.values()].sort((a, b) => rank(a) - rank(b));
  }
}

/** How the catalogues stand. */
class CatalogueBoard {
  readonly #statuses = new Map<string, CatalogueStatus>();
  readonly #tell: (catalogues: readonly CatalogueStatus[]) => void;

  constructor(tell: ((catalogues: readonly CatalogueStatus[]) => void) | undefined) {
    this.#tell = tell ?? (() => {});
  }

  readonly put = (status: CatalogueStatus): void => {
    this.#statuses.set(status.catalogue, status);
    this.#tell([...this.#statuses.values()]);
  };

  remove(catalogue: string): void {
    if (this.#statuses.delete(catalogue)) this.#tell([...this.#statuses.values()]);
  }
}

/** Sources are named by their URL alone. */
const catalogueFiber = (id: string): string => `catalogue ${id}`;

const nowIso = (): string => new Date().toISOString();

/** A look whose failures are the source's own are its status; a send without answer is looked into again. */
const lookTold = Effect.fnUntraced(function* (
  producer: Producer,
  board: Board,
  registration: Registration,
  options: LookOptions,
): Effect.fn.Return<boolean, ProducerFailure> {
  const before = board.get(producer, registration);
  board.put({ ...before, state: before.state === "new" ? "reading" : before.state });
  return yield* lookAt(producer, registration, options).pipe(
    Effect.retry({ schedule: scheduleOf("uncertain"), while: isTag("PublishUncertain") }),
    // Retried for ever.
    Effect.catchTag("PublishUncertain", Effect.die),
    Effect.map((result: LookResult) => {
      board.put({ ...lookedStatus(before, result, nowIso()), ...rereadOf(registration) });
      return true;
    }),
    Effect.catchTag("SourceError", (error: SourceError) =>
      Effect.sync(() => {
        board.put({ ...parkedStatus(before, error, nowIso()), ...rereadOf(registration) });
        return false;
      }),
    ),
  );
});

const rereadOf = ({ reread }: Registration): Pick<SourceStatus, "reread"> =>
  reread === undefined ? {} : { reread };

const isTag =
  (tag: LookFailure["_tag"]) =>
  (error: LookFailure): boolean =>
    error._tag === tag;

export interface OnceOptions extends ProducerOptions {
  /** These sources, and no catalogue. Default: all. */
  readonly only?: ReadonlySet<string>;
}

/** Every registered source once, those that the catalogues list now included, parents first. Fails only when the log or a file of ours does. */
export const readSourcesOnce = (
  options: OnceOptions = {},
): Effect.Effect<readonly SourceStatus[], ProducerFailure, TopicLog | Settings> =>
  Effect.scoped(readEach(options));

const readEach = Effect.fnUntraced(function* (
  options: OnceOptions,
): Effect.fn.Return<readonly SourceStatus[], ProducerFailure, TopicLog | Settings | Scope.Scope> {
  const producer = yield* makeProducer(options.onProgress);
  const { registry } = producer;
  yield* registry.refresh();
  const board = new Board(options.onSources);
  if (options.only === undefined) {
    const catalogues = new CatalogueBoard(options.onCatalogues);
    for (const catalogue of registry.catalogues())
      yield* lookAtCatalogueTold(producer, newFollowed(catalogue, catalogues.put));
    yield* registry.refresh();
  }
  const registrations = registry
    .followed()
    .filter(({ source }) => options.only?.has(source) ?? true)
    .sort((a, b) => rank(a) - rank(b));
  for (const registration of registrations) board.put(board.get(producer, registration));
  for (const registration of registrations) yield* lookTold(producer, board, registration, { mode: "once" });
  return board.all();
});

/** Never returns by itself. Interruptible within a second; a lost log is waited for. */
export const runProducer = (
  options: ProducerOptions = {},
): Effect.Effect<never, ProducerFailure, TopicLog | Settings> => Effect.scoped(followSources(options));

const followSources = Effect.fnUntraced(function* (
  options: ProducerOptions,
): Effect.fn.Return<never, ProducerFailure, TopicLog | Settings | Scope.Scope> {
  const tellLog = options.onState ?? (() => {});
  const producer = yield* makeProducer(options.onProgress);
  const { registry, settings, log } = producer;
  const board = new Board(options.onSources);
  const fibers = yield* FiberMap.make<string, void, ProducerFailure>();

  /** A log that does not answer is waited for, for ever. */
  const patiently = <A, E, R>(work: Effect.Effect<A, E, R>) =>
    work.pipe(
      Effect.tapError((error) =>
        Effect.sync(() => {
          if (isUnavailable(error)) tellLog({ state: "waiting", reason: error.message });
        }),
      ),
      Effect.retry({ schedule: scheduleOf("log"), while: isUnavailable }),
    );

  const watch = Effect.fnUntraced(function* (registration: Registration) {
    const { source, once } = registration;
    if (once && registry.last(source)?.value.counts != null && isReread(producer, registration)) {
      board.put(announcedStatus(registration, registry.last(source)));
      return;
    }
    for (;;) {
      const ok = yield* patiently(
        lookTold(producer, board, registration, { mode: once ? "once" : "follow" }),
      );
      tellLog({ state: "ok" });
      if (ok && once) return;
      const every = Math.max(registration.every ?? settings.every, leastEvery(source));
      yield* Effect.sleep(Duration.millis(every * (1 + JITTER * (Math.random() * 2 - 1))));
    }
  });

  const watched = new Map<string, Registration>();
  const catalogues = new CatalogueBoard(options.onCatalogues);
  const listing = new Map<string, Catalogue>();
  let settled = -1;

  /** Brings what runs to what is registered. */
  const settle = Effect.fnUntraced(function* () {
    settled = registry.revision;
    const named = new Map(registry.catalogues().map((catalogue) => [catalogue.catalogue, catalogue]));
    for (const id of listing.keys()) {
      if (named.has(id)) continue;
      listing.delete(id);
      yield* FiberMap.remove(fibers, catalogueFiber(id));
      catalogues.remove(id);
    }
    for (const [id, catalogue] of named) {
      if (listing.get(id) === catalogue) continue;
      listing.set(id, catalogue);
      yield* FiberMap.run(
        fibers,
        catalogueFiber(id),
        followCatalogue(producer, newFollowed(catalogue, catalogues.put), patiently),
      );
    }

    const followed = new Map(registry.followed().map((registration) => [registration.source, registration]));
    for (const source of board.sources()) {
      if (followed.has(source)) continue;
      watched.delete(source);
      yield* FiberMap.remove(fibers, source);
      const registration = registry.registration(source);
      if (registration?.unlisted === undefined) board.remove(source);
    }
    for (const registration of registry.registrations()) {
      if (registration.unlisted === undefined) continue;
      const before = board.get(producer, registration);
      if (before.state !== "gone" || !board.has(registration.source))
        board.put(goneStatus(before, registration));
    }
    for (const registration of [...followed.values()].sort((a, b) => rank(a) - rank(b))) {
      const { source } = registration;
      if (watched.get(source) === registration) continue;
      watched.set(source, registration);
      const before = board.get(producer, registration);
      board.put(before.state === "gone" ? announcedStatus(registration, registry.last(source)) : before);
      yield* FiberMap.run(fibers, source, watch(registration));
    }
  });

  yield* patiently(registry.refresh());
  yield* settle();
  const following = log.follow({
    group: `producer.${producer.id}`,
    topics: ["sources"],
    positions: () => registry.positions(),
    onBatch: Effect.fnUntraced(function* (batch) {
      for (const record of batch.records) registry.apply(record);
      // A look may have read them before this.
      if (registry.revision !== settled) yield* settle();
      return batch.next;
    }),
    onState: tellLog,
  });
  return yield* Effect.raceFirst(following, FiberMap.join(fibers).pipe(Effect.andThen(Effect.never)));
});

const isUnavailable = (error: unknown): error is Extract<LogFailure, { _tag: "LogUnavailable" }> =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "LogUnavailable";
