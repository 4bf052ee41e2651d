/** Opens and closes the parts of a producer together. It has no global state: one process may hold several producers. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import * as Semaphore from "effect/Semaphore";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError, Sqlite } from "#shared/database/sqlite.ts";
import { Settings, type SettingsShape } from "#shared/runtime/settings.ts";
import { newId } from "#shared/runtime/time.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { openProducer, openScratchState, producerFile, State } from "../diff/index.ts";
import {
  fetchSource,
  type Hosts,
  type HttpClient,
  makeHosts,
  makeHttpClient,
  sweepSpool,
} from "../download/index.ts";
import { SourceIndex } from "../log/index.ts";
import { Registry } from "../source/index.ts";
import { Bulkhead, type Defect, isolatedLog } from "./bulkhead.ts";

export interface Progress {
  readonly source: string;
  readonly phase: "download" | "read" | "emit" | "done";
  /** Records read, or events emitted, so far. */
  readonly done: number;
  /** How much of the phase is done, from 0 to 1: bytes of the file, or events. null: it is not known. */
  readonly share: number | null;
  readonly rejected: number;
}

/** The parts that a poll needs. All sources of a producer share them. */
export interface Producer {
  readonly log: TopicLog["Service"];
  readonly settings: SettingsShape;
  readonly state: State;
  readonly registry: Registry;
  /** Used only by the holder of the gate. */
  readonly sourceIndex: SourceIndex;
  readonly client: HttpClient;
  /** Downloads the content of a source. Tests replace it. */
  readonly fetch: typeof fetchSource;
  /** Limits how many requests run at once, and how often one host is asked. */
  readonly hosts: Hosts;
  /** The random id of this producer in its announcements. */
  readonly id: string;
  /** One diff and one publish at a time. */
  readonly gate: Semaphore.Semaphore;
  /** Isolates the work on each source and catalogue. */
  readonly bulkhead: Bulkhead;
  readonly onProgress: (progress: Progress) => void;
}

/** Callbacks that report the work of a producer. */
export interface ProducerHooks {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Called once for each unforeseen error. By default nothing reports it. */
  readonly onDefect?: ((defect: Defect) => void) | undefined;
}

const opened = (
  settings: SettingsShape,
  open: () => Sqlite,
): Effect.Effect<Sqlite, DatabaseError, Scope.Scope> =>
  Effect.acquireRelease(onFile(producerFile(settings.data), open), (db) => Effect.sync(() => db.close()));

const make = Effect.fnUntraced(function* (
  open: (log: TopicLog["Service"], settings: SettingsShape) => Sqlite,
  { onProgress = () => {}, onDefect = () => {} }: ProducerHooks,
): Effect.fn.Return<Producer, DatabaseError, TopicLog | Settings | Scope.Scope> {
  const log = isolatedLog(yield* TopicLog);
  const settings = yield* Settings;
  const db = yield* opened(settings, () => open(log, settings));
  return {
    log,
    settings,
    state: new State(db),
    registry: new Registry(log),
    sourceIndex: new SourceIndex(log),
    client: yield* makeHttpClient,
    fetch: fetchSource,
    hosts: yield* makeHosts(),
    id: yield* newId,
    gate: yield* Semaphore.make(1),
    bulkhead: new Bulkhead(settings, onDefect),
    onProgress,
  };
});

/** A producer with its state in DIR/producer.db. Closes with the scope. */
export const makeProducer = (hooks: ProducerHooks = {}) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    make((log, settings) => {
      sweepSpool(settings.data, now);
      return openProducer(settings.data, log.identity);
    }, hooks),
  );

/** A producer with a temporary state, for one command. It takes over every source that it publishes for. */
export const makeTemporaryProducer = () => make(() => openScratchState(), {});
