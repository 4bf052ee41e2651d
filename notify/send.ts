/** Sends one message to one destination: a POST by undici, or an e-mail by nodemailer. */
import { getCACertificates } from "node:tls";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import { createTransport } from "nodemailer";
import { EnvHttpProxyAgent, request } from "undici";
import { credentialFor } from "#shared/runtime/credentials.ts";
import { Settings } from "#shared/runtime/settings.ts";
import { type Destination, type Mailbox, topicOf, type Webhook } from "./destination.ts";
import type { Change } from "./memory.ts";

export interface Message {
  readonly title: string;
  readonly text: string;
  readonly isProblem: boolean;
  /** ISO 8601. */
  readonly at: string;
  readonly changes: readonly Change[];
}

/** The destination did not take the message. The reason quotes neither the destination's URL nor its answer. */
export class NotSent extends Schema.TaggedError<NotSent>()("NotSent", {
  reason: Schema.String,
  /** Another try makes no sense: the address or the message is wrong. */
  hopeless: Schema.Boolean,
}) {}

export type Send = (destination: Destination, message: Message) => Effect.Effect<void, NotSent>;

const CONNECT_MS = 10_000;
const LONGEST_MS = 30_000;

/** Sends with the proxies, credentials and authorities of the settings. Its connections close with the scope. */
export const makeSend: Effect.Effect<Send, never, Settings | Scope.Scope> = Effect.gen(function* () {
  const { proxies, credentials, ca: own } = yield* Settings;
  const trusted = own === null ? {} : { ca: [...getCACertificates("default"), own] };
  const proxy = (url: Redacted.Redacted | null): string => (url === null ? "" : Redacted.value(url));
  const dispatcher = yield* Effect.acquireRelease(
    Effect.sync(
      () =>
        new EnvHttpProxyAgent({
          httpProxy: proxy(proxies.http),
          httpsProxy: proxy(proxies.https),
          noProxy: proxies.none,
          connect: { ...trusted, timeout: CONNECT_MS },
          requestTls: trusted,
          proxyTls: trusted,
        }),
    ),
    (agent) => Effect.promise(() => agent.destroy()),
  );

  const post = async (webhook: Webhook, message: Message, signal: AbortSignal): Promise<void> => {
    const url = new URL(Redacted.value(webhook.url));
    const credential = credentialFor(credentials, url);
    const { authorization } = webhook;
    const { target, body } = requestOf(webhook, url, message);
    // A redirect is not followed: it would give the secret in the path to another host.
    const { statusCode, body: answer } = await request(target, {
      dispatcher,
      signal,
      method: "POST",
      headers: {
        "content-type": "application/json; charset=utf-8",
        ...(credential === undefined ? {} : { [credential.header]: Redacted.value(credential.value) }),
        ...(authorization === null ? {} : { authorization: Redacted.value(authorization) }),
      },
      body: JSON.stringify(body),
    });
    // The status alone tells. To wait for an answer that never ends would be a timeout, and the message would be sent again.
    answer.on("error", () => {}).destroy();
    if (statusCode >= 200 && statusCode < 300) return;
    const again = statusCode >= 500 || [408, 425, 429].includes(statusCode);
    throw new NotSent({ reason: `HTTP ${statusCode}`, hopeless: !again });
  };

  return (destination, message) =>
    Effect.tryPromise({
      try: (signal) =>
        destination.kind === "mail"
          ? mail(destination, message, trusted, signal)
          : post(destination, message, signal),
      catch: notSent,
    }).pipe(
      Effect.timeoutOrElse({
        duration: LONGEST_MS,
        orElse: () =>
          Effect.fail(new NotSent({ reason: `no answer within ${LONGEST_MS / 1_000} s`, hopeless: false })),
      }),
    );
});

async function mail(
  mailbox: Mailbox,
  { title, text }: Message,
  trusted: { readonly ca?: string[] },
  signal: AbortSignal,
): Promise<void> {
  const { host, port, secure, auth, from, to } = mailbox;
  const transport = createTransport({
    host,
    port,
    secure,
    // A password never goes over a connection that others can read.
    requireTLS: auth !== null,
    ...(auth === null ? {} : { auth: { user: auth.user, pass: Redacted.value(auth.password) } }),
    tls: trusted,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: LONGEST_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  signal.addEventListener("abort", () => transport.close());
  try {
    const { rejected } = await transport.sendMail({
      from,
      to: [...to],
      subject: title,
      text: `${text}\n`,
      headers: { "Auto-Submitted": "auto-generated" },
    });
    // Another try would send the mail again to the addresses that took it.
    if (rejected.length > 0)
      throw new NotSent({ reason: `${rejected.length} of ${to.length} addresses refused`, hopeless: true });
  } finally {
    transport.close();
  }
}

/** https://docs.ntfy.sh/publish/#publish-as-json and https://api.slack.com/messaging/webhooks; else our own form. */
function requestOf(
  { kind }: Webhook,
  url: URL,
  { title, text, isProblem, at, changes }: Message,
): { readonly target: URL; readonly body: object } {
  switch (kind) {
    case "ntfy":
      return {
        target: new URL(url.pathname.replace(/[^/]*$/, "") + url.search, url),
        body: {
          topic: topicOf(url),
          title,
          message: text,
          priority: isProblem ? 4 : 3,
          tags: [isProblem ? "warning" : "white_check_mark"],
        },
      };
    case "slack":
      return { target: url, body: { text: `*${forSlack(title)}*\n${forSlack(text)}` } };
    case "json":
      return { target: url, body: { from: "ventes", title, text, at, changes } };
  }
}

/** Escapes what Slack would read as a mention or a link. */
const forSlack = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The text of an answer may hold what was sent, so only codes are kept. */
function notSent(error: unknown): NotSent {
  if (error instanceof NotSent) return error;
  const { code, responseCode, cause } = error as {
    readonly code?: unknown;
    readonly responseCode?: unknown;
    readonly cause?: { readonly code?: unknown };
  };
  const said = [code ?? cause?.code ?? "failed", responseCode].filter((one) => one !== undefined);
  const hopeless = typeof responseCode === "number" ? responseCode >= 500 : code === "EAUTH";
  return new NotSent({ reason: said.join(" "), hopeless });
}
