/** The document that `ventes topics --asyncapi` prints, read by the parser that its readers use. */
import { Parser } from "@asyncapi/parser";
import { describe, expect, it } from "vitest";
import { TOPICS } from "#shared/contract/topics.ts";
import { embeddedSettings } from "#shared/runtime/settings.ts";
import { asyncApi } from "./asyncapi.ts";

const parse = async (document: unknown) => {
  const parsed = await new Parser().parse(JSON.stringify(document));
  return { document: parsed.document, errors: parsed.diagnostics.filter((d) => d.severity === 0) };
};

describe("the AsyncAPI document", () => {
  it.each([
    ["embedded", embeddedSettings("/data")],
    [
      "of Kafka",
      embeddedSettings("/data", {
        namespace: "pme",
        kafka: { brokers: ["a:9092", "b:9092"], tls: null, sasl: null },
      }),
    ],
  ])("%s is valid, and describes every topic", async (_, settings) => {
    const { document, errors } = await parse(asyncApi(settings, "0.1.0"));
    expect(errors).toEqual([]);
    expect(
      document
        ?.channels()
        .all()
        .map((channel) => channel.address()),
    ).toEqual(TOPICS.map((topic) => `${settings.namespace}.${topic.name}`));
    expect(document?.servers().length).toBe(settings.kafka?.brokers.length ?? 0);
  });
});
