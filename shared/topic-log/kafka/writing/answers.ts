/**
 * The meaning of a broker's answer to a produced batch, by its error code: what concerns produced batches alone is here,
 * all else is in protocol/codes.ts. It changes nothing; the producer acts on the meaning.
 */
import { codeOf, faultOf, reasonOf } from "../protocol/codes.ts";

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
/** REQUEST_TIMED_OUT, NOT_ENOUGH_REPLICAS_AFTER_APPEND, DUPLICATE_SEQUENCE_NUMBER, UNKNOWN: the leader may have the batch. */
const MAY_BE_APPENDED: ReadonlySet<number> = new Set([7, 20, 46, -1]);

/** Where a sentence about writing says more than that of the table. */
const REFUSALS: Readonly<Record<number, string>> = {
  29: "these credentials may not write: grant them an ACL",
  31: "these credentials may not write idempotently: grant them an ACL",
};

/** `timed`: the records of the batch have a timestamp. */
export const meaningOf = (errorCode: number, timed: boolean): Meaning => {
  if (errorCode === NONE) return "appended";
  if (SEQUENCE_LOST.has(errorCode)) return "sequence lost";
  if (errorCode === INVALID_TIMESTAMP && timed) return "wrong time";
  return codeOf(errorCode).kind === "misconfigured" ? "refused" : "try again";
};

/** True when the batch may be in the topic although the answer is an error. */
export const mayBeAppended = (errorCode: number): boolean =>
  MAY_BE_APPENDED.has(errorCode) || codeOf(errorCode).kind === "unfit";

/** Why the batch is refused, or is to be sent again later, as the end of a sentence. */
export const refusalOf = (errorCode: number): string => {
  const code = codeOf(errorCode);
  return REFUSALS[errorCode] ?? faultOf(code) ?? reasonOf(code);
};
