/**
 * Registers the sources that programs name through HTTP, as `sources add` does, but as discovered (invariant 10): only
 * public addresses, unless private ones are allowed, and only files under VENTES_FILES. It does not change or remove
 * sources that an operator named.
 */
import * as Effect from "effect/Effect";
import * as Semaphore from "effect/Semaphore";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { Settings } from "#shared/runtime/settings.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { SourceRequest } from "../../analyzer/server/api.ts";
import { AT_ONCE, type Registrar, type RegistrarAnswer } from "../../analyzer/server/registrations.ts";
import {
  findNamed,
  parseEntities,
  registerSource,
  removeSource,
  type SourceError,
  SourceRefusal,
  sourceError,
  sourceOptions,
} from "../../producer/admin/index.ts";
import type { Texts } from "../texts/texts.ts";
import { addressOf } from "./register.ts";

type Failure = SourceError | DatabaseError | PublishFailure;

/** HTTP status by refusal code: forbidden, or not there. All other refusals are 422. */
const STATUS: Readonly<Record<string, 403 | 404>> = {
  "source.not_allowed": 403,
  "source.private_address": 403,
  "source.removed": 403,
  "source.of_operator": 403,
  "source.not_registered": 404,
};

const answerOf = (error: Failure): RegistrarAnswer =>
  error._tag === "SourceError"
    ? { status: STATUS[error.code] ?? 422, body: { error: error.sentence } }
    : { status: error._tag === "LogUnavailable" ? 503 : 500, body: { error: error.message } };

export const makeRegistrar = (texts: Texts): Effect.Effect<Registrar, never, TopicLog | Settings> =>
  Effect.gen(function* () {
    const log = yield* TopicLog;
    const settings = yield* Settings;
    const gate = yield* Semaphore.make(AT_ONCE);
    const answered = (work: Effect.Effect<RegistrarAnswer, Failure, TopicLog | Settings>) =>
      work.pipe(
        Effect.catch((error) => Effect.succeed(answerOf(error))),
        Effect.provideService(TopicLog, log),
        Effect.provideService(Settings, settings),
        gate.withPermit,
      );
    return {
      register: (request) => answered(register(request, texts)),
      remove: (url) => answered(remove(url, texts)),
    };
  });

const parsed = Effect.fnUntraced(function* <A>(
  url: string,
  parse: () => A,
): Effect.fn.Return<A, SourceError, Settings> {
  const { language } = yield* Settings;
  return yield* Effect.try({
    try: parse,
    catch: (error) => {
      if (!(error instanceof SourceRefusal)) throw error;
      return error.toError(url, language);
    },
  });
});

const register = Effect.fnUntraced(function* (
  { url, entity, options = {} }: SourceRequest,
  texts: Texts,
): Effect.fn.Return<RegistrarAnswer, Failure, TopicLog | Settings> {
  const { language } = yield* Settings;
  const {
    source,
    entities: named,
    read,
  } = yield* parsed(url, () => ({
    source: addressOf(url),
    entities: entity === undefined ? undefined : parseEntities(entity),
    read: sourceOptions(options),
  }));
  const { registration: before, removal } = yield* findNamed(source);
  if (removal !== undefined) return yield* sourceError("source.removed", { source }, language);
  if (before !== undefined && before.discovered !== true) {
    const sentence = texts.sourceFollowed(source, before.entities.join(", "));
    return { status: 200, body: { source, entities: before.entities, sentence } };
  }
  const { entities } = yield* registerSource(source, { entities: named, ...read, discovered: true });
  const sentence = texts.sourceAdded(source, entities.join(", "));
  return { status: before === undefined ? 201 : 200, body: { source, entities, sentence } };
});

const remove = Effect.fnUntraced(function* (
  url: string,
  texts: Texts,
): Effect.fn.Return<RegistrarAnswer, Failure, TopicLog | Settings> {
  const { language } = yield* Settings;
  const source = yield* parsed(url, () => addressOf(url));
  const { registration } = yield* findNamed(source);
  if (registration === undefined) return yield* sourceError("source.not_registered", { source }, language);
  if (registration.discovered !== true) return yield* sourceError("source.of_operator", { source }, language);
  yield* removeSource(source);
  const sentence = texts.sourceRemoved(source, false, "0");
  return { status: 200, body: { source, entities: registration.entities, sentence } };
});
