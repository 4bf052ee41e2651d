/** A producer's parts, opened and closed together. No global state: several may live in one process or thread. */
import { randomUUID } from "node:crypto";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import * as Semaphore from "effect/Semaphore";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError, Sqlite } from "#shared/database/sqlite.ts";
import { Settings, type SettingsShape } from "#shared/runtime/settings.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { openProducer, openScratchState, State } from "../diff/index.ts";
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
  readonly rejected: number;
}

/** What a look needs; one for all sources of a producer. */
export interface Producer {
  readonly log: TopicLog["Service"];
  readonly settings: SettingsShape;
  readonly state: State;
  readonly registry: Registry;
  /** Asked under the gate. */
  readonly sourceIndex: SourceIndex;
  readonly client: HttpClient;
  /** What a look asks for a source's content. */
  readonly fetch: typeof fetchSource;
  /** Whose turn it is to be asked. */
  readonly hosts: Hosts;
  /** Names this producer in announcements. */
  readonly id: string;
  /** One diff and one publish at a time. */
  readonly gate: Semaphore.Semaphore;
  /** Around the work on each source and catalogue. */
  readonly bulkhead: Bulkhead;
  readonly onProgress: (progress: Progress) => void;
}

/** What a producer tells of its work. */
export interface ProducerHooks {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Told of an error that nobody foresaw, once. Default: nobody is. */
  readonly onDefect?: ((defect: Defect) => void) | undefined;
}

const opened = (
  settings: SettingsShape,
  open: () => Sqlite,
): Effect.Effect<Sqlite, DatabaseError, Scope.Scope> =>
  Effect.acquireRelease(onFile(settings.data, open), (db) => Effect.sync(() => db.close()));

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
    id: randomUUID(),
    gate: yield* Semaphore.make(1),
    bulkhead: new Bulkhead(settings, onDefect),
    onProgress,
  };
});

/** With its state in DIR/producer.db. */
export const makeProducer = (hooks: ProducerHooks = {}) =>
  make((log, settings) => {
    sweepSpool(settings.data);
    return openProducer(settings.data, log.identity);
  }, hooks);

/** With a state that goes with it: it takes over whatever it touches. */
export const makeTemporaryProducer = () => make(() => openScratchState(), {});
