/** The answers of the part of the API that changes something (analyzer/api/writes.ts). */
import * as Effect from "effect/Effect";
import * as HttpServerRequest from "effect/http/HttpServerRequest";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder";
import * as Layer from "effect/Layer";
import { calledAs, command } from "#shared/runtime/command.ts";
import type { Language } from "#shared/runtime/settings.ts";
import { elapsedMs } from "#shared/runtime/time.ts";
import { Api } from "../api/api.ts";
import { ForWriters, type Session } from "../api/writes.ts";
import { Reading } from "../reading/reading.ts";
import type { AnalysisAdmin } from "./analysis-admin.ts";
import { failed, languageOf, type ServerParts } from "./answered.ts";
import { WRITES_HEADER } from "./guard.ts";
import type { NotDone } from "./not-done.ts";
import type { QueryGate } from "./queries.ts";
import { failure } from "./responses.ts";
import type { SourceAdmin } from "./source-admin.ts";
import type { Writers } from "./writers.ts";

export interface WriteParts extends ServerParts {
  /** undefined: the server changes nothing. */
  readonly admin: SourceAdmin | undefined;
  /** undefined: the server keeps no analyses. */
  readonly analysisAdmin: AnalysisAdmin | undefined;
  readonly writers: Writers;
  /** Called when a request gave a wrong secret; its answer waits for it. */
  readonly onWrongLink: (request: HttpServerRequest.HttpServerRequest) => Effect.Effect<void>;
  /** Called when a client has used the link: from now on another link is valid. */
  readonly onLinkUsed: (request: HttpServerRequest.HttpServerRequest) => void;
}

const SENTENCES = {
  noSession: {
    fr: () =>
      `ce navigateur ne peut rien changer : ouvrez le lien que ventes a affiché à son démarrage, ou utilisez la ligne de commande : ${command("sources --help")}`,
    en: () =>
      `this browser may change nothing: open the link that ventes printed when it started, or use the command line: ${command("sources --help")}`,
  },
  usedLink: {
    fr: () => "ce lien ne sert qu'une fois : ouvrez le dernier que ventes a affiché",
    en: () => "this link works once: open the last one that ventes printed",
  },
  notHere: {
    fr: () => `ce serveur ne change pas les sources : ${command("sources --help")}`,
    en: () => `this server does not change sources: use ${command("sources --help")}`,
  },
  keepsNone: {
    fr: () => `ce serveur n'enregistre pas d'analyses : ${command("query --help")}`,
    en: () => `this server keeps no analyses: use ${command("query --help")}`,
  },
} as const satisfies Record<string, Readonly<Record<Language, () => string>>>;

type Request = HttpServerRequest.HttpServerRequest;

const mayWrite = ({ writers }: WriteParts, { headers }: Request): Effect.Effect<boolean> =>
  Effect.map(elapsedMs, (now) => writers.isWriter(headers.cookie, headers[WRITES_HEADER], now));

export const sessionOf = (parts: WriteParts) => {
  const { admin, writers } = parts;
  const answer = (writes: boolean): Session => ({
    writes,
    offered: admin !== undefined,
    program: calledAs(process),
  });
  const withCookie = (body: Session, cookie: string) =>
    HttpServerResponse.jsonUnsafe(body, { headers: { "set-cookie": cookie } });
  return HttpApiBuilder.group(Api, "session", (handlers) =>
    handlers.handleAll({
      session: ({ request }) => Effect.map(mayWrite(parts, request), answer),
      open: ({ payload, request }) =>
        Effect.gen(function* () {
          const isSecure = request.headers["x-forwarded-proto"] === "https";
          const opened =
            admin === undefined ? undefined : writers.open(payload.link, yield* elapsedMs, isSecure);
          if (opened !== undefined) {
            parts.onLinkUsed(request);
            return withCookie({ ...answer(true), key: opened.key }, opened.cookie);
          }
          yield* parts.onWrongLink(request);
          return failure(403, SENTENCES.usedLink[languageOf(request, parts)]());
        }),
      close: ({ request }) =>
        Effect.sync(() => withCookie(answer(false), writers.close(request.headers.cookie))),
    }),
  );
};

/** Lets requests with a session through, and no other. */
export const forWriters = (parts: WriteParts) =>
  Layer.succeed(ForWriters, (handled) =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest;
      if (yield* mayWrite(parts, request)) return yield* handled;
      return failure(403, SENTENCES.noSession[languageOf(request, parts)]());
    }),
  );

/**
 * The answer to an act of a browser: what the act gives, or why it cannot be done. Status 404 with the sentence `none` where
 * the server was given no such acts.
 */
const acting =
  <Acts>(
    parts: WriteParts,
    admin: ((language: Language) => Acts) | undefined,
    none: "notHere" | "keepsNone",
  ) =>
  <A>(request: Request, lang: Language | undefined, act: (acts: Acts) => Effect.Effect<A, NotDone>) => {
    const language = languageOf(request, parts, lang);
    if (admin === undefined) return Effect.succeed(failure(404, SENTENCES[none][language]()));
    return act(admin(language)).pipe(
      Effect.catch(({ status, sentence }) => Effect.succeed(failure(status, sentence))),
    );
  };

export const sourcesOf = (parts: WriteParts) => {
  const by = acting(parts, parts.admin, "notHere");
  return HttpApiBuilder.group(Api, "sources", (handlers) =>
    handlers.handleAll({
      inspect: ({ payload, query, request }) => by(request, query.lang, (acts) => acts.inspect(payload)),
      add: ({ payload, query, request }) => by(request, query.lang, (acts) => acts.add(payload)),
      rename: ({ payload, query, request }) => by(request, query.lang, (acts) => acts.rename(payload)),
      confirm: ({ payload, query, request }) => by(request, query.lang, (acts) => acts.confirm(payload)),
      revoke: ({ payload, query, request }) => by(request, query.lang, (acts) => acts.revoke(payload)),
      retry: ({ payload, query, request }) => by(request, query.lang, (acts) => acts.retry(payload)),
      withdrawal: ({ payload, query, request }) =>
        by(request, query.lang, (acts) => acts.withdrawal(payload)),
      remove: ({ payload, query, request }) => by(request, query.lang, (acts) => acts.remove(payload)),
      restore: ({ payload, query, request }) => by(request, query.lang, (acts) => acts.restore(payload)),
    }),
  );
};

export const ownAnalysesOf = (parts: WriteParts, gate: QueryGate) => {
  const by = acting(parts, parts.analysisAdmin, "keepsNone");
  return HttpApiBuilder.group(Api, "ownAnalyses", (handlers) =>
    Effect.gen(function* () {
      const reading = yield* Reading;
      return handlers.handleAll({
        save: ({ payload, query, request }) => {
          const language = languageOf(request, parts, query.lang);
          // A query that the page may not answer, or that has no answer, is no analysis for the page either.
          const kept = reading.query({ sql: payload.sql, limit: 1 }).pipe(
            Effect.matchEffect({
              onFailure: (error) => Effect.succeed(failed(error, language)),
              onSuccess: () => by(request, query.lang, (acts) => acts.save(payload)),
            }),
          );
          return gate(request, language, kept);
        },
        discard: ({ payload, query, request }) => by(request, query.lang, (acts) => acts.discard(payload)),
        restore: ({ payload, query, request }) => by(request, query.lang, (acts) => acts.restore(payload)),
      });
    }),
  );
};
