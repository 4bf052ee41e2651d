/** Tracing for a piece of work, loaded only where it is wanted. */
import * as Effect from "effect/Effect";

/** Sends the spans of `work` where the variables OTEL_ of `env` say. A null version: makes and loads nothing. */
export const tracedAs =
  (version: string | null, env: Readonly<Record<string, string | undefined>>) =>
  <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    version === null
      ? work
      : Effect.flatMap(
          Effect.promise(() => import("./tracing.ts")),
          ({ layerTracing }) => Effect.provide(work, layerTracing(env, version)),
        );
