/**
 * The page and its JSON over HTTP (contract: paths under /api/, /healthz), to whom guard.ts admits. Live by
 * Server-Sent Events: an event `analyses` when something that the page shows has changed, a comment every 15 s
 * otherwise. Goes with its Scope: open streams are cut, the port is free again.
 */
import { isIPv6 } from "node:net";
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer";
import * as Effect from "effect/Effect";
import * as HttpRouter from "effect/http/HttpRouter";
import * as HttpServerError from "effect/http/HttpServerError";
import * as HttpServerRequest from "effect/http/HttpServerRequest";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import * as SubscriptionRef from "effect/SubscriptionRef";
import type { CatalogueStatus, SourceStatus } from "#shared/contract/status.ts";
import { isBusy } from "#shared/database/sqlite.ts";
import { scheduleOf } from "#shared/runtime/retry.ts";
import { type Language, Settings } from "#shared/runtime/settings.ts";
import {
  AnalysesAnswer,
  type ChangedEvent,
  ErrorAnswer,
  HealthAnswer,
  RejectsAnswer,
  SourcesAnswer,
} from "./api.ts";
import { limitedServer } from "./connections.ts";
import { languageFor, PAGE_FILES, type PageFile, readDocument, readPageFile } from "./files.ts";
import { type Access, type Admission, admit, mayServe, SECURITY_HEADERS } from "./guard.ts";
import { makeReads, type Reads, type Shown } from "./reads.ts";
import {
  answerRegistration,
  REGISTRATION_METHODS,
  REGISTRATIONS_PATH,
  type Registrar,
} from "./registrations.ts";
import { signInDocument } from "./sign-in.ts";

/** Another program listens on the port. */
export class PortTaken extends Schema.TaggedError<PortTaken>()("PortTaken", {
  port: Schema.Int,
  message: Schema.String,
}) {}

/** The page cannot be served on this host. */
export class HostRefused extends Schema.TaggedError<HostRefused>()("HostRefused", {
  host: Schema.String,
  message: Schema.String,
}) {}

export interface PageOptions {
  readonly host: string;
  /** Who may ask. */
  readonly access: Access;
  /** 0: any free one. */
  readonly port: number;
  /** A taken port is an error (PortTaken), or the next free one is looked for. */
  readonly whenTaken: "fail" | "next";
  /** The database to show; asked at every read. */
  readonly current: () => Shown;
  readonly sources: () => readonly SourceStatus[];
  /** Default: none. */
  readonly catalogues?: () => readonly CatalogueStatus[];
  /** Who registers what is named through HTTP; without it nothing is. */
  readonly registrar?: Registrar;
}

export interface Served {
  /** As a browser takes it: `http://127.0.0.1:8080/`. */
  readonly url: string;
  readonly port: number;
}

/** Ports tried after a taken one. */
const NEXT_PORTS = 50;
/** How often the database and the sources are looked at for a change: two reads by rowid. */
const LOOK_EVERY_MS = 200;
const HEARTBEAT_MS = 15_000;
/** After which a browser that lost the stream asks again. */
const RETRY_MS = 2_000;
const MAX_STREAMS = 100;
const DEFAULT_REJECTS = 50;

const NEEDS_TOKEN: Readonly<Record<Language, (host: string) => string>> = {
  fr: (host) =>
    `sur ${host}, d'autres machines atteignent la page : donnez-lui un jeton (VENTES_TOKEN ou VENTES_TOKEN_FILE), ou permettez à tous de la lire (VENTES_AUTH=none)`,
  en: (host) =>
    `on ${host} other machines reach the page: give it a token (set VENTES_TOKEN or VENTES_TOKEN_FILE), or let anyone read it (set VENTES_AUTH=none)`,
};

/** Fails where the page may not listen: known before anything else is waited for. */
export const assertMayServe = Effect.fnUntraced(function* ({
  host,
  access,
}: Pick<PageOptions, "host" | "access">): Effect.fn.Return<void, HostRefused, Settings> {
  const { language } = yield* Settings;
  if (!mayServe(host, access)) return yield* new HostRefused({ host, message: NEEDS_TOKEN[language](host) });
});

