/**
 * The state of each component, in the topic `status`: published every 5 s while it runs, and once more when it
 * stops or fails, so that `ventes status` can tell "stopped" from "not heard of any more".
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
import { Settings } from "#shared/runtime/settings.ts";
import { CompactedTopic } from "#shared/topic-log/compacted.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";

export const STATE_EVERY_MS = 5_000;

/** A running component that has said nothing for so long is lost: killed, or cut off from the log. */
export const LOST_AFTER_MS = 3 * STATE_EVERY_MS;

/** What a component says of itself; read at each publication. */
export interface StateReport {
  readonly state: "running" | "waiting";
  readonly detail: string;
  readonly database: string | null;
  readonly figures: Readonly<Record<string, number>>;
  /** Of a producer. */
  readonly sources?: readonly SourceStatus[];
  readonly catalogues?: readonly CatalogueStatus[];
}

/** How often a component's report is looked at for a change. */
const LOOK_EVERY_MS = 500;

/** How long a last word may take: a stop is within 5 s. */
const LAST_WORD_MS = 1_000;

/**
 * Runs a component and says in `status` how it is. What cannot be published now is said 5 s later. The health file of
 * the settings is touched whenever it was said that the component runs: its age tells who cannot read topics.
 */
export const withState =
  (component: ComponentState["component"], report: () => StateReport) =>
  <A, E, R>(run: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | TopicLog | Settings> =>
    Effect.gen(function* () {
      const log = yield* TopicLog;
      const { data, healthFile } = yield* Settings;
      const id = `${hostname()}:${data}`;
      const since = new Date(yield* Clock.currentTimeMillis).toISOString();

      const publish = (state: ComponentState["state"], within: number, detail?: string) =>
        Effect.gen(function* () {
          const said = report();
          const value: ComponentState = {
            v: 1,
            component,
            id,
            database: said.database,
            state,
            detail: detail ?? said.detail,
            since,
            at: new Date(yield* Clock.currentTimeMillis).toISOString(),
            figures: said.figures,
            ...(said.sources === undefined ? {} : { sources: said.sources }),
            ...(said.catalogues === undefined ? {} : { catalogues: said.catalogues }),
          };
          yield* log.publish("status", [{ key: `${component} ${id}`, value: JSON.stringify(value) }]);
          if (healthFile !== null && state === "running") yield* Effect.try(() => touch(healthFile));
        }).pipe(Effect.timeoutOption(within), Effect.ignore);

      /** Every 5 s, and at once when something a person would ask for has changed. */
      let said = "";
      let saidAt = 0;
      const beat = Effect.suspend(() => {
        const { state, detail, sources, catalogues } = report();
        const now = JSON.stringify([state, detail, sources?.map(withoutTimes), catalogues]);
        if (now === said && performance.now() - saidAt < STATE_EVERY_MS) return Effect.void;
        said = now;
        saidAt = performance.now();
        return publish(state, STATE_EVERY_MS);
      }).pipe(Effect.andThen(Effect.sleep(LOOK_EVERY_MS)), Effect.forever);
      return yield* Effect.raceFirst(run, beat).pipe(
        Effect.onExit((exit) =>
          Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)
            ? publish("failed", LAST_WORD_MS, messageOf(Cause.squash(exit.cause)))
            : publish("stopped", LAST_WORD_MS),
        ),
      );
    });

/**
 * Sets the time of a file, made where there was none. It may lie in a folder that all users share: a link that another
 * one put there is not followed, a pipe not waited for, and nothing of a file is emptied. Throws then.
 */
function touch(file: string): void {
  const { O_WRONLY, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const fd = openSync(file, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    const now = new Date();
    futimesSync(fd, now, now);
  } finally {
    closeSync(fd);
  }
}

/** That a source was looked at again and said nothing new waits for the next regular word: there may be hundreds. */
const withoutTimes = ({ polled: _, next: __, ...status }: SourceStatus) => status;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(ComponentState));

/** The last state that each component published. Records of other programs or versions are left out. */
export class States {
  readonly #topic: CompactedTopic;
  #all: readonly ComponentState[] = [];

  constructor(log: TopicLog["Service"]) {
    this.#topic = new CompactedTopic(log, "status");
  }

  /** Reads what is new. */
  refresh(): Effect.Effect<void, LogFailure> {
    return Effect.map(this.#topic.refresh(), () => {
      this.#all = [...this.#topic.latest.values()].flatMap(({ value }) =>
        Option.toArray(decode(value.toString("utf8"))),
      );
    });
  }

  all(): readonly ComponentState[] {
    return this.#all;
  }
}

/** As of now. */
export const readStates: Effect.Effect<readonly ComponentState[], LogFailure, TopicLog> = Effect.gen(
  function* () {
    const states = new States(yield* TopicLog);
    yield* states.refresh();
    return states.all();
  },
);

/** Whether it runs, by its own last word. */
export const isRunning = ({ state }: ComponentState): boolean => state === "running" || state === "waiting";

/** Whether a component that said it runs has been silent for too long. */
export const isLost = (state: ComponentState, now: number): boolean =>
  isRunning(state) && now - Date.parse(state.at) > LOST_AFTER_MS;
