/**
 * The components as the command line runs them: each tells the progress line how it goes, and the topic `status` how
 * it is. They share nothing but the log and the files.
 */
import * as Effect from "effect/Effect";
import type { CatalogueStatus, SourceStatus } from "#shared/contract/status.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { databaseId, openVentesReader } from "#shared/database/ventes-db.ts";
import { Settings } from "#shared/runtime/settings.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { LogState, TopicLog } from "#shared/topic-log/topic-log.ts";
import { runAnalyzer } from "../../analyzer/run.ts";
import { type ConsumerFigures, runConsumer } from "../../consumer/run.ts";
import type { Defect } from "../../producer/admin/index.ts";
import { followSourcesFile, type SourcesFileListener } from "../../producer/admin/index.ts";
import { type Progress as ReadProgress, readSourcesOnce, runProducer } from "../../producer/run.ts";
import type { Progress } from "../output/progress.ts";
import { say } from "../output/stdout.ts";
import type { Invocation } from "../settings/invocation.ts";
import type { Texts } from "../texts/texts.ts";
import { visible, visibleSource } from "../texts/visible.ts";
import { type StateReport, withState } from "./component-state.ts";

export type ComponentError = PublishFailure | DatabaseError;
type Component = Effect.Effect<never, ComponentError, TopicLog | Settings>;

/** What a component says of itself while it changes. */
interface Mood {
  state: StateReport["state"];
  detail: string;
  figures: Record<string, number>;
  sources?: readonly SourceStatus[];
  catalogues?: readonly CatalogueStatus[];
}

const calm = (): Mood => ({ state: "running", detail: "", figures: {} });

const reportOf =
  (mood: Mood, database: () => string | null = () => null) =>
  (): StateReport => ({ ...mood, database: database() });

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
      // Not made yet, or not ours: the component itself says so.
    }
    return id;
  };
}

/** A lost log is said once, when it is lost and when it is back. */
const onLogState =
  (mood: Mood, component: string, progress: Progress, run: Invocation) =>
  (log: LogState): void => {
    const waiting = log.state === "waiting";
    if (waiting !== (mood.state === "waiting"))
      progress.note(waiting ? run.texts.logLost(component, log.reason) : run.texts.logBack(component));
    mood.state = waiting ? "waiting" : "running";
    mood.detail = waiting ? log.reason : "";
  };

/** Told how what is read stands, whenever it changes. */
export interface ReadHooks {
  readonly onSources?: (sources: readonly SourceStatus[]) => void;
  readonly onCatalogues?: (catalogues: readonly CatalogueStatus[]) => void;
}

/** Keeps the mood current, and tells on. */
const toldIn = (mood: Mood, hooks: ReadHooks): Required<ReadHooks> => ({
  onSources: (sources) => {
    mood.sources = sources;
    hooks.onSources?.(sources);
  },
  onCatalogues: (catalogues) => {
    mood.catalogues = catalogues;
    hooks.onCatalogues?.(catalogues);
  },
});

export const produce = (progress: Progress, run: Invocation, hooks: ReadHooks = {}): Component =>
  Effect.gen(function* () {
    const { sourcesFile } = yield* Settings;
    const mood = calm();
    const producer = runProducer({
      ...toldIn(mood, hooks),
      onProgress: readingProgress(progress),
      onDefect: reportDefects(progress, run.texts),
      onState: onLogState(mood, "producer", progress, run),
    });
    const registering =
      sourcesFile === null ? Effect.never : followSourcesFile(sourcesFile, reportSourcesFile(progress, run));
    return yield* withState("producer", reportOf(mood))(Effect.raceFirst(producer, registering));
  });

/** The trace of an error that nobody foresaw: whoever mends the program needs it. */
export const reportDefects =
  (progress: Pick<Progress, "note">, texts: Texts) =>
  ({ source, trace }: Defect): void =>
    progress.note(
      [`ventes: ${texts.defect(visibleSource(source))}`, ...trace.split("\n").map(visible)].join("\n"),
    );

/** What VENTES_SOURCES registers is said, and which of its lines cannot be. */
export const reportSourcesFile = (
  progress: Pick<Progress, "note">,
  run: Invocation,
): SourcesFileListener => ({
  onRegistered: ({ source, entities }) =>
    progress.note(`ventes: ${run.texts.sourceAdded(visibleSource(source), entities.join(", "))}`),
  onTrouble: (sentence) => progress.note(`ventes: ${visibleSource(sentence)}`),
});

/**
 * Every source once, told as the producer that it is for that long. `only` these are read beside the state: what the
 * last producer said of all sources stays said.
 */
export const produceOnce = (
  progress: Progress,
  run: Invocation,
  { only, ...hooks }: ReadHooks & { readonly only?: ReadonlySet<string> | undefined },
): Effect.Effect<readonly SourceStatus[], ComponentError, TopicLog | Settings> => {
  const told = { onProgress: readingProgress(progress), onDefect: reportDefects(progress, run.texts) };
  if (only !== undefined) return readSourcesOnce({ ...hooks, ...told, only });
  const mood = calm();
  return withState("producer", reportOf(mood))(readSourcesOnce({ ...toldIn(mood, hooks), ...told }));
};

/** Sums over sources what each says of the version in hand. */
export function readingProgress(progress: Progress): (said: ReadProgress) => void {
  let records = 0;
  let rejects = 0;
  const inHand = new Map<string, ReadProgress>();
  return (said) => {
    if (said.phase !== "read") return;
    const before = inHand.get(said.source);
    const isSameVersion = before !== undefined && before.done <= said.done;
    records += said.done - (isSameVersion ? before.done : 0);
    rejects += said.rejected - (isSameVersion ? before.rejected : 0);
    inHand.set(said.source, said);
    progress.update({ records, rejects });
  };
}

export interface ConsumeHooks {
  readonly onFigures?: (figures: ConsumerFigures) => void;
  readonly onLogState?: (log: LogState) => void;
}

export const consume = (progress: Progress, run: Invocation, hooks: ConsumeHooks = {}): Component =>
  Effect.gen(function* () {
    const { data } = yield* Settings;
    const mood = calm();
    const tellLogState = onLogState(mood, "consumer", progress, run);
    const consumer = runConsumer({
      onProgress: (figures) => {
        mood.figures = { ...figures };
        progress.update({ events: figures.events });
        hooks.onFigures?.(figures);
      },
      onLogState: (log) => {
        tellLogState(log);
        hooks.onLogState?.(log);
      },
      onOvertaken: ({ topic, partition, offset }) =>
        progress.note(`ventes: ${run.texts.overtaken(`${topic}/${partition}`, run.texts.count(offset))}`),
    });
    return yield* withState("consumer", reportOf(mood, databaseIn(data)))(consumer);
  });

/** `onAudited`: the analyses were held against the full SQL, and mended where they differed. */
export const analyze = (run: Invocation, onAudited: () => void = () => {}): Component =>
  Effect.gen(function* () {
    const { data } = yield* Settings;
    const mood = calm();
    const analyzer = runAnalyzer({
      onRefresh: ({ to, changed }) => {
        mood.figures = { commit: to, changed };
      },
      onAudit: (mended) => {
        if (mended.length > 0) say(`ventes: ${run.texts.audited(mended.length)}`);
        onAudited();
      },
    });
    return yield* withState("analyzer", reportOf(mood, databaseIn(data)))(analyzer);
  });
