/** The metrics of a pipeline as one text, from what was observed at one moment. docs/monitoring.md lists them. */
import { join } from "node:path";
import type { CatalogueStatus, ComponentState, SourceStatus } from "#shared/contract/status.ts";
import type { Bounds } from "#shared/topic-log/topic-log.ts";
import { lagsOf } from "../../../consumer/log-binding.ts";
import { VERSION } from "../../settings/version.ts";
import { visibleSource } from "../../texts/visible.ts";
import { BATCH_FIGURE, isRunning, LOOP_FIGURE } from "../component-state.ts";
import { lastBackupOf } from "../last-backup.ts";
import { type DatabaseFigures, freeOn, sizeOf } from "./database-figures.ts";
import type { Histogram } from "./histogram.ts";
import { countsByState, type Labels, Meter, type Series, seriesOf, single } from "./meter.ts";
import { addSources } from "./source-metrics.ts";

export type ObservedComponent = ComponentState & { readonly lost: boolean };

export interface Observed {
  /** The data directory. */
  readonly dir: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Of the event topics; null: they do not answer. */
  readonly bounds: readonly Bounds[] | null;
  /** Null: there is no database, or it cannot be read. */
  readonly database: DatabaseFigures | null;
  /** How long the figures have been behind the topics, as Lateness has it; null: not known. */
  readonly behindMs: number | null;
  /** Seconds from publications to the analyses that have them. */
  readonly visible: Histogram;
  readonly components: readonly ObservedComponent[];
  readonly sources: readonly SourceStatus[];
  readonly catalogues: readonly CatalogueStatus[];
}

export function metricsText(observed: Observed): string {
  const meter = new Meter();
  meter.gauge("ventes_build_info", "1, with the versions of ventes and Node.", [
    [{ version: VERSION, node: process.versions.node }, 1],
  ]);
  addTopics(meter, observed);
  meter.histogram(
    "ventes_publish_to_visible_seconds",
    "From the publication of a version to the analyses that have its first events, for each commit.",
    observed.visible,
  );
  addDatabase(meter, observed);
  addFiles(meter, observed.dir);
  addComponents(meter, observed.components);
  addSources(meter, observed.sources);
  addCatalogues(meter, observed.catalogues);
  addProcess(meter, observed.now);
  return meter.text();
}

function addTopics(meter: Meter, { bounds, database, behindMs }: Observed): void {
  meter.gauge("ventes_topics_up", "1 when the topics answer.", single(bounds === null ? 0 : 1));
  if (bounds === null) return;
  const ends = Map.groupBy(bounds, ({ topic }) => topic);
  meter.counter(
    "ventes_topic_records_total",
    "Records that were ever published to the topic.",
    [...ends].map(([topic, parts]) => [{ topic }, parts.reduce((sum, { end }) => sum + end, 0)]),
  );
  if (database === null) return;
  meter.gauge(
    "ventes_lag_records",
    "Records of the partition that the database has not applied yet.",
    lagsOf(database.positions, bounds).map(({ topic, partition, lag }) => [
      { topic, partition: String(partition) },
      lag,
    ]),
  );
  meter.gauge(
    "ventes_behind_seconds",
    "For how long records have been in the topics and not in the analyses; 0: none is.",
    single(behindMs === null ? null : behindMs / 1000),
  );
}

const secondsOf = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso) / 1000);

function addDatabase(meter: Meter, { database, now }: Observed): void {
  meter.gauge("ventes_database_up", "1 when ventes.db can be read.", single(database === null ? 0 : 1));
  if (database === null) return;
  const { rows, outcomes, pendingSince } = database;
  meter.gauge(
    "ventes_rows",
    "Rows of the table.",
    Object.entries(rows).map(([table, count]) => [{ table }, count]),
  );
  meter.gauge(
    "ventes_waiting_sales",
    "Sales that wait for their product, shop or price.",
    single(database.waiting),
  );
  meter.gauge(
    "ventes_rejected_records",
    "Rejected records that the database holds.",
    single(database.rejects),
  );
  meter.gauge(
    "ventes_missed_records",
    "Records that the topics lost before the database read them: above 0, the figures are short.",
    single(database.missed),
  );
  meter.counter("ventes_repaired_rows_total", "Rows that a replay corrected.", single(database.repaired));
  const totals = [
    ["events", "Events that the database has read, without fences."],
    ["unchanged", "Events of them that changed nothing."],
    ["superseded", "Events of them that a later event or a fence made void."],
    ["rejected", "Records of them that are no event that can be applied."],
  ] as const;
  for (const [outcome, description] of totals)
    meter.counter(
      outcome === "events" ? "ventes_events_total" : `ventes_events_${outcome}_total`,
      description,
      outcomes.map((of) => [{ topic: of.topic }, of[outcome]]),
    );
  meter.counter("ventes_commits_total", "Commits of the database.", single(database.newest));
  meter.gauge(
    "ventes_pending_commits",
    "Commits that are not in the analyses yet.",
    single(database.newest - database.analysed),
  );
  meter.gauge(
    "ventes_oldest_pending_commit_age_seconds",
    "The age of the oldest of them; 0: there is none.",
    single(pendingSince === null ? 0 : Math.max(0, now - Date.parse(pendingSince)) / 1000),
  );
  meter.gauge(
    "ventes_analyses_timestamp_seconds",
    "When the analyses last took up a commit.",
    single(secondsOf(database.analysedAt)),
  );
}

