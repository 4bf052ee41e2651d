/**
 * Opening DIR/events.db for the layer: the two connections, the topics, and how each later piece of SQLite work
 * fails. While the log is being opened, a file that cannot be used is a DatabaseError. Once it is open, the same
 * error is LogUnavailable, because waiting may help: followers and publishers wait for room on a full disk as they wait
 * for a lost broker.
 */
import { existsSync, realpathSync, statSync } from "node:fs";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { databaseErrorOf, whenFree } from "../../database/attempt.ts";
import { logOfDirectory } from "../../database/log-of-database.ts";
import type { DatabaseError, Sqlite } from "../../database/sqlite.ts";
import { ventesFile } from "../../database/ventes-db.ts";
import type { Language, SettingsShape } from "../../runtime/settings.ts";
import { newId } from "../../runtime/time.ts";
import { type LogFailure, LogMisconfigured, LogMismatch, LogUnavailable } from "../errors.ts";
import { ChangeSignal } from "./change-signal.ts";
import { makeReader, type Reader } from "./cursor.ts";
import { eventsFile, openEvents, openMembership } from "./events-db.ts";
import { type EmbeddedTopics, openTopics } from "./topics.ts";

export interface OpenLog {
  /** The real path of events.db: one name for one file, by whichever path the process reached it. */
  readonly file: string;
  readonly namespace: string;
  readonly db: Sqlite;
  /** A second connection, for group membership: see events-db.ts. */
  readonly members: Sqlite;
  readonly topics: EmbeddedTopics;
  readonly reader: Reader;
  /** Wakes the followers of the file in this process. */
  readonly changes: ChangeSignal;
  /** Runs synchronous work on the file, again while another process is in its transaction. */
  readonly attempt: <A>(work: () => A) => Effect.Effect<A, LogFailure>;
}

/** Opens the log; its connections are closed with the scope. */
export const openLog = Effect.fnUntraced(function* ({
  data,
  namespace,
  partitions,
  language,
}: SettingsShape): Effect.fn.Return<OpenLog, LogFailure | DatabaseError, Scope.Scope> {
  const named = eventsFile(data);
  yield* whenFree(() => assertNotLost(data, language), openFailureOf(named));
  const db = yield* connection(named, () => openEvents(data));
  const file = realpathSync(named);
  const members = yield* connection(file, () => openMembership(data));
  const changes = yield* Effect.acquireRelease(
    Effect.sync(() => new ChangeSignal(file)),
    (signal) => Effect.sync(() => signal.close()),
  );
  const id = yield* newId;
  const topics = yield* whenFree(() => openTopics(db, namespace, partitions, id), openFailureOf(file));
  const reader = yield* whenFree(() => makeReader(db), openFailureOf(file));
  const failureOf = logFailureOf(file);
  return {
    file,
    namespace,
    db,
    members,
    topics,
    reader,
    changes,
    attempt: (work) => whenFree(work, failureOf),
  };
});

/**
 * Throws LogMismatch when DIR/ventes.db was filled from topics and DIR/events.db is gone. A new events.db would look like
 * a first start: no source would be registered in it, and the figures would be those of the demo.
 */
function assertNotLost(data: string, language: Language): void {
  const events = eventsFile(data);
  if (existsSync(events) && statSync(events).size > 0) return;
  if (logOfDirectory(data) === undefined) return;
  const database = ventesFile(data);
  throw new LogMismatch({
    message:
      language === "fr"
        ? `${events} manque, alors que ${database} a été rempli depuis des topics : remettez ce fichier depuis une sauvegarde ; ou nommez avec KAFKA_BROKERS le cluster qui a ces topics ; ou recommencez ailleurs avec --data RÉPERTOIRE, en enregistrant les sources à nouveau. ${database} reste lisible (ventes query)`
        : `${events} is missing, although ${database} was filled from topics: put that file back from a backup; or name the cluster that has these topics with KAFKA_BROKERS; or start again elsewhere with --data DIR, and register the sources again. ${database} can still be read (ventes query)`,
  });
}

const connection = (file: string, open: () => Sqlite) =>
  Effect.acquireRelease(whenFree(open, openFailureOf(file)), (db) => Effect.sync(() => db.close()), {
    interruptible: true,
  });

const openFailureOf =
  (file: string) =>
  (error: unknown): LogFailure | DatabaseError | undefined =>
    error instanceof LogMisconfigured || error instanceof LogMismatch ? error : databaseErrorOf(file)(error);

/** Waiting for a damaged file, or for one that may not be written, would never end. */
const MAY_PASS: ReadonlySet<DatabaseError["reason"]> = new Set(["busy", "full", "disk", "memory"]);

const logFailureOf =
  (file: string) =>
  (error: unknown): LogFailure | undefined => {
    if (error instanceof LogMismatch || error instanceof LogMisconfigured) return error;
    const ofFile = databaseErrorOf(file)(error);
    if (ofFile === undefined) return undefined;
    return MAY_PASS.has(ofFile.reason)
      ? new LogUnavailable({ address: file, message: ofFile.message })
      : new LogMisconfigured({ message: ofFile.message });
  };
