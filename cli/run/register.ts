/** Parses the sources that an operator names on the command line, and registers them. */
import { isAbsolute } from "node:path";
import * as Effect from "effect/Effect";
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { Registration } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { masked } from "#shared/runtime/masked.ts";
import type { Settings } from "#shared/runtime/settings.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import {
  catalogueId,
  namedSource,
  parseEntities,
  parseSourceArgument,
  registerSource,
  type SourceError,
  SourceRefusal,
  sourceError,
  sourceId,
} from "../../producer/admin/index.ts";
import { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";

/**
 * The id of a source that a request names. Throws SourceRefusal, also for a relative path: a request has no working
 * directory.
 */
export function addressOf(url: string): string {
  const text = url.trim();
  if (!/^[a-z][a-z0-9+.-]+:/i.test(text) && !isAbsolute(text))
    throw new SourceRefusal("source.bad_reference");
  const id = sourceId(text);
  const { username, password } = new URL(id);
  if (username !== "" || password !== "") throw new SourceRefusal("catalogue.credentials");
  return id;
}

export interface Named {
  /** The entities that the operator gave; undefined: the header decides. */
  readonly entities: readonly EntityName[] | undefined;
  /** The source's id. */
  readonly source: string;
}

/** Runs `parse`; a SourceRefusal becomes WrongUsage. */
export const parsed = <A>(text: string, run: Invocation, parse: () => A): Effect.Effect<A, WrongUsage> =>
  Effect.try({
    try: parse,
    catch: (error) => {
      if (!(error instanceof SourceRefusal)) throw error;
      return new WrongUsage({ message: error.toError(text, run.settings.language).message });
    },
  });

/** `FILE_OR_URL`, or `ENTITY=FILE_OR_URL`. */
export const named = (text: string, run: Invocation): Effect.Effect<Named, WrongUsage> =>
  parsed(text, run, () => parseSourceArgument(text));

/** The id of a catalogue: a document or folder that lists sources. */
export const catalogueNamed = (text: string, run: Invocation): Effect.Effect<string, WrongUsage> =>
  parsed(text, run, () => catalogueId(text));

/** The id of a registered source, from its URL or path, or from the masked form that `sources` shows. */
export const registered = (text: string, run: Invocation): Effect.Effect<string, WrongUsage> =>
  parsed(text, run, () => namedSource(text));

/** The name as the id of a source and as that of a catalogue. */
export const bothNamed = Effect.fnUntraced(function* (text: string, run: Invocation) {
  const source = yield* registered(text, run);
  const catalogue = yield* catalogueNamed(text, run).pipe(
    // A source may be registered under a name that could not be registered now: a URL with a password in it.
    Effect.catchTag("WrongUsage", () => Effect.succeed(source)),
  );
  return { source, catalogue };
});

/** Whether an id is the one that `registered` returned for a text: in full, or with its secrets masked. */
export const isNamedBy = (id: string, named: string): boolean => id === named || masked(id) === named;

/** The one of these ids that is named in full or as it is shown; `named` when it is none of them. */
export const idAmong = (ids: readonly string[], named: string): string => {
  const found = ids.includes(named) ? [named] : ids.filter((id) => isNamedBy(id, named));
  return found.length === 1 ? (found[0] as string) : named;
};

/** The error of a name for which `idAmong` found no id: no source has it, or several are shown alike, as only their secrets differ. */
export const notAmong = (ids: readonly string[], named: string, run: Invocation): SourceError => {
  const code = ids.some((id) => isNamedBy(id, named)) ? "source.masked" : "source.not_registered";
  return sourceError(code, { source: named }, run.settings.language);
};

/** `[ENTITY,...] FILE_OR_URL`, as `sources add` takes them. */
export const namedApart = (what: readonly string[], run: Invocation): Effect.Effect<Named, WrongUsage> => {
  const [first = "", second] = what;
  return second === undefined
    ? named(first, run)
    : parsed(second, run, () => ({
        ...parseSourceArgument(second),
        entities: parseEntities(first),
      }));
};

/** `--source ENTITY=FILE_OR_URL`: fails without the entity. */
export const namedWithEntity = (text: string, run: Invocation): Effect.Effect<Named, WrongUsage> =>
  Effect.flatMap(named(text, run), (one) =>
    one.entities === undefined
      ? Effect.fail(new WrongUsage({ message: run.texts.sourceNeedsEntity(text) }))
      : Effect.succeed(one),
  );

/** Registers one after the other; fails at the first that cannot be read. */
export const registerAll = (
  sources: readonly Named[],
): Effect.Effect<
  readonly Registration[],
  SourceError | DatabaseError | PublishFailure,
  TopicLog | Settings
> => Effect.forEach(sources, ({ source, entities }) => registerSource(source, { entities }));