const FILES = [
  "ventes.db",
  "ventes.db-wal",
  "columns.db",
  "events.db",
  "events.db-wal",
  "producer.db",
] as const;

function addFiles(meter: Meter, dir: string): void {
  meter.gauge(
    "ventes_file_bytes",
    "The size of a file of the data directory.",
    seriesOf(
      FILES,
      (file) => ({ file }),
      (file) => sizeOf(join(dir, file)),
    ),
  );
  meter.gauge(
    "ventes_backup_timestamp_seconds",
    "When ventes backup made a backup last; no series: never.",
    single(secondsOf(lastBackupOf(dir)?.at ?? null)),
  );
  meter.gauge(
    "ventes_disk_free_bytes",
    "What is free on the disk of the data directory.",
    single(freeOn(dir)),
  );
}

/** Any program that may write to the topic `status` can name components. */
const MOST_COMPONENTS = 50;

function addComponents(meter: Meter, all: readonly ObservedComponent[]): void {
  const shown = all.slice(0, MOST_COMPONENTS);
  const labels = ({ component, id }: ObservedComponent): Labels => ({ component, id: visibleSource(id) });
  const series = (value: (state: ObservedComponent) => number | undefined): Series =>
    seriesOf(shown, labels, value);
  const seconds = (name: string) =>
    series((state) => {
      const ms = state.figures[name];
      return ms === undefined ? undefined : ms / 1000;
    });
  meter.gauge(
    "ventes_component_up",
    "1 while the component runs and reports; 0: it failed, or is silent; no series: it was stopped.",
    series((state) => (state.state === "stopped" ? undefined : Number(isRunning(state) && !state.lost))),
  );
  meter.gauge(
    "ventes_component_reported_timestamp_seconds",
    "When it last said how it is.",
    series(({ at }) => Date.parse(at) / 1000),
  );
  meter.gauge(
    "ventes_component_longest_loop_seconds",
    "The longest time, before its last report, in which it did nothing else.",
    seconds(LOOP_FIGURE),
  );
  meter.gauge(
    "ventes_consumer_longest_batch_seconds",
    "The longest transaction of the consumer before its last report.",
    seconds(BATCH_FIGURE),
  );
  meter.counter(
    "ventes_consumer_batch_seconds_total",
    "The time of its transactions, since it started.",
    seconds("batch_ms"),
  );
  meter.counter(
    "ventes_consumer_batches_total",
    "Its transactions, since it started.",
    series(({ figures }) => figures.batches),
  );
  meter.counter(
    "ventes_consumer_events_total",
    "The events in them, since it started.",
    series(({ component, figures }) => (component === "consumer" ? figures.events : undefined)),
  );
}

function addCatalogues(meter: Meter, catalogues: readonly CatalogueStatus[]): void {
  if (catalogues.length === 0) return;
  meter.gauge(
    "ventes_catalogues",
    "Catalogues by their state: new, reading, ok, parked (cannot be read).",
    countsByState(catalogues),
  );
  meter.gauge(
    "ventes_catalogue_refused_entries",
    "Entries of all catalogues that cannot be followed.",
    single(catalogues.reduce((sum, { refused }) => sum + refused, 0)),
  );
}

/** Of the process that serves the page, under the names that Prometheus has for them. */
function addProcess(meter: Meter, now: number): void {
  const { user, system } = process.cpuUsage();
  meter.counter(
    "process_cpu_seconds_total",
    "CPU time of the page's process.",
    single((user + system) / 1e6),
  );
  meter.gauge("process_resident_memory_bytes", "Its memory.", single(process.memoryUsage.rss()));
  meter.gauge("process_start_time_seconds", "When it started.", single(now / 1000 - process.uptime()));
}
