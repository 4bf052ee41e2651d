/** The answers of the read side, with what the server adds, and its errors as sentences. */
import * as Effect from "effect/Effect";
import type * as HttpServerRequest from "effect/http/HttpServerRequest";
import type * as HttpServerResponse from "effect/http/HttpServerResponse";
import type { Language, SettingsShape } from "#shared/runtime/settings.ts";
import { isoNow } from "#shared/runtime/time.ts";
import { BadFilter, NoSuchAnalysis, NoSuchSale, type NotReadable } from "../reading/reading.ts";
import { languageFor } from "./files.ts";
import type { View } from "./reads.ts";
import { failure } from "./responses.ts";

export interface ServerParts {
  readonly settings: Pick<SettingsShape, "language" | "currency">;
  readonly current: () => View;
}

type ReadError = NotReadable | BadFilter | NoSuchSale | NoSuchAnalysis;

const NO_SALE = {
  fr: (id: string) =>
    `il n'y a pas de vente « ${id} », ou elle attend encore : /api/sales et /api/waiting donnent celles qui existent`,
  en: (id: string) =>
    `there is no sale "${id}", or it still waits: /api/sales and /api/waiting list those that exist`,
} as const satisfies Record<Language, unknown>;

const NO_ANALYSIS = {
  fr: (name: string) => `il n'y a pas d'analyse « ${name} » : /api/results donne celles qui existent`,
  en: (name: string) => `there is no analysis "${name}": /api/results lists those that exist`,
} as const satisfies Record<Language, unknown>;

/**
 * The answer with the time of the server, the currency, and whether its figures are those of the demo; or its error.
 * `lang`: the language that the question names.
 */
export const answered = <A extends object>(
  read: Effect.Effect<A, ReadError>,
  parts: ServerParts,
  request: HttpServerRequest.HttpServerRequest,
  lang?: Language,
) =>
  Effect.zipWith(read, isoNow, (answer, now) => ({
    ...answer,
    now,
    demo: parts.current().demo,
    currency: parts.settings.currency,
  })).pipe(Effect.catch((error) => Effect.succeed(failed(error, languageOf(request, parts, lang)))));

/** The error as a sentence, with its status. */
export function failed(error: ReadError, language: Language): HttpServerResponse.HttpServerResponse {
  if (error instanceof NoSuchAnalysis) return failure(404, NO_ANALYSIS[language](error.name));
  if (error instanceof NoSuchSale) return failure(404, NO_SALE[language](error.id));
  return failure(error instanceof BadFilter ? 400 : 503, error[language]);
}

/** The language of an answer: the one that the question names, else that of the settings, then of Accept-Language. */
export const languageOf = (
  request: HttpServerRequest.HttpServerRequest,
  { settings }: Pick<ServerParts, "settings">,
  lang?: Language,
): Language => lang ?? languageFor(settings.language, request.headers["accept-language"]);
