/**
 * Serves the page and its JSON over HTTP. guard.ts decides which requests get an answer, routes.ts has the paths, api.ts
 * the answers. The server runs until its Scope closes.
 */
import * as Effect from "effect/Effect";
import * as HttpMiddleware from "effect/http/HttpMiddleware";
import * as HttpServerError from "effect/http/HttpServerError";
import * as HttpServerRequest from "effect/http/HttpServerRequest";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import type * as Scope from "effect/Scope";
import type { CatalogueStatus, SourceStatus, WithdrawnSource } from "#shared/contract/status.ts";
import { type Language, Settings } from "#shared/runtime/settings.ts";
import { elapsedMs, NewId } from "#shared/runtime/time.ts";
import { makeReading } from "../reading/sqlite.ts";
import type { AnalysisAdmin } from "./analysis-admin.ts";
import { Guesses } from "./clients.ts";
import type { EventOf, HistoryOf } from "./figures.ts";
import { type Access, admit, mayServe, SECURITY_HEADERS } from "./guard.ts";
import { clientOf, hostsOf } from "./incoming.ts";
import { type Address, HostRefused, listen, type PortTaken, type Served } from "./listen.ts";
import { eventStreams, watchChanges } from "./live.ts";
import { makeReads, type View } from "./reads.ts";
import { REGISTRATION_METHODS, REGISTRATIONS_PATH, type Registrar } from "./registrations.ts";
import { failure } from "./responses.ts";
import { makeRoutes } from "./routes.ts";
import type { SourceAdmin } from "./source-admin.ts";
import { turnedAway } from "./turned-away.ts";
import { Writers } from "./writers.ts";

export interface PageOptions extends Address {
  /** Who may read the page, and whether a token is asked for. */
  readonly access: Access;
  /** The database to show. Called at every read. */
  readonly current: () => View;
  /** The source statuses to show. Called at every poll. */
  readonly sources: () => readonly SourceStatus[];
  /** The names that people gave to sources, by id as `sources` has them. Default: none. */
  readonly names?: () => ReadonlyMap<string, string>;
  /** The statuses of catalogues. Default: none. */
  readonly catalogues?: () => readonly CatalogueStatus[];
  /** Called when a client gave several wrong tokens within a minute. Default: nothing. */
  readonly onGuessing?: (client: string) => void;
  /** The sources that are followed no longer, and whose rows were withdrawn. Default: none. */
  readonly withdrawn?: () => readonly WithdrawnSource[];
  /** Reads the event of a sale from its topic. Default: no event can be had. */
  readonly eventOf?: EventOf;
  /** The text of /metrics; undefined: not yet. Default: never. */
  readonly metrics?: () => Effect.Effect<string | undefined>;
  /** Why the figures are not right now; none: they are. Default: none. */
  readonly unready?: () => Effect.Effect<readonly string[]>;
  /** What became of the versions of a source. Default: nothing is known. */
  readonly historyOf?: HistoryOf;
  /** Registers and removes the sources that programs name through HTTP. Default: the server registers none. */
  readonly registrar?: Registrar;
  /** What browsers with a session do with sources. Default: the server changes nothing. */
  readonly admin?: SourceAdmin;
  /** What browsers with a session do with analyses of one's own. Default: the server keeps none. */
  readonly analysisAdmin?: AnalysisAdmin;
  /** Called when a client (its address) has used the link that lets a browser write; `link` is the next one. */
  readonly onLinkUsed?: (client: string, link: string) => void;
}

export interface ServedPage extends Served {
  /** The link that lets one browser write. Only the operator may see it. undefined: the server changes nothing. */
  readonly link: string | undefined;
}

const NEEDS_TOKEN: Readonly<Record<Language, (host: string) => string>> = {
  fr: (host) =>
    `sur ${host}, d'autres machines atteignent la page : donnez-lui un jeton (VENTES_TOKEN ou VENTES_TOKEN_FILE), ou permettez à tous de la lire (VENTES_AUTH=none)`,
  en: (host) =>
    `on ${host} other machines reach the page: give it a token (set VENTES_TOKEN or VENTES_TOKEN_FILE), or let anyone read it (set VENTES_AUTH=none)`,
};

/** Fails with HostRefused when the page may not listen on this host. Call it before other work that a refusal would waste. */
export const assertMayServe = Effect.fnUntraced(function* ({
  host,
  access,
}: Pick<PageOptions, "host" | "access">): Effect.fn.Return<void, HostRefused, Settings> {
  const { language } = yield* Settings;
  if (!mayServe(host, access)) return yield* new HostRefused({ host, message: NEEDS_TOKEN[language](host) });
});

