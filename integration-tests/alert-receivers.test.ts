/** Messages as receivers of ntfy's and Slack's shape get them over HTTP, and a real SMTP server. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { json, text } from "node:stream/consumers";
import { it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import { SMTPServer } from "smtp-server";
import { describe, expect } from "vitest";
import { parseCredentials } from "#shared/runtime/credentials.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { parseDestination } from "../notify/destination.ts";
import { type Message, makeSend } from "../notify/send.ts";
import { SELF_SIGNED } from "../producer/testing/certificate.ts";

const message: Message = {
  title: "ventes: file cannot be read (v.csv)",
  text: "● <!channel> & others",
  isProblem: true,
  at: "2026-11-27T10:00:00.000Z",
  changes: [],
};

const sending = (url: string, more: Parameters<typeof embeddedSettings>[1] = {}) =>
  Effect.scoped(Effect.flatMap(makeSend, (send) => send(parseDestination(url), message))).pipe(
    Effect.provideService(Settings, embeddedSettings("/nonexistent", more)),
  );

interface Received {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** A receiver that answers with a status, and what it received. */
const receiver = (status: number) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const received: Received[] = [];
      const server = createServer(async (request: IncomingMessage, response) => {
        const body: unknown = await json(request);
        received.push({ path: request.url, authorization: request.headers.authorization, body });
        response.writeHead(status, { location: "/elsewhere", connection: "close" }).end("secret-of-answer");
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return { received, server, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
    }),
    ({ server }) => Effect.promise(() => new Promise((resolve) => server.close(resolve))),
  );

describe("a receiver", () => {
  it.effect("of ntfy's shape gets its JSON at the root", () =>
    Effect.gen(function* () {
      const { received, host } = yield* receiver(200);
      yield* sending(`ntfy+http://:tk@${host}/base/my-topic`);
      expect(received).toEqual([
        {
          path: "/base/",
          authorization: `Basic ${Buffer.from(":tk").toString("base64")}`,
          body: {
            topic: "my-topic",
            title: message.title,
            message: message.text,
            priority: 4,
            tags: ["warning"],
          },
        },
      ]);
    }).pipe(Effect.scoped),
  );

  it.effect("of Slack's shape gets a text without mentions", () =>
    Effect.gen(function* () {
      const { received, host } = yield* receiver(200);
      yield* sending(`slack+http://${host}/services/x`);
      expect(received[0]?.body).toEqual({ text: `*${message.title}*\n● &lt;!channel&gt; &amp; others` });
    }).pipe(Effect.scoped),
  );

  it.effect("of JSON gets the changes, with the credentials of its address", () =>
    Effect.gen(function* () {
      const { received, host } = yield* receiver(204);
      const credentials = parseCredentials(`http://${host}/hook bearer abc`);
      yield* sending(`http://${host}/hook?a=1`, { credentials });
      const { isProblem: _, ...body } = message;
      expect(received).toEqual([
        { path: "/hook?a=1", authorization: "Bearer abc", body: { from: "ventes", ...body } },
      ]);
    }).pipe(Effect.scoped),
  );

  it.effect.each([
    [302, true],
    [404, true],
    [429, false],
    [503, false],
  ] as const)("that answers %i: is another try hopeless? %s", ([status, hopeless]) =>
    Effect.gen(function* () {
      const { received, host } = yield* receiver(status);
      const error = yield* Effect.flip(sending(`http://${host}/secret-of-path`));
      expect(error).toMatchObject({ reason: `HTTP ${status}`, hopeless });
      // A redirect is not followed.
      expect(received).toHaveLength(1);
    }).pipe(Effect.scoped),
  );

  it.effect("whose answer has no end has taken the message", () =>
    Effect.gen(function* () {
      const server = yield* Effect.acquireRelease(
        Effect.promise(async () => {
          const server = createServer((request, response) => {
            request.resume();
            response.writeHead(200).write("taken, but");
          });
          await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
          return server;
        }),
        (server) =>
          Effect.promise(() => {
            server.closeAllConnections();
            return new Promise((resolve) => server.close(resolve));
          }),
      );
      yield* sending(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
    }).pipe(Effect.scoped),
  );

  it.effect("that is not there can be tried again", () =>
    Effect.map(Effect.flip(sending("http://127.0.0.1:1/secret-of-path")), (error) =>
      expect(error).toMatchObject({ reason: "ECONNREFUSED", hopeless: false }),
    ),
  );
});

/** An SMTP server with STARTTLS that knows one user, and the mails that it took. `tls`: whether it offers STARTTLS. */
const smtp = (tls: boolean) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const mails: { readonly to: readonly string[]; readonly text: string }[] = [];
      const server = new SMTPServer({
        ...SELF_SIGNED,
        authOptional: true,
        allowInsecureAuth: true,
        disabledCommands: tls ? [] : ["STARTTLS"],
        disableReverseLookup: true,
        onAuth: ({ username, password }, _session, done) =>
          username === "shop@example.org" && password === "p@ss"
            ? done(null, { user: username })
            : done(Object.assign(new Error("wrong"), { responseCode: password === "later" ? 454 : 535 })),
        onRcptTo: ({ address }, _session, done) =>
          address === "gone@example.org" ? done(new Error("unknown")) : done(),
        onData: async (stream, { envelope }, done) => {
          mails.push({
            to: envelope.rcptTo.map(({ address }) => address),
            text: await text(stream),
          });
          done();
        },
      });
      // A client that hangs up is no error of the test.
      server.on("error", () => {});
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return { mails, server, host: `localhost:${(server.server.address() as AddressInfo).port}` };
    }),
    ({ server }) => Effect.promise(() => new Promise<void>((resolve) => server.close(resolve))),
  );

