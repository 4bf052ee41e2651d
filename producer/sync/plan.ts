/**
 * What a poll asks of the server: nothing but what is new, unless the options of the registration, a last line that
 * may be complete now, or a takeover demand that the whole content is read again.
 */
import { statSync } from "node:fs";
import type { ReadingDecisions, Registration } from "#shared/contract/source-records.ts";
import type { LastVersion, Refused } from "../diff/index.ts";
import { type Validators, validatorsOf } from "../download/index.ts";
import { rekeyOf } from "../rows/index.ts";
import { isFileSource, pathOfSource } from "../source/index.ts";
import type { Tail } from "../version/index.ts";
import type { Producer } from "./producer.ts";

export interface PollOptions {
  /** `once`: the last line of a file is a record, line end or not. */
  readonly mode: "follow" | "once";
}

/** How a version is known again, and with which options of its registration it was read. */
type Remembered = Validators & Pick<Registration, "reread"> & { readonly readAs?: string };

/** The options that decide what a content says: when one of them changes, the same content is read again. */
const readAsOf = ({
  duplicates,
  reading,
  vanished,
  idScope,
  confirmed,
  reread,
  rekey,
}: Registration): string =>
  JSON.stringify([duplicates, reading, vanished, idScope, confirmed, reread, rekey]);

/** The validators as the state keeps them. */
export const remembering = (validators: Validators, registration: Registration): Remembered => {
  const { reread } = registration;
  return { ...validators, readAs: readAsOf(registration), ...(reread === undefined ? {} : { reread }) };
};

/** Whether this producer did the `reread` of the registration, and any producer its `rekey`. */
export const isReread = ({ state, registry }: Producer, registration: Registration): boolean => {
  const { source, reread } = registration;
  return (
    (state.source(source).validators as Remembered | null)?.reread === reread &&
    rekeyOf(registration, registry.last(source)?.value) === undefined
  );
};

/** A local file that was not written for this long is not growing: its last line is a record, line end or not. */
const AT_REST_MS = 10_000;

/** Whether the last line is a record (rule 7). If it is extended after all, the next version withdraws its row. */
function isComplete(source: string, mode: PollOptions["mode"]): boolean {
  if (mode === "once" || !isFileSource(source)) return true;
  const written = statSync(pathOfSource(source), { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && Date.now() - written >= AT_REST_MS;
}

export interface PollPlan {
  /** The validators to ask with; null: the whole content is wanted. */
  readonly known: Validators | null;
  /** The refusal of the content that the source had when it was polled last, under the same registration. */
  readonly refused: Refused | null;
  readonly last: LastVersion | null;
  /** The last version with its end, when a version that only grew may be read from there. */
  readonly continued: Tail | null;
  /** Whether a last line without a line end is a record. */
  readonly complete: boolean;
}

/** `own`: the source's last announcement is this producer's, so its state may be relied on. */
export function planPoll(
  { state }: Producer,
  registration: Registration,
  mode: PollOptions["mode"],
  own: boolean,
): PollPlan {
  const { source } = registration;
  const { validators, last, refused: before } = state.source(source);
  const refused = own && before?.registration === JSON.stringify(registration) ? before : null;
  const known = own ? validatorsOf<Remembered>(refused?.validators ?? validators) : null;
  const complete = isComplete(source, mode);
  // A last line that was left may be a record now, and other options may read the same content otherwise.
  const reread = (known?.left === true && complete) || known?.readAs !== readAsOf(registration);
  const continued = own && refused === null && !reread ? continuedFrom(last) : null;
  return { known: reread ? null : known, refused, last, continued, complete };
}

function continuedFrom(last: LastVersion | null): Tail | null {
  const end = last?.end ?? null;
  const reading: ReadingDecisions | null = last?.reading ?? null;
  return last === null || end === null || reading === null ? null : { ...last, end, reading };
}
