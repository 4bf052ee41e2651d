/** The fields that say which commit the figures of an answer reflect, and when it was reached. */
import * as Schema from "effect/Schema";

/** The commit of the figures, and the newest one. */
export const AsOf = {
  commit: Schema.Int,
  /** When the analyses reached this commit, ISO 8601; null: there is no commit yet. */
  reached: Schema.NullOr(Schema.String),
  /** The newest commit of the database; the analyzer has those after `commit` still to do. */
  newest: Schema.Int,
  /** The time of the server, ISO 8601: "n seconds ago" must not depend on the clock of the reader. */
  now: Schema.String,
  /** The figures come from the files of the demo, not of the user. */
  demo: Schema.Boolean,
};
