/** The answers about analyses: the list of them, and the result of one. */
import * as Effect from "effect/Effect";
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder";
import { Api } from "../api/api.ts";
import { Reading } from "../reading/reading.ts";
import { answered, type ServerParts } from "./answered.ts";

export const resultsOf = (parts: ServerParts) =>
  HttpApiBuilder.group(Api, "results", (handlers) =>
    Effect.gen(function* () {
      const reading = yield* Reading;
      return handlers.handleAll({
        results: ({ request }) => answered(reading.results(), parts, request),
        result: ({ query, request }) => answered(reading.result(query), parts, request),
      });
    }),
  );
