/** The state of every part, as `ventes status` tells it, and what somebody must act on. */
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
import { eventsFile } from "#shared/topic-log/embedded/events-db.ts";
import { recordsIn, TopicLog } from "#shared/topic-log/topic-log.ts";
import { missedLines, otherwiseLines } from "../output/results.ts";
import type { Invocation } from "../settings/invocation.ts";
import { heldBy } from "../settings/locks.ts";
import type { Texts } from "../texts/texts.ts";
import { isRunning, presentStates } from "./component-state.ts";
import { type DatabaseStatus, readDatabase } from "./database-status.ts";
import { demoSettings } from "./demo-mode.ts";
import { withKnownDoubts } from "./known-doubts.ts";
import { onLog } from "./log.ts";
import { type Follows, readSourceEntries, reportsAt, type SourceEntry } from "./source-list.ts";

/** How long it waits for a broker: monitoring programs call it. */
export const STATUS_WAIT_MS = 5_000;

/** A loop that is busy for longer is worth a word: the page stands still as long. */
export const LONG_LOOP_MS = 250;

export interface Found {
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

/** Sources of a producer that runs no more. */
export interface Stale {
  readonly producer: string;
  /** The time of its last report (ISO). */
  readonly at: string;
  readonly sources: number;
}

/** The addresses of the pages that are served now. */
export const pagesOf = ({ components }: Pick<Found, "components">): readonly string[] =>
  components.flatMap((state) =>
    isRunning(state) && !state.lost && state.page !== undefined ? [state.page] : [],
  );

/** Reads all of it once. A topic log that does not answer is one of the problems. */
export const collect = (run: Invocation, dir: string, isDemo: boolean): Effect.Effect<Found, DatabaseError> =>
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
      const hasLog = settings.kafka !== null || isFilled || existsSync(eventsFile(dir));
      const fromLog = !hasLog
        ? null
        : yield* onLog(
            run,
            STATUS_WAIT_MS,
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
    events: recordsIn(bounds),
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
