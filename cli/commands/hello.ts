/**
 * `ventes hello`: opens the database, writes and reads a row in a temporary table, reaches the topics, and prints what
 * it found. While there is no database, it creates one in the same directory and removes it again: the first
 * `ventes start` must find none.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { EVENT_TOPICS, TOPICS } from "#shared/contract/topics.ts";
import { onFileWhenFree } from "#shared/database/attempt.ts";
import { type DatabaseError, explain, type Sqlite } from "#shared/database/sqlite.ts";
import { openVentes, ventesFile } from "#shared/database/ventes-db.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { newId } from "#shared/runtime/time.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { recordsIn, TopicLog } from "#shared/topic-log/topic-log.ts";
import { print } from "../output/stdout.ts";
import { onLog } from "../run/log.ts";
import type { Invocation } from "../settings/invocation.ts";

/** How long it waits for a broker: less than other commands, because it is a quick check. */
const WAIT_MS = 5_000;

export const hello = (_input: object, run: Invocation): Effect.Effect<void, DatabaseError | LogFailure> =>
  Effect.gen(function* () {
    const { settings, texts } = run;
    const id = yield* newId;
    const database = yield* onFileWhenFree(ventesFile(settings.data), () => tryDatabase(settings.data, id));
    const topics = yield* onLog(run, WAIT_MS)(reachTopics);
    if (run.json) {
      print(JSON.stringify({ hello: "world", database, topics }));
      return;
    }
    print(texts.helloDatabase(database.file, database.sqlite, database.exists));
    print(texts.helloRow(database.row));
    print(texts.helloTopics(topics.where, topics.topics, texts.count(topics.events)));
  });

interface DatabaseFound {
  readonly file: string;
  readonly exists: boolean;
  readonly sqlite: string;
  /** The text that was written and read again. */
  readonly row: string;
}

/** `id`: of the database that it creates for a moment. */
function tryDatabase(dir: string, id: string): DatabaseFound {
  const file = ventesFile(dir);
  const exists = existsSync(file);
  if (exists) return { file, exists, ...scratchRow(openVentes(dir, id)) };
  let scratch: string;
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    scratch = mkdtempSync(join(dir, "hello-"));
  } catch (error) {
    throw explain(file, error);
  }
  try {
    return { file, exists, ...scratchRow(openVentes(scratch, id)) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function scratchRow(db: Sqlite): { sqlite: string; row: string } {
  try {
    db.exec("CREATE TEMP TABLE hello (monde TEXT NOT NULL)");
    db.prepare("INSERT INTO hello VALUES (?)").run("Bonjour, monde");
    const { monde } = db.prepare("SELECT monde FROM hello").get() as { monde: string };
    const { version } = db.prepare("SELECT sqlite_version() AS version").get() as { version: string };
    return { sqlite: version, row: monde };
  } finally {
    db.close();
  }
}

const reachTopics = Effect.gen(function* () {
  const log = yield* TopicLog;
  const { kafka, data } = yield* Settings;
  const bounds = yield* log.bounds(EVENT_TOPICS);
  return {
    kind: log.kind,
    where: kafka === null ? join(data, "events.db") : kafka.brokers.join(","),
    identity: log.identity,
    topics: TOPICS.map((topic) => log.fullName(topic.name)),
    events: recordsIn(bounds),
  };
});
