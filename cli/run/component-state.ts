/**
 * The state of each component, in the topic `status`: published every 5 s while it runs, and once more when it
 * stops or fails, so that `ventes status` can tell a stopped component from a lost one.
 */
import { closeSync, constants, futimesSync, openSync } from "node:fs";
import { hostname } from "node:os";
import * as Cause from "effect/Cause";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import { type CatalogueStatus, ComponentState, type SourceStatus } from "#shared/contract/status.ts";
import { loopDelay } from "#shared/runtime/loop-delay.ts";
import { masked } from "#shared/runtime/masked.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { elapsedMsOf, instantOf, isoNow, isoOf } from "#shared/runtime/time.ts";
import { CompactedTopic } from "#shared/topic-log/compacted.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { keysOf, recordsOf, statesOf } from "./state-records.ts";

const STATE_EVERY_MS = 5_000;

/** A component that was running and has published nothing for this long is lost: killed, or cut off from the log. */
export const LOST_AFTER_MS = 3 * STATE_EVERY_MS;

/** What a component reports of itself; read at each publication. */
export interface StateReport {
  readonly state: "running" | "waiting";
  readonly detail: string;
  readonly database: string | null;
  readonly figures: Readonly<Record<string, number>>;
  /**
   * Figures that are the largest value since the call before, by name. Only a publication calls it. A component in a thread
   * of its own gives LOOP_FIGURE of that thread.
   */
  readonly peaks?: () => Readonly<Record<string, number>>;
  /** The address of the page that its process serves. */
  readonly page?: string;
  /** Of a producer. */
  readonly sources?: readonly SourceStatus[];
  readonly catalogues?: readonly CatalogueStatus[];
}

/** How often a component's report is compared with the one that was published last. */
const CHECK_EVERY_MS = 500;

/** The figure of the longest time, in milliseconds since the publication before, in which nothing else could run. */
export const LOOP_FIGURE = "loop_ms";
/** The figure of the longest transaction of a consumer, in milliseconds since the publication before. */
export const BATCH_FIGURE = "longest_batch_ms";
/** How long the last publication may take: a component stops within 5 s. */
const LAST_WORD_MS = 1_000;

/**
 * Runs a component and publishes its state in `status`. A publication that fails is tried again 5 s later. Each
 * publication that says "running" also touches the health file of the settings: a health check that cannot read topics
 * reads its age.
 */
export const withState =
  (component: ComponentState["component"], report: () => StateReport) =>
  <A, E, R>(run: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | TopicLog | Settings> =>
    Effect.scoped(
      Effect.gen(function* () {
        const log = yield* TopicLog;
        const { data, healthFile } = yield* Settings;
        const id = `${hostname()}:${data}`;
        const since = yield* isoNow;
        const longest = yield* loopDelay;

        const publish = (state: ComponentState["state"], within: number, detail?: string) =>
          Effect.gen(function* () {
            const reported = report();
            const clock = yield* Clock.Clock;
            const value: ComponentState = {
              v: 1,
              component,
              id,
              database: reported.database,
              state,
              detail: masked(detail ?? reported.detail),
              since,
              at: isoOf(clock),
              figures: { ...reported.figures, [LOOP_FIGURE]: longest(), ...reported.peaks?.() },
              ...(reported.page === undefined ? {} : { page: reported.page }),
              ...(reported.sources === undefined ? {} : { sources: reported.sources }),
              ...(reported.catalogues === undefined ? {} : { catalogues: reported.catalogues }),
            };
            yield* log.publish("status", recordsOf(value, log.maxRecordBytes("status")));
            if (healthFile !== null && state === "running")
              yield* Effect.try(() => touch(healthFile, instantOf(clock)));
          }).pipe(Effect.timeoutOption(within), Effect.ignore);

        /** Every 5 s, and at once when state, detail, sources or catalogues have changed. */
        let published = "";
        let publishedAt = 0;
        const beat = Effect.clockWith((clock) => {
          const { state, detail, sources, catalogues } = report();
          const shown = JSON.stringify([state, detail, sources?.map(withoutTimes), catalogues]);
          const now = elapsedMsOf(clock);
          if (shown === published && now - publishedAt < STATE_EVERY_MS) return Effect.void;
          published = shown;
          publishedAt = now;
          return publish(state, STATE_EVERY_MS);
        }).pipe(Effect.andThen(Effect.sleep(CHECK_EVERY_MS)), Effect.forever);
        return yield* Effect.raceFirst(run, beat).pipe(
          Effect.onExit((exit) =>
            Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)
              ? publish("failed", LAST_WORD_MS, messageOf(Cause.squash(exit.cause)))
              : publish("stopped", LAST_WORD_MS),
          ),
        );
      }),
    );

