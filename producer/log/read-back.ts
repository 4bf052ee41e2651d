/**
 * Reads the events of a source back from the topics into the state (rules 20 and 21), from the last position or from
 * the start. In one partition, an event of a source does not count behind an event of a newer version of that source.
 *
 * A fingerprint covers the columns of its event. After a source has lost a column, its images have more columns than
 * its lines. Fingerprints can then be compared only over common columns: the read back computes the images in a
 * scratch database, as the consumer does, and makes fingerprints over `columns` alone.
 */
import * as Effect from "effect/Effect";
import { type EntityName, entityNamed } from "#shared/contract/entities/index.ts";
import type { PipelineEvent } from "#shared/contract/event.ts";
import type { EventTopic } from "#shared/contract/topics.ts";
import { openScratch } from "#shared/database/sqlite.ts";
import { inSlices } from "#shared/runtime/slices.ts";
import { partitionKey } from "#shared/topic-log/by-partition.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { LogBatch, OffsetRange, Position, TopicLog } from "#shared/topic-log/topic-log.ts";
import type { ColumnsByEntity, ReadBack, SourceState, State } from "../diff/index.ts";
import {
  byCodeUnit,
  fingerprintReject,
  fingerprintRow,
  HeldPart,
  heldKey,
  print,
  restOf,
  Spill,
  STATE_PARTS,
  TIME_NAMES,
} from "../diff/index.ts";
import type { Image } from "./image.ts";
import { Images } from "./images.ts";
import { SaleEvents } from "./sale-events.ts";
import { claimOf, dayOfSale, eventOf, sourceText, topicsOf } from "./source-events.ts";
import type { SourceIndex } from "./source-index.ts";

/** The columns of an event, sorted, without its key, and without the time of day, which not every row has. */
function columnsOf(event: Image, key: string): string[] {
  return [...Object.keys(event.row), ...Object.keys(event.extras)]
    .filter((name) => name !== key && !TIME_NAMES.has(name))
    .sort(byCodeUnit);
}

export interface ReadBackOptions {
  readonly log: TopicLog["Service"];
  readonly sourceIndex: SourceIndex;
  readonly state: State;
  readonly source: SourceState;
  readonly entities: readonly EntityName[];
  /** Make fingerprints over these columns, and read from the start; undefined: over the columns of each event. */
  readonly columns: ColumnsByEntity | undefined;
  /** The prefix of scratch files in the spool that nobody else uses. */
  readonly scratch: string;
}

/** Reads to the present end of the topics. Returns the new state of the source, which is not `dirty`. */
export const readBack = Effect.fnUntraced(function* (
  options: ReadBackOptions,
): Effect.fn.Return<SourceState, LogFailure> {
  const { log, sourceIndex, state, entities, columns } = options;
  const fresh = options.source.dirty || columns !== undefined;
  const source = fresh ? state.save(options.source, { columns: {}, seen: {}, dirty: true }) : options.source;
  // The rows stay while their fingerprints are computed again, for the events do not tell their places (rule 9).
  if (fresh && options.source.dirty) state.forgetHeld(source.id);
  else if (fresh) state.forgetReadBack(source.id);
  const known = new Map(state.readBack(source.id).map((r) => [partitionKey(r), r]));
  const from = topicsOf(entities).flatMap((topic) =>
    Array.from({ length: log.partitions(topic) }, (_, partition) => ({
      topic,
      partition,
      offset: known.get(partitionKey({ topic, partition }))?.position ?? 0,
    })),
  );
  const { ranges, reached } = yield* sourceIndex.find(source.source, from);
  const reading = <A>(
    these: readonly OffsetRange[],
    before: ReadonlyMap<string, ReadBack>,
    end: (reader: Reader) => Generator<void, A>,
  ) =>
    Effect.acquireUseRelease(
      Effect.sync(() => new Reader(options, source)),
      (reader) =>
        Effect.forEach(
          these,
          (range) => log.read([range], (batch) => Effect.sync(() => reader.batch(batch, before))),
          { discard: true },
        ).pipe(Effect.andThen(inSlices(() => end(reader), Effect.die))),
      (reader) => Effect.sync(() => reader.close()),
    );
  const isFirst = from.every(({ offset }) => offset === 0);
  const areDaysKnown = yield* reading(ranges, known, function* (reader) {
    reader.reach(reached, known);
    const areKnown = yield* reader.storeDays(isFirst);
    yield* reader.store();
    return areKnown;
  });
  if (!areDaysKnown) {
    const ofSales = reached.filter(({ topic }) => topic === "ventes");
    const whole = yield* sourceIndex.find(
      source.source,
      ofSales.map((position) => ({ ...position, offset: 0 })),
    );
    const ends = new Map(ofSales.map((position) => [partitionKey(position), position.offset]));
    const upTo = whole.ranges.map((range) => {
      const end = ends.get(partitionKey(range)) ?? 0;
      return { ...range, until: Math.min(range.until ?? end, end) };
    });
    yield* reading(upTo, new Map(), (reader) => reader.storeDays(true));
  }
  return state.source(source.source);
});