/** Listens, and answers until the Scope closes. */
export const servePage = Effect.fnUntraced(function* (
  options: PageOptions,
): Effect.fn.Return<Served, PortTaken | HostRefused, Scope.Scope | Settings> {
  yield* assertMayServe(options);
  const settings = yield* Settings;
  const reads = yield* Effect.acquireRelease(
    Effect.sync(() => makeReads(options.current)),
    (reads) => Effect.sync(() => reads.close()),
  );
  const followed = () => ({ sources: options.sources(), catalogues: options.catalogues?.() ?? [] });
  const changes = yield* watch(reads, followed);
  const { server, served } = yield* listen(options);
  const router = yield* HttpRouter.make;

  yield* router.add("GET", "/", (request) =>
    Effect.sync(() =>
      fileResponse(readDocument(languageFor(settings.language, request.headers["accept-language"]))),
    ),
  );
  for (const name of PAGE_FILES)
    if (name !== "index.html")
      yield* router.add(
        "GET",
        `/${name}`,
        Effect.sync(() => fileResponse(readPageFile(name))),
      );

  yield* router.add("GET", "/api/analyses", (request) =>
    answer(AnalysesAnswer, () => {
      const read = reads.analyses(numberIn(request.url, "limit") ?? -1);
      return read === undefined ? undefined : { ...read, currency: settings.currency };
    }),
  );
  yield* router.add("GET", "/api/rejects", (request) =>
    answer(RejectsAnswer, () =>
      reads.rejects(numberIn(request.url, "before"), numberIn(request.url, "limit") ?? DEFAULT_REJECTS),
    ),
  );
  yield* router.add(
    "GET",
    "/api/sources",
    answer(SourcesAnswer, () => ({
      now: new Date().toISOString(),
      demo: options.current().demo,
      ...followed(),
    })),
  );
  yield* router.add(
    "GET",
    "/healthz",
    answer(HealthAnswer, () => {
      const state = reads.state();
      return state === undefined ? undefined : { ok: true, commit: state.commit, newest: state.newest };
    }),
  );
  yield* router.add("GET", "/api/events", events(changes));

  for (const method of ["POST", "DELETE"] as const)
    yield* router.add(method, REGISTRATIONS_PATH, (request) =>
      answerRegistration(request, options.access, options.registrar, settings.language),
    );

  const routes = router.asHttpEffect();
  const app = Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest;
    const isRegistration = request.url.split("?", 1)[0] === REGISTRATIONS_PATH;
    const methods = isRegistration ? REGISTRATION_METHODS : undefined;
    const admission = admit(options.access, request, methods);
    return admission.kind === "admitted" ? yield* routes : turnedAway(admission, request, settings.language);
  }).pipe(
    Effect.catch((error) =>
      HttpServerError.isHttpServerError(error) && error.reason._tag === "RouteNotFound"
        ? Effect.succeed(failure(404, "no such page"))
        : Effect.die(error),
    ),
    Effect.map((response) => HttpServerResponse.setHeaders(response, SECURITY_HEADERS)),
  );
  yield* server.serve(app);
  return served;
});

const fileResponse = (file: PageFile, status = 200): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(file.text, { contentType: file.type, status });

