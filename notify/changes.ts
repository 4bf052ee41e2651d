/** What is new about the problems of now, against what has been told. Pure: time is an argument. */
import { POLICIES, waitOf } from "#shared/runtime/retry.ts";
import { type Change, EMPTY_OUTBOX, type Kind, type Known, type Memory, type Outbox } from "./memory.ts";

/** What is known of one thing now. */
export interface Verdict {
  readonly key: string;
  readonly kind: Exclude<Kind, "sale">;
  readonly subject: string;
  /** Null: it is not known now, such as of a file that is being read; what was told of it stays. */
  readonly isWrong: boolean | null;
  /** Another state of the same problem is told again, such as a version that waits for another decision. */
  readonly state: string;
  /** The problem, or that it is solved. */
  readonly says: string;
}

/** Problems of these kinds often pass by themselves, so they are told only when they last. */
const MUST_LAST: ReadonlySet<Kind> = new Set(["failed", "component"]);
/** What has had no verdict for this long is forgotten: it is gone, such as a source that was removed. */
const FORGET_AFTER_MS = 600_000;
/** More changes than a message can hold are counted only. */
const MOST_CHANGES = 200;

export interface Changes {
  readonly known: Memory["known"];
  readonly changes: readonly Change[];
  readonly open: ReadonlyMap<string, Change>;
}

/**
 * The problems of now, and what is to be told about them. A problem of MUST_LAST counts once it has lasted `afterMs`; that
 * it is solved is told only if it was told. `open`: by key, each problem that has been told and lasts.
 */
export function changesOf(
  before: Memory["known"],
  verdicts: readonly Verdict[],
  now: Date,
  afterMs: number,
): Changes {
  const at = now.toISOString();
  const age = (since: string): number => now.getTime() - Date.parse(since);
  /** A time in the future comes from a clock that was wrong: the problem is taken to begin now. */
  const past = (since: string): string => (age(since) >= 0 ? since : at);
  const known: Record<string, Known> = {};
  const changes: Change[] = [];
  const open = new Map<string, Change>();
  for (const { key, kind, subject, isWrong, state, says } of verdicts) {
    const { since: noted = at, told = null } = before[key] ?? {};
    const since = past(noted);
    const change = { kind, subject, says, since, at };
    if (isWrong === null) {
      if (key in before) known[key] = { since, told };
      continue;
    }
    if (!isWrong) {
      if (told !== null) changes.push({ event: "solved", ...change });
      continue;
    }
    const isTold = told !== state && !(MUST_LAST.has(kind) && age(since) < afterMs);
    if (isTold) changes.push({ event: "problem", ...change });
    if (isTold || told !== null) open.set(key, { event: "problem", ...change });
    known[key] = { since, told: isTold ? state : told };
  }
  const seen = new Set(verdicts.map(({ key }) => key));
  for (const [key, problem] of Object.entries(before)) {
    const absent = past(problem.absent ?? at);
    if (!seen.has(key) && age(absent) <= FORGET_AFTER_MS) known[key] = { ...problem, absent };
  }
  return { known, changes, open };
}

/** The keys of the problems that have been told. */
export const toldOf = (known: Memory["known"]): readonly string[] =>
  Object.keys(known).filter((key) => known[key]?.told !== null);

/**
 * The outboxes of these destinations with the changes; those of other destinations are left out. A new destination gets the
 * problems that last, and so does one that lost a message.
 */
export const withChanges = (
  outboxes: Memory["outboxes"],
  destinations: readonly string[],
  { known, changes, open }: Changes,
  now: Date,
): Memory["outboxes"] =>
  Object.fromEntries(
    destinations.map((id) => {
      const outbox = outboxes[id] ?? { ...EMPTY_OUTBOX, owed: toldOf(known) };
      const owed = (outbox.owed ?? []).filter((key) => key in known);
      const waiting = [...outbox.changes, ...changes];
      // Only when a message goes now: a problem may be solved before the next one does.
      const told = isDue(outbox, now) ? owed.filter((key) => open.has(key)) : [];
      const late = told
        .flatMap((key) => open.get(key) ?? [])
        .filter((change) => !waiting.some((one) => isSame(one, change)));
      const all = [...waiting, ...late];
      const dropped = outbox.dropped + Math.max(0, all.length - MOST_CHANGES);
      const left = owed.filter((key) => !told.includes(key));
      return [id, { ...outbox, changes: all.slice(0, MOST_CHANGES), dropped, owed: left }];
    }),
  );

const isSame = (one: Change, other: Change): boolean =>
  one.event === other.event && one.kind === other.kind && one.subject === other.subject;

/** A message goes this long after the one before, so that what comes together goes together. */
const GAP_MS = 60_000;
/** What could not be sent for this long is left out. */
const OUTDATED_MS = 86_400_000;

/** Whether a message goes now. A wait that is longer than any wait of the policy comes from a clock that was wrong. */
export function isDue({ next }: Outbox, now: Date): boolean {
  const wait = next === null ? 0 : Date.parse(next) - now.getTime();
  return !(wait > 0 && wait <= POLICIES.notify.longestMs);
}

/** The outbox once its first `sent` changes were taken. */
export const afterSent = (outbox: Outbox, sent: Outbox, now: Date): Outbox => ({
  changes: outbox.changes.slice(sent.changes.length),
  dropped: outbox.dropped - sent.dropped,
  tries: 0,
  next: later(now, GAP_MS),
});

/**
 * The outbox after a send that failed, and how many changes are given up: all that were sent when another try is `hopeless`,
 * otherwise those older than a day. Where some are, the problems of `told` that last are put into it again.
 */
export function afterFailure(
  outbox: Outbox,
  sent: Outbox,
  now: Date,
  hopeless: boolean,
  told: readonly string[],
): { readonly outbox: Outbox; readonly lost: number } {
  const tries = outbox.tries + 1;
  const waitMs = waitOf("notify", tries);
  if (hopeless) {
    const next = later(now, Math.max(waitMs, GAP_MS));
    const lost = sent.changes.length + sent.dropped;
    return { outbox: { ...afterSent(outbox, sent, now), tries, next, owed: told }, lost };
  }
  const changes = outbox.changes.filter(({ at }) => now.getTime() - Date.parse(at) < OUTDATED_MS);
  const lost = outbox.changes.length - changes.length;
  const owed = lost > 0 ? told : (outbox.owed ?? []);
  return { outbox: { ...outbox, changes, tries, next: later(now, waitMs), owed }, lost };
}

const later = (now: Date, ms: number): string => new Date(now.getTime() + ms).toISOString();
