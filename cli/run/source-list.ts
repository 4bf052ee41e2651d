/** The status of each registered source: from its last announcement, and from the last report of a producer. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import { ENTITY_NAMES } from "#shared/contract/entities/index.ts";
import type {
  CatalogueStatus,
  ComponentState,
  SourceStatus,
  WithdrawnSource,
} from "#shared/contract/status.ts";
import { onFile } from "#shared/database/attempt.ts";
import { betweenSources } from "#shared/database/between-sources.ts";
import type { DatabaseError, Sqlite } from "#shared/database/sqlite.ts";
import { ventesFile, ventesReaderOf } from "#shared/database/ventes-db.ts";
import { masked } from "#shared/runtime/masked.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import { type Language, Settings } from "#shared/runtime/settings.ts";
import { elapsedMs } from "#shared/runtime/time.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { ComponentHealth } from "../../notify/verdicts.ts";
import {
  type ListedCatalogue,
  type ListedSource,
  LONGEST_NAME,
  listedCatalogues,
  listedSources,
  newCatalogueStatus,
  RefusedStatuses,
  Registry,
  racesFound,
  withAttention,
} from "../../producer/admin/index.ts";
import { heldBy } from "../settings/locks.ts";
import type { Texts } from "../texts/texts.ts";
import { visible } from "../texts/visible.ts";
import { isLost, isRunning, presentStates, States } from "./component-state.ts";
import type { View } from "./view.ts";

/** What one producer reported on a source in the topic `status`, and whether the producer still follows it. */
interface SourceReport {
  readonly status: SourceStatus;
  /** The producer's id, and the time of its report (ISO). */
  readonly producer: string;
  readonly at: string;
  readonly follows: boolean;
}

export interface CatalogueWithState extends ListedCatalogue {
  readonly status: CatalogueStatus;
}

export interface SourceEntry extends ListedSource {
  /** The report that counts; null: no producer has reported on it. */
  readonly report: Omit<SourceReport, "status"> | null;
}

/** Whether a producer runs and still reports. */
export type Follows = (state: ComponentState) => boolean;

export const reportsAt =
  (now: number): Follows =>
  (state) =>
    isRunning(state) && !isLost(state, now);

/**
 * Source -> the report that counts. A report of a running producer counts before one of a producer that stopped or was
 * killed: that one cannot know who follows its sources now. Among equals the later report counts.
 */
export function latestReports(
  states: readonly ComponentState[],
  follows: Follows,
): ReadonlyMap<string, SourceReport> {
  const found = new Map<string, SourceReport>();
  for (const state of states) {
    if (state.component !== "producer") continue;
    const report = { producer: state.id, at: state.at, follows: follows(state) };
    for (const status of state.sources ?? []) {
      const other = found.get(status.source);
      const wins =
        other === undefined || (other.follows === report.follows ? other.at <= report.at : report.follows);
      if (wins) found.set(status.source, { ...report, status });
    }
  }
  return found;
}

/** A source with its status: by the report, unless the announcement is newer. */
export function entryOf(listed: ListedSource, report: SourceReport | undefined): SourceEntry {
  if (report === undefined) return { ...listed, report: null };
  const { status, ...from } = report;
  if (isOlder(status, listed.status)) return { ...listed, report: from };
  if (from.follows) return { ...listed, status, report: from };
  // The producer no longer follows the source: there is no next poll, and nothing is being read.
  const { next: _, ...last } = status;
  return { ...listed, status: last.state === "reading" ? listed.status : last, report: from };
}

/** Whether a report is older than the announcement: of another producer, or of one that was killed before it reported. */
const isOlder = (seen: SourceStatus, announced: SourceStatus): boolean =>
  seen.state === "new" ||
  (seen.state === "unlisted") !== (announced.state === "unlisted") ||
  (announced.version ?? -1) > (seen.version ?? -1);

/** Which producers of this log run now. Embedded, the lock of the directory tells at once; on Kafka, their silence. */
export const followsNow: Effect.Effect<Follows, DatabaseError, Settings> = Effect.gen(function* () {
  const { kafka, data } = yield* Settings;
  const now = yield* Clock.currentTimeMillis;
  if (kafka !== null) return reportsAt(now);
  const held = yield* onFile(join(data, "lock.db"), () => heldBy(data));
  return held === "nobody" ? () => false : reportsAt(now);
});

type Races = ReturnType<typeof racesFound>;

/** The status of a source may be newer than the races: what its producer reports by now is not said twice. */
const addRaces = (sources: readonly SourceEntry[], races: Races): readonly SourceEntry[] =>
  sources.map((entry) => {
    const { source, doubts = [] } = entry.status;
    const isNew = (race: DoubtReport) => doubts.every(({ decision }) => decision !== race.decision);
    return { ...entry, status: withAttention(entry.status, (races.get(source) ?? []).filter(isNew)) };
  });

/** Sources, catalogues and components by the topics `sources` and `status`, as of the last `refresh`. */
export class SourceEntries {
  readonly #registry: Registry;
  readonly #states: States;

  constructor(log: TopicLog["Service"]) {
    this.#registry = new Registry(log);
    this.#states = new States(log);
  }

