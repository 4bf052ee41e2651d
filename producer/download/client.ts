/** Makes the HTTP client of a producer. It closes with the scope. */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { Settings } from "#shared/runtime/settings.ts";
import { HttpClient } from "./connections.ts";

export const makeHttpClient: Effect.Effect<HttpClient, never, Settings | Scope.Scope> = Effect.flatMap(
  Settings,
  ({ proxies, credentials, ca }) =>
    Effect.acquireRelease(
      Effect.sync(() => new HttpClient({ proxies, credentials, ca })),
      (client) => Effect.promise(() => client.close()),
    ),
);
