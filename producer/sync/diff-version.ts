/**
 * What a version changes: its records against the rows that the source's events already state. Where the state's
 * fingerprints are over other columns than the version has, the events are read back first.
 */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { inSlices } from "#shared/runtime/slices.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { type ColumnsByEntity, type SourceState, Vanishing, VersionDiff } from "../diff/index.ts";
import { spoolPath } from "../download/index.ts";
import { readBack } from "../log/index.ts";
import { asFailure, type SourceError } from "../source/index.ts";
import { readInto, type Tail, type Version } from "../version/index.ts";
import type { OpenedVersion } from "./opened-version.ts";
import { NOT_CONTINUED } from "./result.ts";
import { publishedBy } from "./takeover.ts";

export interface DiffedVersion {
  /** Open until the scope closes. */
  readonly diff: VersionDiff;
  /** The state of the source that it was compared with. */
  readonly held: SourceState;
}

/** Reads all of the version. The diff closes with the scope. */
export const diffVersion = Effect.fnUntraced(function* (
  opened: OpenedVersion,
): Effect.fn.Return<
  DiffedVersion | typeof NOT_CONTINUED,
  SourceError | DatabaseError | LogFailure,
  Scope.Scope
> {
  const { producer, registration, version, rekey, tail } = opened;
  const { state, settings } = producer;
  const { source, vanished = "rule" } = registration;
  let held = state.source(source);
  if (!comparable(held, version.columns)) {
    if (tail !== null) return NOT_CONTINUED;
    held = yield* readBackOver(opened, held, version.columns);
  }
  const options = {
    entities: version.entities,
    state,
    source: held.id,
    dropDuplicates: registration.duplicates === "drop",
    vanishing: new Vanishing(rekey !== undefined && vanished !== "withdraw" ? "rekey" : vanished),
    appendedTo: tail?.counts ?? null,
    scratch: spoolPath(settings.data),
  };
  const diff = yield* Effect.acquireRelease(
    Effect.sync(() => new VersionDiff(options)),
    (open) => Effect.sync(() => open.close()),
  );
  const continues = yield* inSlices(() => reading(opened, diff), asFailure(source, settings));
  return continues ? { diff, held } : NOT_CONTINUED;
});

/** Reads the source's events from the start, for fingerprints over these columns. */
const readBackOver = Effect.fnUntraced(function* (
  { producer, version, before }: OpenedVersion,
  held: SourceState,
  columns: ColumnsByEntity,
): Effect.fn.Return<SourceState, LogFailure> {
  const { log, state, settings } = producer;
  // Until it is through, the state is not to be relied on.
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
    scratch: spoolPath(settings.data),
  });
  return state.save(read, { pending: false });
});

/** Reads and decides. Yields between blocks. False: the appended part does not tell enough. */
function* reading({ producer, registration, version, tail }: OpenedVersion, diff: VersionDiff) {
  const { source } = registration;
  const records = readInto(version, diff);
  for (let step = records.next(); ; step = records.next()) {
    if (step.done === true) {
      if (!step.value) return false;
      break;
    }
    const rejected = diff.rejects.count;
    producer.onProgress({ source, phase: "read", done: version.records, rejected });
    yield;
  }
  yield* diff.decide();
  return tail === null || continuesLast(diff, version, tail);
}

/**
 * Whether a diff of what was appended says what a diff of the whole would: no row that was kept though the version
 * before lacked it comes into play.
 */
function continuesLast(diff: VersionDiff, version: Version, last: Tail): boolean {
  const kept = (last.counts.vanished > 0 || hasKeptParents(last)) && diff.entities.some((e) => e.meetsHeld);
  if (kept || diff.entities.some((e) => e.datedLines > 0)) return false;
  if (!version.isKeyless || diff.vanishing.mode !== "rule") return true;
  const { days } = diff.vanishing;
  return last.keptInside === 0 && (days === null || last.days === null || days.first >= last.days.first);
}

const hasKeptParents = ({ counts }: Tail): boolean =>
  Object.values(counts.parents ?? {}).some((c) => c.vanished > 0);

/** Whether fingerprints over these columns can be compared with those of the state. */
const comparable = ({ columns, seen }: SourceState, now: ColumnsByEntity): boolean =>
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
  // Every column that ever was, and more: a row that lacks one of them differs anyway.
  if (columns !== null && seen.every((name) => now.includes(name)) && columns.length === seen.length)
    return true;
  return columns !== null && columns.length === now.length && columns.every((name, i) => name === now[i]);
}
