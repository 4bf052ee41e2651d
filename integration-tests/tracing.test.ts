/** The spans that a collector of OpenTelemetry gets (OTEL_EXPORTER_OTLP_ENDPOINT): one small collector, which reads OTLP as JSON. */
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { listening } from "./support/listening.ts";
import { smallCompany } from "./support/missions.ts";
import { expectSuccess, scratchDirectory, ventes } from "./support/ventes.ts";

interface Value {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly Value[] };
}
interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: Value }[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
        readonly attributes: readonly { readonly key: string; readonly value: Value }[];
      }[];
    }[];
  }[];
}

const plain = ({ stringValue, boolValue, intValue, doubleValue, arrayValue }: Value): unknown =>
  arrayValue?.values.map(plain) ?? stringValue ?? boolValue ?? doubleValue ?? Number(intValue);

const collector = async () => {
  const bodies: string[] = [];
  const paths = new Set<string | undefined>();
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      paths.add(request.url);
      bodies.push(body);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  const url = await listening(server);
  const spans = () =>
    bodies
      .flatMap((body) => (JSON.parse(body) as Sent).resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap((scope) => scope.spans)
      .map(({ attributes, ...span }) => ({
        ...span,
        attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)])),
      }));
  return { url, bodies, paths, spans };
};

const company = () => {
  const folder = scratchDirectory();
  return (["produits", "magasins", "ventes"] as const).map((name) => {
    const file = join(folder, `${name}.csv`);
    writeFileSync(file, smallCompany[name]);
    return file;
  });
};

it("tell of a version from its download to the analyses", async () => {
  const { url, bodies, paths, spans } = await collector();
  const files = company();
  const sales = pathToFileURL(files[2] ?? "").href;
  const args = ["start", "--once", ...files, "--data", scratchDirectory()];
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_RESOURCE_ATTRIBUTES: "deployment.environment=test" };
  expectSuccess(await ventes(args, { env }));
  expect([...paths]).toEqual(["/v1/traces"]);
  expect(bodies.join()).toContain('"ventes"');
  expect(bodies.join()).toContain("deployment.environment");

  const all = spans();
  const poll = all.find(
    ({ name, attributes }) => name === "ventes.poll" && attributes["ventes.source"] === sales,
  );
  expect(poll?.attributes).toMatchObject({
    "ventes.announced": true,
    "ventes.versions": [expect.any(String)],
  });
  const [version] = (poll?.attributes["ventes.versions"] ?? []) as string[];
  expect(version?.startsWith(`${sales} `)).toBe(true);

  // The producer's part is one trace: its steps lie in the poll.
  const trace = all.filter(({ traceId }) => traceId === poll?.traceId);
  const parents = new Map(trace.map(({ spanId, name }) => [spanId, name]));
  const under = Object.fromEntries(
    trace.map(({ name, parentSpanId }) => [name, parents.get(parentSpanId ?? "")]),
  );
  expect(under).toEqual({
    "ventes.poll": undefined,
    "ventes.download": "ventes.poll",
    "ventes.publish": "ventes.poll",
    "ventes.diff": "ventes.publish",
    "ventes.emit": "ventes.publish",
  });

  // The transactions that apply its events name the same version, and the analyses the commits of these transactions.
  const applied = all.filter(
    ({ name, attributes }) =>
      name === "ventes.apply" && (attributes["ventes.versions"] as string[]).includes(version ?? ""),
  );
  expect(applied.length).toBeGreaterThan(0);
  const refreshes = all.filter(({ name }) => name === "ventes.refresh").map(({ attributes }) => attributes);
  for (const { attributes } of applied.filter(
    ({ attributes }) => attributes["ventes.commit"] !== undefined,
  )) {
    const commit = Number(attributes["ventes.commit"]);
    const shown = refreshes.some(
      (one) => Number(one["ventes.after_commit"]) < commit && commit <= Number(one["ventes.commit"]),
    );
    expect(shown, `commit ${commit}`).toBe(true);
  }
  for (const { startTimeUnixNano, endTimeUnixNano } of all)
    expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
});

it("hold no secret, and a collector that does not answer holds nothing up", async () => {
  const { url, bodies } = await collector();
  const source = "http://marie:hidden@127.0.0.1:9/v.csv?token=hidden";
  const args = ["start", "--once", `--source=ventes=${source}`, "--data", scratchDirectory()];
  await ventes([...args, "--allow-private"], { env: { OTEL_EXPORTER_OTLP_ENDPOINT: url } });
  expect(bodies.join()).not.toContain("hidden");

  const silent = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" };
  expectSuccess(
    await ventes(["start", "--once", ...company(), "--data", scratchDirectory()], { env: silent }),
  );
});

it("an endpoint that is no URL is refused with its name", async () => {
  const refused = await ventes(["status"], { env: { OTEL_EXPORTER_OTLP_ENDPOINT: "localhost:4318" } });
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("OTEL_EXPORTER_OTLP_ENDPOINT") });
});
