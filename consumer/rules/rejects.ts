/**
 * Rejects are rows like any other (rule 11): a producer emits each once, and withdraws it when its source no longer has
 * it. The key of a reject is a hash over its source and raw text. So a key has one source, and its state is one row or
 * one withdrawal instead of claims.
 */
import type { RejectRow } from "#shared/contract/event.ts";
import type { DeleteEvent, RowEvent, Step, Withdrawal } from "./claims.ts";
import { imageJson } from "./image.ts";

export interface Reject extends Omit<RejectRow, "details"> {
  /** JSON with sorted names. */
  readonly details: string;
  readonly source: string;
  readonly version: number | null;
  /** Line of the file where the record begins. */
  readonly line: number | null;
  readonly offset: number;
}

/** The whole state of one reject. At most one of the two is defined. */
export interface RejectState {
  readonly row: Reject | undefined;
  readonly withdrawal: Withdrawal | undefined;
}

export const NO_REJECT: RejectState = { row: undefined, withdrawal: undefined };

/** The number of events that the key of a reject holds (invariant 1). */
export const rejectEventsHeld = ({ row, withdrawal }: RejectState): number =>
  (row === undefined ? 0 : 1) + (withdrawal === undefined ? 0 : 1);

const says = (row: Reject, said: RejectRow, details: string): boolean =>
  row.entity === said.entity && row.raw === said.raw && row.code === said.code && row.details === details;

/** The text in the column `details`: equal details give equal texts. */
export const detailsJson = (details: RejectRow["details"]): string => imageJson(details);

/** The outcome of the event at `offset` of its partition, and the state of the reject afterwards. */
export function applyToReject(
  state: RejectState,
  event: RowEvent | DeleteEvent,
  offset: number,
): Step<RejectState> {
  const { row, withdrawal } = state;
  const { source, version, line } = event;
  const highest = Math.max(row?.offset ?? -1, withdrawal?.offset ?? -1);
  if (offset < highest) return { outcome: "superseded", state };
  const isHeld = offset === highest;
  if (event.kind === "delete") {
    if (isHeld) return { outcome: "equal", state };
    if (row === undefined) return { outcome: "unchanged", state };
    return { outcome: "changed", state: { row: undefined, withdrawal: { source, dateEffet: "", offset } } };
  }
  const said = event.row as unknown as RejectRow;
  const details = detailsJson(said.details);
  if (row !== undefined && says(row, said, details))
    return { outcome: isHeld ? "equal" : "unchanged", state };
  const { entity, raw, code } = said;
  return {
    outcome: isHeld ? "equal" : "changed",
    state: { row: { entity, source, version, line, raw, code, details, offset }, withdrawal: undefined },
  };
}
