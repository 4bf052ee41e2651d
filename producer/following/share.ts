/**
 * This producer's share of the sources: one fiber for each source and catalogue in its partitions. `release` ends the
 * fibers that this producer must no longer run, `begin` starts the new ones.
 */
import * as Effect from "effect/Effect";
import * as FiberMap from "effect/FiberMap";
import type { Catalogue, Registration } from "#shared/contract/source-records.ts";
import type { SourceStatus } from "#shared/contract/status.ts";
import { announcedStatus, RefusedStatuses, unlistedStatus } from "../sync/index.ts";
import { followCatalogue, newFollowed } from "./catalogue.ts";
import type { ProducerFailure } from "./poll.ts";
import { type Following, followSource } from "./source.ts";
import { byRank } from "./source-statuses.ts";

/** The fiber of a source is named by its URL, so this name is never that of a source. */
const catalogueFiber = (id: string): string => `catalogue ${id}`;

export class Share {
  /** The partitions of `sources` that are assigned to this producer. */
  partitions: ReadonlySet<number> = new Set();
  readonly #following: Following;
  readonly #fibers: FiberMap.FiberMap<string, void, ProducerFailure>;
  readonly #running = new Map<string, Registration>();
  readonly #listing = new Map<string, Catalogue>();
  readonly #refusals: RefusedStatuses;

  /** `fibers` ends with its own scope. */
  constructor(following: Following, fibers: FiberMap.FiberMap<string, void, ProducerFailure>) {
    this.#following = following;
    this.#fibers = fibers;
    this.#refusals = new RefusedStatuses(following.producer.settings.language);
  }

  #isOurs(id: string): boolean {
    return this.partitions.has(this.#following.producer.registry.partition(id));
  }

  #registrations(): Registration[] {
    return this.#following.producer.registry.followed().filter(({ source }) => this.#isOurs(source));
  }

  #catalogues(): Catalogue[] {
    return this.#following.producer.registry.catalogues().filter(({ catalogue }) => this.#isOurs(catalogue));
  }

  #refused(): readonly SourceStatus[] {
    const refused = this.#following.producer.registry.refused();
    return this.#refusals.of(refused.filter(({ partition }) => this.partitions.has(partition)));
  }

  /**
   * Ends the fibers of sources and catalogues that are no longer ours, no longer registered, or registered with other
   * options. Waits for their end.
   */
  readonly release = Effect.fnUntraced({ self: this }, function* (this: Share) {
    yield* this.#releaseSources();
    yield* this.#releaseCatalogues();
  });

  #releaseSources = Effect.fnUntraced({ self: this }, function* (this: Share) {
    const { statuses, producer } = this.#following;
    const kept = new Map(this.#registrations().map((r) => [r.source, r]));
    const ended = [...this.#running].filter(([source, registration]) => kept.get(source) !== registration);
    // Wait for their end: the next fiber of the source uses the same state.
    yield* Effect.forEach(ended, ([source]) => FiberMap.remove(this.#fibers, source), {
      concurrency: "unbounded",
      discard: true,
    });
    for (const [source] of ended) this.#running.delete(source);
    const invalid = new Set(this.#refused().map(({ source }) => source));
    const isShown = (source: string) =>
      invalid.has(source) ||
      (this.#isOurs(source) &&
        (kept.has(source) || producer.registry.registration(source)?.unlisted !== undefined));
    const shown = statuses.all().map(({ source }) => source);
    statuses.remove(shown.filter((source) => !isShown(source)));
  });

  #releaseCatalogues = Effect.fnUntraced({ self: this }, function* (this: Share) {
    const listed = new Map(this.#catalogues().map((c) => [c.catalogue, c]));
    const closed = [...this.#listing]
      .filter(([id, catalogue]) => listed.get(id) !== catalogue)
      .map(([id]) => id);
    for (const id of closed) {
      yield* FiberMap.remove(this.#fibers, catalogueFiber(id));
      this.#listing.delete(id);
    }
    this.#following.catalogues.remove(closed.filter((id) => !listed.has(id)));
  });

  /** Starts a fiber for each new source and catalogue, parents first, because sources of one host wait in this order. */
  readonly begin = Effect.fnUntraced({ self: this }, function* (this: Share) {
    const { producer, catalogues, waitForLog } = this.#following;
    const begun = this.#registrations()
      .filter(({ source }) => !this.#running.has(source))
      .sort(byRank);
    this.#show(begun);
    for (const catalogue of this.#catalogues()) {
      const id = catalogue.catalogue;
      if (this.#listing.has(id)) continue;
      this.#listing.set(id, catalogue);
      const followed = followCatalogue(producer, newFollowed(catalogue, catalogues.put), waitForLog);
      yield* FiberMap.run(this.#fibers, catalogueFiber(id), followed);
    }
    for (const registration of begun) {
      this.#running.set(registration.source, registration);
      yield* FiberMap.run(this.#fibers, registration.source, followSource(this.#following, registration));
    }
  });

  /** Puts the statuses of new sources, of sources that their catalogue no longer lists, and of records not valid. */
  #show(begun: readonly Registration[]): void {
    const { statuses, producer } = this.#following;
    const { registry } = producer;
    const unlisted = registry
      .registrations()
      .filter((r) => r.unlisted !== undefined && this.#isOurs(r.source));
    statuses.put(
      ...begun.map((registration) => {
        const before = statuses.get(registration);
        return before.state === "unlisted"
          ? announcedStatus(registration, registry.last(registration.source))
          : before;
      }),
      ...unlisted.flatMap((registration) => {
        const before = statuses.get(registration);
        return before.state === "unlisted" && statuses.has(registration.source)
          ? []
          : [unlistedStatus(before, registration)];
      }),
      ...this.#refused(),
    );
  }

  /** Fails when a fiber fails, with its failure; never succeeds. */
  get joined(): Effect.Effect<never, ProducerFailure> {
    return FiberMap.join(this.#fibers).pipe(Effect.andThen(Effect.never));
  }
}
