/** Sources as they are named on the command line, registered. */
import * as Effect from "effect/Effect";
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { Registration } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
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
} from "../../producer/admin/index.ts";
import { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";

export interface Named {
  /** What the operator says it publishes. */
  readonly entities: readonly EntityName[] | undefined;
  /** The source's id. */
  readonly source: string;
}

/** What an operator typed, understood, or wrong usage. */
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

/** The document or folder that lists sources. */
export const catalogueNamed = (text: string, run: Invocation): Effect.Effect<string, WrongUsage> =>
  parsed(text, run, () => catalogueId(text));
/** What was registered once, as it was given or as it is shown. */
export const registered = (text: string, run: Invocation): Effect.Effect<string, WrongUsage> =>
  parsed(text, run, () => namedSource(text));

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

/** `--source` must say what the source holds. */
export const namedWithEntity = (text: string, run: Invocation): Effect.Effect<Named, WrongUsage> =>
  Effect.flatMap(named(text, run), (one) =>
    one.entities === undefined
      ? Effect.fail(new WrongUsage({ message: run.texts.sourceNeedsEntity(text) }))
      : Effect.succeed(one),
  );

/** Each in turn; the first that cannot be read ends it. */
export const registerAll = (
  sources: readonly Named[],
): Effect.Effect<
  readonly Registration[],
  SourceError | DatabaseError | PublishFailure,
  TopicLog | Settings
> => Effect.forEach(sources, ({ source, entities }) => registerSource(source, { entities }));
