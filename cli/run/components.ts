/**
 * The components as the command line runs them: each reports its work to the progress line, and its state in the topic
 * `status`. They share nothing but the log and the files.
 */
import * as Effect from "effect/Effect";
import type { CatalogueStatus, SourceStatus } from "#shared/contract/status.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { databaseId, openVentesReader } from "#shared/database/ventes-db.ts";
import { Settings } from "#shared/runtime/settings.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { LogState, TopicLog } from "#shared/topic-log/topic-log.ts";
import { runBeside } from "../../analyzer/plain/plain.ts";
import { runAnalyzer } from "../../analyzer/run.ts";
import type { ConsumerFigures } from "../../consumer/figures.ts";
import { runConsumerInThread } from "../../consumer/in-thread.ts";
import type { Defect } from "../../producer/admin/index.ts";
import { followSourcesFile, type SourcesFileListener } from "../../producer/admin/index.ts";
import { type Progress as ReadProgress, readSourcesOnce, runProducer } from "../../producer/run.ts";
import type { Progress } from "../output/progress.ts";
import { say } from "../output/stdout.ts";
import type { Invocation } from "../settings/invocation.ts";
import type { Texts } from "../texts/texts.ts";
import { visible, visibleSource } from "../texts/visible.ts";
import { BATCH_FIGURE, LOOP_FIGURE, type StateReport, withState } from "./component-state.ts";

export type ComponentError = PublishFailure | DatabaseError;
type Component = Effect.Effect<never, ComponentError, TopicLog | Settings>;

/** The report of a component; its callbacks change it. */
interface MutableReport {
  state: StateReport["state"];
  detail: string;
  figures: Record<string, number>;
  peaks?: () => Readonly<Record<string, number>>;
  page?: string;
  sources?: readonly SourceStatus[];
  catalogues?: readonly CatalogueStatus[];
}

const newReport = (): MutableReport => ({ state: "running", detail: "", figures: {} });

const reportOf =
  (current: MutableReport, database: () => string | null = () => null) =>
  (): StateReport => ({ ...current, database: database() });

/** The id of DIR/ventes.db, once there is one. */
function databaseIn(data: string): () => string | null {
  let id: string | null = null;
  return () => {
    if (id !== null) return id;
    try {
      const db = openVentesReader(data);
      id = databaseId(db);
      db.close();
    } catch {
      // There is none yet, or it cannot be opened: the component itself reports that.
    }
    return id;
  };
}

/** Notes once that the log is lost, and once that it is back. */
const onLogState =
  (current: MutableReport, component: string, progress: Progress, run: Invocation) =>
  (log: LogState): void => {
    const waiting = log.state === "waiting";
    if (waiting !== (current.state === "waiting")) {
      if (waiting) progress.note(run.texts.logLost(component, log.reason), "warning");
      else progress.note(run.texts.logBack(component));
    }
    current.state = waiting ? "waiting" : "running";
    current.detail = waiting ? log.reason : "";
  };

/** Called with all statuses whenever one changes. */
export interface ReadHooks {
  readonly onSources?: (sources: readonly SourceStatus[]) => void;
  readonly onCatalogues?: (catalogues: readonly CatalogueStatus[]) => void;
}

/** Keeps the report current, then calls the hooks. */
const keepIn = (current: MutableReport, hooks: ReadHooks): Required<ReadHooks> => ({
  onSources: (sources) => {
    current.sources = sources;
    hooks.onSources?.(sources);
  },
  onCatalogues: (catalogues) => {
    current.catalogues = catalogues;
    hooks.onCatalogues?.(catalogues);
  },
});

/**
 * Follows the sources until it is interrupted, and registers those of the file of VENTES_SOURCES. Fails when the topic log
 * or producer.db does; a source that fails is only reported.
 */
export const produce = (progress: Progress, run: Invocation, hooks: ReadHooks = {}): Component =>
  Effect.gen(function* () {
    const { sourcesFile } = yield* Settings;
    const current = newReport();
    const producer = runProducer({
      ...keepIn(current, hooks),
      onProgress: readingProgress(progress, run.texts),
      onDefect: reportDefects(progress, run.texts),
      onState: onLogState(current, "producer", progress, run),
    });
    const registering =
      sourcesFile === null ? Effect.never : followSourcesFile(sourcesFile, reportSourcesFile(progress, run));
    return yield* withState("producer", reportOf(current))(Effect.raceFirst(producer, registering));
  });

/** Notes an unforeseen error with its trace, which is needed to correct the program. */
const reportDefects =
  (progress: Pick<Progress, "note">, texts: Texts) =>
  ({ source, trace }: Defect): void =>
    progress.note(
      [`ventes: ${texts.defect(visibleSource(source))}`, ...trace.split("\n").map(visible)].join("\n"),
      "error",
    );

/** Notes each source that the file of VENTES_SOURCES registers, and each line of it that cannot be registered. */
export const reportSourcesFile = (
  progress: Pick<Progress, "note">,
  run: Invocation,
): SourcesFileListener => ({
  onRegistered: ({ source, entities }) =>
    progress.note(`ventes: ${run.texts.sourceAdded(visibleSource(source), entities.join(", "))}`),
  onTrouble: (sentence) => progress.note(`ventes: ${visibleSource(sentence)}`, "warning"),
});

/**
 * Reads every source once, and publishes the state of a producer while it reads. With `only`, reads these sources and
 * publishes no state: it would replace the last producer's report on all sources.
 */