/** Stands for a delete in the spill. Fingerprints are never negative. */
const DELETED = -1;

/** Collects the changes in scratch files, by part of the key and in their order, then writes them part by part. */
class Reader {
  readonly #options: ReadBackOptions;
  readonly #source: SourceState;
  readonly #named: Buffer;
  readonly #spills: ReadonlyMap<EventTopic, Spill>;
  readonly #images = new Map<EventTopic, Images>();
  readonly #reached = new Map<string, ReadBack>();
  /** undefined: it is known by day what the events state, and only their fingerprints are computed again. */
  readonly #sales: SaleEvents | undefined;
  /** The sets of columns that the events of each entity have, keyed by their joined names. */
  readonly #signatures = new Map<EventTopic, Map<string, readonly string[]>>();

  constructor(options: ReadBackOptions, source: SourceState) {
    const { entities, columns, scratch } = options;
    this.#options = options;
    this.#source = source;
    this.#named = sourceText(source.source);
    this.#sales =
      columns === undefined && entities.includes("ventes") ? new SaleEvents(`${scratch}.days`) : undefined;
    this.#spills = new Map(topicsOf(entities).map((topic) => [topic, new Spill(`${scratch}.${topic}`)]));
    for (const entity of entities) {
      if (columns !== undefined) this.#images.set(entity, new Images(openScratch()));
      const known = source.columns[entity] ?? null;
      this.#signatures.set(entity, new Map(known === null ? [] : [[known.join("\n"), known]]));
    }
  }

