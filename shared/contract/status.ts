/** The records of the topic of statuses: how each component, source and catalogue stands. */
import * as Schema from "effect/Schema";
import { VersionCounts } from "./source-records.ts";

/** How one source stands, inside a producer's state and in `ventes sources`. */
export const SourceStatus = Schema.Struct({
  source: Schema.String,
  entities: Schema.Array(Schema.String),
  /**
   * ok; parked until the next look, or held back until it is confirmed, with its reason; or gone from its catalogue,
   * which listed it.
   */
  state: Schema.Literals(["new", "reading", "ok", "parked", "held", "unlisted"]),
  reason: Schema.String,
  ...VersionCounts.fields,
  version: Schema.NullOr(Schema.Int),
  /** Last look and last new version, ISO 8601. */
  polled: Schema.NullOr(Schema.String),
  changed: Schema.NullOr(Schema.String),
  /** The catalogue that lists it. */
  catalogue: Schema.optionalKey(Schema.String),
  /** The last `reread` of its registration that was done. */
  reread: Schema.optionalKey(Schema.String),
  /** When it is looked at next, ISO 8601; absent: now, or by nobody. */
  next: Schema.optionalKey(Schema.String),
  /** Looks that ended in an error that the program does not know, since its producer started; absent: none. */
  defects: Schema.optionalKey(Schema.Int),
});
export type SourceStatus = typeof SourceStatus.Type;

/** Whether its last look changed nothing, for the reason that it gives. */
export const isStopped = ({ state }: Pick<SourceStatus, "state">): boolean =>
  state === "parked" || state === "held";

/** How one catalogue stands: listed = taken + others + removed + refused; gone are entries that it once listed. */
export const CatalogueStatus = Schema.Struct({
  catalogue: Schema.String,
  /** What the document turned out to be; null: not read yet. */
  form: Schema.NullOr(Schema.Literals(["text", "csv", "json", "html", "folder"])),
  /** ok, or parked until the next look with its reason. */
  state: Schema.Literals(["new", "reading", "ok", "parked"]),
  /** Why it is parked; of one that is ok, what it says that was left aside. */
  reason: Schema.String,
  listed: Schema.Int,
  /** Registered by it. */
  taken: Schema.Int,
  /** Followed already: an operator's own, or another catalogue's. */
  others: Schema.Int,
  /** Removed by an operator. */
  removed: Schema.Int,
  /** Neither: read again at each look. */
  refused: Schema.Int,
  unlisted: Schema.Int,
  /** The first of the refused ones, each with its reason. */
  refusals: Schema.Array(Schema.Struct({ source: Schema.String, reason: Schema.String })),
  polled: Schema.NullOr(Schema.String),
  /** As of a source; those of its entries included. */
  defects: Schema.optionalKey(Schema.Int),
});
export type CatalogueStatus = typeof CatalogueStatus.Type;

/** Key: `component id`. Published every 5 s while it runs. */
export const ComponentState = Schema.Struct({
  v: Schema.Literal(1),
  component: Schema.Literals(["producer", "consumer", "analyzer"]),
  id: Schema.String,
  /** The data directory's database id, for consumers and analyzers. */
  database: Schema.NullOr(Schema.String),
  state: Schema.Literals(["running", "waiting", "stopped", "failed"]),
  detail: Schema.String,
  since: Schema.String,
  at: Schema.String,
  /** Numbers by name: events, changed, rejects, lag, commit, ... */
  figures: Schema.Record(Schema.String, Schema.Finite),
  /** Of a producer: how its sources stand. */
  sources: Schema.optionalKey(Schema.Array(SourceStatus)),
  catalogues: Schema.optionalKey(Schema.Array(CatalogueStatus)),
});
export type ComponentState = typeof ComponentState.Type;
