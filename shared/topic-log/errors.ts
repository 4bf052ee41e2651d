/** What can go wrong with a log, whichever layer runs. */
import * as Schema from "effect/Schema";

/** The log does not answer now. Waiting may help; `address` says where it was looked for. */
export class LogUnavailable extends Schema.TaggedError<LogUnavailable>()("LogUnavailable", {
  address: Schema.String,
  message: Schema.String,
}) {}

/** The log refuses us, or is not set as it must be: credentials, ACLs, topic settings, partition counts. */
export class LogMisconfigured extends Schema.TaggedError<LogMisconfigured>()("LogMisconfigured", {
  message: Schema.String,
}) {}

/** This is another log than the one whose positions we hold, or it has lost what we have read. */
export class LogMismatch extends Schema.TaggedError<LogMismatch>()("LogMismatch", {
  message: Schema.String,
}) {}

/** A publish was neither confirmed nor refused: its records may or may not be in the topic. */
export class PublishUncertain extends Schema.TaggedError<PublishUncertain>()("PublishUncertain", {
  topic: Schema.String,
  message: Schema.String,
}) {}

export type LogFailure = LogUnavailable | LogMisconfigured | LogMismatch;
export type PublishFailure = LogFailure | PublishUncertain;
