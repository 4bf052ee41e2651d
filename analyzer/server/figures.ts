/** The answers of the HttpApi (analyzer/api), made by the read side, and its errors as sentences. */
import * as Effect from "effect/Effect";
import type * as HttpRouter from "effect/http/HttpRouter";
import * as HttpServer from "effect/http/HttpServer";
import * as HttpServerRequest from "effect/http/HttpServerRequest";
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder";
import type { HttpApiSchemaError } from "effect/http-api/HttpApiError";
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware";
import * as Layer from "effect/Layer";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { Language } from "#shared/runtime/settings.ts";
import { Api, Sentences } from "../api/api.ts";
import type { SaleAnswer } from "../api/figures.ts";
import type { HistoryEntry } from "../api/history.ts";
import { NotReadable, Reading } from "../reading/reading.ts";
import { answered, failed, languageOf } from "./answered.ts";
import { makeExports } from "./exports/answer.ts";
import { clientOf } from "./incoming.ts";
import { type QueryGate, queriesOf, queryGate } from "./queries.ts";
import { failure } from "./responses.ts";
import { resultsOf } from "./results.ts";
import { forWriters, ownAnalysesOf, sessionOf, sourcesOf, type WriteParts } from "./writes.ts";

export interface ApiParts extends WriteParts {
  /** The event of a sale in the topic, by its id and its offset; null when it cannot be had. */
  readonly eventOf: EventOf;
  readonly historyOf: HistoryOf;
}

/** What became of the versions of a source, the newest first; it is named in full or as it is shown. */
export type HistoryOf = (source: string) => Effect.Effect<readonly HistoryEntry[], DatabaseError>;

const historyOf = (parts: ApiParts, source: string) =>
  Effect.mapBoth(parts.historyOf(source), {
    onSuccess: (rows) => ({ rows }),
    onFailure: ({ message }) => new NotReadable({ fr: message, en: message }),
  });

export type EventOf = (sale: Pick<SaleAnswer["sale"], "id" | "offset">) => Effect.Effect<SaleAnswer["event"]>;

const NOT_HERE = {
  fr: "Les valeurs d'avant ne sont pas dans la base : le topic ventes les garde tant qu'il garde leurs événements, sans index par vente.",
  en: "Earlier values are not in the database: the topic of sales (ventes) keeps them as long as it keeps their events, without an index by sale.",
} as const satisfies Record<Language, string>;

/** The routes of the API, and /api/openapi.json, which describes them. */
export const apiRoutes = (parts: ApiParts): Layer.Layer<never, never, HttpRouter.HttpRouter | Reading> => {
  const gate = queryGate();
  return HttpApiBuilder.layer(Api, { openapiPath: "/api/openapi.json" }).pipe(
    Layer.provide([
      figuresOf(parts),
      resultsOf(parts),
      queriesOf(parts, gate),
      exportsOf(parts, gate),
      sessionOf(parts),
      sourcesOf(parts),
      ownAnalysesOf(parts, gate),
    ]),
    Layer.provide([sentences(parts), forWriters(parts)]),
    Layer.provide(HttpServer.layerServices),
  );
};

const figuresOf = (parts: ApiParts) =>
  HttpApiBuilder.group(Api, "figures", (handlers) =>
    Effect.gen(function* () {
      const reading = yield* Reading;
      const withEvent = <A extends { readonly sale: SaleAnswer["sale"] }, E>(
        read: Effect.Effect<A, E>,
        language: Language,
      ) =>
        read.pipe(
          Effect.bindTo("answer"),
          Effect.bind("event", ({ answer: { sale } }) => parts.eventOf(sale)),
          Effect.map(({ answer, event }) => ({ ...answer, event, missing: NOT_HERE[language] })),
        );
      return handlers.handleAll({
        overview: ({ query, request }) => answered(reading.overview(query), parts, request),
        products: ({ query, request }) => answered(reading.products(query), parts, request),
        sales: ({ query, request }) => answered(reading.sales(query), parts, request),
        sale: ({ query, request }) => {
          const language = languageOf(request, parts, query.lang);
          return answered(withEvent(reading.sale(query.id), language), parts, request, query.lang);
        },
        changes: ({ query, request }) => answered(reading.changes(query), parts, request),
        history: ({ query, request }) => answered(historyOf(parts, query.source), parts, request),
        waiting: ({ query, request }) => answered(reading.waiting(query), parts, request),
      });
    }),
  );

