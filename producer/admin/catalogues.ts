/** The commands of operators on catalogues: inspect, register, list, and remove with all entries. */
import { isDeepStrictEqual } from "node:util";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { Catalogue } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { isoNow } from "#shared/runtime/time.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { Entry, Form, RefusedEntry } from "../catalogue/index.ts";
import { CatalogueMemory, readCatalogue } from "../catalogue/index.ts";
import { makeHttpClient } from "../download/index.ts";
import type { ReadingChange } from "../rows/index.ts";
import {
  asFailure,
  isFileSource,
  Registry,
  rememberNamed,
  type SourceError,
  sourceError,
  sourceId,
} from "../source/index.ts";
import { changedReading } from "../version/index.ts";
import { addressOf, inFull } from "./list.ts";
import { removeSource } from "./remove.ts";

/** The id of a catalogue, made like the id of a source. A folder's id has no slash at its end. Throws SourceRefusal. */
export function catalogueId(reference: string, cwd?: string): string {
  const id = sourceId(reference, cwd);
  return isFileSource(id) ? id.replace(/(?<!\/)\/+$/, "") : id;
}

export interface CatalogueInspection {
  readonly catalogue: string;
  readonly form: Form;
  readonly entries: readonly Entry[];
  readonly refused: readonly RefusedEntry[];
  /** Workbooks and folders inside, which are not followed. */
  readonly passed: readonly RefusedEntry[];
  /** Which columns or members of the document are ignored; "": none. */
  readonly note: string;
  /** It is at a private address, so its entries may be there, too. */
  readonly private: boolean;
}

/** Reads the document and returns its entries. Writes nothing, and downloads none of the entries. */
export const inspectCatalogue = (
  catalogue: string,
): Effect.Effect<CatalogueInspection, SourceError | DatabaseError, Settings> =>
  Effect.scoped(
    Effect.gen(function* () {
      const settings = yield* Settings;
      const client = yield* makeHttpClient;
      // An operator named it on this command line, so any path is allowed, in Kafka mode too.
      const read = yield* readCatalogue(
        { client, settings: { ...settings, kafka: null } },
        { catalogue },
        new CatalogueMemory(),
      );
      const isPrivate = !isFileSource(catalogue) && client.reachedPrivately(new URL(catalogue));
      return { catalogue, private: isPrivate, ...read };
    }),
  );

/** An option that is not given stays as it is registered; null removes it. `every`: milliseconds. */
export interface RegisterCatalogueOptions {
  readonly every?: number | null | undefined;
  readonly once?: boolean | undefined;
  readonly duplicates?: Catalogue["duplicates"] | undefined;
  readonly reading?: ReadingChange | undefined;
  readonly vanished?: Catalogue["vanished"] | null | undefined;
  readonly idScope?: string | null | undefined;
  /** Of each entry; undefined: as registered, else the header of each decides. */
  readonly entities?: Catalogue["entities"] | undefined;
}

