/**
 * Compares the records of a version with the rows that the source's events already state. When the fingerprints in the
 * state cover other columns than the version has, the producer first reads the source's events back.
 */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { inSlices } from "#shared/runtime/slices.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import {
  type ColumnsByEntity,
  NOTHING_BEFORE,
  type OrderBefore,
  type SourceState,
  Vanishing,
  type VanishingMode,
  VersionDiff,
} from "../diff/index.ts";
import { spoolPath } from "../download/index.ts";
import { readBack } from "../log/index.ts";
import { acceptedIn, asFailure, type SourceError, SourceRefusal } from "../source/index.ts";
import { readInto, type Tail } from "../version/index.ts";
import type { OpenedVersion } from "./opened-version.ts";
import { NOT_CONTINUED } from "./result.ts";
import { publishedBy } from "./takeover.ts";
import { answersIn, waitingIn } from "./vanished-doubt.ts";

export interface DiffedVersion {
  /** Open until the scope closes. */
  readonly diff: VersionDiff;
  /** The state of the source that the version was compared with. */
  readonly held: SourceState;
}

/**
 * Reads the whole version, or its appended part when `opened.tail` is set. The diff closes with the scope. Returns
 * NOT_CONTINUED when the appended part alone cannot decide. Fails with SourceError when the content cannot be read.
 */
export const diffVersion = Effect.fnUntraced(function* (
  opened: OpenedVersion,
): Effect.fn.Return<
  DiffedVersion | typeof NOT_CONTINUED,
  SourceError | DatabaseError | LogFailure,
  Scope.Scope
> {
  const { producer, registration, version, tail } = opened;
  const { state, settings } = producer;
  const { source } = registration;
  let held = state.source(source);
  if (!isComparable(held, version.columns)) {
    if (tail !== null) return NOT_CONTINUED;
    held = yield* readBackOver(opened, held, version.columns);
  }
  const options = {
    entities: version.entities,
    state,
    source: held.id,
    dropDuplicates: registration.duplicates === "drop",
    vanishing: new Vanishing(modeOf(opened), orderBefore(opened, held)),
    appendedTo: tail?.counts ?? null,
    scratch: yield* spoolPath(settings.data),
  };
  const diff = yield* Effect.acquireRelease(
    Effect.sync(() => new VersionDiff(options)),
    (open) => Effect.sync(() => open.close()),
  );
  const continues = yield* inSlices(() => reading(opened, diff), asFailure(source, settings));
  return continues ? { diff, held } : NOT_CONTINUED;
});

/** What becomes of rows that the version lacks. */
function modeOf({ registration, rekey }: OpenedVersion): VanishingMode {
  const { vanished } = registration;
  if (rekey !== undefined && vanished !== "withdraw") return "rekey";
  return vanished ?? "rule";
}

/** The order of the version before; after a takeover what its announcement says of it. */
const orderBefore = (
  { before, registration, version }: OpenedVersion,
  { last, refused }: SourceState,
): OrderBefore => ({
  shift: last?.order.shift ?? null,
  habit: last?.order.habit ?? before?.habit ?? NOTHING_BEFORE.habit,
  hasIds: !version.isKeyless,
  hasKept: (before?.counts?.vanished ?? 0) > 0,
  waiting: waitingIn(refused?.doubts ?? []),
  answers: answersIn(acceptedIn(registration)),
});

/** Reads the source's events from the start, to compute fingerprints over these columns. */
const readBackOver = Effect.fnUntraced(function* (
  { producer, version, before }: OpenedVersion,
  held: SourceState,
  columns: ColumnsByEntity,
): Effect.fn.Return<SourceState, LogFailure> {
  const { log, state, settings } = producer;
  // The state is incomplete until the read ends. `pending` makes the next poll take the source over after a crash.
  const pending = state.save(held, { pending: true });
  const read = yield* readBack({
    log,
    sourceIndex: producer.sourceIndex,
    state,
    source: pending,
    entities: publishedBy(
      version.entities.map(({ name }) => name),
      before,
    ),
    columns,
    scratch: yield* spoolPath(settings.data),
  });
  return state.save(read, { pending: false });
});

/** Reads the records and decides the events. Yields between blocks. False: the appended part alone cannot decide. */
function* reading({ producer, registration, version, tail }: OpenedVersion, diff: VersionDiff) {
  const { source } = registration;
  const records = readInto(version, diff);
  for (let step = records.next(); ; step = records.next()) {
    if (step.done === true) {
      if (!step.value) return false;
      break;
    }
    const rejected = diff.rejects.count;
    producer.onProgress({ source, phase: "read", done: version.records, share: version.share, rejected });
    yield;
  }
  const repeated = diff.main.rows.repeated();
  if (repeated !== undefined) throw new SourceRefusal("source.repeats", repeated);
  yield* diff.decide();
  return tail === null || continuesLast(diff, tail);
}

/**
 * Whether the diff of the appended part equals the diff of the whole content. It does not when the appended part
 * meets rows that the state still holds although the last version no longer had them.
 */
function continuesLast(diff: VersionDiff, last: Tail): boolean {
  const kept = (last.counts.vanished > 0 || hasKeptParents(last)) && diff.entities.some((e) => e.meetsHeld);
  return !kept && diff.entities.every((e) => e.datedLines === 0);
}

const hasKeptParents = ({ counts }: Tail): boolean =>
  Object.values(counts.parents ?? {}).some((c) => c.vanished > 0);

/** Whether fingerprints over these columns can be compared with those of the state. */
export const isComparable = ({ columns, seen }: SourceState, now: ColumnsByEntity): boolean =>
  Object.entries(now).every(([name, names]) => {
    const entity = name as EntityName;
    return areComparable(columns[entity] ?? null, seen[entity] ?? [], names ?? []);
  });

function areComparable(
  columns: readonly string[] | null,
  seen: readonly string[],
  now: readonly string[],
): boolean {
  if (seen.length === 0) return true;
  // The fingerprints cover every column that the source ever had, and the version has all of these and perhaps more.
  if (columns !== null && seen.every((name) => now.includes(name)) && columns.length === seen.length)
    return true;
  return columns !== null && columns.length === now.length && columns.every((name, i) => name === now[i]);
}
