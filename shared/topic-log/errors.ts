/**
 * The errors of a TopicLog, the same for each layer. Each carries a sentence for the user. An error that is none of
 * these is a defect.
 */
import * as Schema from "effect/Schema";

/** The log does not answer now. Waiting may help. `address` is the file or the brokers that do not answer. */
export class LogUnavailable extends Schema.TaggedError<LogUnavailable>()("LogUnavailable", {
  address: Schema.String,
  message: Schema.String,
}) {}

/** The log refuses us, or is not set up as it must be: credentials, ACLs, topic settings, partition counts. */
export class LogMisconfigured extends Schema.TaggedError<LogMisconfigured>()("LogMisconfigured", {
  message: Schema.String,
}) {}

/** This is not the log whose positions we hold, or it has lost records that we have read. */
export class LogMismatch extends Schema.TaggedError<LogMismatch>()("LogMismatch", {
  message: Schema.String,
}) {}

/** The log neither confirmed nor refused a publish: its records may or may not be in the topic. */
export class PublishUncertain extends Schema.TaggedError<PublishUncertain>()("PublishUncertain", {
  topic: Schema.String,
  message: Schema.String,
}) {}

/** The error when a follower or a reader has a position past the end of a partition. */
export const pastTheEnd = (
  { topic, partition }: { readonly topic: string; readonly partition: number },
  position: number,
  end: number,
): LogMismatch =>
  new LogMismatch({
    message: `position ${position} of ${topic} partition ${partition} lies past its end ${end}: the log has lost records that were read, or it is another log`,
  });

export type LogFailure = LogUnavailable | LogMisconfigured | LogMismatch;
export type PublishFailure = LogFailure | PublishUncertain;
