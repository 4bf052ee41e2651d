/**
 * Plans the request of a poll. A poll asks only for new content. It asks for the whole content again after a takeover,
 * when the options of the registration changed, or when an open last line may be complete now.
 */
import { statSync } from "node:fs";
import type { ReadingDecisions, Registration } from "#shared/contract/source-records.ts";
import type { LastVersion, Refused } from "../diff/index.ts";
import { isSameContent, type Validators, validatorsOf } from "../download/index.ts";
import { rekeyOf } from "../rows/index.ts";
import { acceptedIn, isFileSource, pathOfSource } from "../source/index.ts";
import type { Tail } from "../version/index.ts";
import { othersOf } from "./other-sources.ts";
import type { Producer } from "./producer.ts";

export interface PollOptions {
  /** `once`: the last line of a file is a record, even without a line end. */
  readonly mode: "follow" | "once";
}

/** The validators of a version, and the options of the registration under which it was read. */
type Remembered = Validators &
  Pick<Registration, "reread"> & { readonly readAs?: string; readonly readBy?: number };

/**
 * Numbers the ways in which this program has read files. It grows with each mend of the reading: then each source is
 * read again once, so that rows that were read wrongly are published again.
 */
const READ_BY = 5;

/** The options that decide how a content is read. When one of them changes, the producer reads the content again. */
const readAsOf = (registration: Registration): string => {
  const { duplicates, reading, vanished, idScope, reread, rekey } = registration;
  return JSON.stringify([duplicates, reading, vanished, idScope, acceptedIn(registration), reread, rekey]);
};

/** Whether an operator changed how the content is read since the last version. */
export const isReadOtherwise = (
  { state }: Pick<Producer, "state">,
  { source, reading }: Registration,
): boolean => {
  const { readAs } = (state.source(source).validators as Remembered | null) ?? {};
  if (readAs === undefined) return false;
  const [, before] = JSON.parse(readAs) as readonly unknown[];
  return JSON.stringify(before ?? null) !== JSON.stringify(reading ?? null);
};

/** The validators as the state keeps them. */
export const remembering = (validators: Validators, registration: Registration): Remembered => {
  const { reread } = registration;
  return {
    ...validators,
    readAs: readAsOf(registration),
    readBy: READ_BY,
    ...(reread === undefined ? {} : { reread }),
  };
};

/**
 * Whether this producer has done the `reread` of the registration and the one that a mended reading asks for, and any
 * producer has done its `rekey`.
 */
export const isReread = ({ state, registry }: Producer, registration: Registration): boolean => {
  const { source, reread } = registration;
  const remembered = state.source(source).validators as Remembered | null;
  return (
    remembered?.reread === reread &&
    (remembered === null || remembered.readBy === READ_BY) &&
    rekeyOf(registration, registry.last(source)?.value) === undefined
  );
};

/**
 * Whether the last line of a content is a record, as far as its download tells. A body that nothing proves to be whole
 * may have been cut in it: then the next poll must bring the same content.
 */
export const isWholeLine = (before: Validators | null, fetched: Validators): boolean =>
  fetched.unproven !== true || isSameContent(before, fetched);

/** Nobody is writing a local file that has not changed for this long: its last line is a record (rule 7). */
const AT_REST_MS = 10_000;

/** Whether an open last line is a record (rule 7). If it grows later, the next version deletes its row. */
function isComplete(source: string, mode: PollOptions["mode"], now: number): boolean {
  if (mode === "once" || !isFileSource(source)) return true;
  const written = statSync(pathOfSource(source), { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && now - written >= AT_REST_MS;
}

export interface PollPlan {
  /** The validators of the conditional request; null: the producer wants the whole content. */
  readonly known: Validators | null;
  /** The refusal of the last content, if the last poll refused it under the same registration. */
  readonly refused: Refused | null;
  readonly last: LastVersion | null;
  /** The last version, when the producer may read only what was appended to it. */
  readonly continued: Tail | null;
  /** Whether a last line without a line end is a record. */
  readonly complete: boolean;
  /** The validators of the content that was read last; null: this producer does not know it. */
  readonly before: Validators | null;
}

/** `own`: this producer made the source's last announcement, so its state is up to date. `now`: in milliseconds. */
export function planPoll(
  { state, registry }: Producer,
  registration: Registration,
  mode: PollOptions["mode"],
  own: boolean,
  now: number,
): PollPlan {
  const { source } = registration;
  const { validators, last, refused: kept } = state.source(source);
  const isSame =
    kept?.registration === JSON.stringify(registration) &&
    (kept.among === undefined || kept.among === othersOf(registry, source));
  const refused = own && isSame ? kept : null;
  const before = own ? validatorsOf<Remembered>(refused?.validators ?? validators) : null;
  const complete = isComplete(source, mode, now);
  // The last poll left out an open last line that is a record now, or the options or the other sources have changed since.
  const isRead = before?.readAs === readAsOf(registration) && before.readBy === READ_BY;
  const isRaceOver = last?.among !== undefined && last.among !== othersOf(registry, source);
  const reread = (before?.left === true && complete) || !isRead || isRaceOver;
  const continued = own && refused === null && !reread ? continuedFrom(last) : null;
  return { known: reread ? null : before, refused, last, continued, complete, before };
}

function continuedFrom(last: LastVersion | null): Tail | null {
  const end = last?.end ?? null;
  const reading: ReadingDecisions | null = last?.reading ?? null;
  return last === null || end === null || reading === null ? null : { ...last, end, reading };
}
