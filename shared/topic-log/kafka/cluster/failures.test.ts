/** Which errors wait for the broker, which end the program with a sentence, and which are defects. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, it } from "vitest";
import { asLogFailure, refusedAnswer } from "./failures.ts";

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

it("a fetch that an ACL refuses says so at once; every other code is waited for", () => {
  expect(refusedAnswer(29, "a:9092", "v.ventes partition 0")).toMatchObject({
    _tag: "LogMisconfigured",
    message:
      "Kafka at a:9092 refuses v.ventes partition 0: these credentials may not use the topics: grant them an ACL",
  });
  for (const code of [-1, 2, 3, 5, 6, 7, 9, 13, 56, 74, 75, 78, 100, 999])
    expect([code, refusedAnswer(code, "a:9092", "p")._tag]).toEqual([code, "LogUnavailable"]);
});
