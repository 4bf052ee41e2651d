/** The answers to SQL of readers. */
import * as Effect from "effect/Effect";
import type * as HttpServerRequest from "effect/http/HttpServerRequest";
import type * as HttpServerResponse from "effect/http/HttpServerResponse";
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder";
import type { Language } from "#shared/runtime/settings.ts";
import { Api } from "../api/api.ts";
import { Reading } from "../reading/reading.ts";
import { answered, languageOf, type ServerParts } from "./answered.ts";
import { Places } from "./clients.ts";
import { clientOf } from "./incoming.ts";
import { failure } from "./responses.ts";

/** Queries that run at the same time: each is a process. */
const MOST_QUERIES = 4;
/** Rows of an answer without `limit`. */
const DEFAULT_ROWS = 1_000;

const SENTENCES = {
  tooMany: {
    fr: "trop de requêtes en cours : redemandez quand l'une d'elles est finie",
    en: "too many queries are running: ask again when one of them has ended",
  },
  otherSite: {
    fr: "un autre site web demande du SQL : ouvrez la page elle-même, puis lancez la requête",
    en: "another web site asks for SQL: open the page itself, then run the query",
  },
} as const satisfies Record<string, Record<Language, string>>;

export type QueryGate = ReturnType<typeof queryGate>;

/**
 * Runs queries, or refuses them: beyond MOST_QUERIES, and where another web site makes the reader's browser send them. It
 * could not read the answer, but each query takes a process.
 */
export function queryGate() {
  const places = new Places(MOST_QUERIES);
  return <A, E>(
    request: HttpServerRequest.HttpServerRequest,
    language: Language,
    query: Effect.Effect<A, E>,
  ): Effect.Effect<A | HttpServerResponse.HttpServerResponse, E> =>
    Effect.suspend((): Effect.Effect<A | HttpServerResponse.HttpServerResponse, E> => {
      if (request.headers["sec-fetch-site"] === "cross-site")
        return Effect.succeed(failure(403, SENTENCES.otherSite[language]));
      const client = clientOf(request);
      if (!places.isFree(client)) return Effect.succeed(failure(503, SENTENCES.tooMany[language]));
      return Effect.acquireUseRelease(
        Effect.sync(() => places.take(client)),
        () => query,
        () => Effect.sync(() => places.free(client)),
      );
    });
}

export const queriesOf = (parts: ServerParts, gate: QueryGate) =>
  HttpApiBuilder.group(Api, "queries", (handlers) =>
    Effect.gen(function* () {
      const reading = yield* Reading;
      return handlers.handleAll({
        schema: ({ request }) => answered(reading.schema(), parts, request),
        query: ({ query: { sql, limit = DEFAULT_ROWS, lang }, request }) =>
          gate(
            request,
            languageOf(request, parts, lang),
            answered(reading.query({ sql, limit }), parts, request, lang),
          ),
      });
    }),
  );
