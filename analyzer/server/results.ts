/** The answers about analyses: the list of them, and the result of one. */
import * as Effect from "effect/Effect";
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder";
import type { Language } from "#shared/runtime/settings.ts";
import { Api } from "../api/api.ts";
import { NoSuchAnalysis, type NotReadable, Reading } from "../reading/reading.ts";
import { completed, type ServerParts } from "./completed.ts";
import { languageFor } from "./files.ts";
import { failure } from "./responses.ts";

export const NO_ANALYSIS = {
  fr: (name: string) => `il n'y a pas d'analyse « ${name} » : /api/results donne celles qui existent`,
  en: (name: string) => `there is no analysis "${name}": /api/results lists those that exist`,
} as const satisfies Record<Language, unknown>;

export const resultsOf = (parts: ServerParts) =>
  HttpApiBuilder.group(Api, "results", (handlers) =>
    Effect.gen(function* () {
      const reading = yield* Reading;
      const answered = <A extends object>(
        read: Effect.Effect<A, NotReadable | NoSuchAnalysis>,
        accepted: string | undefined,
      ) =>
        completed(read, parts).pipe(
          Effect.catch((error) => {
            const language = languageFor(parts.settings.language, accepted);
            return Effect.succeed(
              error instanceof NoSuchAnalysis
                ? failure(404, NO_ANALYSIS[language](error.name))
                : failure(503, error[language]),
            );
          }),
        );
      return handlers.handleAll({
        results: ({ request }) => answered(reading.results(), request.headers["accept-language"]),
        result: ({ query, request }) => answered(reading.result(query), request.headers["accept-language"]),
      });
    }),
  );