/** Listens, and answers requests until the Scope closes. Fails with PortTaken or HostRefused. */
export const servePage = Effect.fnUntraced(function* (
  options: PageOptions,
): Effect.fn.Return<ServedPage, PortTaken | HostRefused, Scope.Scope | Settings> {
  yield* assertMayServe(options);
  const settings = yield* Settings;
  const { access, current, registrar } = options;
  const reads = yield* Effect.acquireRelease(
    Effect.sync(() => makeReads(current)),
    (reads) => Effect.sync(() => reads.close()),
  );
  const reading = yield* makeReading(() => current().dir);
  const followed = () => ({
    sources: options.sources(),
    catalogues: options.catalogues?.() ?? [],
    withdrawn: options.withdrawn?.() ?? [],
    names: [...(options.names?.() ?? [])],
  });
  const events = eventStreams(yield* watchChanges(reads, followed));
  const { server, served } = yield* listen(options);
  const writers = new Writers(served.port, yield* NewId);
  const onGuess = slowing(options.onGuessing ?? (() => {}));
  const routes = yield* makeRoutes({
    settings,
    reads,
    reading,
    eventOf: options.eventOf ?? noEvent,
    historyOf: options.historyOf ?? (() => Effect.succeed([])),
    current,
    metrics: options.metrics ?? (() => Effect.succeed(undefined)),
    unready: options.unready ?? (() => Effect.succeed([])),
    followed,
    events,
    access,
    registrar,
    admin: options.admin,
    analysisAdmin: options.analysisAdmin,
    writers,
    onWrongLink: onGuess,
    onLinkUsed: (request) => options.onLinkUsed?.(clientOf(request), writers.linkTo(served.url)),
  });
  // A span of a request would hold its address, and with it the token that a browser sends once.
  yield* Effect.provideService(
    server.serve(guarded(routes, access, settings.language, onGuess)),
    HttpMiddleware.TracerDisabledWhen,
    () => true,
  );
  return { ...served, link: options.admin === undefined ? undefined : writers.linkTo(served.url) };
});

const noEvent: EventOf = () => Effect.succeed(null);

/** Lets the answer to a wrong secret wait, when its client has given several. */
function slowing(
  onGuessing: (client: string) => void,
): (request: HttpServerRequest.HttpServerRequest) => Effect.Effect<void> {
  const guesses = new Guesses();
  return (request) =>
    Effect.gen(function* () {
      const client = clientOf(request);
      const { waitMs, told } = guesses.wrong(client, yield* elapsedMs);
      if (told) onGuessing(client);
      yield* Effect.sleep(waitMs);
    });
}

/** The writing methods of a path, or of the paths below it. */
const METHODS: readonly (readonly [path: RegExp, methods: readonly string[]])[] = [
  [new RegExp(`^${REGISTRATIONS_PATH}$`), REGISTRATION_METHODS],
  [/^\/api\/session$/, ["GET", "POST", "DELETE"]],
  [/^\/api\/(?:sources|analyses)\/[a-z]+$/, ["POST"]],
];

const methodsOf = (url: string): readonly string[] | undefined => {
  const path = url.split("?", 1)[0] ?? url;
  return METHODS.find(([pattern]) => pattern.test(path))?.[1];
};

/** Bytes of the body of a request. */
const MOST_BODY = 16 * 1024;

/** Whether a request may be read: it has no body, or one with a Content-Length that is not too large. */
const isShort = ({ method, headers }: HttpServerRequest.HttpServerRequest): boolean =>
  method !== "POST" || Number(headers["content-length"] ?? Number.NaN) <= MOST_BODY;

/** The routes behind the guard. Every answer has the security headers. */
const guarded = <R>(
  routes: Effect.Effect<HttpServerResponse.HttpServerResponse, unknown, R>,
  access: Access,
  language: Language,
  onGuess: ReturnType<typeof slowing>,
): Effect.Effect<HttpServerResponse.HttpServerResponse, never, R | HttpServerRequest.HttpServerRequest> =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest;
    const { method, url, headers } = request;
    const admission = admit(access, { method, url, headers, hosts: hostsOf(request) }, methodsOf(url));
    if (admission.kind === "refused" && admission.isGuess === true) yield* onGuess(request);
    if (admission.kind !== "admitted") return turnedAway(admission, request, language);
    if (url.startsWith("/api/") && !isShort(request))
      return failure(413, `send a body with a Content-Length of at most ${MOST_BODY} bytes`);
    return yield* routes;
  }).pipe(
    Effect.catch((error) =>
      HttpServerError.isHttpServerError(error) && error.reason._tag === "RouteNotFound"
        ? Effect.succeed(failure(404, "no such page"))
        : Effect.die(error),
    ),
    Effect.map((response) => HttpServerResponse.setHeaders(response, SECURITY_HEADERS)),
  );
