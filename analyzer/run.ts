/**
 * The analyzer as a component. It refreshes the analyses at every commit event of its database, and at least once a
 * second. When it has caught up it audits them once, unless nobody has written the file since an audit found them
 * right. It then audits columns.db, unless its caller serves no page. Commit events only wake it: the file tells which
 * commits are pending, so a lost log or a missed event costs at most a second. Several analyzers of one database may
 * run: one of them does the work, and the others find nothing pending.
 *
 * "Rule N" in a comment is of docs/rules.md, "invariant N" of docs/invariants.md; docs/glossary.md has the words.
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Latch from "effect/Latch";
import * as Queue from "effect/Queue";
import { onFile, onFileWhenFree, withErrorsOf } from "#shared/database/attempt.ts";
import { whileSameFile } from "#shared/database/same-file.ts";
import { type DatabaseError, isBusy, type Sqlite } from "#shared/database/sqlite.ts";
import { databaseId, ventesFile, ventesOf } from "#shared/database/ventes-db.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import { analysesFolder, Settings } from "#shared/runtime/settings.ts";
import { yieldToEventLoop } from "#shared/runtime/slices.ts";
import { recordSpan } from "#shared/runtime/spans.ts";
import { elapsedMsOf, instantOf, newId } from "#shared/runtime/time.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { type LogRecord, TopicLog } from "#shared/topic-log/topic-log.ts";
import { ANALYSES, readAnalyses, stateOfFolder } from "./analyses/analyses.ts";
import { type Columns, openColumns } from "./columns/write.ts";
import { auditing, comparing, type Mended } from "./refresh/audit.ts";
import { isStamped, SETTLE_MS, settleFile, stamp, writesOf } from "./refresh/audit-stamp.ts";
import { makeRefresher, type Refreshed, type Refresher } from "./refresh/refresh.ts";
import { watchVisible } from "./refresh/visible.ts";

export type { Mended };

/** How often it polls the file when no event wakes it: two reads by rowid. */
const POLL_EVERY_MS = 1000;

export interface AnalyzerOptions {
  /** Called after each transaction that advanced `progress` or changed rows of `analyses`. */
  readonly onRefresh?: (refreshed: Refreshed) => void;
  /**
   * Called after the audit, which follows the start and each change of the files of analyses, with the rows of
   * `analyses` that it corrected; with none when no audit was needed.
   */
  readonly onAudit?: (mended: readonly Mended[]) => void;
  /** Called with the milliseconds between the publication of a version and the refresh that has a commit of it. */
  readonly onVisible?: (ms: number) => void;
  /** Called when columns.db did not agree with the sales: the next refresh fills it again. */
  readonly onColumnsMended?: () => void;
  /** Compares columns.db with the sales after each audit. Default: true. */
  readonly auditsColumns?: boolean;
  /** Audits also a file that nobody has written since the last audit. Default: false. */
  readonly alwaysAudit?: boolean;
}

/**
 * Runs until it is interrupted; an interruption lets the current transaction finish. Writes `analyses`, its history and
 * `progress` of DIR/ventes.db (invariants 4 and 5), and creates the file if it is missing. Fails with DatabaseError when the
 * file cannot be used, or was replaced, and with LogMisconfigured or LogMismatch when the log refuses it. A lost log only
 * makes it slower: it then polls once a second.
 */
export const runAnalyzer = (
  options: AnalyzerOptions = {},
): Effect.Effect<never, DatabaseError | LogFailure, TopicLog | Settings> =>
  Effect.flatMap(Settings, ({ data }) =>
    Effect.scoped(analyze(options)).pipe(
      withErrorsOf(ventesFile(data)),
      // The open transaction ends with its connection, and nothing of it was stored.
      Effect.retry({ schedule: scheduleOf("busy"), while: isBusy }),
    ),
  );

const analyze = Effect.fnUntraced(function* (given: AnalyzerOptions) {
  const { announced, onRefresh } = yield* watchVisible(given);
  const options = { ...given, onRefresh };
  const { data } = yield* Settings;
  const db = yield* ventesOf(data);
  const wake = yield* Queue.sliding<void>(1);
  // None ends by itself; when one fails, all end.
  return yield* Effect.all(
    [
      followCommits(databaseId(db), wake, announced),
      whileSameFile(ventesFile(data)),
      Effect.forever(keepAnalyses(wake, options)),
    ],
    { concurrency: "unbounded", discard: true },
  ).pipe(Effect.andThen(Effect.never));
});

/**
 * Keeps the analyses that the files say, until a file of the folder changes, or another process changes the analyses of
 * the database: `ventes analyses` with another folder does.
 */