export const produceOnce = (
  progress: Progress,
  run: Invocation,
  { only, ...hooks }: ReadHooks & { readonly only?: ReadonlySet<string> | undefined },
): Effect.Effect<readonly SourceStatus[], ComponentError, TopicLog | Settings> => {
  const listeners = {
    onProgress: readingProgress(progress, run.texts),
    onDefect: reportDefects(progress, run.texts),
  };
  if (only !== undefined) return readSourcesOnce({ ...hooks, ...listeners, only });
  const current = newReport();
  return withState(
    "producer",
    reportOf(current),
  )(readSourcesOnce({ ...keepIn(current, hooks), ...listeners }));
};

/** Sums, over all sources, the records and rejects of the versions that are being read, and tells the file in hand. */
export function readingProgress(
  progress: Pick<Progress, "update">,
  texts: Texts,
): (read: ReadProgress) => void {
  let records = 0;
  let rejects = 0;
  const inHand = new Map<string, ReadProgress>();
  return (read) => {
    progress.update({ file: fileInHand(read, texts) });
    if (read.phase !== "read") return;
    const before = inHand.get(read.source);
    const isSameVersion = before !== undefined && before.done <= read.done;
    records += read.done - (isSameVersion ? before.done : 0);
    rejects += read.rejected - (isSameVersion ? before.rejected : 0);
    inHand.set(read.source, read);
    progress.update({ records, rejects });
  };
}

/** `ventes.csv 45 % read`; null: nothing is known of it. */
function fileInHand({ source, phase, share }: ReadProgress, texts: Texts): string | null {
  if (share === null || (phase !== "read" && phase !== "emit")) return null;
  const name = visibleSource(source).split(/[?#]/, 1)[0]?.replace(/\/+$/, "").split("/").at(-1) ?? "";
  return texts.fileInHand(name, Math.floor(share * 100), phase);
}

export interface ConsumeHooks {
  readonly onFigures?: (figures: ConsumerFigures) => void;
  readonly onLogState?: (log: LogState) => void;
  /** Whether it runs in a thread of its own. Default: no. */
  readonly inThread?: boolean;
}

/** Applies events until it is interrupted. Fails when the database or the topic log cannot be used. */
export const consume = (progress: Progress, run: Invocation, hooks: ConsumeHooks = {}): Component =>
  Effect.gen(function* () {
    const { data } = yield* Settings;
    const current = newReport();
    let peaks: Record<string, number> = {};
    const toPeak = (name: string, ms: number): void => {
      peaks[name] = Math.max(peaks[name] ?? 0, Math.round(ms));
    };
    current.peaks = () => {
      const most = peaks;
      // The next call says 0 of what does not happen in between.
      peaks = Object.fromEntries(Object.keys(most).map((name) => [name, 0]));
      return most;
    };
    let batchMs = 0;
    const noteLogState = onLogState(current, "consumer", progress, run);
    // runConsumerInThread loads the consumer itself, when there is work for it.
    const runConsumer =
      hooks.inThread === true
        ? runConsumerInThread
        : (yield* Effect.promise(() => import("../../consumer/run.ts"))).runConsumer;
    const consumer = runConsumer({
      onLoopDelay: (ms) => toPeak(LOOP_FIGURE, ms),
      onProgress: (figures) => {
        toPeak(BATCH_FIGURE, figures.batch_ms - batchMs);
        batchMs = figures.batch_ms;
        current.figures = { ...figures, batch_ms: Math.round(batchMs) };
        progress.update({ events: figures.events });
        hooks.onFigures?.(figures);
      },
      onLogState: (log) => {
        noteLogState(log);
        hooks.onLogState?.(log);
      },
      onOvertaken: ({ topic, partition, offset }) =>
        progress.note(`ventes: ${run.texts.overtaken(`${topic}/${partition}`, run.texts.count(offset))}`),
    });
    return yield* withState("consumer", reportOf(current, databaseIn(data)))(consumer);
  });

export interface AnalyzeHooks {
  /** As onVisible of the analyzer. */
  readonly onVisible?: (ms: number) => void;
  /** The address of the page that this process serves. */
  readonly page?: string;
  /** The analyses were compared with the full SQL, and corrected where they differed. */
  readonly onAudited?: () => void;
  /** Compares columns.db, which only the page reads, with the sales. Default: true. */
  readonly auditsColumns?: boolean;
  /** What its state says beside its figures; empty: nothing. */
  readonly detail?: () => string;
}

/** Refreshes the analyses until it is interrupted. Fails with DatabaseError. */
export const analyze = (
  run: Invocation,
  { page, onVisible, onAudited = () => {}, auditsColumns = true, detail = () => "" }: AnalyzeHooks = {},
): Component =>
  Effect.gen(function* () {
    const { data } = yield* Settings;
    const current: MutableReport = { ...newReport(), ...(page === undefined ? {} : { page }) };
    const analyzer = runAnalyzer({
      onRefresh: ({ to, changed }) => {
        current.figures = { commit: to, changed };
      },
      ...(onVisible === undefined ? {} : { onVisible }),
      onAudit: (corrected) => {
        if (corrected.length > 0) say(`ventes: ${run.texts.audited(corrected.length)}`, "warning");
        onAudited();
      },
      onColumnsMended: () => say(`ventes: ${run.texts.columnsMended()}`, "warning"),
      auditsColumns,
    });
    const report = reportOf(current, databaseIn(data));
    return yield* withState("analyzer", () => ({ ...report(), detail: detail() }))(analyzer);
  });

/**
 * Runs the plain analyses after commits, and checks those that are kept by delta, until it is interrupted. Fails with
 * DatabaseError.
 */
export const analyzeBeside = (run: Invocation): Effect.Effect<never, DatabaseError, Settings> =>
  runBeside((wrong) => {
    if (wrong.length > 0) say(`ventes: ${run.texts.analysesFilledAgain(wrong.join(", "))}`, "warning");
  });
