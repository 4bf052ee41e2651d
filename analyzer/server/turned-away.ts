/**
 * The answer to a request that the guard did not admit: a browser that lacks the token gets a form to give it, a
 * program gets the error as JSON, and a browser that has just given the token gets its cookie.
 */
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import type { Language } from "#shared/runtime/settings.ts";
import { languageFor } from "./files.ts";
import type { Admission, Asked } from "./guard.ts";
import { failure, fileResponse } from "./responses.ts";
import { signInDocument } from "./sign-in.ts";

export function turnedAway(
  admission: Exclude<Admission, { kind: "admitted" }>,
  { headers }: Asked,
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
