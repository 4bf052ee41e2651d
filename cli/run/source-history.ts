/**
 * DIR/history.db: what became of the versions of each source. The page's process notes it, because no topic keeps a version
 * that was held, or a file that could not be read. Nothing is computed from it.
 */
import { join } from "node:path";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { VersionCounts } from "#shared/contract/source-records.ts";
import type { SourceStatus } from "#shared/contract/status.ts";
import { onFile, onFileWhenFree, readerOf } from "#shared/database/attempt.ts";
import { type DatabaseError, type FileKind, openFile, type Sqlite } from "#shared/database/sqlite.ts";
import { masked, maskedIn } from "#shared/runtime/masked.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import type { HistoryEntry } from "../../analyzer/api/history.ts";
import type { View } from "./view.ts";

const HISTORY_DB: FileKind = {
  applicationId: 0x56484953, // "VHIS"
  migrations: [
    `CREATE TABLE history (
       id INTEGER PRIMARY KEY,
       source TEXT NOT NULL,
       at TEXT NOT NULL,        -- ISO 8601
       kind TEXT NOT NULL,      -- applied, held, failed, recovered, unlisted, decided
       says TEXT NOT NULL,      -- the reason, or what was accepted
       version INTEGER,         -- the last one that was applied
       counts TEXT              -- of an applied version, JSON
     );
     CREATE INDEX history_of ON history (source, id);`,
  ],
  synchronous: "NORMAL",
};
/** The newest entries of each source that are kept. */
const MOST_ENTRIES = 200;
const LONGEST = 500;
const NOTE_EVERY_MS = 1_000;

export const historyFile = (dir: string): string => join(dir, "history.db");

interface Row {
  readonly at: string;
  readonly kind: HistoryEntry["kind"];
  readonly says: string;
  readonly version: number | null;
  readonly counts: string | null;
}

const countsOf = (status: SourceStatus): HistoryEntry["counts"] => {
  const { records, emitted, unchanged, rejected, vanished, withdrawn = 0 }: VersionCounts = status;
  return { records, emitted, unchanged, rejected, vanished, withdrawn };
};

/** What is new about the state of a source; undefined: nothing. `last`: its newest entry that is no decision. */
export function entryOf(status: SourceStatus, last: Row | undefined, now: string): Row | undefined {
  const { state, reason, version } = status;
  const says = (status.doubts?.map((doubt) => doubt.says).join("\n") ?? reason).slice(0, LONGEST);
  const at = status.polled ?? now;
  const unchanged = { at, version: last?.version ?? null, counts: null };
  if (state === "held" && (last?.kind !== "held" || last.says !== says))
    return { ...unchanged, kind: "held", says };
  // The reason of a failure may differ at each poll, as where it has a time in it.
  if (state === "parked" && last?.kind !== "failed") return { ...unchanged, kind: "failed", says };
  if (state === "unlisted" && last?.kind !== "unlisted") return { ...unchanged, kind: "unlisted", says };
  if (state !== "ok") return undefined;
  if (version !== null && version !== last?.version)
    return {
      at: status.changed ?? at,
      kind: "applied",
      says,
      version,
      counts: JSON.stringify(countsOf(status)),
    };
  return last === undefined || last.kind === "applied" || last.kind === "recovered"
    ? undefined
    : { ...unchanged, kind: "recovered", says: "" };
}

/** Notes what is new about these sources. Several processes may do so: each looks at the newest entry first. */
export function noteSources(db: Sqlite, statuses: readonly SourceStatus[], now: string): void {
  const last = db.prepare(
    "SELECT * FROM history WHERE source = ? AND kind <> 'decided' ORDER BY id DESC LIMIT 1",
  );
  const lastDecided = db
    .prepare("SELECT at FROM history WHERE source = ? AND kind = 'decided' ORDER BY id DESC LIMIT 1")
    .pluck();
  const add = db.prepare(
    "INSERT INTO history (source, at, kind, says, version, counts) VALUES (@source, @at, @kind, @says, @version, @counts)",
  );
  const prune = db.prepare(`
    DELETE FROM history WHERE source = @source
      AND id <= (SELECT id FROM history WHERE source = @source ORDER BY id DESC LIMIT 1 OFFSET ${MOST_ENTRIES})`);
  const note = (status: SourceStatus) => {
    const { source } = status;
    const decidedAt = lastDecided.get(source) as string | undefined;
    const decisions = (status.decided ?? [])
      .filter(({ at }) => decidedAt === undefined || at > decidedAt)
      .map(
        ({ at, says }): Row => ({
          at,
          kind: "decided",
          says: says.slice(0, LONGEST),
          version: null,
          counts: null,
        }),
      );
    const entry = entryOf(status, last.get(source) as Row | undefined, now);
    const rows = [...decisions, ...(entry === undefined ? [] : [entry])];
    for (const row of rows) add.run({ ...row, source });
    if (rows.length > 0) prune.run({ source });
  };
  db.transaction(() => {
    for (const status of statuses) note(status);
  }).immediate();
}

