/** What a refused fetch throws. None returns as if it had brought something: its caller would ask again at once, for ever. */
import { expect, it } from "vitest";
import type { Connection } from "../cluster/connection.ts";
import { PartitionCursor } from "./cursor.ts";
import { Fetcher } from "./fetcher.ts";

const refused = (errorCode: number, position: number, bounds = { start: 10, end: 20 }) => {
  const connection = {
    byLeader: async (items: readonly unknown[]) => new Map([["1", items]]),
    fetch: async () => [
      { topic: "v.ventes", partition: 0, errorCode, highWatermark: 20, batches: Buffer.alloc(0) },
    ],
    boundsOfRead: async () => [bounds],
    refresh: async () => {},
  } as unknown as Connection;
  const cursor = new PartitionCursor("ventes", "v.ventes", 0, position, () => false);
  const more = new Fetcher(connection, "a:9092").more([cursor]);
  return more.then(
    () => cursor.position,
    (error: { readonly _tag: string }) => error._tag,
  );
};

it("names what is wrong, or moves to the start of the partition", async () => {
  expect(await refused(29, 15)).toBe("LogMisconfigured");
  expect(await refused(6, 15)).toBe("LogUnavailable");
  expect(await refused(1, 25)).toBe("LogMismatch");
  expect(await refused(1, 5)).toBe(10);
  expect(await refused(1, 15)).toBe("LogUnavailable");
});
