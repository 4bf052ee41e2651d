/** Prices that an operator sets by hand, in the topics. */
import * as Effect from "effect/Effect";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HAND_PRICES } from "#shared/contract/hand-prices.ts";
import { allEvents, claimsOf, listSources, openPipeline, type Pipeline } from "../testing/pipeline.ts";
import { type HandPrice, publishHandPrices } from "./hand-prices.ts";
import { removeSource } from "./remove.ts";

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

const set = (product: string, day: string, price: string | null): HandPrice => ({ product, day, price });

/** `product day` -> price, as a consumer reads the topics. */
const stated = async (): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    [...claimsOf(await pipeline.run(allEvents), HAND_PRICES)].map(([name, { row }]) => [
      name.replace("produits ", ""),
      row.prix,
    ]),
  );
const listed = async () =>
  (await pipeline.run(listSources)).map(({ status: { source, records, emitted, unchanged, withdrawn } }) => ({
    source,
    records,
    emitted,
    unchanged,
    withdrawn,
  }));

describe("prices set by hand", () => {
  it("are events of a source of their own, which is listed while it has any, and counted in full", async () => {
    await pipeline.run(publishHandPrices([set("A", "2026-01-01", "1"), set("A", "2026-02-01", "2")]));
    await pipeline.run(publishHandPrices([set("A", "2026-01-01", null), set("B", "2026-01-01", "3")]));
    expect(await stated()).toEqual({ "A 2026-02-01": "2", "B 2026-01-01": "3" });
    expect(await listed()).toEqual([
      { source: HAND_PRICES, records: 2, emitted: 1, unchanged: 1, withdrawn: 1 },
    ]);
    await pipeline.run(publishHandPrices([set("A", "2026-02-01", null), set("B", "2026-01-01", null)]));
    expect([await stated(), await listed()]).toEqual([{}, []]);
  });

  it("are withdrawn like the rows of any source, and may be set again", async () => {
    await pipeline.run(publishHandPrices([set("A", "2026-01-01", "1"), set("B", "2026-01-01", "2")]));
    const removed = await pipeline.run(removeSource(HAND_PRICES, { withdraw: true }));
    expect([removed, await stated(), await listed()]).toEqual([
      { source: HAND_PRICES, withdrawn: 2 },
      {},
      [],
    ]);
    await pipeline.run(publishHandPrices([set("B", "2026-01-01", "4")]));
    expect([await stated(), (await listed()).length]).toEqual([{ "B 2026-01-01": "4" }, 1]);
  });

  it("of two commands at the same moment are all there: none is lost behind the other's fence", async () => {
    const names = ["A", "B", "C", "D"];
    await pipeline.run(
      Effect.forEach(names, (name) => publishHandPrices([set(name, "2026-01-01", "1")]), {
        concurrency: "unbounded",
        discard: true,
      }),
    );
    expect(Object.keys(await stated()).sort()).toEqual(names.map((name) => `${name} 2026-01-01`));
  });

  it("that were cut off in the middle are whole after the same command again", async () => {
    // The takeover and its fences are two publishes or more; the last one holds the prices.
    for (const after of [0, 1, 2, 3]) {
      pipeline.fault = { after, kind: "uncertain", stored: after % 2 === 0 };
      await pipeline.run(Effect.exit(publishHandPrices([set("A", "2026-01-01", `${after + 1}`)])));
      expect(pipeline.fault).toBeUndefined();
      await pipeline.run(publishHandPrices([set("A", "2026-01-01", `${after + 1}`)]));
      expect(await stated()).toEqual({ "A 2026-01-01": `${after + 1}` });
    }
  });
});