const failure = (status: number, error: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(ErrorAnswer.make({ error }), { status });

/** A browser without the token is asked for it; a program is told. */
function turnedAway(
  admission: Exclude<Admission, { kind: "admitted" }>,
  { headers }: HttpServerRequest.HttpServerRequest,
  language: Language,
): HttpServerResponse.HttpServerResponse {
  if (admission.kind === "signedIn")
    return HttpServerResponse.empty({
      status: 303,
      headers: { location: admission.location, "set-cookie": admission.cookie },
    });
  const { status, error } = admission;
  if (status !== 401) return failure(status, error);
  const wantsPage = headers.accept?.includes("text/html") === true;
  const answer = wantsPage
    ? fileResponse(signInDocument(languageFor(language, headers["accept-language"])), status)
    : failure(status, error);
  return HttpServerResponse.setHeader(answer, "www-authenticate", 'Bearer realm="ventes"');
}

/** One answer: 503 while there is no database. Busy (a checkpoint, a recovery) is waited for. */
const answer = <S extends Schema.Codec<unknown, unknown>>(schema: S, read: () => S["Type"] | undefined) =>
  Effect.try({ try: read, catch: (error) => error }).pipe(
    Effect.retry({ schedule: scheduleOf("busy"), while: isBusy }),
    Effect.map((value) =>
      value === undefined
        ? failure(503, "no database yet")
        : HttpServerResponse.jsonUnsafe(Schema.encodeUnknownSync(schema)(value)),
    ),
    Effect.catch((error) =>
      Effect.succeed(failure(503, error instanceof Error ? error.message : String(error))),
    ),
  );

/** A whole number of the query, or undefined. */
function numberIn(url: string, name: string): number | undefined {
  const text = new URL(url, "http://localhost").searchParams.get(name);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** What has changed last; `revision` grows with each change. */
const watch = Effect.fnUntraced(function* (reads: Reads, followed: () => object) {
  const changes = yield* SubscriptionRef.make<ChangedEvent>({ commit: 0, revision: 0 });
  let last = "";
  let revision = 0;
  const look = Effect.suspend(() => {
    let state: ReturnType<Reads["state"]>;
    try {
      state = reads.state();
    } catch {
      // The next look, or the answer to the page's question, says what is wrong.
      return Effect.void;
    }
    const now = `${state?.mark} ${JSON.stringify(followed())}`;
    if (now === last) return Effect.void;
    last = now;
    return SubscriptionRef.set(changes, { commit: state?.commit ?? 0, revision: ++revision });
  });
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(look, Effect.sleep(LOOK_EVERY_MS))));
  return changes;
});

function events(changes: SubscriptionRef.SubscriptionRef<ChangedEvent>) {
  let streams = 0;
  return Effect.sync(() => {
    if (streams >= MAX_STREAMS) return failure(503, "too many open pages");
    const changed = SubscriptionRef.changes(changes).pipe(
      Stream.map((event) => `event: analyses\nid: ${event.revision}\ndata: ${JSON.stringify(event)}\n\n`),
    );
    const beats = Stream.tick(HEARTBEAT_MS).pipe(
      Stream.drop(1),
      Stream.map(() => ": en vie\n\n"),
    );
    const body = Stream.make(`retry: ${RETRY_MS}\n\n`).pipe(
      Stream.concat(Stream.merge(changed, beats)),
      Stream.onStart(Effect.sync(() => streams++)),
      Stream.ensuring(Effect.sync(() => streams--)),
      Stream.encodeText,
    );
    return HttpServerResponse.stream(body, { contentType: "text/event-stream" });
  });
}

/** Where this machine reaches what listens on all of its addresses. */
const ANY_ADDRESS: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

const listen = Effect.fnUntraced(function* ({ host, port, whenTaken }: PageOptions) {
  const last = whenTaken === "next" && port > 0 ? Math.min(port + NEXT_PORTS, 65_535) : port;
  for (let candidate = port; ; candidate++) {
    const node = limitedServer();
    const listening = yield* Effect.result(
      NodeHttpServer.make(() => node, { host, port: candidate, gracefulShutdownTimeout: 200 }),
    );
    if (listening._tag === "Success") {
      // Before the server waits for its connections: streams never end by themselves.
      yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()));
      const address = node.address();
      const real = typeof address === "object" && address !== null ? address.port : candidate;
      const reached = ANY_ADDRESS[host] ?? host;
      const shown = isIPv6(reached) ? `[${reached}]` : reached;
      return {
        server: listening.success,
        served: { url: `http://${shown}:${real}/`, port: real } satisfies Served,
      };
    }
    const { cause } = listening.failure;
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EACCES")
      return yield* new HostRefused({ host, message: `cannot listen on ${host}:${candidate} (${code})` });
    if (code !== "EADDRINUSE") return yield* Effect.die(cause);
    if (candidate >= last)
      return yield* new PortTaken({
        port: candidate,
        message: `port ${candidate} is taken by another program: choose another with --port`,
      });
  }
});
