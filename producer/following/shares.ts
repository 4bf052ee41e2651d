/**
 * Which sources this producer follows: those of the partitions of `sources` that its group gives it. Producers of
 * one namespace are one group, so each source is one producer's; when one goes, the others have its sources within
 * the group's session timeout, and take them over by rule 20. A source that is given away is let go between two
 * events, and what was half sent is the other's to complete. That two hold a source for a moment, or that one wakes
 * after another took over, costs a download and never a row (rules 19 to 21).
 */
import * as Effect from "effect/Effect";
import * as FiberMap from "effect/FiberMap";
import type * as Scope from "effect/Scope";
import type { Catalogue, Registration } from "#shared/event.ts";
import type { LogState } from "#shared/topic-log/topic-log.ts";
import { Waker } from "#shared/topic-log/waker.ts";
import { announcedStatus, goneStatus, refusedStatus } from "../sync/index.ts";
import { byRank } from "./board.ts";
import { followCatalogue, newFollowed } from "./catalogue.ts";
import type { ProducerFailure } from "./poll.ts";
import { type Following, followSource } from "./source.ts";

/** The group of all producers of a namespace. */
const GROUP = "producers";

/** Who had a source hears of its loss at the same moment as we of our gain, and has this long to end its look. */
const HANDOVER_MS = 250;

/** Sources are named by their URL alone. */
const catalogueFiber = (id: string): string => `catalogue ${id}`;

/** Never returns by itself. */
export const followShares = Effect.fnUntraced(function* (
  following: Following,
  onState: (state: LogState) => void,
): Effect.fn.Return<never, ProducerFailure, Scope.Scope> {
  const { producer, board, catalogues, patience } = following;
  const { registry, settings, log } = producer;
  const fibers = yield* FiberMap.make<string, void, ProducerFailure>();
  const running = new Map<string, Registration>();
  const listing = new Map<string, Catalogue>();
  // An embedded log has one producer (contract), which need not wait for the membership of one that was killed.
  const shared = settings.kafka !== null;
  let ours: ReadonlySet<number> = new Set();
  let gained = false;
  let settled = -1;
  const news = new Waker();

  const isOurs = (id: string): boolean => ours.has(registry.partition(id));
  const registrations = (): Registration[] => registry.followed().filter(({ source }) => isOurs(source));
  const refused = () => registry.refused().filter(({ partition }) => ours.has(partition));
  const named = (): Catalogue[] => registry.catalogues().filter(({ catalogue }) => isOurs(catalogue));

  /** Lets go what is no longer ours, no longer registered, or registered otherwise. */
  const release = Effect.fnUntraced(function* () {
    const kept = new Map(registrations().map((r) => [r.source, r]));
    const ended = [...running].filter(([source, registration]) => kept.get(source) !== registration);
    // Awaited: two looks of one source would share its state.
    yield* Effect.forEach(ended, ([source]) => FiberMap.remove(fibers, source), {
      concurrency: "unbounded",
      discard: true,
    });
    for (const [source] of ended) running.delete(source);
    const invalid = new Set(refused().map(({ shown }) => shown));
    const isShown = (source: string) =>
      invalid.has(source) ||
      (isOurs(source) && (kept.has(source) || registry.registration(source)?.unlisted !== undefined));
    board.remove(
      board
        .all()
        .map(({ source }) => source)
        .filter((source) => !isShown(source)),
    );

    const listed = new Map(named().map((c) => [c.catalogue, c]));
    const closed = [...listing].filter(([id, catalogue]) => listed.get(id) !== catalogue).map(([id]) => id);
    for (const id of closed) {
      yield* FiberMap.remove(fibers, catalogueFiber(id));
      listing.delete(id);
    }
    catalogues.remove(closed.filter((id) => !listed.has(id)));
  });

  /** Begins with what is new, parents first; hosts serve in this order. */
  const begin = Effect.fnUntraced(function* () {
    const begun = registrations()
      .filter(({ source }) => !running.has(source))
      .sort(byRank);
    const unlisted = registry.registrations().filter((r) => r.unlisted !== undefined && isOurs(r.source));
    board.put(
      ...begun.map((registration) => {
        const before = board.get(registration);
        return before.state === "gone"
          ? announcedStatus(registration, registry.last(registration.source))
          : before;
      }),
      ...unlisted.flatMap((registration) => {
        const before = board.get(registration);
        return before.state === "gone" && board.has(registration.source)
          ? []
          : [goneStatus(before, registration)];
      }),
      ...refused().map((record) => refusedStatus(record, settings.language)),
    );
    for (const catalogue of named()) {
      const id = catalogue.catalogue;
      if (listing.has(id)) continue;
      listing.set(id, catalogue);
      yield* FiberMap.run(
        fibers,
        catalogueFiber(id),
        followCatalogue(producer, newFollowed(catalogue, catalogues.put), patience),
      );
    }
    for (const registration of begun) {
      running.set(registration.source, registration);
      yield* FiberMap.run(fibers, registration.source, followSource(following, registration));
    }
  });

  const settle = Effect.gen(function* () {
    for (;;) {
      yield* news.wait;
      settled = registry.revision;
      yield* release();
      if (gained) {
        gained = false;
        if (shared) yield* Effect.sleep(HANDOVER_MS);
        yield* patience(registry.refresh());
        yield* release();
      }
      yield* begin();
    }
  });

  yield* patience(registry.refresh());
  const group = log.follow({
    group: shared ? GROUP : `producer.${producer.id}`,
    topics: ["sources"],
    positions: () => registry.positions(),
    onAssigned: (assigned) => {
      const now = new Set(assigned.map(({ partition }) => partition));
      gained ||= [...now].some((partition) => !ours.has(partition));
      ours = now;
      news.wake();
    },
    onBatch: (batch) =>
      Effect.sync(() => {
        for (const record of batch.records) registry.apply(record, batch.partition);
        // A look may have read them before this.
        if (registry.revision !== settled) news.wake();
        return batch.next;
      }),
    onState,
  });
  return yield* Effect.raceAllFirst([
    group,
    settle,
    FiberMap.join(fibers).pipe(Effect.andThen(Effect.never)),
  ]);
});
