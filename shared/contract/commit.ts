/** The record of the topic `commits`: a database has changed. */
import * as Schema from "effect/Schema";

/** Key: the database's id. Wakes analyzers; the truth is in the database. */
export const CommitEvent = Schema.Struct({
  v: Schema.Literal(1),
  database: Schema.String,
  commit: Schema.Int,
  changed: Schema.Int,
  committed: Schema.String,
});
export type CommitEvent = typeof CommitEvent.Type;
