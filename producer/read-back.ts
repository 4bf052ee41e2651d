/**
 * What a source's events say, read back from the topics into the state (rules 20 and 21): from where it was last
 * read, or from the start. Of one partition and source, an event of an older version than one seen there does not
 * count.
 *
 * Fingerprints are of events as published. When a source has lost a column, what it holds has more columns than
 * its lines, and they compare only over those that both have: then the images are folded, as the consumer folds
 * them, in a scratch database, and the fingerprints made over `columns` alone.
 */
import * as Effect from "effect/Effect";
import { openScratch, type Sqlite } from "#shared/database/sqlite.ts";
import { type EntityName, entityNamed } from "#shared/entities/index.ts";
import type { PipelineEvent, Values } from "#shared/event.ts";
import { splitOrdinal } from "#shared/identity.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { LogBatch, LogRecord, TopicLog } from "#shared/topic-log/topic-log.ts";
import type { EventTopic } from "#shared/topics.ts";
import { byCodeUnit, restOf, splitDerived, TIME_NAMES } from "./decode.ts";
import type { ClaimKey } from "./diff/version-diff.ts";
import { fingerprintReject } from "./events.ts";
import { fingerprint, partOf, print } from "./fingerprint.ts";
import type { SourceState, State } from "./state/state.ts";

/** The event of a record when it is of this source; foreign and unreadable ones are the consumer's to tell. */
export function eventOf(record: LogRecord, source: Buffer): PipelineEvent | undefined {
  const { value } = record;
  // Ours have the source near their beginning; another client's may have it anywhere.
  if (value === null || !value.includes(source)) return undefined;
  try {
    const event = JSON.parse(value.toString("utf8")) as PipelineEvent;
    return event !== null && typeof event === "object" && JSON.stringify(event.source) === source.toString()
      ? event
      : undefined;
  } catch {
    return undefined;
  }
}

/** The bytes by which `eventOf` recognizes a source. */
export const sourceMark = (source: string): Buffer => Buffer.from(JSON.stringify(source));

export function claimOf(topic: EventTopic, key: string, row: Values): ClaimKey {
  const split = topic === "rejets" ? splitOrdinal(key) : topic === "ventes" ? splitDerived(key) : undefined;
  return {
    key: split?.stem ?? key,
    ordinal: split?.ordinal ?? 0,
    dated: topic === "produits" ? (row.date_effet ?? "") : "",
  };
}

export interface Image {
  readonly row: Values;
  readonly extras: Values;
}

/** A column that the new one lacks leaves the value; an amount does not outlive the quantité and product it was for. */
export function mergeImage(old: Image, next: Image): Image {
  const row: Record<string, string | null> = { ...old.row, ...next.row };
  if (
    !("chiffre_affaires" in next.row) &&
    ["quantité", "id_produit"].some((c) => c in old.row && row[c] !== old.row[c])
  )
    delete row.chiffre_affaires;
  return { row, extras: { ...old.extras, ...next.extras } };
}

/** The columns of an event, sorted, without its key and without times of day, which come and go. */
function columnsOf(event: Image, key: string): string[] {
  return [...Object.keys(event.row), ...Object.keys(event.extras)]
    .filter((name) => name !== key && !TIME_NAMES.has(name))
    .sort(byCodeUnit);
}

export const topicsOf = (entity: EntityName): readonly EventTopic[] => [entity, "rejets"];

export interface ReadBackOptions {
  readonly log: TopicLog["Service"];
  readonly state: State;
  readonly source: SourceState;
  readonly entity: EntityName;
  /** Over which columns fingerprints are made, when not over those of each event. Reads from the start. */
  readonly columns: readonly string[] | undefined;
}

/** Reads to the end as it is now. The source is clean afterwards. */
export const readBack = Effect.fnUntraced(function* (
  options: ReadBackOptions,
): Effect.fn.Return<SourceState, LogFailure> {
  const { log, state, entity, columns } = options;
  const fresh = options.source.dirty || columns !== undefined;
  const source = fresh
    ? state.save(options.source, { columns: null, seen: null, dirty: true })
    : options.source;
  if (fresh) state.forgetHeld(source.id);
  const known = new Map(state.readBack(source.id).map((r) => [`${r.topic}/${r.partition}`, r]));
  const from = topicsOf(entity).flatMap((topic) =>
    Array.from({ length: log.partitions(topic) }, (_, partition) => ({
      topic,
      partition,
      offset: known.get(`${topic}/${partition}`)?.position ?? 0,
    })),
  );
  const reader = new Reader(options, source);
  yield* Effect.acquireUseRelease(
    Effect.sync(() => (columns === undefined ? undefined : new Images(openScratch()))),
    (images) =>
      log
        .read(from, (batch) => Effect.sync(() => reader.batch(batch, known, images)))
        .pipe(Effect.tap(() => Effect.sync(() => images?.store(state, source.id, entity, columns ?? [])))),
    (images) => Effect.sync(() => images?.close()),
  );
  return state.save(source, { dirty: false, ...reader.columns(source, columns) });
});

class Reader {
  readonly #state: State;
  readonly #id: number;
  readonly #mark: Buffer;
  readonly #entity: EntityName;
  readonly #key: string;
  /** Sets of columns met, by their names joined. */
  readonly #signatures = new Map<string, readonly string[]>();

  constructor({ state, entity }: ReadBackOptions, source: SourceState) {
    this.#state = state;
    this.#id = source.id;
    this.#mark = sourceMark(source.source);
    this.#entity = entity;
    this.#key = entityNamed(entity).key;
    if (source.columns !== null) this.#signatures.set(source.columns.join("\n"), source.columns);
  }

