/** How the registered sources stand: what was announced of them, and what the producers last said in their state. */
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { ENTITY_NAMES } from "#shared/contract/entities/index.ts";
import type { CatalogueStatus, ComponentState, SourceStatus } from "#shared/contract/status.ts";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import { type Language, Settings } from "#shared/runtime/settings.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import {
  type ListedCatalogue,
  type ListedSource,
  listedCatalogues,
  listedSources,
  newCatalogueStatus,
  Registry,
  refusedStatus,
} from "../../producer/admin/index.ts";
import { heldBy } from "../settings/locks.ts";
import { isLost, isRunning, States } from "./component-state.ts";
import type { View } from "./page.ts";

/** What one producer said of a source, and whether it still follows it. */
interface Claim {
  readonly status: SourceStatus;
  /** The producer's id, and when it said so. */
  readonly producer: string;
  readonly at: string;
  readonly follows: boolean;
}

export interface CatalogueWithState extends ListedCatalogue {
  readonly status: CatalogueStatus;
}

export interface SourceEntry extends ListedSource {
  /** Whoever spoke of it last; null: no producer has. */
  readonly said: Omit<Claim, "status"> | null;
}

/** A producer that runs and is heard of. In one process of one machine the lock knows at once; else silence tells. */
export type Follows = (state: ComponentState) => boolean;

export const heardOf =
  (now: number): Follows =>
  (state) =>
    isRunning(state) && !isLost(state, now);

/**
 * What is said of each source. Each producer tells its own sources, so one that runs is believed before one that
 * stopped or was killed, which cannot know who has its sources now; among equals the later word holds.
 */
export function claims(states: readonly ComponentState[], follows: Follows): ReadonlyMap<string, Claim> {
  const found = new Map<string, Claim>();
  for (const state of states) {
    if (state.component !== "producer") continue;
    const claim = { producer: state.id, at: state.at, follows: follows(state) };
    for (const status of state.sources ?? []) {
      const other = found.get(status.source);
      const wins =
        other === undefined || (other.follows === claim.follows ? other.at <= claim.at : claim.follows);
      if (wins) found.set(status.source, { ...claim, status });
    }
  }
  return found;
}

/** How a source stands by what was announced of it and what was claimed. */
export function standing(listed: ListedSource, claim: Claim | undefined): SourceEntry {
  if (claim === undefined) return { ...listed, said: null };
  const { status, ...said } = claim;
  if (isOlder(status, listed.status)) return { ...listed, said };
  if (said.follows) return { ...listed, status, said };
  // Whoever said so is no longer at it.
  const { next: _, ...last } = status;
  return { ...listed, status: last.state === "reading" ? listed.status : last, said };
}

/** Said before its last announcement, which was another's, or came after the last word of one that was killed. */
const isOlder = (seen: SourceStatus, announced: SourceStatus): boolean =>
  seen.state === "new" ||
  (seen.state === "unlisted") !== (announced.state === "unlisted") ||
  (announced.version ?? -1) > (seen.version ?? -1);

/** Whether the producers of this log that said they run still do. */
export const followsNow: Effect.Effect<Follows, DatabaseError, Settings> = Effect.gen(function* () {
  const { kafka, data } = yield* Settings;
  if (kafka !== null) return heardOf(Date.now());
  const held = yield* onFile(join(data, "lock.db"), () => heldBy(data));
  return held === "nobody" ? () => false : heardOf(Date.now());
});

/** What the log says of sources, catalogues and components, as of the last refresh, which reads what is new. */
export class SourceEntries {
  readonly #registry: Registry;
  readonly #states: States;

  constructor(log: TopicLog["Service"]) {
    this.#registry = new Registry(log);
    this.#states = new States(log);
  }

  refresh(): Effect.Effect<void, LogFailure> {
    return Effect.andThen(this.#registry.refresh(), this.#states.refresh());
  }

  states(): readonly ComponentState[] {
    return this.#states.all();
  }

  /** Parents first, as they are read. */
  sources(follows: Follows): readonly SourceEntry[] {
    const said = claims(this.states(), follows);
    return listedSources(this.#registry)
      .map((one) => standing(one, said.get(one.registration.source)))
      .toSorted((a, b) => rank(a) - rank(b) || (a.status.source < b.status.source ? -1 : 1));
  }

  /** Records of the topic that are no registration: nobody looks at them. */
  invalid(language: Language): readonly SourceStatus[] {
    return this.#registry.refused().map((record) => refusedStatus(record, language));
  }

  /** What no producer has said yet is as the topic `sources` has it. */
  catalogues(): readonly CatalogueWithState[] {
    const said = new Map<string, CatalogueStatus>();
    for (const state of this.states().toSorted((a, b) => a.at.localeCompare(b.at)))
      for (const one of state.catalogues ?? []) said.set(one.catalogue, one);
    return listedCatalogues(this.#registry).map((one) => {
      const { catalogue, taken, unlisted, removed } = one;
      const seen = said.get(catalogue.catalogue);
      return { ...one, status: seen ?? { ...newCatalogueStatus(catalogue), taken, unlisted, removed } };
    });
  }
}

/** As of now. */
export const readSourceEntries: Effect.Effect<SourceEntries, LogFailure, TopicLog> = Effect.gen(function* () {
  const standings = new SourceEntries(yield* TopicLog);
  yield* standings.refresh();
  return standings;
});

const rank = ({ registration }: ListedSource): number =>
  Math.min(...registration.entities.map((entity) => ENTITY_NAMES.indexOf(entity)));

const LOOK_EVERY_MS = 2_000;

/** Keeps the page's list of sources current, where producers are other processes. */
export const followSources = (view: View): Effect.Effect<never, never, TopicLog | Settings> =>
  Effect.gen(function* () {
    const { language } = yield* Settings;
    const standings = yield* readSourceEntries;
    for (;;) {
      view.sources = [
        ...standings.sources(heardOf(Date.now())).map(({ status }) => status),
        ...standings.invalid(language),
      ];
      view.catalogues = standings.catalogues().map(({ status }) => status);
      yield* Effect.sleep(LOOK_EVERY_MS);
      yield* standings
        .refresh()
        .pipe(
          Effect.retry({ schedule: scheduleOf("log"), while: (error) => error._tag === "LogUnavailable" }),
        );
    }
    // What was read may be of topics that are there no more: anew.
  }).pipe(Effect.retry(scheduleOf("log")), Effect.orDie);