/**
 * Sets the time of a file to `now`, and creates it where there is none. The file may be in a folder that all users share, where
 * another user may have put a link or a pipe: so this follows no link, waits for no pipe and truncates nothing. It throws
 * at either.
 */
function touch(file: string, now: Date): void {
  const { O_WRONLY, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const fd = openSync(file, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    futimesSync(fd, now, now);
  } finally {
    closeSync(fd);
  }
}

/** A poll without news is not worth a publication of its own: there may be hundreds of sources. */
const withoutTimes = ({ polled: _, next: __, ...status }: SourceStatus) => status;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(ComponentState));

/** The last state that each component published. Records of other programs or versions are left out. */
export class States {
  readonly #topic: CompactedTopic;
  /** Each record is decoded once: a state holds hundreds of sources, and others may write thousands of records. */
  readonly #decoded = new WeakMap<object, readonly ComponentState[]>();
  #all: readonly ComponentState[] = [];

  constructor(log: TopicLog["Service"]) {
    this.#topic = new CompactedTopic(log, "status");
  }

  /** Reads what is new. */
  refresh(): Effect.Effect<void, LogFailure> {
    return Effect.map(this.#topic.refresh(), () => {
      this.#all = statesOf([...this.#topic.latest.values()].flatMap((record) => this.#stateIn(record)));
    });
  }

  #stateIn(record: { readonly value: Buffer }): readonly ComponentState[] {
    const known = this.#decoded.get(record);
    if (known !== undefined) return known;
    const state = Option.toArray(decode(record.value.toString("utf8")));
    this.#decoded.set(record, state);
    return state;
  }

  all(): readonly ComponentState[] {
    return this.#all;
  }
}

/** The states as of now. */
export const readStates: Effect.Effect<readonly ComponentState[], LogFailure, TopicLog> = Effect.gen(
  function* () {
    const states = new States(yield* TopicLog);
    yield* states.refresh();
    return states.all();
  },
);

/** Whether it runs, by its last publication. */
export const isRunning = ({ state }: ComponentState): boolean => state === "running" || state === "waiting";

/** Whether a component that was running has published nothing for too long. `now`: ms since 1970. */
export const isLost = (state: ComponentState, now: number): boolean =>
  isRunning(state) && now - Date.parse(state.at) > LOST_AFTER_MS;

const DAY_MS = 86_400_000;
/** After this time without a word a component counts as gone for good. */
const GONE_AFTER_MS = 7 * DAY_MS;

/**
 * The components that `status` is about. One that is silent is left out when it is gone for good: for GONE_AFTER_MS, or
 * when its database has a younger component of the same kind that reports now. The latter is the same one under another
 * name: its machine or container was renamed. (A producer has no database: its files may be on another machine.) `now`:
 * ms since 1970.
 */
export function presentStates(
  states: readonly ComponentState[],
  follows: (state: ComponentState) => boolean,
  now: number,
): readonly ComponentState[] {
  const isReplaced = (state: ComponentState): boolean =>
    state.database !== null &&
    states.some(
      (other) =>
        other.component === state.component &&
        other.database === state.database &&
        other.id !== state.id &&
        other.since >= state.at &&
        follows(other),
    );
  return states.filter(
    (state) => follows(state) || (now - Date.parse(state.at) < GONE_AFTER_MS && !isReplaced(state)),
  );
}

/** Removes what these components have published: tombstones in the topic `status`. */
export const forgetStates = (states: readonly ComponentState[]) =>
  Effect.flatMap(TopicLog, (log) =>
    log.publish(
      "status",
      states.flatMap(keysOf).map((key) => ({ key, value: null })),
    ),
  );