  /** Reads the new records of both topics. */
  refresh(): Effect.Effect<void, LogFailure> {
    return Effect.andThen(this.#registry.refresh(), this.#states.refresh());
  }

  states(): readonly ComponentState[] {
    return this.#states.all();
  }

  /** Products and shops before sales, as a producer reads them. */
  sources(follows: Follows): readonly SourceEntry[] {
    const reports = latestReports(this.states(), follows);
    return listedSources(this.#registry)
      .map((one) => entryOf(one, reports.get(one.registration.source)))
      .toSorted((a, b) => rank(a) - rank(b) || (a.status.source < b.status.source ? -1 : 1));
  }

  /** The sources, with the races that the database of a data directory shows. Without a database they stay as they are. */
  withRaces(
    sources: readonly SourceEntry[],
    data: string,
    language: Language,
  ): Effect.Effect<readonly SourceEntry[], DatabaseError> {
    return Effect.map(this.races(sources, data, language), (races) => addRaces(sources, races));
  }

  /** The races that `withRaces` adds, by source. Where two sources have equal sales, it reads all sales: some 2 s for a million. */
  races(
    sources: readonly SourceEntry[],
    data: string,
    language: Language,
  ): Effect.Effect<Races, DatabaseError> {
    if (!existsSync(ventesFile(data))) return Effect.succeed(new Map());
    const told = new Map(
      sources.map(({ status }) => [status.source, (status.doubts ?? []).map(({ decision }) => decision)]),
    );
    const find = (db: Sqlite) => () =>
      racesFound(this.#registry, betweenSources(db), (source) => told.get(source) ?? [], language);
    return Effect.scoped(
      Effect.flatMap(ventesReaderOf(data), (db) => onFile(db.name, () => db.transaction(find(db))())),
    );
  }

  /** The names that people gave to sources, by id with its secrets masked; any program may have written the records. */
  names(): ReadonlyMap<string, string> {
    return new Map(
      this.#registry
        .registrations()
        .flatMap(({ source, name }) =>
          name === undefined ? [] : [[masked(source), visible(name.slice(0, LONGEST_NAME))] as const],
        ),
    );
  }

  /** Sources that are followed no longer, and whose rows an operator withdrew. */
  withdrawn(): readonly WithdrawnSource[] {
    return this.#registry
      .announcements()
      .flatMap(({ source, withdrawn, counts }) =>
        withdrawn === undefined || this.#registry.registration(source) !== undefined || counts !== null
          ? []
          : [{ source, ...withdrawn }],
      )
      .toSorted((a, b) => (a.at < b.at ? -1 : 1));
  }

  /** Records of the topic `sources` that are no registration: no producer polls them. */
  invalid(language: Language): readonly SourceStatus[] {
    return new RefusedStatuses(language).of(this.#registry.refused());
  }

  /** A catalogue on which no producer has reported has the status that follows from the topic `sources`. */
  catalogues(): readonly CatalogueWithState[] {
    const reported = new Map<string, CatalogueStatus>();
    for (const state of this.states().toSorted((a, b) => a.at.localeCompare(b.at)))
      for (const one of state.catalogues ?? []) reported.set(one.catalogue, one);
    return listedCatalogues(this.#registry).map((one) => {
      const { catalogue, taken, unlisted, removed } = one;
      const seen = reported.get(catalogue.catalogue);
      return { ...one, status: seen ?? { ...newCatalogueStatus(catalogue), taken, unlisted, removed } };
    });
  }
}

/** As of now. */
export const readSourceEntries: Effect.Effect<SourceEntries, LogFailure, TopicLog> = Effect.gen(function* () {
  const entries = new SourceEntries(yield* TopicLog);
  yield* entries.refresh();
  return entries;
});

const rank = ({ registration }: ListedSource): number =>
  Math.min(...registration.entities.map((entity) => ENTITY_NAMES.indexOf(entity)));

/** The health of a component; none for one that is stopped: no component stops by itself, so a person stopped it. */
function healthOf(state: ComponentState, follows: boolean, texts: Texts): readonly ComponentHealth[] {
  const { component, id, detail, at } = state;
  const name = `${component} ${id}`;
  if (state.state === "stopped") return [];
  if (state.state === "failed") return [{ name, problem: texts.componentFailed(component, detail) }];
  return [{ name, problem: follows ? null : texts.componentLost(component, at, id) }];
}

const CHECK_EVERY_MS = 2_000;
/** Races that took a second to find are looked for again ten seconds later at the earliest: the page waits meanwhile. */
const RACES_REST_FACTOR = 10;

/**
 * Keeps the page's list of withdrawn sources current; with `all` also those of sources and catalogues, where producers are
 * other processes.
 */
export const followSources = (
  view: View,
  all: boolean,
  texts: Texts,
): Effect.Effect<never, never, TopicLog | Settings> =>
  Effect.gen(function* () {
    const { language, data } = yield* Settings;
    const entries = yield* readSourceEntries;
    let races: Races = new Map();
    let racesDue = 0;
    for (;;) {
      view.withdrawn = entries.withdrawn();
      view.names = entries.names();
      view.states = entries.states();
      if (all) {
        const now = yield* Clock.currentTimeMillis;
        const follows = reportsAt(now);
        view.components = presentStates(view.states, follows, now).flatMap((state) =>
          healthOf(state, follows(state), texts),
        );
        const sources = entries.sources(follows);
        const start = yield* elapsedMs;
        if (start >= racesDue) {
          races = yield* entries.races(sources, data, language);
          const end = yield* elapsedMs;
          racesDue = end + RACES_REST_FACTOR * (end - start);
        }
        view.sources = [
          ...addRaces(sources, races).map(({ status }) => status),
          ...entries.invalid(language),
        ];
        view.catalogues = entries.catalogues().map(({ status }) => status);
      }
      yield* Effect.sleep(CHECK_EVERY_MS);
      yield* entries
        .refresh()
        .pipe(
          Effect.retry({ schedule: scheduleOf("log"), while: (error) => error._tag === "LogUnavailable" }),
        );
    }
    // The topics may have been deleted and created again: start over with a new reader.
  }).pipe(Effect.retry(scheduleOf("log")), Effect.orDie);
