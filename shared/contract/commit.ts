/** The record of the topic `commits`: it announces a commit of a database. */
import * as Schema from "effect/Schema";

/** Key: the id of the database. It only wakes analyzers; they read the commits from the database. */
export const CommitEvent = Schema.Struct({
  v: Schema.Literal(1),
  database: Schema.String,
  commit: Schema.Int,
  changed: Schema.Int,
  committed: Schema.String,
  /** When the version was published whose event is the first of the commit; absent: not known any more. */
  published: Schema.optionalKey(Schema.String),
});
export type CommitEvent = typeof CommitEvent.Type;
