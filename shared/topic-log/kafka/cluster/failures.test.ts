/** Which errors wait for the broker, which end the program with a sentence, and which are defects. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CODES, codeOf } from "../protocol/codes.ts";
import { meaningOf } from "../writing/answers.ts";
import { asLogFailure, refusedAnswer } from "./failures.ts";
import "./kafkajs.ts";

const tagOf = (error: unknown) => asLogFailure(error, "a:9092")?._tag;

it("every error of a lost broker is LogUnavailable", () => {
  expect(tagOf(Object.assign(new Error("Closed connection"), { name: "KafkaJSConnectionError" }))).toBe(
    "LogUnavailable",
  );
  expect(tagOf(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }))).toBe("LogUnavailable");
  expect(tagOf(new Error("Broker not connected"))).toBe("LogUnavailable");
  expect(tagOf(new Error("outer", { cause: new Error("Broker not connected") }))).toBe("LogUnavailable");
});

it("the installed kafkajs has exactly one error without a name", () => {
  const folder = join(createRequire(import.meta.url).resolve("kafkajs/package.json"), "..", "src");
  const plain = [
    "broker/index.js",
    "cluster/index.js",
    "cluster/brokerPool.js",
    "network/connection.js",
  ].flatMap((file) => readFileSync(join(folder, file), "utf8").match(/new Error\((.*)\)/g) ?? []);
  expect(plain).toEqual(["new Error('Broker not connected')"]);
});

it("an error that waiting does not help has a sentence; any other one is a defect", () => {
  const refused = Object.assign(new Error("no"), { type: "TOPIC_AUTHORIZATION_FAILED" });
  expect(tagOf(refused)).toBe("LogMisconfigured");
  expect(tagOf(new TypeError("x is not a function"))).toBeUndefined();
});

const { createErrorFromCode } = createRequire(import.meta.url)("kafkajs/src/protocol/error") as {
  createErrorFromCode: (code: number) => Error;
};

it("every code of the protocol means the same from kafkajs, from a fetch and from a publish", () => {
  for (const { code, name, kind, says } of [...CODES, codeOf(999)]) {
    const expected =
      kind === "misconfigured"
        ? { _tag: "LogMisconfigured", message: expect.stringContaining(says ?? "no sentence") }
        : { _tag: "LogUnavailable", message: expect.stringContaining(`${name}, error ${code}`) };
    expect(asLogFailure(createErrorFromCode(code), "a:9092")).toMatchObject(expected);
    expect(refusedAnswer(code, "a:9092", "v.ventes partition 0")).toMatchObject(expected);
    const sequence = [45, 46, 47, 49, 59].includes(code);
    expect([code, meaningOf(code, false)]).toEqual([
      code,
      sequence ? "sequence lost" : kind === "misconfigured" ? "refused" : "try again",
    ]);
  }
});

it("a fetch that an ACL refuses says so at once", () => {
  expect(refusedAnswer(29, "a:9092", "v.ventes partition 0")).toMatchObject({
    _tag: "LogMisconfigured",
    message:
      "Kafka at a:9092 refuses v.ventes partition 0: these credentials may not use the topics: grant them an ACL",
  });
});
