/** `ventes status`: the state of every part. When somebody must act, it says what is wrong and exits with 1. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import {
  type CatalogueStatus,
  type ComponentState,
  needsOperator,
  type SourceStatus,
} from "#shared/contract/status.ts";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { onFile } from "#shared/database/attempt.ts";
import { logOf } from "#shared/database/log-of-database.ts";
import type { DatabaseError, Sqlite } from "#shared/database/sqlite.ts";
import { ventesFile, ventesReaderOf } from "#shared/database/ventes-db.ts";
import { heldWal } from "#shared/database/wal.ts";
import type { Language } from "#shared/runtime/settings.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { doubtLines } from "../output/doubts.ts";
import { missedLines, otherwiseLines } from "../output/results.ts";
import { print, printJson, say } from "../output/stdout.ts";
import { forgetStates, isRunning, LOOP_FIGURE, presentStates, readStates } from "../run/component-state.ts";
import { answeringDirectory } from "../run/database.ts";
import { type DatabaseStatus, databaseJson, databaseLines, readDatabase } from "../run/database-status.ts";
import { demoSettings } from "../run/demo-mode.ts";
import { withKnownDoubts } from "../run/known-doubts.ts";
import { onLog } from "../run/log.ts";
import {
  type Follows,
  followsNow,
  readSourceEntries,
  reportsAt,
  type SourceEntry,
} from "../run/source-list.ts";
import { Failed } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { heldBy } from "../settings/locks.ts";
import type { Texts } from "../texts/texts.ts";
import { visibleSource } from "../texts/visible.ts";

/** A loop that is busy for longer is worth a word: the page stands still as long. */
const LONG_LOOP_MS = 250;
/** How long it waits for a broker: monitoring programs call it. */
const WAIT_MS = 5_000;

interface Found {
  readonly running: "start" | "components" | "nobody";
  readonly components: readonly (ComponentState & { readonly lost: boolean })[];
  readonly sources: readonly SourceStatus[];
  readonly catalogues: readonly CatalogueStatus[];
  /** Producers that no longer run, and whose sources no other producer has reported on. */
  readonly stale: readonly Stale[];
  readonly log: { readonly where: string; readonly events: number } | null;
  readonly database: DatabaseStatus | null;
  readonly problems: readonly string[];
}

interface Stale {
  readonly producer: string;
  /** The time of its last report (ISO). */
  readonly at: string;
  readonly sources: number;
}

export interface StatusInput {
  /** The id of a component that is gone for good, or its kind and its id. */
  readonly forget: string | undefined;
}

export const status = (
  { forget }: StatusInput,
  run: Invocation,
): Effect.Effect<void, Failed | DatabaseError | PublishFailure> =>
  forget === undefined ? show(run) : forgetComponent(forget, run);

/** Fails when no component has this name, and when it still runs. */
const forgetComponent = (name: string, run: Invocation) =>
  onLog(
    run,
    WAIT_MS,
  )(
    Effect.gen(function* () {
      const { texts } = run;
      const all = yield* readStates;
      const named = all.filter(({ component, id }) => name === id || name === `${component} ${id}`);
      if (named.length === 0) {
        const known = all.map(({ component, id }) => `${component} ${id}`);
        return yield* new Failed({ message: texts.noSuchComponent(name, known.join(", ")) });
      }
      const follows = yield* followsNow;
      const running = named.find(follows);
      if (running !== undefined)
        return yield* new Failed({ message: texts.componentRuns(`${running.component} ${running.id}`) });
      yield* forgetStates(named);
      for (const { component, id } of named) print(texts.componentForgotten(`${component} ${id}`));
    }),
  );

const show = (run: Invocation): Effect.Effect<void, Failed | DatabaseError> =>
  Effect.gen(function* () {
    const dir = answeringDirectory(run.settings.data);
    const isDemo = dir !== run.settings.data;
    if (isDemo) say(`ventes: ${run.texts.demoDatabase(dir)}`);
    const found = yield* collect(run, dir, isDemo);
    if (run.json) printJson(asJson(found, dir));
    else print(asText(found, dir, run));
    if (found.problems.length > 0) return yield* new Failed({ message: found.problems.join("; ") });
  });