  batch(batch: LogBatch, known: ReadonlyMap<string, ReadBack>): void {
    const topic = batch.topic as EventTopic;
    const { partition, next } = batch;
    const name = partitionKey({ topic, partition });
    let newest = (this.#reached.get(name) ?? known.get(name))?.newest ?? -1;
    for (const record of batch.records) {
      const event = eventOf(record, this.#named);
      if (event === undefined || typeof event.version !== "number" || event.version < newest) continue;
      newest = event.version;
      if (event.kind === "fence" || record.key === null) continue;
      this.#take(topic, record.key, event);
    }
    this.#reached.set(name, { topic, partition, position: next, newest });
  }

  /** Takes the positions up to which the topics hold no further event of this source. */
  reach(positions: readonly Position[], known: ReadonlyMap<string, ReadBack>): void {
    for (const { topic, partition, offset } of positions) {
      const name = partitionKey({ topic, partition });
      const newest = (this.#reached.get(name) ?? known.get(name))?.newest ?? -1;
      this.#reached.set(name, { topic: topic as EventTopic, partition, position: offset, newest });
    }
  }

  #take(topic: EventTopic, key: string, event: Extract<PipelineEvent, { kind: "row" | "delete" }>): void {
    if (typeof event.row !== "object" || event.row === null) return;
    const claim = claimOf(topic, key, event.row);
    const images = this.#images.get(topic);
    if (topic === "ventes") this.#sales?.take(claim, event.kind === "delete" ? null : event.row);
    if (event.kind === "delete") {
      print.a = DELETED;
      print.b = DELETED;
      if (images !== undefined) {
        images.remove(claim);
        return;
      }
    } else if (topic === "rejets") fingerprintReject(event.row.entity as EntityName, event.row.code ?? "");
    else {
      const { key: keyColumn } = entityNamed(topic);
      const names = columnsOf(event, keyColumn);
      this.#signatures.get(topic)?.set(names.join("\n"), names);
      if (images !== undefined) {
        images.put(claim, event, topic === "produits");
        return;
      }
      fingerprintRow(topic, claim.ordinal, event.row, restOf(event.row, event.extras, keyColumn, undefined));
    }
    const day = dayOfSale(topic, event.row);
    this.#spills
      .get(topic)
      ?.add({ ...claim, n: 0, line: 0, derived: false, stem: "", a: print.a, b: print.b, day });
  }

  /**
   * Writes the sales by day, before the rows. `isWhole`: the events were read from the start. False: they change sales of
   * which the state knows the day alone, so all events must be read. Yields between parts.
   */
  *storeDays(isWhole: boolean): Generator<void, boolean> {
    const { state } = this.#options;
    const { id } = this.#source;
    if (this.#sales === undefined || (!isWhole && this.#sales.count === 0)) return true;
    if (!isWhole && (yield* this.#sales.meets(state, id))) return false;
    if (isWhole) state.days.forget(id);
    const change = { adds: !isWhole, gone: null };
    yield* state.days.put(id, yield* this.#sales.sales(), change, (work) => state.transaction(work));
    return true;
  }

  /** Writes the changes into the state. Yields between parts. */
  *store(): Generator<void, void> {
    const { state, columns } = this.#options;
    const { id } = this.#source;
    for (const [topic, spill] of this.#spills)
      for (let part = 0; part < STATE_PARTS; part++) {
        if (!spill.has(part)) continue;
        const held = new HeldPart(state.held(id, topic, part), topic === "produits");
        for (const change of spill.read(part)) {
          const row = { ...change, key: heldKey(change.key, change.ordinal), place: 0 };
          if (change.a === DELETED) held.remove(row);
          else held.put(row);
        }
        state.putHeld(id, topic, part, held.encode());
        yield;
      }
    if (columns !== undefined)
      for (const [topic, images] of this.#images)
        yield* images.store(state, id, topic as EntityName, columns[topic as EntityName] ?? []);
    state.transaction(() => {
      for (const reached of this.#reached.values()) state.saveReadBack(id, reached);
      state.save(this.#source, { dirty: false, ...this.#columns() });
    });
  }

  /** The columns of the state now. null: the rows have different sets, so only images can be compared. */
  #columns(): Pick<SourceState, "columns" | "seen"> {
    const { columns } = this.#options;
    const now: Record<string, readonly string[] | null> = { ...this.#source.columns };
    const seen: Record<string, readonly string[] | null> = { ...this.#source.seen };
    for (const [topic, signatures] of this.#signatures) {
      const entity = topic as EntityName;
      const all = [...signatures.values()];
      seen[entity] = [...new Set([...(this.#source.seen[entity] ?? []), ...all.flat()])].sort(byCodeUnit);
      const before = this.#source.columns[entity];
      const wasMixed = before === null && (this.#source.seen[entity] ?? []).length > 0;
      if (columns !== undefined) now[entity] = columns[entity] ?? null;
      else now[entity] = wasMixed || all.length > 1 ? null : (all[0] ?? before ?? null);
    }
    return { columns: now, seen };
  }

  close(): void {
    for (const spill of this.#spills.values()) spill.close();
    this.#sales?.close();
    for (const images of this.#images.values()) images.close();
  }
}