const keepAnalyses = (
  wake: Queue.Queue<void>,
  { onRefresh, onAudit, onColumnsMended, auditsColumns = true, alwaysAudit = false }: AnalyzerOptions,
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const folder = analysesFolder(yield* Settings);
      const state = stateOfFolder(folder);
      const { file, db, columns, refresher } = yield* openRefresher;
      const caughtUp = yield* Latch.make();
      const audit = alwaysAudit ? auditOnce(file, db, refresher) : auditIfWritten(file, db, refresher);
      const audited = caughtUp.await.pipe(
        Effect.andThen(audit),
        Effect.andThen((mended) => Effect.sync(() => onAudit?.(mended))),
      );
      const columnsAudited = audited.pipe(
        Effect.andThen(auditColumns(file, columns)),
        Effect.andThen((areRight) => Effect.sync(() => areRight || onColumnsMended?.())),
      );
      yield* Effect.raceAllFirst([
        refreshAtCommits(file, { refresher, columns }, { wake, caughtUp }, onRefresh),
        (auditsColumns ? columnsAudited : audited).pipe(Effect.andThen(Effect.never)),
        whenChanged(folder, state),
      ]);
    }),
  );

/** Opens DIR/ventes.db with columns.db. The scope closes both. */
const openFiles = Effect.gen(function* () {
  const { data } = yield* Settings;
  const file = ventesFile(data);
  const db = yield* ventesOf(data);
  const columns = yield* Effect.acquireRelease(
    onFile(file, () => openColumns(db)),
    (columns) => Effect.sync(() => columns.close()),
  );
  return { file, db, columns };
});

/** As `openFiles`, and brings the analyses of the database in line with their files. */
const openRefresher = Effect.gen(function* () {
  const files = readAnalyses(analysesFolder(yield* Settings));
  const { file, db, columns } = yield* openFiles;
  const refresher = yield* Effect.acquireRelease(
    onFileWhenFree(file, () => makeRefresher(db, { files, columns })),
    (refresher) => Effect.sync(() => refresher.close()),
  );
  return { file, db, columns, refresher };
});

/**
 * Refreshes the analyses until nothing is pending, for commands that run where perhaps no analyzer does. Writes the same
 * as runAnalyzer, without audits. Fails with DatabaseError when a file cannot be used.
 */
export const refreshAll: Effect.Effect<void, DatabaseError, Settings> = Effect.scoped(
  Effect.flatMap(openRefresher, refreshPending),
);

/**
 * As `refreshAll`, and then audits. Returns the rows of `analyses` that differed from the full SQL and were corrected, with
 * their values in millionths. Fails with DatabaseError when a file cannot be used.
 */
export const auditNow: Effect.Effect<readonly Mended[], DatabaseError, Settings> = Effect.scoped(
  Effect.gen(function* () {
    const opened = yield* openRefresher;
    yield* refreshPending(opened);
    return yield* auditOnce(opened.file, opened.db, opened.refresher);
  }),
);

/**
 * Compares columns.db with the sales once, and empties it when they differ: the next analyzer that serves a page fills it
 * again. Call it only when the product and the shop of every sale exist. Fails with DatabaseError when a file cannot be used.
 */
export const auditColumnsNow: Effect.Effect<void, DatabaseError, Settings> = Effect.scoped(
  Effect.flatMap(openFiles, ({ file, columns }) => Effect.asVoid(auditColumns(file, columns))),
);

/**
 * Compares `analyses` with the full SQL as of one snapshot, and changes nothing. Returns the rows that differ, with their
 * values in millionths. Fails with DatabaseError when the file cannot be used.
 */
export const wrongAnalyses: Effect.Effect<readonly Mended[], DatabaseError, Settings> = Effect.gen(
  function* () {
    const file = ventesFile((yield* Settings).data);
    return yield* inSteps(file, () => comparing(file, ANALYSES), []);
  },
);

/** Refreshes until nothing is pending. */
function refreshPending({ file, refresher }: Effect.Success<typeof openRefresher>) {
  return Effect.gen(function* () {
    const clock = yield* Clock.Clock;
    let more = true;
    while (more) more = (yield* onFileWhenFree(file, () => refresher.refresh(instantOf(clock)))).more;
  });
}

/** Waits until a .sql file of the folder is added, changed or removed. */
const whenChanged = (folder: string, state: string): Effect.Effect<void> =>
  Effect.gen(function* () {
    while (stateOfFolder(folder) === state) yield* Effect.sleep(POLL_EVERY_MS);
  });

interface Signals {
  readonly wake: Queue.Queue<void>;
  /** Opened when nothing is pending. */
  readonly caughtUp: Latch.Latch;
}

/**
 * Refreshes until nothing is pending, waits for a commit event or the next poll, and starts again. Ends when another
 * process has changed the analyses of the database.
 */
