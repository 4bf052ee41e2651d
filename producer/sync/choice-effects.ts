/**
 * What each choice about a version that is held back would do, as evidence for a database that adds the money. A choice that
 * only accepts is the comparison that was made; for the others the content is read and compared again, as the next poll
 * would after the command. Nothing is published or kept.
 */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { type ChoiceEffect, withoutEvidence } from "#shared/contract/doubt.ts";
import type { Registration } from "#shared/contract/source-records.ts";
import { openScratchState, State } from "../diff/index.ts";
import { spoolPath } from "../download/index.ts";
import { readBack } from "../log/index.ts";
import type { Choice, Doubt } from "../source/index.ts";
import { type Attempt, attemptOf } from "./choice-attempt.ts";
import { type DiffedVersion, diffVersion, isComparable } from "./diff-version.ts";
import { openDoubts } from "./doubts.ts";
import { effectOf } from "./effect-evidence.ts";
import type { PollFailure } from "./failure.ts";
import { openVersion } from "./open-version.ts";
import type { OpenedVersion } from "./opened-version.ts";
import type { Producer } from "./producer.ts";
import { NOT_CONTINUED } from "./result.ts";
import { publishedBy } from "./takeover.ts";

/** Characters of the evidence of one version: each status of its source repeats it. */
const MOST_EVIDENCE = 300_000;
/** Of a larger version only the choices that need no other comparison are told. */
const MOST_RECORDS = 500_000;

/**
 * The doubts with the effects of their choices. Each effect is that of one choice, with all other doubts of the version accepted
 * as they are. `opened`: the whole version.
 */
export const withEffects = Effect.fnUntraced(function* (
  opened: OpenedVersion,
  diffed: DiffedVersion,
  held: readonly Doubt[],
): Effect.fn.Return<readonly Doubt[], PollFailure, Scope.Scope> {
  const decisions = held.map(({ decision }) => decision);
  const { registration } = opened;
  const accepted = [...(registration.accepted ?? []), ...decisions];
  const all: Registration = { ...registration, accepted };
  // A decision about unclear rows changes what the comparison deletes.
  const isDecided = held.every(({ code }) => code !== "vanished.unclear");
  const asRead = isDecided
    ? yield* nextEffect({ ...opened, registration: all }, diffed, { decisions, whole: opened.producer })
    : yield* effectOfAttempt(opened, { registration: all, isOther: true, without: [] }, decisions);
  const known = new Map<string, ChoiceEffect | undefined>();
  let left = MOST_EVIDENCE;
  const told = Effect.fnUntraced(function* (doubt: Doubt, choice: Choice) {
    const attempt = attemptOf(all, doubt, choice);
    const name = JSON.stringify(attempt);
    if (attempt !== undefined && !known.has(name))
      known.set(
        name,
        attempt.isOther ? yield* effectOfAttempt(opened, attempt, decisions) : ofAsRead(attempt, asRead),
      );
    const effect = attempt === undefined ? ofOneSaleEach(doubt, choice, asRead) : known.get(name);
    if (effect === undefined) return choice;
    const size = JSON.stringify(effect).length;
    if (size > left) return { ...choice, effect: { ...withoutEvidence(effect), unpriced: "many" as const } };
    left -= size;
    return { ...choice, effect };
  });
  return yield* Effect.forEach(held, (doubt) =>
    Effect.map(
      Effect.forEach(doubt.choices, (choice) => told(doubt, choice)),
      (choices) => ({ ...doubt, choices }),
    ),
  );
});

const NOTHING = { deletes: 0, adds: 0, changes: 0, coming: [] };

/** Sales that others have too become one sale each: the amounts of the others are those of now. */
function ofOneSaleEach(
  { rows = [] }: Doubt,
  { common }: Choice,
  asRead: ChoiceEffect | undefined,
): ChoiceEffect | undefined {
  if (common === undefined || asRead === undefined) return undefined;
  if (common >= asRead.adds) return { ...NOTHING, entity: asRead.entity };
  const effect = { ...asRead, adds: asRead.adds - common };
  return rows.length === 0
    ? { ...withoutEvidence(effect), unpriced: "others" }
    : { ...effect, replaced: rows };
}

/** Of a choice that changes nothing about how the version is compared. */
function ofAsRead(
  { registration, without }: Attempt,
  asRead: ChoiceEffect | undefined,
): ChoiceEffect | undefined {
  if (asRead === undefined) return undefined;
  if (registration === null) return { ...NOTHING, entity: asRead.entity };
  return without.length === 0 ? asRead : { ...asRead, without };
}

/** undefined: the file does not allow the choice, or is too large. */
const effectOfAttempt = Effect.fnUntraced(function* (
  opened: OpenedVersion,
  { registration }: Attempt,
  decisions: readonly string[],
) {
  if (registration === null || opened.version.records > MOST_RECORDS) return undefined;
  return yield* Effect.scoped(compared(opened, registration, decisions)).pipe(
    // A choice that the file does not allow tells nothing; the command then says why.
    Effect.catchTag("SourceError", () => Effect.succeed(undefined)),
  );
});

/** Reads and compares the content under this registration. */
const compared = Effect.fnUntraced(function* (
  before: OpenedVersion,
  registration: Registration,
  decisions: readonly string[],
): Effect.fn.Return<ChoiceEffect | undefined, PollFailure, Scope.Scope> {
  const { validators, takenFrom, version } = before;
  const quiet = { ...before.producer, onProgress: () => {} };
  const { file, complete } = version.options;
  const found = yield* openVersion(quiet, registration, { file, validators }, { complete, tail: null });
  if (found === undefined) return undefined;
  const { state } = quiet;
  const isKept =
    found.rekey === undefined && isComparable(state.source(registration.source), found.version.columns);
  // The state of the producer has the fingerprints over the columns of now, which the next poll needs.
  const producer = isKept ? quiet : { ...quiet, state: yield* scratchState(before) };
  const opened = { ...found, producer, registration, validators, tail: null, takenFrom };
  const diffed = yield* diffVersion(opened);
  if (diffed === NOT_CONTINUED) return undefined;
  return yield* nextEffect(opened, diffed, { decisions, whole: quiet });
});

/** What publishing the version would do, or for which other doubt it would wait next. */
const nextEffect = Effect.fnUntraced(function* (
  opened: OpenedVersion,
  diffed: DiffedVersion,
  { decisions, whole }: { readonly decisions: readonly string[]; readonly whole: Producer },
): Effect.fn.Return<ChoiceEffect, PollFailure> {
  const { held } = yield* openDoubts(opened, diffed);
  const next = held.find(({ decision }) => !decisions.includes(decision));
  if (next === undefined) return yield* effectOf(opened, diffed.diff, whole);
  return { ...NOTHING, entity: diffed.diff.main.entity.name, waitsFor: next.code };
});

/** A state that holds this source alone, from the topics. It closes with the scope. */
const scratchState = Effect.fnUntraced(function* ({ producer, registration }: OpenedVersion) {
  const { log, sourceIndex, settings, registry } = producer;
  const { source, entities } = registration;
  const db = yield* Effect.acquireRelease(Effect.sync(openScratchState), (open) =>
    Effect.sync(() => open.close()),
  );
  const state = new State(db);
  yield* readBack({
    log,
    sourceIndex,
    state,
    source: state.source(source),
    entities: publishedBy(entities, registry.last(source)?.value),
    columns: undefined,
    scratch: yield* spoolPath(settings.data),
  });
  return state;
});