const collect = (run: Invocation, dir: string, isDemo: boolean): Effect.Effect<Found, DatabaseError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { texts } = run;
      const problems: string[] = [];
      const held = heldWal(ventesFile(dir));
      if (held !== undefined) problems.push(texts.walHeld(held));
      const settings = isDemo ? demoSettings(run.settings) : run.settings;
      const running = yield* onFile(join(run.settings.data, "lock.db"), () => heldBy(run.settings.data));
      const db = existsSync(ventesFile(dir)) ? yield* ventesReaderOf(dir) : null;
      // Embedded, a free lock tells at once that no producer runs; on Kafka, only its silence does.
      const isGone = settings.kafka === null && running === "nobody";
      const follows: Follows = isGone ? () => false : reportsAt(yield* Clock.currentTimeMillis);
      // A database of topics that are not here: opening them says so.
      const isFilled = db !== null && (yield* onFile(db.name, () => logOf(db))) !== undefined;
      const hasLog = settings.kafka !== null || isFilled || existsSync(join(dir, "events.db"));
      const fromLog = !hasLog
        ? null
        : yield* onLog(
            run,
            WAIT_MS,
            settings,
          )(readLog(follows, dir, settings.language)).pipe(
            Effect.catch((error) =>
              Effect.sync(() => {
                problems.push(error.message);
                return null;
              }),
            ),
          );
      const now = yield* Clock.currentTimeMillis;
      const components = presentStates(fromLog?.states ?? [], follows, now).map((state) => ({
        ...state,
        lost: isRunning(state) && !follows(state),
      }));
      for (const { component, id, state, detail, lost, at } of components) {
        if (state === "failed") problems.push(texts.componentFailed(component, detail));
        else if (lost)
          problems.push(texts.componentLost(component, at, settings.kafka === null ? undefined : id));
      }
      const listed = [...(fromLog?.sources ?? []).map(({ status }) => status), ...(fromLog?.invalid ?? [])];
      const statuses = yield* withKnownDoubts(dir, listed);
      for (const source of statuses) if (needsOperator(source)) problems.push(problemOf(source, texts));
      for (const { catalogue, state, reason, refused, refusals } of fromLog?.catalogues ?? [])
        if (state === "parked") problems.push(texts.sourceParked(catalogue, reason));
        else if (refused > 0)
          problems.push(texts.entriesRefused(catalogue, refused, refusals[0]?.reason ?? ""));
      const database =
        db === null ? null : yield* onFile(db.name, () => readDatabase(db, fromLog?.bounds ?? null));
      if (db !== null && fromLog !== null && !belongsTo(db, fromLog.identity))
        problems.push(texts.otherLog(ventesFile(dir)));
      problems.push(...missedLines(database?.missed ?? [], texts));
      if (database !== null) problems.push(...otherwiseLines(database.waiting, texts));
      return {
        running,
        components,
        sources: statuses,
        catalogues: fromLog?.catalogues ?? [],
        stale: staleOf(fromLog?.sources ?? []),
        log: fromLog === null ? null : { where: fromLog.where, events: fromLog.events },
        database,
        problems,
      };
    }),
  );

const problemOf = ({ source, state, reason }: SourceStatus, texts: Texts): string =>
  state === "parked"
    ? texts.sourceParked(source, reason)
    : state === "held"
      ? reason
      : texts.sourceUnclear(source, reason);

const readLog = Effect.fnUntraced(function* (follows: Follows, data: string, language: Language) {
  const log = yield* TopicLog;
  const bounds = yield* log.bounds(EVENT_TOPICS);
  const entries = yield* readSourceEntries;
  return {
    identity: log.identity,
    where: `${log.kind} ${log.fullName("ventes")}`,
    bounds,
    events: bounds.reduce((sum, { start, end }) => sum + end - start, 0),
    states: entries.states(),
    sources: yield* entries.withRaces(entries.sources(follows), data, language),
    invalid: entries.invalid(language),
    catalogues: entries.catalogues().map(({ status }) => status),
  };
});

/** By producer: how many of the sources that it reported on last have no producer now. */
function staleOf(sources: readonly SourceEntry[]): Stale[] {
  const found = new Map<string, Stale>();
  for (const { report } of sources) {
    if (report === null || report.follows) continue;
    const { producer, at } = report;
    found.set(producer, { producer, at, sources: (found.get(producer)?.sources ?? 0) + 1 });
  }
  return [...found.values()];
}

const belongsTo = (db: Sqlite, identity: string): boolean => (logOf(db) ?? identity) === identity;

const asJson = ({ database, ...found }: Found, dir: string) => ({
  ok: found.problems.length === 0,
  data: dir,
  ...found,
  database: database === null ? null : databaseJson(database),
});

function asText(found: Found, dir: string, run: Invocation): string {
  const { texts } = run;
  const { database, log } = found;
  const lines = [texts.statusDirectory(dir, texts.runs(found.running))];
  for (const { component, id, state, lost, detail, at, figures } of found.components) {
    // Embedded, there is one component of each kind: its id tells nothing.
    const where = run.settings.kafka === null ? [] : [id];
    const busy = figures[LOOP_FIGURE] ?? 0;
    const stood = busy > LONG_LOOP_MS ? [texts.loopBusy(texts.count(busy))] : [];
    const parts = [component, lost ? texts.lost() : state, at, ...where, detail, ...stood];
    lines.push(`  ${parts.filter((part) => part !== "").join("  ")}`);
  }
  if (log !== null) lines.push(texts.statusLog(log.where, texts.count(log.events)));
  if (database === null) lines.push(texts.noDatabase());
  else lines.push(...databaseLines(database, texts));
  for (const { producer, at, sources } of found.stale)
    lines.push(texts.sourcesStale(texts.count(sources), at, run.settings.kafka === null ? "" : producer));
  for (const s of found.sources)
    lines.push(
      [
        `  ${s.source}`,
        s.state,
        texts.count(s.records),
        ...(s.defects === undefined ? [] : [texts.defects(texts.count(s.defects))]),
        ...(s.reason === "" || s.doubts !== undefined ? [] : [s.reason]),
      ].join("  "),
      ...(s.doubts ?? [])
        .flatMap((doubt) => doubtLines(doubt, texts, run.settings.currency))
        .map((line) => `    ${line}`),
    );
  for (const c of found.catalogues) {
    const reason = c.reason === "" ? "" : `  ${c.reason}`;
    lines.push(`  ${c.catalogue}  ${c.state}  ${texts.count(c.taken)}/${texts.count(c.listed)}${reason}`);
  }
  return lines.map(visibleSource).join("\n");
}
