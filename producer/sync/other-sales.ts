/** The sales of the other sources, read into the state: it is a cache of the topics, for any source. */
import * as Effect from "effect/Effect";
import type { Announcement } from "#shared/contract/source-records.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { spoolPath } from "../download/index.ts";
import { readBack } from "../log/index.ts";
import type { OpenedVersion } from "./opened-version.ts";
import { publishedBy } from "./takeover.ts";

export interface OtherSource {
  readonly source: string;
  /** This producer did not make its last announcement, so its events were read from the topics now. */
  readonly isForeign: boolean;
}

/** Whether another producer has published sales of another source that the state does not have. */
export const foreignNews = Effect.fnUntraced(function* ({
  producer: { registry, state, id },
  registration,
}: OpenedVersion): Effect.fn.Return<boolean, LogFailure> {
  yield* registry.refresh();
  return registry
    .announced()
    .some(
      ([source, { value, offset }]) =>
        source !== registration.source &&
        value.producer !== id &&
        value.entities.includes("ventes") &&
        !state.isUpTo(source, offset).is,
    );
});

/**
 * The announced sources, but for that of the version, whose last announcement `wants` takes; by their number in the state.
 * Reads the events that the state does not have yet.
 */
export const otherSales = Effect.fnUntraced(function* (
  { producer, registration }: OpenedVersion,
  wants: (announced: Announcement) => boolean,
): Effect.fn.Return<ReadonlyMap<number, OtherSource>, LogFailure> {
  const { registry, log, state, settings, sourceIndex } = producer;
  yield* registry.refresh();
  const found = new Map<number, OtherSource>();
  for (const [source, { value, offset }] of registry.announced()) {
    if (source === registration.source || !wants(value)) continue;
    const { id, is } = state.isUpTo(source, offset);
    if (!is)
      yield* readBack({
        log,
        sourceIndex,
        state,
        source: state.source(source),
        entities: publishedBy(value.entities, value),
        columns: undefined,
        scratch: yield* spoolPath(settings.data),
      });
    found.set(id, { source, isForeign: !is });
  }
  return found;
});
