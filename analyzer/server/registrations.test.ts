/** POST and DELETE /sources: who may, and what a request must be. The registering itself is the composer's. */

import { it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import type * as Scope from "effect/Scope";
import { beforeEach, describe, expect } from "vitest";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import type { Registrar } from "./registrations.ts";
import type { PageOptions } from "./serve.ts";
import { serveFrom } from "./testing/serve-page.ts";

const TOKEN = "a-token-of-this-test";

let asked: unknown[];
beforeEach(() => {
  asked = [];
});
const registrar: Registrar = {
  register: (request) => {
    asked.push(request);
    return Effect.succeed({
      status: 201,
      body: { source: request.url, entities: ["ventes"], sentence: "s" },
    });
  },
  remove: (url) => {
    asked.push(url);
    return Effect.succeed({ status: 404, body: { error: "none" } });
  },
};

const serve = (options: Partial<PageOptions> = {}) =>
  serveFrom("/nonexistent", {
    access: { kind: "token", token: Redacted.make(TOKEN) },
    registrar,
    ...options,
  });

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | ReadableStream<Uint8Array>;
}

const JSON_TYPE = { "content-type": "application/json" };
const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };
const BODY = '{"url":"https://x.example/v.csv"}';

const ask = (
  url: string,
  { method = "POST", path = "sources", headers = { ...AUTHORIZED, ...JSON_TYPE }, body = BODY }: Asked,
) =>
  Effect.promise(async () => {
    const response = await fetch(url + path, {
      method,
      headers,
      ...(method === "POST" ? { body, duplex: "half" } : {}),
    } as RequestInit);
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  });

const live = (name: string, run: Effect.Effect<void, unknown, Settings | Scope.Scope>) =>
  it.live(name, () =>
    run.pipe(Effect.scoped, Effect.provide(Layer.succeed(Settings, embeddedSettings("/nonexistent")))),
  );

describe("registering through HTTP", () => {
  live(
    "answers what the registrar does, under the headers of every answer and none for other sites",
    Effect.gen(function* () {
      const { url } = yield* serve();
      const body = '{"url":"https://x.example/v.csv","entity":"ventes","options":{"once":true}}';
      const created = yield* ask(url, { body });
      expect(created).toMatchObject({
        status: 201,
        body: { source: "https://x.example/v.csv", sentence: "s" },
      });
      expect(created.headers.get("access-control-allow-origin")).toBeNull();
      expect(created.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(
        yield* ask(url, { method: "DELETE", path: "sources?url=https%3A%2F%2Fx%2Fa%3Fb%3D1" }),
      ).toMatchObject({
        status: 404,
        body: { error: "none" },
      });
      expect(asked).toEqual([JSON.parse(body), "https://x/a?b=1"]);
    }),
  );

  live(
    "needs the token, on loopback as well, and from this page or a program only",
    Effect.gen(function* () {
      const { url } = yield* serve();
      const statuses = yield* Effect.forEach(
        [
          {},
          { authorization: "Bearer wrong" },
          { ...AUTHORIZED, origin: "https://evil.example" },
          { ...AUTHORIZED, origin: "null" },
        ],
        (headers) => Effect.map(ask(url, { headers: { ...JSON_TYPE, ...headers } }), ({ status }) => status),
      );
      expect(statuses).toEqual([401, 401, 403, 403]);
      for (const kind of ["local", "open"] as const) {
        const other = yield* serve({ access: { kind } });
        for (const method of ["POST", "DELETE"])
          expect(yield* ask(other.url, { method, path: "sources?url=x" })).toMatchObject({
            status: 403,
            body: { error: expect.stringContaining("VENTES_TOKEN") },
          });
      }
      expect(asked).toEqual([]);
    }),
  );

  live(
    "takes JSON that says so, is short and whole, and nothing else",
    Effect.gen(function* () {
      const { url } = yield* serve();
      const long = `{"url":"${"x".repeat(17_000)}"}`;
      const unsaid = () => new Blob([long]).stream() as ReadableStream<Uint8Array>;
      const cases: readonly (readonly [number, Asked])[] = [
        [415, { headers: AUTHORIZED }],
        [415, { headers: { ...AUTHORIZED, "content-type": "text/plain" } }],
        [415, { headers: { ...AUTHORIZED, "content-type": "application/x-www-form-urlencoded" } }],
        [201, { headers: { ...AUTHORIZED, "content-type": "application/json; charset=utf-8" } }],
        [413, { body: long }],
        [413, { body: unsaid() }],
        [400, { body: "{" }],
        [400, { body: "[]" }],
        [400, { body: '{"url":1}' }],
        [400, { body: '{"entity":"ventes"}' }],
        [400, { body: '{"url":"https://x","withdraw":true}' }],
        [400, { method: "DELETE" }],
        [405, { method: "GET" }],
        [405, { method: "PUT" }],
      ];
      for (const [status, one] of cases) {
        const answered = yield* ask(url, one);
        expect([answered.status, one.body]).toEqual([status, one.body]);
        if (status !== 201) expect(answered.body.error).toEqual(expect.any(String));
      }
      expect(asked).toHaveLength(1);
    }),
  );

  live(
    "is not there where nobody registers",
    Effect.gen(function* () {
      const served = yield* serveFrom("/nonexistent", {
        access: { kind: "token", token: Redacted.make(TOKEN) },
      });
      expect(yield* ask(served.url, {})).toMatchObject({ status: 404 });
    }),
  );
});
