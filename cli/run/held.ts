/** Finds a source or a catalogue by its name, with what is unclear about its versions. */
import * as Effect from "effect/Effect";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import type { SourceStatus } from "#shared/contract/status.ts";
import { sourceError } from "../../producer/admin/index.ts";
import type { Invocation } from "../settings/invocation.ts";
import { catalogueNamed, idAmong, isNamedBy, registered } from "./register.ts";
import { followsNow, readSourceEntries } from "./source-list.ts";

/** A source or a catalogue, and what is unclear about its versions, or those of its entries. */
export interface Held {
  readonly id: string;
  readonly isCatalogue: boolean;
  readonly doubts: readonly DoubtReport[];
}

/**
 * The source or catalogue of this name, as it is registered or as it is shown. `seen`: statuses that count before those of
 * the topic, which producers publish every 5 s.
 */
export const findHeld = Effect.fnUntraced(function* (
  url: string,
  run: Invocation,
  seen: readonly SourceStatus[] = [],
) {
  const named = yield* registered(url, run);
  const catalogue = yield* catalogueNamed(url, run).pipe(
    Effect.catchTag("WrongUsage", () => Effect.succeed(named)),
  );
  const follows = yield* followsNow;
  const all = yield* readSourceEntries;
  const latest = new Map(seen.map((status) => [status.source, status]));
  const sources = all
    .sources(follows)
    .map((entry) => ({ ...entry, status: latest.get(entry.registration.source) ?? entry.status }));
  const { data, language } = run.settings;
  const entries = (yield* all.withRaces(sources, data, language)).map(({ registration, status }) => ({
    registration,
    doubts: status.doubts ?? [],
  }));
  const source = idAmong(
    entries.map(({ registration }) => registration.source),
    named,
  );
  const one = entries.find(({ registration }) => registration.source === source);
  if (one !== undefined) {
    const found: Held = { id: one.registration.source, isCatalogue: false, doubts: one.doubts };
    return found;
  }
  const listed = all.catalogues().find((each) => isNamedBy(each.catalogue.catalogue, catalogue));
  if (listed === undefined) {
    // Several sources may be shown alike, when only their secrets differ.
    const isShown = entries.some(({ registration }) => isNamedBy(registration.source, named));
    const code = isShown ? "source.masked" : "source.not_registered";
    return yield* sourceError(code, { source: named }, language);
  }
  const id = listed.catalogue.catalogue;
  const open = entries.filter(({ registration }) => registration.catalogue === id);
  // Several entries may wait for the same decision.
  const doubts = new Map(open.flatMap(({ doubts: own }) => own.map((doubt) => [doubt.decision, doubt])));
  const found: Held = { id, isCatalogue: true, doubts: [...doubts.values()] };
  return found;
});
