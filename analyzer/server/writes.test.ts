/** What a browser may change through the API: with a session alone, in short requests of the page itself. */
import { it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import type * as Scope from "effect/Scope";
import { beforeEach, describe, expect } from "vitest";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { NotDone } from "./not-done.ts";
import type { PageOptions } from "./serve.ts";
import type { SourceActs } from "./source-admin.ts";
import { serveFrom } from "./testing/serve-page.ts";

const TOKEN = "a-token-of-this-test";

let asked: unknown[];
let told: [client: string, link: string][];
beforeEach(() => {
  asked = [];
  told = [];
});

const done = (name: string) => (request: object) => {
  asked.push([name, request]);
  return Effect.succeed({ source: "s", sentence: name, undo: false });
};
const acts: SourceActs = {
  inspect: () => Effect.fail(new NotDone({ status: 422, sentence: "no CSV" })),
  add: done("add"),
  rename: done("rename"),
  confirm: done("confirm"),
  revoke: done("revoke"),
  retry: done("retry"),
  withdrawal: () => Effect.succeed({ sources: ["s"], rows: null, currency: "EUR" }),
  remove: done("remove"),
  restore: done("restore"),
};

const serve = (options: Partial<PageOptions> = {}) =>
  serveFrom("/nonexistent", {
    admin: () => acts,
    onLinkUsed: (client, link) => {
      told.push([client, link]);
    },
    ...options,
  });

const HEADERS = { "x-ventes": "1", "content-type": "application/json" };

const ask = (
  url: string,
  body: unknown,
  { headers = {}, method = "POST" }: { headers?: Record<string, string>; method?: string } = {},
) =>
  Effect.promise(async () => {
    const response = await fetch(url, {
      method,
      headers: { ...HEADERS, ...headers },
      ...(method === "POST" ? { body: typeof body === "string" ? body : JSON.stringify(body) } : {}),
    });
    const cookie = response.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
    const { key = "", ...answer } = (await response.json()) as Record<string, unknown>;
    // What a browser with the session sends.
    const sent = { cookie, "x-ventes": String(key) };
    return { status: response.status, cookie, answer, sent };
  });

const secretOf = (link: string | undefined) => new URL(link ?? "").hash.replace("#write=", "");
const session = (url: string, link: string | undefined, headers: Record<string, string> = {}) =>
  ask(`${url}api/session`, { link: secretOf(link) }, { headers });

const live = (name: string, run: Effect.Effect<void, unknown, Settings | Scope.Scope>) =>
  it.live(name, () =>
    run.pipe(Effect.scoped, Effect.provide(Layer.succeed(Settings, embeddedSettings("/nonexistent")))),
  );

describe("changing something through the API", () => {
  live(
    "needs a session, which the link gives to one browser, and which ends",
    Effect.gen(function* () {
      const { url, link } = yield* serve();
      const retry = (headers: Record<string, string>) =>
        ask(`${url}api/sources/retry`, { source: "s" }, { headers });
      expect(yield* retry({})).toMatchObject({
        status: 403,
        answer: { error: expect.stringContaining("open the link") },
      });
      expect(yield* ask(`${url}api/session`, "", { method: "GET" })).toMatchObject({
        answer: { writes: false, offered: true },
      });

      const { status, cookie, sent } = yield* session(url, link);
      expect(status).toBe(200);
      // A cookie alone goes to every port of this machine.
      expect(yield* retry({ cookie })).toMatchObject({ status: 403 });
      expect(yield* session(url, link)).toMatchObject({ status: 403, cookie: "" });
      expect(yield* retry(sent)).toMatchObject({ status: 200, answer: { source: "s", sentence: "retry" } });
      expect(told).toEqual([["127.0.0.1", expect.stringMatching(/#write=[0-9a-f-]{36}$/)]]);
      // Another browser has the next link.
      expect(yield* session(url, told[0]?.[1])).toMatchObject({ status: 200 });

      expect(yield* ask(`${url}api/session`, "", { method: "DELETE", headers: sent })).toMatchObject({
        answer: { writes: false },
      });
      expect(yield* retry(sent)).toMatchObject({ status: 403 });
      expect(asked).toEqual([["retry", { source: "s" }]]);
    }),
  );

  live(
    "is not for those who may read only: everyone (VENTES_AUTH=none), or with the token",
    Effect.gen(function* () {
      const open = yield* serve({ access: { kind: "open" } });
      expect(yield* ask(`${open.url}api/sources/remove`, { source: "s", withdraw: true })).toMatchObject({
        status: 403,
      });
      const guarded = yield* serve({ access: { kind: "token", token: Redacted.make(TOKEN) } });
      expect(yield* session(guarded.url, guarded.link)).toMatchObject({ status: 401 });
      const authorization = `Bearer ${TOKEN}`;
      const remove = (headers: Record<string, string>) =>
        ask(`${guarded.url}api/sources/remove`, { source: "s", withdraw: true }, { headers });
      expect(yield* remove({ authorization })).toMatchObject({ status: 403 });
      const { sent } = yield* session(guarded.url, guarded.link, { authorization });
      expect(yield* remove(sent)).toMatchObject({ status: 401 });
      expect(asked).toEqual([]);
      expect(yield* remove({ authorization, ...sent })).toMatchObject({ status: 200 });
    }),
  );

  live(
    "comes from the page itself: no other site's request, and no form",
    Effect.gen(function* () {
      const { url, link } = yield* serve();
      const { sent } = yield* session(url, link);
      for (const headers of [
        { origin: "http://evil.example" },
        { origin: "http://127.0.0.1:1" },
        { "sec-fetch-site": "cross-site" },
        { "x-ventes": "" },
      ])
        expect(
          yield* ask(`${url}api/sources/retry`, { source: "s" }, { headers: { ...sent, ...headers } }),
        ).toMatchObject({ status: 403 });
      expect(yield* ask(`${url}api/sources/retry`, "", { method: "GET", headers: sent })).toMatchObject({
        status: 405,
      });
      expect(asked).toEqual([]);
    }),
  );

  live(
    "says what is wrong with a request, and what could not be done",
    Effect.gen(function* () {
      const { url, link } = yield* serve();
      const { sent } = yield* session(url, link);
      const cases = [
        ["remove", { source: "s" }, 400, /withdraw must be true or false/],
        ["remove", { source: "s", withdraw: true, shown: "x" }, 400, /shown must be a whole number/],
        ["remove", "{", 400, /the body must be a JSON object/],
        ["confirm", { source: "s", decisions: Array.from({ length: 65 }, () => "d") }, 400, /decisions/],
        ["retry", { source: "x".repeat(20_000) }, 413, /at most 16384 bytes/],
        ["retry", { source: "" }, 400, /source must be the id/],
        ["inspect", { url: "https://x.example/" }, 422, /^no CSV$/],
      ] as const;
      for (const [name, body, status, says] of cases)
        expect(yield* ask(`${url}api/sources/${name}`, body, { headers: sent })).toMatchObject({
          status,
          answer: { error: expect.stringMatching(says) },
        });
      expect(asked).toEqual([]);
    }),
  );

  live(
    "is not offered where nobody changes sources, and no secret opens a session",
    Effect.gen(function* () {
      const { url, link } = yield* serveFrom("/nonexistent");
      expect(link).toBeUndefined();
      expect(yield* ask(`${url}api/session`, "", { method: "GET" })).toMatchObject({
        answer: { writes: false, offered: false },
      });
      expect(yield* ask(`${url}api/session`, { link: "" })).toMatchObject({ status: 403 });
    }),
  );

  live(
    "makes the sixth wrong secret of a client wait, and tells of it",
    Effect.gen(function* () {
      const guessing: string[] = [];
      const { url } = yield* serve({ onGuessing: (client) => guessing.push(client) });
      for (let n = 0; n < 5; n++) yield* ask(`${url}api/session`, { link: `wrong ${n}` });
      expect(guessing).toEqual([]);
      const sixth = yield* Effect.raceFirst(
        Effect.as(ask(`${url}api/session`, { link: "wrong" }), "answered"),
        Effect.as(Effect.sleep(1_000), "waits"),
      );
      expect([sixth, guessing]).toEqual(["waits", ["127.0.0.1"]]);
    }),
  );
});
