/** The inner parts of kafkajs that are used (docs/adr/0002) are there, in the version in which they were read. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CODES } from "../protocol/codes.ts";
import "./kafkajs.ts";

const require = createRequire(import.meta.url);
const ADR = join(import.meta.dirname, "../../../../docs/adr/0002-own-kafka-loops.md");

/** By module: the methods of its class, as kafkajs-types.ts declares them. */
const METHODS = {
  "kafkajs/src/cluster": [
    "connect",
    "disconnect",
    "refreshMetadata",
    "addMultipleTargetTopics",
    "findLeaderForPartitions",
    "findBroker",
    "findControllerBroker",
    "findGroupCoordinator",
  ],
  "kafkajs/src/cluster/brokerPool": ["findConnectedBroker"],
  "kafkajs/src/broker": [
    "initProducerId",
    "listOffsets",
    "findGroupCoordinator",
    "joinGroup",
    "syncGroup",
    "heartbeat",
    "leaveGroup",
    "offsetCommit",
  ],
  "kafkajs/src/network/connectionPool": ["send"],
  "kafkajs/src/network/requestQueue": ["scheduleCheckPendingRequests"],
} as const;

it("the version is exact, and is the one that the decision names", () => {
  const { version } = require("kafkajs/package.json") as { version: string };
  const own = JSON.parse(readFileSync(join(ADR, "../../../package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  expect(own.dependencies.kafkajs).toBe(version);
  expect(readFileSync(ADR, "utf8")).toContain(`kafkajs ${version} `);
});

it.each(Object.entries(METHODS))(
  "%s has what is called of it, and is in the table of the decision",
  (module, methods) => {
    const { prototype } = require(module) as { prototype: object };
    expect(methods.filter((name) => typeof Reflect.get(prototype, name) !== "function")).toEqual([]);
    expect(readFileSync(ADR, "utf8")).toContain(`\`${module.slice("kafkajs/".length)}\``);
  },
);

it("src/protocol/error makes errors from a list that is added to", () => {
  const { errorCodes, createErrorFromCode } = require("kafkajs/src/protocol/error") as {
    errorCodes: readonly { readonly code: number; readonly type: string }[];
    createErrorFromCode: (code: number) => Error & { readonly type: string };
  };
  // Each code of kafkajs is in our table under its name, and each of ours is told apart by kafkajs.
  expect(errorCodes.map(({ code, type }) => [code, type])).toEqual(
    CODES.map(({ code, name }) => [code, name]),
  );
  expect(createErrorFromCode(100)).toMatchObject({ type: "UNKNOWN_TOPIC_ID" });
  expect(readFileSync(ADR, "utf8")).toContain("`src/protocol/error`");
});

it("src/loggers makes a logger from a creator", () => {
  expect(require("kafkajs/src/loggers")).toHaveProperty("createLogger");
});
