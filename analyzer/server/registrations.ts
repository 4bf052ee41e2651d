/**
 * POST /sources and DELETE /sources?url=: programs register and remove sources. Both need the token, on loopback as
 * well, because every program of this machine reaches the port. The body is short JSON with the content type of JSON,
 * which a form of another web site cannot send; no answer has a CORS header. The Registrar, which the caller of the
 * server gives, does the registration.
 */
import * as ByteSize from "effect/ByteSize";
import * as Effect from "effect/Effect";
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage";
import type * as HttpServerRequest from "effect/http/HttpServerRequest";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import { command } from "#shared/runtime/command.ts";
import type { Language } from "#shared/runtime/settings.ts";
import { ErrorAnswer, type SourceAnswer, SourceRequest } from "./api.ts";
import type { Access } from "./guard.ts";

/** Registers and removes sources. It never fails: an answer with an error status says what is wrong. */
export interface Registrar {
  readonly register: (request: SourceRequest) => Effect.Effect<RegistrarAnswer>;
  readonly remove: (url: string) => Effect.Effect<RegistrarAnswer>;
}

export type RegistrarAnswer =
  | { readonly status: 200 | 201; readonly body: SourceAnswer }
  | { readonly status: 403 | 404 | 422 | 500 | 503; readonly body: { readonly error: string } };

export const REGISTRATIONS_PATH = "/sources";
export const REGISTRATION_METHODS: readonly string[] = ["POST", "DELETE"];

const MAX_BODY_BYTES = 16 * 1024;
/** How many registrations run at once: each may download a file. */
export const AT_ONCE = 2;

const SENTENCES = {
  needsToken: {
    fr: "l'enregistrement par HTTP exige un jeton : définissez VENTES_TOKEN ou VENTES_TOKEN_FILE, puis relancez ventes",
    en: "registering through HTTP needs a token: set VENTES_TOKEN or VENTES_TOKEN_FILE, then start ventes again",
  },
  notHere: {
    fr: `ce serveur n'enregistre pas de sources : ${command("sources add URL")}`,
    en: `this server does not register sources: use ${command("sources add URL")}`,
  },
  notJson: {
    fr: "le corps doit être du JSON : envoyez-le avec l'en-tête content-type: application/json",
    en: "the body must be JSON: send it with the header content-type: application/json",
  },
  tooLarge: {
    fr: `le corps dépasse ${MAX_BODY_BYTES} octets : envoyez-en un plus court`,
    en: `the body is larger than ${MAX_BODY_BYTES} bytes: send a shorter one`,
  },
  malformed: {
    fr: 'le corps doit être {"url": "https://...", "entity": "ventes", "options": {}} ; entity et options sont facultatifs',
    en: 'the body must be {"url": "https://...", "entity": "ventes", "options": {}}; entity and options are optional',
  },
  noUrl: {
    fr: "l'URL de la source manque : DELETE /sources?url=...",
    en: "the URL of the source is missing: DELETE /sources?url=...",
  },
} as const satisfies Record<string, Readonly<Record<Language, string>>>;

const decodeRequest = Schema.decodeUnknownOption(Schema.fromJsonString(SourceRequest), {
  onExcessProperty: "error",
});

const respond = (status: number, body: object): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(body, { status });

/** The answer to a request that the guard admitted. */
export const answerRegistration = Effect.fnUntraced(function* (
  request: HttpServerRequest.HttpServerRequest,
  access: Access,
  registrar: Registrar | undefined,
  language: Language,
): Effect.fn.Return<HttpServerResponse.HttpServerResponse> {
  const refuse = (status: number, why: keyof typeof SENTENCES) =>
    respond(status, ErrorAnswer.make({ error: SENTENCES[why][language] }));
  if (access.kind !== "token") return refuse(403, "needsToken");
  if (registrar === undefined) return refuse(404, "notHere");
  if (request.method === "DELETE") {
    const url = new URL(request.url, "http://localhost").searchParams.get("url");
    if (url === null || url === "") return refuse(400, "noUrl");
    const { status, body } = yield* registrar.remove(url);
    return respond(status, body);
  }
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") return refuse(415, "notJson");
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return refuse(413, "tooLarge");
  const text = yield* request.text.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(MAX_BODY_BYTES)),
    Effect.option,
  );
  if (Option.isNone(text)) return refuse(413, "tooLarge");
  const decoded = decodeRequest(text.value);
  if (Option.isNone(decoded)) return refuse(400, "malformed");
  const { status, body } = yield* registrar.register(decoded.value);
  return respond(status, body);
});