const exportsOf = (parts: ApiParts, gate: QueryGate) =>
  HttpApiBuilder.group(Api, "exports", (handlers) =>
    Effect.gen(function* () {
      const answer = makeExports(yield* Reading);
      return handlers.handle("export", ({ params, query, request }) => {
        const { lang, name = "", sql = "", ...filter } = query;
        const language = languageOf(request, parts, lang);
        const question = { file: params.file, filter, name, sql, language, client: clientOf(request) };
        const file = answer(question).pipe(Effect.catch((error) => Effect.succeed(failed(error, language))));
        return sql === "" ? file : gate(request, language, file);
      });
    }),
  );

const A_DAY = { fr: "un jour, par exemple 2026-01-31", en: "a day, such as 2026-01-31" };

/** What a parameter must be, by its name. */
const MUST_BE: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  from: A_DAY,
  to: A_DAY,
  by: { fr: "day, week ou month", en: "day, week or month" },
  sort: {
    fr: "revenue, quantity, sales, change, name ou id",
    en: "revenue, quantity, sales, change, name or id",
  },
  order: { fr: "asc ou desc", en: "asc or desc" },
  limit: { fr: "un nombre entier de 1 à 1000", en: "a whole number from 1 to 1000" },
  offset: { fr: "un nombre entier à partir de 0", en: "a whole number from 0" },
  before: { fr: "la valeur next de la page d'avant", en: "the value next of the page before" },
  lang: { fr: "fr ou en", en: "fr or en" },
  sql: { fr: "une requête SELECT", en: "a SELECT" },
  id: { fr: "l'identifiant d'une vente", en: "the id of a sale" },
  link: { fr: "le secret du lien, un texte", en: "the secret of the link, a text" },
  url: { fr: "une URL ou un chemin, de 8 Kio au plus", en: "a URL or a path, of 8 KiB at most" },
  source: { fr: "l'identifiant d'une source, un texte", en: "the id of a source, a text" },
  entities: {
    fr: "une liste de produits, magasins, ventes",
    en: "a list of produits, magasins, ventes",
  },
  decisions: { fr: "une liste d'au plus 64 textes", en: "a list of at most 64 texts" },
  name: { fr: "un texte d'au plus 80 caractères", en: "a text of at most 80 characters" },
  title: { fr: "un texte d'au plus 80 caractères", en: "a text of at most 80 characters" },
  chart: { fr: "courbe, barres, tableau ou chiffre", en: "courbe, barres, tableau or chiffre" },
  units: { fr: "une liste d'unités", en: "a list of units" },
  withdraw: { fr: "true ou false", en: "true or false" },
  shown: { fr: "un nombre entier", en: "a whole number" },
};
const NOT_JSON = {
  fr: "le corps doit être un objet JSON : /api/openapi.json décrit ses membres",
  en: "the body must be a JSON object: /api/openapi.json describes its members",
};
const ONCE = { fr: "donné une seule fois", en: "given once" };

const sentences = (parts: ApiParts) =>
  HttpApiMiddleware.layerSchemaErrorTransform(Sentences, (error) =>
    Effect.gen(function* () {
      // Our own answer does not fit its schema: a fault of the program.
      if (error.kind === "Body" || error.kind === "ResponseHeaders") return yield* Effect.die(error);
      const request = yield* HttpServerRequest.HttpServerRequest;
      const language = languageOf(request, parts);
      const name = parameterOf(error);
      if (error.kind === "Payload" && name === undefined) return failure(400, NOT_JSON[language]);
      const must = (MUST_BE[name ?? ""] ?? ONCE)[language];
      return failure(
        400,
        language === "fr"
          ? `le paramètre ${name ?? "?"} doit être ${must} : /api/openapi.json décrit les paramètres`
          : `the parameter ${name ?? "?"} must be ${must}: /api/openapi.json describes the parameters`,
      );
    }),
  );

/** The name of the parameter that cannot be decoded: the first name in the path of the error. */
const parameterOf = ({ cause }: HttpApiSchemaError): string | undefined =>
  /\["(\w+)"\]/.exec(cause.message)?.[1];
