/**
 * Spans of the work on a version, for OpenTelemetry. They are made only where a process sends them somewhere
 * (tracing.ts): elsewhere a span costs one look at `Traced`.
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import { masked } from "./masked.ts";

/** The version of the program, where this process records spans; null: it records none. */
export const Traced: Context.Reference<string | null> = Context.Reference<string | null>(
  "ventes/shared/runtime/Traced",
  { defaultValue: () => null },
);

export type Attributes = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** The version of a source as an attribute: the spans of producer and consumer that have the same one belong together. */
export const versionText = (source: string, version: number): string => `${masked(source)} ${version}`;

/** `work` as a span, below the one that is open. `found`: attributes that its result gives. */
export const spanned =
  <A>(name: string, attributes: () => Attributes, found: (result: A) => Attributes = () => ({})) =>
  <E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Traced.use((version) =>
      version !== null
        ? (Effect.tap(work, (result) => Effect.annotateCurrentSpan(found(result))).pipe(
            Effect.withSpan(name, { attributes: attributes() }),
          ) as Effect.Effect<A, E, R>)
        : work,
    );

/** Records a span of its own for work that took `ms` and ends now: where only the result tells whether it is worth one. */
export const recordSpan = (name: string, ms: number, attributes: () => Attributes): Effect.Effect<void> =>
  Traced.use((version) =>
    version === null
      ? Effect.void
      : Effect.zipWith(
          Effect.tracer,
          Effect.clockWith((clock) => clock.currentTimeNanos),
          (tracer, end) => {
            const span = tracer.span({
              name,
              parent: Option.none(),
              annotations: Context.empty(),
              links: [],
              startTime: end - BigInt(Math.round(ms * 1e6)),
              kind: "internal",
              root: true,
              sampled: true,
            });
            for (const [key, value] of Object.entries(attributes())) span.attribute(key, value);
            span.end(end, Exit.void);
          },
        ),
  );
