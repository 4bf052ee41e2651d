/** What the page of `start` and `analyzer` shows. */
import * as Effect from "effect/Effect";
import type {
  CatalogueStatus,
  ComponentState,
  SourceStatus,
  WithdrawnSource,
} from "#shared/contract/status.ts";
import type { EventOf } from "../../analyzer/server/figures.ts";
import type { ComponentHealth } from "../../notify/verdicts.ts";
import type { AnalyzeHooks } from "./components.ts";
import { Histogram } from "./telemetry/histogram.ts";

/** What /metrics and /readyz tell; telemetry/observation.ts makes it. */
export interface Observation {
  /** Keeps looking; never ends. */
  readonly watch: Effect.Effect<never>;
  /** The text of /metrics. */
  readonly metrics: Effect.Effect<string>;
  /**
   * Why the figures are not right now, or will not stay so; none: they are. The sentences name no file, no machine and
   * no source, because /readyz needs no token.
   */
  readonly unready: Effect.Effect<readonly string[]>;
}

/** What the page shows; the end of the demo replaces it. */
export interface View {
  shown: { readonly dir: string; readonly demo: boolean };
  sources: readonly SourceStatus[];
  catalogues: readonly CatalogueStatus[];
  withdrawn: readonly WithdrawnSource[];
  /** The names that people gave to sources, by id with its secrets masked. */
  names: ReadonlyMap<string, string>;
  /** The last state that each component published. */
  states: readonly ComponentState[];
  /** Components that are processes of their own. */
  components: readonly ComponentHealth[];
  /** Why no alerts are sent, although there are destinations; empty: they are. */
  alerts: string;
  /** Reads the event of a sale in the topics that fill the database. */
  eventOf: EventOf;
  /** Seconds from the publication of a version to the analyses that have it, since this process began. */
  readonly visible: Histogram;
  /** Observes the pipeline; null: its topics are not open yet. */
  observation: Observation | null;
}

/** A view of a database whose topics are not open yet. */
export const newView = (shown: View["shown"]): View => ({
  shown,
  sources: [],
  catalogues: [],
  withdrawn: [],
  names: new Map(),
  states: [],
  components: [],
  alerts: "",
  eventOf: () => Effect.succeed(null),
  visible: new Histogram(),
  observation: null,
});

/** The hooks of the analyzer of a process that serves the view at this address. */
export const hooksOf = (view: View, page: string): AnalyzeHooks => ({
  page,
  detail: () => view.alerts,
  onVisible: (ms) => view.visible.observe(ms / 1000),
});