describe("an SMTP server", () => {
  const ca = SELF_SIGNED.cert;

  it.effect("gets a mail over TLS, to each recipient", () =>
    Effect.gen(function* () {
      const { mails, host } = yield* smtp(true);
      yield* sending(`smtp://shop%40example.org:p%40ss@${host}/?to=a@example.org,b@example.org`, { ca });
      expect(mails).toHaveLength(1);
      expect(mails[0]?.to).toEqual(["a@example.org", "b@example.org"]);
      expect(mails[0]?.text).toContain("Subject: ventes: file cannot be read (v.csv)");
      expect(mails[0]?.text).toContain("Auto-Submitted: auto-generated");
    }).pipe(Effect.scoped),
  );

  it.effect("that refuses the password makes another try hopeless", () =>
    Effect.gen(function* () {
      const { mails, host } = yield* smtp(true);
      const error = yield* Effect.flip(
        sending(`smtp://shop%40example.org:secret@${host}/?to=a@example.org`, { ca }),
      );
      expect(error).toMatchObject({ reason: "EAUTH 535", hopeless: true });
      expect(mails).toEqual([]);
    }).pipe(Effect.scoped),
  );

  it.effect("that cannot check the password now can be tried again", () =>
    Effect.gen(function* () {
      const { host } = yield* smtp(true);
      const error = yield* Effect.flip(
        sending(`smtp://shop%40example.org:later@${host}/?to=a@example.org`, { ca }),
      );
      expect(error).toMatchObject({ reason: "EAUTH 454", hopeless: false });
    }).pipe(Effect.scoped),
  );

  it.effect("that refuses one of the recipients is said, and the others do not get it again", () =>
    Effect.gen(function* () {
      const { mails, host } = yield* smtp(true);
      const error = yield* Effect.flip(
        sending(`smtp://shop%40example.org:p%40ss@${host}/?to=a@example.org,gone@example.org`, { ca }),
      );
      expect(error).toMatchObject({ reason: "1 of 2 addresses refused", hopeless: true });
      expect(mails.map(({ to }) => to)).toEqual([["a@example.org"]]);
    }).pipe(Effect.scoped),
  );

  it.effect("without TLS gets no password", () =>
    Effect.gen(function* () {
      const { mails, host } = yield* smtp(false);
      const error = yield* Effect.flip(
        sending(`smtp://shop%40example.org:p%40ss@${host}/?to=a@example.org`, { ca }),
      );
      expect(error.reason).toMatch(/^(?:ETLS|ECONNECTION|EPROTOCOL)/);
      expect(mails).toEqual([]);
    }).pipe(Effect.scoped),
  );

  it.effect("of another authority gets nothing", () =>
    Effect.gen(function* () {
      const { mails, host } = yield* smtp(true);
      const error = yield* Effect.flip(sending(`smtp://shop%40example.org:p%40ss@${host}/?to=a@example.org`));
      expect(error.hopeless).toBe(false);
      expect(mails).toEqual([]);
    }).pipe(Effect.scoped),
  );
});
