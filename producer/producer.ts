/** A producer's parts, opened and closed together. No global state: several may live in one process or thread. */
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import * as Semaphore from "effect/Semaphore";
import { DatabaseError, explain, type Sqlite } from "#shared/database/sqlite.ts";
import { Settings, type SettingsShape } from "#shared/settings.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { HttpClient } from "./download/http.ts";
import { fetchSource, spoolFolder } from "./download/index.ts";
import type { Producer, Progress } from "./look.ts";
import { Registry } from "./registry.ts";
import { openProducer, openScratchState } from "./state/producer-db.ts";
import { State } from "./state/state.ts";

const opened = (
  settings: SettingsShape,
  open: () => Sqlite,
): Effect.Effect<Sqlite, DatabaseError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.try({ try: open, catch: (error) => explain(settings.data, error) }).pipe(
      Effect.catch((error) => (error instanceof DatabaseError ? Effect.fail(error) : Effect.die(error))),
    ),
    (db) => Effect.sync(() => db.close()),
  );

export const makeHttpClient: Effect.Effect<HttpClient, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => new HttpClient()),
  (client) => Effect.promise(() => client.close()),
);

const make = Effect.fnUntraced(function* (
  open: (log: TopicLog["Service"], settings: SettingsShape) => Sqlite,
  onProgress: (progress: Progress) => void,
): Effect.fn.Return<Producer, DatabaseError, TopicLog | Settings | Scope.Scope> {
  const log = yield* TopicLog;
  const settings = yield* Settings;
  const db = yield* opened(settings, () => open(log, settings));
  return {
    log,
    settings,
    state: new State(db),
    registry: new Registry(log),
    client: yield* makeHttpClient,
    fetch: fetchSource,
    id: randomUUID(),
    gate: yield* Semaphore.make(1),
    onProgress,
  };
});

/** What a killed one left in the spool goes; a command that runs beside has younger files. */
const LEFT_MS = 600_000;

function sweep(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const { mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: Number.POSITIVE_INFINITY };
    if (Date.now() - mtimeMs > LEFT_MS) rmSync(file, { force: true });
  }
}

/** With its state in DIR/producer.db. */
export const makeProducer = (onProgress: (progress: Progress) => void = () => {}) =>
  make((log, settings) => {
    sweep(spoolFolder(settings.data));
    return openProducer(settings.data, log.identity);
  }, onProgress);

/** With a state that goes with it: it takes over whatever it touches. */
export const makePassingProducer = () =>
  make(
    () => openScratchState(),
    () => {},
  );
