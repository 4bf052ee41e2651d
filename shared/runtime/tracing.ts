/**
 * Sends spans to a collector of OpenTelemetry by OTLP. Effect's exporter does it, and reads the variables OTEL_ itself;
 * its modules are loaded here alone, and only where an endpoint is set.
 */
import * as ConfigProvider from "effect/ConfigProvider";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as Layer from "effect/Layer";
import * as OtlpSerialization from "effect/observability/OtlpSerialization";
import * as OtlpTracer from "effect/observability/OtlpTracer";
import { Traced } from "./spans.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The spans of what it is provided to. When it ends, what is left is sent, for as long as OTEL_EXPORTER_OTLP_TIMEOUT says. */
export const layerTracing = (env: Env, version: string): Layer.Layer<never> => {
  const given = Object.entries(env).flatMap(([name, value]) =>
    name.startsWith("OTEL_") && value !== undefined && value !== "" ? [[name, value] as const] : [],
  );
  // The default of OpenTelemetry; Effect's is to send nothing.
  const settings = { OTEL_TRACES_EXPORTER: "otlp", ...Object.fromEntries(given) };
  const tracer = OtlpTracer.layerFromConfig({
    resource: { serviceName: "ventes", serviceVersion: version },
  }).pipe(
    Layer.provide([OtlpSerialization.layerJson, FetchHttpClient.layer]),
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: settings }))),
  );
  return Layer.merge(tracer, Layer.succeed(Traced, version)) as Layer.Layer<never>;
};
