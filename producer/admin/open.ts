/** Opens a source that an operator named, to inspect or register it. */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { Announcement, ReadingOptions } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { makeHttpClient } from "../download/index.ts";
import { mapEntities } from "../header/index.ts";
import { checkLeftOut, presetNamed, resolveReading } from "../rows/index.ts";
import type { Given, SourceError, Trust } from "../source/index.ts";
import { asFailure, sourceId } from "../source/index.ts";
import type { Version, VersionOptions } from "../version/index.ts";
import { fetchVersion } from "../version/index.ts";

export const idOf = (reference: string) =>
  Effect.gen(function* () {
    const settings = yield* Settings;
    return yield* Effect.try({ try: () => sourceId(reference), catch: (error) => error }).pipe(
      Effect.catch(asFailure(reference, settings)),
    );
  });

/**
 * Downloads and opens the source's present version. It closes with the scope. Fails with SourceError, also when --drop,
 * --only or --keep names a column that it does not have: a name that is mistyped would publish what it was to leave out.
 */
export const opened = Effect.fnUntraced(function* (
  source: string,
  options: Pick<VersionOptions, "entities" | "reading" | "idScope" | "before"> & { readonly given: Given },
  trust: Trust,
): Effect.fn.Return<Version, SourceError | DatabaseError, Settings | Scope.Scope> {
  const settings = yield* Settings;
  const client = yield* makeHttpClient;
  const version = yield* fetchVersion({ ...options, client, settings, source, trust });
  if (version === undefined) return yield* Effect.die(new Error("unchanged without validators"));
  const { header, entities } = version.dialect;
  yield* Effect.try({
    try: () => checkLeftOut(header, mapEntities(header, entities, options.reading), options.reading),
    catch: (error) => error,
  }).pipe(Effect.catch(asFailure(source, settings, options.given)));
  return version;
});

/** What a source may reach that an operator named on this command line. */
export const BY_HAND: Trust = { trusted: "operator", throughTopic: false, within: null };

/** The reading options of a source with those of its preset, and the preset. `announced`: its last announcement. */
export const resolved = Effect.fnUntraced(function* (
  source: string,
  own: ReadingOptions,
  announced?: Announcement,
) {
  const settings = yield* Settings;
  return yield* Effect.try({
    try: () => ({
      reading: resolveReading(own, announced),
      preset: own.preset === undefined ? undefined : presetNamed(own.preset),
    }),
    catch: (error) => error,
  }).pipe(Effect.catch(asFailure(source, settings)));
});
