/** The records of the topic `status`: the states of components, sources and catalogues. */
import * as Schema from "effect/Schema";
import { DoubtReport, isOpen } from "./doubt.ts";
import { Decided, VersionCounts } from "./source-records.ts";

/** The status of one source, in the state of its producer and in `ventes sources`. */
export const SourceStatus = Schema.Struct({
  source: Schema.String,
  entities: Schema.Array(Schema.String),
  /**
   * parked: the last poll failed; held: the version waits for a decision about its `doubts`. Both have a `reason`.
   * unlisted: its catalogue no longer lists it.
   */
  state: Schema.Literals(["new", "reading", "ok", "parked", "held", "unlisted"]),
  reason: Schema.String,
  ...VersionCounts.fields,
  version: Schema.NullOr(Schema.Int),
  /** The times of the last poll and of the last new version, ISO 8601. */
  polled: Schema.NullOr(Schema.String),
  changed: Schema.NullOr(Schema.String),
  /** The catalogue that lists it. */
  catalogue: Schema.optionalKey(Schema.String),
  /** The last `reread` of its registration that was carried out. */
  reread: Schema.optionalKey(Schema.String),
  /** The time of the next poll, ISO 8601; absent: now, or never. */
  next: Schema.optionalKey(Schema.String),
  /** The number of polls that ended in a defect, since its producer started; absent: none. */
  defects: Schema.optionalKey(Schema.Int),
  /** What is unclear about its version; absent: nothing. */
  doubts: Schema.optionalKey(Schema.Array(DoubtReport)),
  /** What an operator accepted last about its versions. */
  decided: Schema.optionalKey(Schema.Array(Decided)),
  /** When an operator asked for the new ids that its sales have (--rekey), ISO 8601. */
  rekeyed: Schema.optionalKey(Schema.String),
});
export type SourceStatus = typeof SourceStatus.Type;

/** A source that is followed no longer, and whose rows an operator withdrew. */
export const WithdrawnSource = Schema.Struct({
  source: Schema.String,
  at: Schema.String,
  /** How many delete events that took. */
  events: Schema.Int,
});
export type WithdrawnSource = typeof WithdrawnSource.Type;

/** Whether its last poll changed nothing, for the `reason` in its status. */
export const isStopped = ({ state }: Pick<SourceStatus, "state">): boolean =>
  state === "parked" || state === "held";

/** Whether a person must act: its last poll failed, or something about its version is unclear. */
export const needsOperator = (status: Pick<SourceStatus, "state" | "doubts">): boolean =>
  isStopped(status) || (status.doubts ?? []).some(isOpen);

/** The status of one catalogue: listed = taken + others + removed + refused + passed. `unlisted` are entries that it listed before. */
export const CatalogueStatus = Schema.Struct({
  catalogue: Schema.String,
  /** The detected form of the document; null: not read yet. */
  form: Schema.NullOr(Schema.Literals(["text", "csv", "json", "html", "folder"])),
  /** parked: the last poll failed, for the `reason`. */
  state: Schema.Literals(["new", "reading", "ok", "parked"]),
  /** Why it is parked; when it is ok, the parts of the document that were ignored. */
  reason: Schema.String,
  listed: Schema.Int,
  /** Entries that it has registered. */
  taken: Schema.Int,
  /** Entries that were followed before, named by an operator or by another catalogue. */
  others: Schema.Int,
  /** Entries that an operator removed. */
  removed: Schema.Int,
  /** Entries that could not be registered: tried again at each poll. */
  refused: Schema.Int,
  unlisted: Schema.Int,
  /** The first refused entries, each with its reason. */
  refusals: Schema.Array(Schema.Struct({ source: Schema.String, reason: Schema.String })),
  /** What is no table and no failure: notes, workbooks, folders inside; absent: none. `passedOver`: the first of them. */
  passed: Schema.optionalKey(Schema.Int),
  passedOver: Schema.optionalKey(
    Schema.Array(Schema.Struct({ source: Schema.String, reason: Schema.String })),
  ),
  polled: Schema.NullOr(Schema.String),
  /** The number of defects, as for a source, those of its entries included. */
  defects: Schema.optionalKey(Schema.Int),
});
export type CatalogueStatus = typeof CatalogueStatus.Type;

/**
 * The state of a component. Key: `component id`. It is published every 5 s while the component runs. Statuses that do
 * not fit one record are in further ones (key: `component id part N`), which repeat the rest.
 */
export const ComponentState = Schema.Struct({
  v: Schema.Literal(1),
  component: Schema.Literals(["producer", "consumer", "analyzer"]),
  id: Schema.String,
  /** The id of the database, for consumers and analyzers. */
  database: Schema.NullOr(Schema.String),
  state: Schema.Literals(["running", "waiting", "stopped", "failed"]),
  detail: Schema.String,
  since: Schema.String,
  at: Schema.String,
  /** Numbers by name: events, changed, rejects, lag, commit, ... */
  figures: Schema.Record(Schema.String, Schema.Finite),
  /** The address of the page that its process serves; absent: it serves none. */
  page: Schema.optionalKey(Schema.String),
  /** The statuses of a producer's sources. */
  sources: Schema.optionalKey(Schema.Array(SourceStatus)),
  catalogues: Schema.optionalKey(Schema.Array(CatalogueStatus)),
  /** The number of this record, from 1; absent: the first one. */
  part: Schema.optionalKey(Schema.Int),
  /** How many records the state has; absent: this one alone. */
  parts: Schema.optionalKey(Schema.Int),
});
export type ComponentState = typeof ComponentState.Type;