/** Reads the document, then registers the catalogue. A producer registers its entries later. */
export const registerCatalogue = Effect.fnUntraced(function* (
  id: string,
  options: RegisterCatalogueOptions = {},
): Effect.fn.Return<
  { readonly registered: Catalogue; readonly inspection: CatalogueInspection },
  SourceError | DatabaseError | PublishFailure,
  TopicLog | Settings
> {
  const log = yield* TopicLog;
  const settings = yield* Settings;
  const registry = new Registry(log);
  const catalogue = yield* addressOf(id, registry);
  if (registry.registration(catalogue) !== undefined)
    return yield* sourceError("catalogue.is_source", { source: catalogue }, settings.language);
  const before = registry.catalogue(catalogue);
  const inspection = yield* inspectCatalogue(catalogue);
  const reading = changedReading(before?.reading, options.reading ?? {});
  const vanished = options.vanished === undefined ? before?.vanished : (options.vanished ?? undefined);
  const idScope = options.idScope === undefined ? before?.idScope : (options.idScope ?? undefined);
  const entities = options.entities ?? before?.entities;
  const registered: Catalogue = {
    v: 1,
    kind: "catalogue",
    catalogue,
    every: options.every === undefined ? (before?.every ?? null) : options.every,
    once: options.once ?? before?.once ?? false,
    duplicates: options.duplicates ?? before?.duplicates ?? "keep",
    ...(reading === undefined ? {} : { reading }),
    ...(vanished === undefined ? {} : { vanished }),
    ...(idScope === undefined ? {} : { idScope }),
    ...(before?.accepted === undefined ? {} : { accepted: before.accepted }),
    ...(before?.decided === undefined ? {} : { decided: before.decided }),
    ...(inspection.private ? { private: true } : {}),
    ...(entities === undefined ? {} : { entities }),
    registered: before?.registered ?? (yield* isoNow),
  };
  if (settings.kafka !== null && isFileSource(catalogue))
    yield* Effect.try({
      try: () => rememberNamed(settings.data, catalogue),
      catch: (error) => error,
    }).pipe(Effect.catch(asFailure(catalogue, settings)));
  if (!isDeepStrictEqual(before, registered))
    yield* log.publish("sources", [{ key: catalogue, value: JSON.stringify(registered) }]);
  return { registered, inspection };
});

export interface ListedCatalogue {
  readonly catalogue: Catalogue;
  /** Counts by the topic `sources` alone; the status of a running producer has more. */
  readonly taken: number;
  readonly unlisted: number;
  readonly removed: number;
}

/** The registered catalogues, with the number of their entries, as of the last refresh of the registry. */
export const listedCatalogues = (registry: Registry): readonly ListedCatalogue[] =>
  registry.catalogues().map((catalogue) => {
    const own = registry.registrations().filter((one) => one.catalogue === catalogue.catalogue);
    const unlisted = own.filter((one) => one.unlisted !== undefined).length;
    return {
      catalogue,
      taken: own.length - unlisted,
      unlisted,
      removed: registry.removals().filter((one) => one.catalogue === catalogue.catalogue).length,
    };
  });

export interface RemovedCatalogue {
  readonly catalogue: string;
  /** How many entries were removed with it. */
  readonly entries: number;
  /** How many delete events were sent. */
  readonly withdrawn: number;
}

/** Removes a catalogue and all its entries; with `withdraw`, their rows too. undefined: no catalogue has this id. */
export const removeCatalogue = Effect.fnUntraced(function* (
  id: string,
  { withdraw = false }: { readonly withdraw?: boolean } = {},
): Effect.fn.Return<
  RemovedCatalogue | undefined,
  SourceError | DatabaseError | PublishFailure,
  TopicLog | Settings | Scope.Scope
> {
  const log = yield* TopicLog;
  const registry = new Registry(log);
  yield* registry.refresh();
  const catalogue = (yield* inFull(id, registry)) ?? id;
  const before = registry.catalogue(catalogue);
  if (before === undefined) return undefined;
  // First, so that no producer registers more of its entries.
  yield* log.publish("sources", [{ key: catalogue, value: null }]);
  let entries = 0;
  let withdrawn = 0;
  // Again until nothing is left, because a producer may register entries before it sees the removal.
  for (let more = true; more; ) {
    yield* registry.refresh();
    const own = registry.registrations().filter((one) => one.catalogue === catalogue);
    for (const { source } of own) {
      const removed = yield* removeSource(source, { withdraw }).pipe(
        // An entry that is followed as before needs its catalogue.
        Effect.tapError((error) =>
          error._tag === "SourceError" && error.code === "source.still_followed"
            ? log.publish("sources", [{ key: catalogue, value: JSON.stringify(before) }])
            : Effect.void,
        ),
      );
      withdrawn += removed.withdrawn;
      entries++;
    }
    more = own.length > 0;
  }
  // Remove the records of removed entries, too. A catalogue that is added again then lists these entries again.
  const removals = registry.removals().filter((one) => one.catalogue === catalogue);
  if (removals.length > 0)
    yield* log.publish(
      "sources",
      removals.map(({ source }) => ({ key: source, value: null })),
    );
  return { catalogue, entries, withdrawn };
});
