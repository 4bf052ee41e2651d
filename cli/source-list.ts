/** How the registered sources stand: what was announced of them, and what a producer last said in its state. */
import * as Effect from "effect/Effect";
import { readStates } from "#shared/component-state.ts";
import { ENTITY_NAMES } from "#shared/entities/index.ts";
import type { CatalogueStatus, SourceStatus } from "#shared/event.ts";
import { scheduleOf } from "#shared/retry.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import { newCatalogueStatus } from "../producer/catalogue/look.ts";
import { type ListedCatalogue, listCatalogues } from "../producer/catalogues.ts";
import { type ListedSource, listSources } from "../producer/sources.ts";
import type { View } from "./page.ts";

/** Parents first, as they are read. */
export const listWithStates: Effect.Effect<readonly ListedSource[], LogFailure, TopicLog> = Effect.gen(
  function* () {
    const listed = yield* listSources;
    const states = (yield* readStates).toSorted((a, b) => a.at.localeCompare(b.at));
    const said = new Map<string, SourceStatus>();
    for (const state of states) for (const source of state.sources ?? []) said.set(source.source, source);
    return listed
      .map((one) => {
        const seen = said.get(one.registration.source);
        return seen === undefined || isOlder(seen, one.status) ? one : { ...one, status: seen };
      })
      .toSorted((a, b) => rank(a) - rank(b) || (a.status.source < b.status.source ? -1 : 1));
  },
);

export interface CatalogueWithState extends ListedCatalogue {
  readonly status: CatalogueStatus;
}

/** How the registered catalogues stand. What no producer has said yet is as the topic `sources` has it. */
export const listCataloguesWithStates: Effect.Effect<readonly CatalogueWithState[], LogFailure, TopicLog> =
  Effect.gen(function* () {
    const listed = yield* listCatalogues;
    const said = new Map<string, CatalogueStatus>();
    for (const state of (yield* readStates).toSorted((a, b) => a.at.localeCompare(b.at)))
      for (const one of state.catalogues ?? []) said.set(one.catalogue, one);
    return listed.map((one) => {
      const { catalogue, taken, gone, removed } = one;
      const seen = said.get(catalogue.catalogue);
      return { ...one, status: seen ?? { ...newCatalogueStatus(catalogue), taken, gone, removed } };
    });
  });

/** Said before its last announcement, by a producer that has been killed since. */
const isOlder = (seen: SourceStatus, announced: SourceStatus): boolean =>
  seen.state === "new" ||
  (seen.state === "gone") !== (announced.state === "gone") ||
  (announced.version ?? -1) > (seen.version ?? -1);

const rank = ({ registration }: ListedSource): number =>
  Math.min(...registration.entities.map((entity) => ENTITY_NAMES.indexOf(entity)));

const LOOK_EVERY_MS = 2_000;

/** Keeps the page's list of sources current, for an analyzer whose producer is another process. */
export const followSources = (view: View): Effect.Effect<never, never, TopicLog> =>
  Effect.all([listWithStates, listCataloguesWithStates]).pipe(
    Effect.tap(([sources, catalogues]) =>
      Effect.sync(() => {
        view.sources = sources.map(({ status }) => status);
        view.catalogues = catalogues.map(({ status }) => status);
      }),
    ),
    Effect.retry(scheduleOf("log")),
    Effect.ignore,
    Effect.andThen(Effect.sleep(LOOK_EVERY_MS)),
    Effect.forever,
  );
