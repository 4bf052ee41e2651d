import { describe, expect, it } from "vitest";
import { formatMillionths } from "#shared/contract/numbers.ts";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { canonicalModel } from "../testing/canonical.model.ts";
import { accountOf, foldEvent, foldedDump } from "../testing/fold.ts";
import { playFold } from "../testing/play.ts";
import { randomOf, randomTopics } from "../testing/random-history.ts";
import {
  claimOfProduct,
  claimOfSale,
  claimOfShop,
  eventsHeld,
  firstSaleOf,
  type KeyState,
  layClaims,
  productOf,
  type RowEvent,
  rejectEventsHeld,
  saleOf,
  sameClaim,
  shopOf,
} from "./index.ts";

const SEEDS = Number(process.env.VENTES_TEST_SEEDS ?? 150);

const historyOf = (seed: number) => {
  const r = randomOf(seed);
  return { topics: randomTopics(r, 20 + r.below(120)), r };
};

describe("the rules alone, folded over random histories", () => {
  it("give the database of the model for any interleaving, also when the state is stored and read back", () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { topics, r } = historyOf(seed);
      playFold(topics, r, (fold, done) => {
        expect(foldedDump(fold), `seed ${seed}`).toEqual(canonicalModel(done));
      });
    }
  });

  it("give the same database when all events come again, as in a replay", () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { topics, r } = historyOf(seed);
      const fold = playFold(topics, r);
      const before = foldedDump(fold);
      fold.fences.clear();
      for (const [topic, logs] of topics)
        for (const [partition, log] of logs.entries())
          for (const [offset, { key, event }] of log.entries()) {
            const held = topic === "rejets" ? fold.rejects : fold.keys[topic];
            const state = held.get(key);
            foldEvent(fold, { topic, partition, offset }, key, event);
            expect(held.get(key), `seed ${seed}, ${topic}/${partition} ${offset}`).toBe(state);
          }
      expect(foldedDump(fold), `seed ${seed}`).toEqual(before);
    }
  });

  it("count every event as unchanged, superseded or held", () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { topics, r } = historyOf(seed);
      const fold = playFold(topics, r);
      for (const topic of EVENT_TOPICS) {
        const logs = topics.get(topic) ?? [];
        const sums = { events: 0, explained: 0 };
        for (const partition of logs.keys()) {
          const { events, unchanged, superseded } = accountOf(fold, { topic, partition });
          sums.events += events;
          sums.explained += unchanged + superseded;
        }
        if (topic === "rejets")
          for (const state of fold.rejects.values()) sums.explained += rejectEventsHeld(state);
        else for (const state of fold.keys[topic].values()) sums.explained += eventsHeld(state);
        const events = logs.flat().filter(({ event }) => event.kind !== "fence").length;
        expect(sums, `seed ${seed}, ${topic}`).toEqual({ events, explained: events });
      }
    }
  });
});

describe("a key with one claim: its row is the claim (rule 8)", () => {
  const onlyClaims = (topic: "produits" | "magasins" | "ventes"): readonly KeyState[] => {
    const states: KeyState[] = [];
    for (let seed = 1; seed <= 60; seed++) {
      const { topics, r } = historyOf(seed);
      const { keys } = playFold(topics, r);
      states.push(...[...keys[topic].values()].filter(({ claims }) => claims.length === 1));
    }
    expect(states.length).toBeGreaterThan(20);
    return states;
  };

  it("is true of every sale and every shop", () => {
    for (const { claims } of onlyClaims("ventes")) {
      const laid = layClaims(claims);
      expect(laid && claimOfSale(saleOf(laid))).toEqual(claims[0]);
    }
    for (const state of onlyClaims("magasins")) {
      const shop = shopOf(state);
      expect(shop && claimOfShop(shop)).toEqual(state.claims[0]);
    }
  });

  it("is true of a product, unless its price is not that of the claim", () => {
    const told = { row: 0, claim: 0 };
    for (const state of onlyClaims("produits")) {
      const product = productOf(state);
      const [claim] = state.claims;
      if (product === undefined || claim === undefined) throw new Error("a claim makes a row");
      const price = product.price === null ? undefined : formatMillionths(product.price);
      const { prix } = claim.image;
      // An empty price is among the extras.
      const isTold = prix === null || prix === price;
      expect(sameClaim(claimOfProduct(product), claim)).toBe(isTold);
      told[isTold ? "row" : "claim"]++;
    }
    expect(Math.min(told.row, told.claim)).toBeGreaterThan(0);
  });

  it("firstSaleOf gives the same sale as saleOf", () => {
    let some = 0;
    for (let seed = 1; seed <= 60; seed++)
      for (const { event } of historyOf(seed).topics.get("ventes")?.flat() ?? []) {
        if (event.kind !== "row") continue;
        const fold = playFold(new Map([["ventes", [[{ key: "v", event }]]]]), randomOf(1));
        const laid = layClaims(fold.keys.ventes.get("v")?.claims ?? []);
        expect(firstSaleOf(event as RowEvent, 0)).toEqual(laid && saleOf(laid));
        some++;
      }
    expect(some).toBeGreaterThan(100);
  });
});
