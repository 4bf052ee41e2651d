/**
 * The answer to a request that the guard did not admit: a browser without the token gets a form for it, a program gets
 * the error as JSON, and a browser that has just sent the token gets its cookie.
 */
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import type { Language } from "#shared/runtime/settings.ts";
import { languageFor } from "./files.ts";
import type { Admission, PageRequest } from "./guard.ts";
import { failure, fileResponse } from "./responses.ts";
import { signInDocument } from "./sign-in.ts";

export function turnedAway(
  admission: Exclude<Admission, { kind: "admitted" }>,
  { headers }: PageRequest,
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
