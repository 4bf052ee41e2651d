/**
 * The meaning of a broker's answer to a produced batch, by its error code: tables, and one function that reads them. It
 * changes nothing; the producer acts on the meaning.
 */

/**
 * - `appended`: the batch is in the topic.
 * - `sequence lost`: the broker does not accept the batch's sequence; a new producer id is needed.
 * - `wrong time`: the broker refuses the timestamp of the records; send them without one.
 * - `try again`: the leader takes no records now.
 * - `refused`: no broker will ever take the batch.
 */
export type Meaning = "appended" | "sequence lost" | "wrong time" | "try again" | "refused";

const NONE = 0;
/** The clock of this machine is ahead of the broker's by more than message.timestamp.after.max.ms. */
const INVALID_TIMESTAMP = 32;
/**
 * OUT_OF_ORDER_SEQUENCE_NUMBER, DUPLICATE_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING,
 * UNKNOWN_PRODUCER_ID.
 */
const SEQUENCE_LOST: ReadonlySet<number> = new Set([45, 46, 47, 49, 59]);
/** A leader that moved, too few replicas, a broker that is overloaded or starts. */
const TRY_AGAIN: ReadonlySet<number> = new Set([2, 3, 5, 6, 7, 8, 9, 13, 14, 15, 16, 19, 20, 41, 56, 74, 75]);
/** REQUEST_TIMED_OUT, NOT_ENOUGH_REPLICAS_AFTER_APPEND, DUPLICATE_SEQUENCE_NUMBER: the leader may have the batch. */
const MAY_BE_APPENDED: ReadonlySet<number> = new Set([7, 20, 46]);

const REFUSALS: Readonly<Record<number, string>> = {
  10: "a record is larger than the topic's max.message.bytes",
  18: "a record is larger than the broker's segments",
  29: "these credentials may not write: grant them an ACL",
  31: "these credentials may not write idempotently: grant them an ACL",
  76: "the topic's compression.type is not one that is sent",
  87: "the broker refuses the record: a compacted topic takes no record without a key",
};

/** `timed`: the records of the batch have a timestamp. */
export const meaningOf = (errorCode: number, timed: boolean): Meaning => {
  if (errorCode === NONE) return "appended";
  if (SEQUENCE_LOST.has(errorCode)) return "sequence lost";
  if (errorCode === INVALID_TIMESTAMP && timed) return "wrong time";
  return TRY_AGAIN.has(errorCode) ? "try again" : "refused";
};

/** True when the batch may be in the topic although the answer is an error. */
export const mayBeAppended = (errorCode: number): boolean => MAY_BE_APPENDED.has(errorCode);

/** Why the broker refuses the batch, as the end of a sentence. */
export const refusalOf = (errorCode: number): string => REFUSALS[errorCode] ?? `error ${errorCode}`;
