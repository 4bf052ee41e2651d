/**
 * Backups of a data directory. A backup is a data directory itself, named after its moment: ventes.db with its
 * positions and, without Kafka, events.db. ventes.db is copied first, so its positions are in the copy of the log. The
 * rest of a data directory is a cache of the topics.
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { onFile, readerOf } from "#shared/database/attempt.ts";
import { copyDatabase, problemsOf } from "#shared/database/copy.ts";
import { logOf } from "#shared/database/log-of-database.ts";
import type { DatabaseError, FileKind, Sqlite } from "#shared/database/sqlite.ts";
import { openVentesReader, VENTES_DB, ventesFile } from "#shared/database/ventes-db.ts";
import { boundsIn, EVENTS_DB, eventsFile } from "#shared/topic-log/embedded/events-db.ts";
import { LogMismatch } from "#shared/topic-log/errors.ts";
import { assertWithin, storedPositions } from "../../consumer/log-binding.ts";
import { Failed } from "../settings/errors.ts";
import type { Texts } from "../texts/texts.ts";
import { assertRoom } from "./room.ts";

interface Kept {
  readonly name: string;
  readonly kind: FileKind;
}

const VENTES: Kept = { name: "ventes.db", kind: VENTES_DB };
const EVENTS: Kept = { name: "events.db", kind: EVENTS_DB };

/** The name of a backup: an instant in UTC, without the colons that some file systems refuse. */
const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/;
const nameOf = (at: Date): string => at.toISOString().replaceAll(":", "-");

interface Backup {
  readonly path: string;
  readonly bytes: number;
  /** The last commit in it; 0: none. */
  readonly commit: number;
}

export type BackupError = DatabaseError | Failed | LogMismatch;

/**
 * Writes a backup of the directory `data` into the directory `target`, checks it, and gives it its name only then.
 * `hasLog`: the topics are in events.db.
 */
export const writeBackup = (
  data: string,
  target: string,
  { at, hasLog, texts }: { readonly at: Date; readonly hasLog: boolean; readonly texts: Texts },
): Effect.Effect<Backup, BackupError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const files = hasLog ? [VENTES, EVENTS] : [VENTES];
      yield* onFile(ventesFile(data), () => openVentesReader(data).close());
      const { made, commit } = yield* checkedCopy(data, target, files, texts);
      const path = join(target, nameOf(at));
      yield* onFile(target, () => {
        for (const { name } of files) settle(join(made, name));
        renameSync(made, path);
        sync(target);
      });
      return { path, bytes: sizeOf(path, files), commit };
    }),
  );

/** Fills the directory `data`, which has no database, with the backup `from`, and checks what it wrote. */
export const restoreBackup = (from: string, data: string, texts: Texts): Effect.Effect<Backup, BackupError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const files = existsSync(eventsFile(from)) ? [VENTES, EVENTS] : [VENTES];
      const { made, commit } = yield* checkedCopy(from, data, files, texts);
      // The log first: a start that finds it alone fills a new database from it, which is right too.
      yield* onFile(data, () => {
        for (const { name } of files.toReversed()) {
          settle(join(made, name));
          renameSync(join(made, name), join(data, name));
        }
        sync(data);
      });
      return { path: from, bytes: sizeOf(data, files), commit };
    }),
  );

/** The backups in a directory, the oldest first. */
export const backupsIn = (dir: string): readonly string[] =>
  statSync(dir, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(dir)
        .filter((name) => NAME.test(name) && existsSync(ventesFile(join(dir, name))))
        .sort()
        .map((name) => join(dir, name))
    : [];

/** Deletes all but the newest `keep` backups of a directory. Returns how many it deleted. */
export const prune = (dir: string, keep: number): Effect.Effect<number, DatabaseError> =>
  onFile(dir, () => {
    const old = backupsIn(dir).slice(0, -keep);
    for (const path of old) rmSync(path, { recursive: true });
    return old.length;
  });

/** Copies the files into a new folder `made` in `to`, and checks them. */
const checkedCopy = (
  from: string,
  to: string,
  files: readonly Kept[],
  texts: Texts,
): Effect.Effect<{ readonly made: string; readonly commit: number }, BackupError, Scope.Scope> =>
  Effect.gen(function* () {
    const made = yield* partial(to);
    yield* assertRoom(
      to,
      files.map(({ name }) => join(from, name)),
      texts.noRoomForBackup,
    );
    for (const { name, kind } of files) yield* copyDatabase(join(from, name), kind, join(made, name));
    return { made, commit: yield* checked(made, files, texts) };
  });

/** A folder beside the result, so that renaming moves nothing. It is gone when the scope ends, renamed or deleted. */
const partial = (dir: string): Effect.Effect<string, DatabaseError, Scope.Scope> =>
  Effect.acquireRelease(
    onFile(dir, () => {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      return mkdtempSync(join(dir, ".partial-"));
    }),
    (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true })),
  );

const sizeOf = (dir: string, files: readonly Kept[]): number =>
  files.reduce((sum, { name }) => sum + statSync(join(dir, name)).size, 0);

/**
 * Reads the whole copy, and returns the last commit in it. Fails when a file is broken, or the database has read further
 * than the log goes.
 */
const checked = (dir: string, files: readonly Kept[], texts: Texts): Effect.Effect<number, BackupError> =>
  Effect.gen(function* () {
    for (const { name, kind } of files) {
      const file = join(dir, name);
      const [problem] = yield* onFile(file, () => problemsOf(file, kind));
      if (problem !== undefined) return yield* new Failed({ message: texts.copyBroken(name, problem) });
    }
    return yield* Effect.scoped(
      Effect.gen(function* () {
        const db = yield* readerOf(join(dir, VENTES.name), VENTES_DB);
        if (files.includes(EVENTS)) {
          const log = yield* readerOf(join(dir, EVENTS.name), EVENTS_DB);
          yield* Effect.try({ try: () => assertFits(db, log), catch: (error) => error as LogMismatch });
        }
        return lastCommit(db);
      }),
    );
  });

/** Throws LogMismatch. */
function assertFits(db: Sqlite, log: Sqlite): void {
  const identity = logOf(db);
  if (identity === undefined) return;
  const bounds = boundsIn(log, identity);
  if (bounds === undefined)
    throw new LogMismatch({
      message: `ventes.db was filled from another log (${identity}) than the events.db beside it: name the cluster of its topics with KAFKA_BROKERS`,
    });
  assertWithin(db, storedPositions(db), bounds);
}

const lastCommit = (db: Sqlite): number =>
  (db.prepare("SELECT MAX(commit_id) FROM commits").pluck().get() as number | null) ??
  (db.prepare("SELECT commit_id FROM progress").pluck().get() as number);

/** Only the user reads it, and it is on the disk. */
function settle(file: string): void {
  chmodSync(file, 0o600);
  sync(file);
}

function sync(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