  batch(batch: LogBatch, known: Map<string, { newest: number }>, images: Images | undefined): void {
    const topic = batch.topic as EventTopic;
    let newest = known.get(`${topic}/${batch.partition}`)?.newest ?? -1;
    this.#state.transaction(() => {
      for (const record of batch.records) {
        const event = eventOf(record, this.#mark);
        if (event === undefined || typeof event.version !== "number" || event.version < newest) continue;
        newest = event.version;
        if (event.kind === "mark" || record.key === null) continue;
        this.#apply(topic, record.key, event, images);
      }
      this.#state.saveReadBack(this.#id, { topic, partition: batch.partition, position: batch.next, newest });
    });
    known.set(`${topic}/${batch.partition}`, { newest });
  }

  #apply(
    topic: EventTopic,
    key: string,
    event: Extract<PipelineEvent, { kind: "row" | "gone" }>,
    images: Images | undefined,
  ): void {
    if (typeof event.row !== "object" || event.row === null) return;
    const claim = claimOf(topic, key, event.row);
    const reject = topic === "rejets";
    const part = partOf(claim.key);
    if (event.kind === "gone") {
      if (reject || images === undefined) this.#state.remove(this.#id, reject, part, claim);
      else images.remove(claim);
      return;
    }
    if (reject) fingerprintReject(event.row.entity as EntityName, event.row.code ?? "");
    else {
      const names = columnsOf(event, this.#key);
      this.#signatures.set(names.join("\n"), names);
      if (images !== undefined) {
        images.put(claim, event, topic === "produits");
        return;
      }
      fingerprint(restOf(event.row, event.extras, this.#key, undefined));
    }
    if (topic === "produits") this.#state.removeOtherKind(this.#id, part, claim.key, claim.dated);
    this.#state.put(this.#id, reject, part, { ...claim, a: print.a, b: print.b });
  }

  /** What the state says of columns now: several sets of them, and only a fold can tell (columns: null). */
  columns(source: SourceState, folded: readonly string[] | undefined): Partial<SourceState> {
    const all = [...this.#signatures.values()];
    const seen = [...new Set([...(source.seen ?? []), ...all.flat()])].sort(byCodeUnit);
    if (folded !== undefined) return { columns: folded, seen };
    return { columns: all.length > 1 ? null : (all[0] ?? source.columns), seen };
  }

  get entity(): EntityName {
    return this.#entity;
  }
}

/** Images of claims, folded on disk. */
class Images {
  readonly #db: Sqlite;
  readonly #get;
  readonly #put;
  readonly #remove;
  readonly #removeOtherKind;

  constructor(db: Sqlite) {
    this.#db = db;
    db.exec(`CREATE TABLE images (key TEXT, ordinal INTEGER, dated TEXT, image TEXT,
      PRIMARY KEY (key, ordinal, dated)) WITHOUT ROWID`);
    this.#get = db.prepare("SELECT image FROM images WHERE key = ? AND ordinal = ? AND dated = ?").pluck();
    this.#put = db.prepare("INSERT OR REPLACE INTO images VALUES (?, ?, ?, ?)");
    this.#remove = db.prepare("DELETE FROM images WHERE key = ? AND ordinal = ? AND dated = ?");
    this.#removeOtherKind = db.prepare("DELETE FROM images WHERE key = ? AND (dated = '') <> (? = '')");
  }

  put({ key, ordinal, dated }: ClaimKey, event: Image, dates: boolean): void {
    const text = this.#get.get(key, ordinal, dated) as string | undefined;
    const { row, extras } = event;
    const image = text === undefined ? { row, extras } : mergeImage(JSON.parse(text) as Image, event);
    if (dates) this.#removeOtherKind.run(key, dated);
    this.#put.run(key, ordinal, dated, JSON.stringify(image));
  }

  remove({ key, ordinal, dated }: ClaimKey): void {
    this.#remove.run(key, ordinal, dated);
  }

  store(state: State, id: number, entity: EntityName, columns: readonly string[]): void {
    const keep = new Set([...columns, ...TIME_NAMES]);
    const { key: keyColumn } = entityNamed(entity);
    state.transaction(() => {
      for (const r of this.#db.prepare("SELECT key, ordinal, dated, image FROM images").iterate()) {
        const { image, ...claim } = r as ClaimKey & { image: string };
        const { row, extras } = JSON.parse(image) as Image;
        fingerprint(restOf(row, extras, keyColumn, (name) => keep.has(name)));
        state.put(id, false, partOf(claim.key), { ...claim, a: print.a, b: print.b });
      }
    });
  }

  close(): void {
    this.#db.close();
  }
}

/** The image of one claim, folded from its partition: for the few rows that move without a line of the file. */
export const imageOf = Effect.fnUntraced(function* (
  log: TopicLog["Service"],
  source: string,
  topic: EventTopic,
  partition: number,
  key: string,
): Effect.fn.Return<Image | undefined, LogFailure> {
  const mark = sourceMark(source);
  let image: Image | undefined;
  let newest = -1;
  yield* log.read([{ topic, partition, offset: 0 }], (batch) =>
    Effect.sync(() => {
      for (const record of batch.records) {
        const event = eventOf(record, mark);
        if (event === undefined || event.version < newest) continue;
        newest = event.version;
        if (event.kind === "mark" || record.key !== key) continue;
        if (event.kind === "gone") image = undefined;
        else image = image === undefined ? event : mergeImage(image, event);
      }
    }),
  );
  return image;
});
