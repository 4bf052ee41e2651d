/** What the page of `start` and `analyzer` shows. */
import * as Effect from "effect/Effect";
import type { CatalogueStatus, SourceStatus, WithdrawnSource } from "#shared/contract/status.ts";
import type { EventOf } from "../../analyzer/server/figures.ts";
import type { ComponentHealth } from "../../notify/verdicts.ts";

/** What the page shows; the end of the demo replaces it. */
export interface View {
  shown: { readonly dir: string; readonly demo: boolean };
  sources: readonly SourceStatus[];
  catalogues: readonly CatalogueStatus[];
  withdrawn: readonly WithdrawnSource[];
  /** The names that people gave to sources, by id with its secrets masked. */
  names: ReadonlyMap<string, string>;
  /** Components that are processes of their own. */
  components: readonly ComponentHealth[];
  /** Reads the event of a sale in the topics that fill the database. */
  eventOf: EventOf;
}

/** A view of a database whose topics are not open yet. */
export const newView = (shown: View["shown"]): View => ({
  shown,
  sources: [],
  catalogues: [],
  withdrawn: [],
  names: new Map(),
  components: [],
  eventOf: () => Effect.succeed(null),
});