/** What is noted of a status: one with the same key as the last one adds nothing. */
const keyOf = ({ state, reason, version, doubts, decided }: SourceStatus): string =>
  JSON.stringify([
    state,
    reason,
    version,
    doubts?.map(({ says }) => says),
    decided?.length,
    decided?.at(-1)?.at,
  ]);

/**
 * Notes what the view shows of the sources of a data directory, until the scope closes; nothing of the demo. A file that
 * cannot be written costs the history alone: `onFailure` is told once, and it tries again.
 */
export const notingHistory = (
  view: View,
  dir: string,
  onFailure: (error: DatabaseError) => void,
  everyMs = NOTE_EVERY_MS,
): Effect.Effect<never> => {
  let told = false;
  const noted = new Map<string, string>();
  const note = (db: Sqlite, seen: readonly SourceStatus[], now: number) => {
    const fresh = seen.filter((status) => noted.get(status.source) !== keyOf(status));
    if (fresh.length === 0) return Effect.void;
    return onFileWhenFree(db.name, () => noteSources(db, fresh, new Date(now).toISOString())).pipe(
      Effect.andThen(
        Effect.sync(() => {
          for (const status of fresh) noted.set(status.source, keyOf(status));
        }),
      ),
    );
  };
  return Effect.gen(function* () {
    const db = yield* openHistory(dir);
    let before: View["sources"] = [];
    for (;;) {
      const seen = view.sources;
      if (!view.shown.demo && seen !== before) {
        yield* note(db, seen, yield* Clock.currentTimeMillis);
        before = seen;
      }
      yield* Effect.sleep(everyMs);
    }
  }).pipe(
    Effect.scoped,
    Effect.tapError((error) =>
      Effect.sync(() => {
        if (!told) onFailure(error);
        told = true;
      }),
    ),
    Effect.retry(scheduleOf("log")),
    Effect.orDie,
  );
};

const openHistory = (dir: string): Effect.Effect<Sqlite, DatabaseError, Scope.Scope> =>
  Effect.acquireRelease(
    onFile(historyFile(dir), () => openFile(historyFile(dir), HISTORY_DB)),
    (db) => Effect.sync(() => db.close()),
  );

/** The history of a source, named in full or as it is shown, the newest first; none where nothing was noted. */
export const readHistory = (
  dir: string,
  source: string,
): Effect.Effect<readonly HistoryEntry[], DatabaseError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const db = yield* readerOf(historyFile(dir), HISTORY_DB);
      return yield* onFile(db.name, () => {
        const ids = (db.prepare("SELECT DISTINCT source FROM history").pluck().all() as string[]).filter(
          (id) => id === source || masked(id) === source,
        );
        const rows = db
          .prepare(
            `SELECT at, kind, says, version, counts FROM history
             WHERE source IN (SELECT value FROM json_each(?)) ORDER BY at DESC, id DESC LIMIT ?`,
          )
          .all(JSON.stringify(ids), MOST_ENTRIES) as Row[];
        return rows.map(
          ({ counts, ...row }): HistoryEntry => ({
            ...maskedIn(row),
            counts: counts === null ? null : (JSON.parse(counts) as HistoryEntry["counts"]),
          }),
        );
      });
    }),
  ).pipe(Effect.catchIf(isMissing, () => Effect.succeed([])));

const isMissing = (error: DatabaseError): boolean => error.reason === "missing";