const refreshAtCommits = Effect.fnUntraced(function* (
  file: string,
  { refresher, columns }: { readonly refresher: Refresher; readonly columns: Columns },
  { wake, caughtUp }: Signals,
  onRefresh: AnalyzerOptions["onRefresh"],
): Effect.fn.Return<void, DatabaseError> {
  const clock = yield* Clock.Clock;
  for (;;) {
    const isInStep = yield* onFileWhenFree(file, () => columns.isInStep());
    if (!isInStep) yield* rebuildColumns(file, columns);
    const began = elapsedMsOf(clock);
    const refreshed = yield* onFileWhenFree(file, () => refresher.refresh(instantOf(clock)));
    if (refreshed.isReplaced) return;
    const { from, to, changed } = refreshed;
    if (to > from)
      yield* recordSpan("ventes.refresh", elapsedMsOf(clock) - began, () => ({
        "ventes.after_commit": from,
        "ventes.commit": to,
        "ventes.changed": changed,
      }));
    if (to > from || changed > 0) onRefresh?.(refreshed);
    if (refreshed.more) yield* yieldToEventLoop;
    else {
      caughtUp.openUnsafe();
      yield* Effect.timeoutOption(Queue.take(wake), POLL_EVERY_MS);
    }
  }
});

/** Fills the columns again: they are missing, or of another state of the database (a power cut, a restored copy). */
const rebuildColumns = (file: string, columns: Columns): Effect.Effect<void, DatabaseError> =>
  Effect.clockWith((clock) => inSteps(file, () => columns.rebuilding(instantOf(clock)), undefined));

/**
 * Compares the columns with the sales, and empties the columns when they differ: the next refresh fills them again.
 * Returns whether they were right.
 */
const auditColumns = (file: string, columns: Columns): Effect.Effect<boolean, DatabaseError> =>
  inSteps(file, columns.comparing, true).pipe(
    Effect.tap((areRight) => (areRight ? Effect.void : onFileWhenFree(file, columns.discard))),
  );

/**
 * Audits, unless nobody has written the file since an audit found the analyses right, and stamps it when this one does.
 */
const auditIfWritten = Effect.fnUntraced(function* (
  file: string,
  db: Sqlite,
  refresher: Refresher,
): Effect.fn.Return<readonly Mended[], DatabaseError> {
  const { analyses } = refresher;
  if (isStamped(file, analyses)) return [];
  const before = writesOf(db);
  const mended = yield* auditOnce(file, db, refresher);
  const settled = mended.length === 0 && (yield* onFileWhenFree(file, () => settleFile(db, before)));
  if (settled) {
    yield* Effect.sleep(SETTLE_MS);
    yield* onFileWhenFree(file, () => stamp(db, analyses, before));
  }
  return mended;
});

const auditOnce = (
  file: string,
  db: Sqlite,
  refresher: Refresher,
): Effect.Effect<readonly Mended[], DatabaseError> =>
  Effect.clockWith((clock) => inSteps(file, () => auditing(db, refresher, clock), []));

/** Yields to the event loop between the steps. When one finds the file busy, it begins again. `none`: for `return`. */
const inSteps = <A>(
  file: string,
  begin: () => Generator<void, A, void>,
  none: A,
): Effect.Effect<A, DatabaseError> =>
  Effect.acquireUseRelease(
    Effect.sync(begin),
    Effect.fnUntraced(function* (steps) {
      for (;;) {
        const step = yield* onFile(file, () => steps.next());
        if (step.done === true) return step.value;
        yield* yieldToEventLoop;
      }
    }),
    (steps) => Effect.sync(() => steps.return(none)),
  ).pipe(Effect.retry({ schedule: scheduleOf("busy"), while: isBusy }));

/**
 * Wakes the refresh at each commit event of this database. After a lost log it follows the topic again. Fails when the log
 * refuses us, or is another one.
 */
const followCommits = Effect.fnUntraced(function* (
  database: string,
  wake: Queue.Queue<void>,
  announced: (commit: LogRecord) => void,
) {
  const log = yield* TopicLog;
  const member = yield* newId;
  const follow = Effect.gen(function* () {
    const ends = yield* log.bounds(["commits"]);
    return yield* log.follow({
      group: `analyzer-${database}-${member}`,
      alone: `analyzer-${database}-`,
      topics: ["commits"],
      positions: () => ends.map(({ topic, partition, end }) => ({ topic, partition, offset: end })),
      onBatch: (batch) =>
        Effect.sync(() => {
          const own = batch.records.filter((record) => record.key === database);
          own.forEach(announced);
          if (own.length > 0) Queue.offerUnsafe(wake, undefined);
          return batch.next;
        }),
    });
  });
  return yield* Effect.retry(follow, {
    schedule: scheduleOf("log"),
    while: (error) => error._tag === "LogUnavailable",
  });
});
