/** The paths that the server answers, for requests that the guard admitted. */
import * as Effect from "effect/Effect";
import * as HttpRouter from "effect/http/HttpRouter";
import type * as HttpServerRequest from "effect/http/HttpServerRequest";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import type { CatalogueStatus, SourceStatus, WithdrawnSource } from "#shared/contract/status.ts";
import type { Language } from "#shared/runtime/settings.ts";
import { Reading } from "../reading/reading.ts";
import { AnalysesAnswer, HealthAnswer, ReadyAnswer, RejectsAnswer, SourcesAnswer } from "./api.ts";
import { type ApiParts, apiRoutes } from "./figures.ts";
import { languageFor, PAGE_FILES, readDocument, readPageFile } from "./files.ts";
import type { Access } from "./guard.ts";
import { clientOf } from "./incoming.ts";
import type { Reads } from "./reads.ts";
import { answerRegistration, REGISTRATIONS_PATH, type Registrar } from "./registrations.ts";
import { answer, failure, fileResponse, json } from "./responses.ts";

/** The number of rejects in an answer without `?limit=`. */
const DEFAULT_REJECTS = 50;
/** The number of rows of each analysis without `?limit=`, and the most with it; `?offset=` gives the next ones. */
const DEFAULT_ROWS = 1_000;
const MOST_ROWS = 10_000;

export interface Followed {
  readonly sources: readonly SourceStatus[];
  readonly catalogues: readonly CatalogueStatus[];
  readonly withdrawn: readonly WithdrawnSource[];
  /** The names that people gave to sources. Pairs, because changes of this object are found by its JSON. */
  readonly names: readonly (readonly [source: string, name: string])[];
}

/** The parts that the answers are made of. Functions are called at each request. */
export interface RouteParts extends ApiParts {
  readonly reads: Reads;
  readonly reading: Reading["Service"];
  readonly followed: () => Followed;
  /** The text of /metrics; undefined: not yet. */
  readonly metrics: () => Effect.Effect<string | undefined>;
  /** Why the figures are not right now; none: they are. */
  readonly unready: () => Effect.Effect<readonly string[]>;
  /** The answer to /api/events for a client. */
  readonly events: (client: string) => HttpServerResponse.HttpServerResponse;
  readonly access: Access;
  readonly registrar: Registrar | undefined;
}

/** All routes as one handler. It fails with RouteNotFound for other paths. */
export const makeRoutes = Effect.fnUntraced(function* (
  parts: RouteParts,
): Effect.fn.Return<
  Effect.Effect<
    HttpServerResponse.HttpServerResponse,
    unknown,
    HttpServerRequest.HttpServerRequest | Scope.Scope
  >,
  never,
  Scope.Scope
> {
  const router = yield* HttpRouter.make;
  yield* Layer.build(
    apiRoutes(parts).pipe(
      Layer.provide([Layer.succeed(HttpRouter.HttpRouter, router), Layer.succeed(Reading, parts.reading)]),
    ),
  );
  yield* router.addAll([
    ...pageRoutes(parts),
    ...readingRoutes(parts),
    ...watchingRoutes(parts),
    ...registrationRoutes(parts),
  ]);
  return router.asHttpEffect();
});

const { route } = HttpRouter;

const pageRoutes = ({ settings }: RouteParts) => [
  route("GET", "/", (request) =>
    Effect.sync(() =>
      fileResponse(readDocument(languageFor(settings.language, request.headers["accept-language"]))),
    ),
  ),
  ...PAGE_FILES.filter((name) => name !== "index.html").map((name) =>
    route(
      "GET",
      `/${name}`,
      Effect.sync(() => fileResponse(readPageFile(name))),
    ),
  ),
];

const readingRoutes = ({ settings, reads, current, followed, events }: RouteParts) => [
  route("GET", "/api/analyses", ({ url }) =>
    answer(AnalysesAnswer, (now) => {
      const limit = Math.min(numberIn(url, "limit") ?? DEFAULT_ROWS, MOST_ROWS);
      const read = reads.analyses(now, limit, numberIn(url, "offset") ?? 0);
      return read === undefined ? undefined : { ...read, currency: settings.currency };
    }),
  ),
  route("GET", "/api/rejects", ({ url, headers }) =>
    answer(RejectsAnswer, (now) =>
      reads.rejects(now, {
        before: numberIn(url, "before"),
        limit: numberIn(url, "limit") ?? DEFAULT_REJECTS,
        code: textIn(url, "code"),
        language: languageIn(url) ?? languageFor(settings.language, headers["accept-language"]),
      }),
    ),
  ),
  route(
    "GET",
    "/api/sources",
    answer(SourcesAnswer, (now) => {
      const { sources, catalogues, withdrawn, names } = followed();
      const { currency } = settings;
      const nameOf = new Map(names);
      const named = reads.sources(sources).map((status) => {
        const name = nameOf.get(status.source);
        return name === undefined ? status : { ...status, name };
      });
      return { now, demo: current().demo, currency, catalogues, withdrawn, sources: named };
    }),
  ),
  route("GET", "/api/events", (request) => Effect.sync(() => events(clientOf(request)))),
];

/** For programs that watch this one. docs/monitoring.md says what each tells. */
const watchingRoutes = ({ reads, metrics, unready }: RouteParts) => [
  // Status 200 while the process answers: to start it again would not make the database readable.
  route(
    "GET",
    "/healthz",
    Effect.sync(() => json(HealthAnswer, { ok: true, ...stateOf(reads) })),
  ),
  route(
    "GET",
    "/readyz",
    Effect.map(Effect.suspend(unready), (reasons) =>
      json(ReadyAnswer, { ready: reasons.length === 0, reasons }, reasons.length === 0 ? 200 : 503),
    ),
  ),
  route(
    "GET",
    "/metrics",
    Effect.map(Effect.suspend(metrics), (text) =>
      text === undefined
        ? failure(503, "the program is starting: there are no metrics yet")
        : HttpServerResponse.text(text, { contentType: PROMETHEUS_TEXT }),
    ),
  ),
];

const PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

function stateOf(reads: Reads): Pick<HealthAnswer, "commit" | "newest"> {
  try {
    const { commit, newest } = reads.state() ?? { commit: null, newest: null };
    return { commit, newest };
  } catch {
    return { commit: null, newest: null };
  }
}

const registrationRoutes = ({ access, registrar, settings }: RouteParts) =>
  (["POST", "DELETE"] as const).map((method) =>
    route(method, REGISTRATIONS_PATH, (request) =>
      answerRegistration(request, access, registrar, settings.language),
    ),
  );

const textIn = (url: string, name: string): string | undefined =>
  new URL(url, "http://localhost").searchParams.get(name) ?? undefined;

/** The language that the query names; undefined: none, or one that there is not. */
function languageIn(url: string): Language | undefined {
  const lang = textIn(url, "lang");
  return lang === "fr" || lang === "en" ? lang : undefined;
}

/** A whole number from the query of a URL; undefined when it is absent or no number. */
function numberIn(url: string, name: string): number | undefined {
  const text = textIn(url, name);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
