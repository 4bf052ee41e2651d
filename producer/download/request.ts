/**
 * A GET that follows redirects itself and checks each hop (invariant 10). Only http and https are allowed. The origin
 * that an operator named may be private; other origins, and all addresses of a discovered source, must be public unless
 * private addresses are allowed. Credentials go to the registered origin only.
 */
import * as Redacted from "effect/Redacted";
import type { Dispatcher } from "undici";
import { credentialFor, shownCredential } from "#shared/runtime/credentials.ts";
import { masked } from "#shared/runtime/masked.ts";
import { elapsedMsOf, type PlainClock } from "#shared/runtime/time.ts";
import type { Trusted } from "../source/index.ts";
import { SourceRefusal } from "../source/index.ts";
import { assertPublicHost, hostOf, isLoopbackHost } from "./addresses.ts";
import type { HttpClient } from "./connections.ts";
import { Retryable } from "./failures.ts";
import type { Limits } from "./limits.ts";

export interface RequestOptions {
  readonly client: HttpClient;
  readonly source: string;
  readonly trusted: Trusted;
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
  readonly clock: PlainClock;
}

export interface Answer {
  readonly status: number;
  /** The URL of the answer after redirects. */
  readonly url: string;
  readonly header: (name: string) => string | undefined;
  readonly body: Dispatcher.ResponseData["body"];
  /** The credential that was sent to the answering server, in the form that may be shown. */
  readonly credential: string | undefined;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Headers of every request. Callers that can use compression add accept-encoding. */
const COMMON = { accept: "text/csv, text/plain;q=0.9, */*;q=0.5", "user-agent": "ventes" };

/** undici waits `headersMs` again after each interim answer (102 Processing), and a server may send them for ever. */
function withinTime({ headersMs, interim }: Limits, signal: AbortSignal, clock: PlainClock) {
  const began = elapsedMsOf(clock);
  const endless = new AbortController();
  let seen = 0;
  return {
    signal: AbortSignal.any([signal, endless.signal]),
    onInfo: () => {
      if (++seen > interim || elapsedMsOf(clock) - began > headersMs)
        endless.abort(new Retryable(new SourceRefusal("source.unreachable", `${seen} × 1xx`)));
    },
  };
}

export async function get(
  { client, source, trusted, allowPrivate, signal, clock }: RequestOptions,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  let url = new URL(source);
  const { origin } = url;
  if (url.username !== "" || url.password !== "") throw new SourceRefusal("source.credentials_in_url");
  for (let hop = 0; ; hop++) {
    const registered = url.origin === origin;
    const publicOnly = !allowPrivate && !(registered && trusted === "operator");
    const host = hostOf(url);
    const direct = isLoopbackHost(host);
    if (publicOnly) await assertPublicHost(host, client.mayProxy(url), client.resolve);
    const credential = registered ? credentialFor(client.credentials, url) : undefined;
    const {
      statusCode,
      headers: answered,
      body,
    } = await client.request(url, publicOnly ? "public" : direct ? "direct" : "any", {
      ...withinTime(client.limits, signal, clock),
      headers: {
        ...COMMON,
        ...headers,
        ...(credential === undefined ? {} : { [credential.header]: Redacted.value(credential.value) }),
      },
    });
    const header = (name: string): string | undefined => {
      const value = answered[name];
      return Array.isArray(value) ? value[0] : value;
    };
    if (!REDIRECTS.has(statusCode))
      return {
        status: statusCode,
        url: url.href,
        header,
        body,
        credential: credential && shownCredential(credential),
      };

    // Not read: a server could send the body of a redirect for days.
    body.on("error", () => {}).destroy();
    const location = header("location");
    if (location === undefined || !URL.canParse(location, url.href))
      throw new SourceRefusal("source.http_status", `${statusCode} without a location`);
    if (hop >= client.limits.redirects)
      throw new SourceRefusal("source.redirects", String(client.limits.redirects));
    const next = new URL(location, url.href);
    if (next.protocol !== "http:" && next.protocol !== "https:")
      throw new SourceRefusal("source.not_allowed", masked(next.protocol));
    // What was asked for by https must not be read and changed on its way.
    if (url.protocol === "https:" && next.protocol === "http:")
      throw new SourceRefusal("source.insecure_redirect", next.href);
    // A redirect must not make us send a credential that another server chose.
    next.username = "";
    next.password = "";
    next.hash = "";
    url = next;
  }
}
