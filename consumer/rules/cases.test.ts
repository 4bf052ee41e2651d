/** What the random histories cannot say: values that they do not have, and reasons that no row holds. */
import { describe, expect, it } from "vitest";
import type { Values } from "#shared/contract/event.ts";
import { imageOf, mergeImages, sameImage } from "./image.ts";
import {
  applyToKey,
  applyToReject,
  NO_POINTS,
  NO_REJECT,
  NOTHING_HELD,
  type Parents,
  type PricePoints,
  placementOf,
  type Sale,
} from "./index.ts";
import { listRevenue, revenueOf } from "./revenue.ts";

const sale: Sale = {
  idProduit: "P",
  idMagasin: "M",
  day: "2026-01-10",
  quantity: 2_000_000n,
  unitPrice: null,
  ownRevenue: null,
  extras: "{}",
  source: "A",
  line: 2,
  offset: 0,
};
const points: PricePoints = [
  { dateEffet: "2026-01-01", offset: 0, price: 1_500_000n, dated: false, source: "A" },
];
const parents = (more: Partial<Parents> = {}): Parents => ({
  productExists: () => true,
  shopExists: () => true,
  pricePoints: () => points,
  ...more,
});

describe("the placement of a sale (rule 18)", () => {
  it.each([
    ["its price", { pricePoints: () => NO_POINTS }, "prix"],
    ["its product", { productExists: () => false }, "produit"],
    ["its shop", { shopExists: () => false }, "magasin"],
  ] as const)("it waits for %s", (_, more, waitsFor) => {
    expect(placementOf(sale, parents(more))).toEqual({ value: null, waitsFor });
  });

  it("is stored with its revenue when all three are known", () => {
    expect(placementOf(sale, parents())).toEqual({ value: 3_000_000n, origin: "liste" });
  });

  it("does not read the price points when the line has an amount or a price", () => {
    const pricePoints = () => {
      throw new Error("the list was asked");
    };
    for (const more of [{ ownRevenue: 7n }, { unitPrice: 7n }])
      expect(placementOf({ ...sale, ...more }, parents({ pricePoints })).value).not.toBeNull();
  });
});

describe("revenue (rule 12)", () => {
  it("is the amount on the line, else quantité × its price, else quantité × the price of the list", () => {
    const priced = { ...sale, unitPrice: 4_000_000n };
    expect(revenueOf({ ...priced, ownRevenue: 9n }, points)).toEqual({ value: 9n, origin: "ligne" });
    expect(revenueOf(priced, points)).toEqual({ value: 8_000_000n, origin: "prix de la ligne" });
    expect(revenueOf(sale, points)).toEqual({ value: 3_000_000n, origin: "liste" });
  });

  it("is null when it does not fit 64 bits, of either sign", () => {
    const huge = 2n ** 62n;
    for (const sign of [1n, -1n])
      expect(revenueOf({ ...sale, quantity: sign * huge, unitPrice: huge }, points).value).toBeNull();
    expect(listRevenue(huge, "2026-01-10", points)).toBe((huge * 3n) / 2n);
  });
});

describe("images (rule 8)", () => {
  it("keep and compare a column that is named like a property of every object", () => {
    const odd = JSON.parse('{"__proto__":"a","constructor":null}') as Record<string, string | null>;
    const image = imageOf("magasins", { ville: "Lyon" }, odd);
    expect(Object.keys(image).sort()).toEqual(["__proto__", "constructor", "ville"]);
    expect(sameImage(image, { ville: "Lyon", toString: null, valueOf: null } as never)).toBe(false);
    expect(sameImage(mergeImages(image, {}), image)).toBe(true);
  });

  it("leave out an extra with the name of a column, and have decimals in their shortest form", () => {
    expect(imageOf("produits", { prix: "1.50" }, { nom: "not the product's" })).toEqual({ prix: "1.5" });
  });
});

const event = {
  v: 1,
  source: "A",
  version: 3,
  line: 2,
  published: "2026-01-01T00:00:00.000Z",
  day: "2026-01-01",
} as const;

describe("the event that a key holds already (rule 17)", () => {
  const shop = { ...event, kind: "row", row: { id_magasin: "M", ville: "Lyon" }, extras: {} } as const;
  const gone = { ...event, kind: "delete", row: { id_magasin: "M" } } as const;
  const { state } = applyToKey("magasins", NOTHING_HELD, shop, 4);

  it("changes nothing", () => {
    expect(applyToKey("magasins", state, shop, 4).outcome).toBe("equal");
    expect(applyToKey("magasins", state, shop, 4).state).toBe(state);
  });

  it("corrects a claim that was changed by hand", () => {
    const tampered = { ...state, claims: state.claims.map((c) => ({ ...c, image: { ville: "Nowhere" } })) };
    expect(applyToKey("magasins", tampered, shop, 4)).toEqual({ outcome: "equal", state });
  });

  it("differs from older ones, also for a withdrawal", () => {
    const withdrawn = applyToKey("magasins", state, gone, 6).state;
    expect(withdrawn).toMatchObject({ claims: [], withdrawals: [{ source: "A", offset: 6 }] });
    expect(applyToKey("magasins", withdrawn, gone, 6)).toEqual({ outcome: "equal", state: withdrawn });
    for (const older of [shop, gone])
      expect(applyToKey("magasins", withdrawn, older, 5)).toEqual({
        outcome: "superseded",
        state: withdrawn,
      });
    expect(applyToKey("magasins", withdrawn, gone, 7)).toEqual({ outcome: "unchanged", state: withdrawn });
  });
});

describe("rejects (rule 11)", () => {
  const row = {
    ...event,
    kind: "row",
    extras: {},
    row: { entity: "ventes", raw: "a;b", code: "c", details: { value: "b" } } as unknown as Values,
  } as const;

  it("a row that was changed by hand is written again by its own event", () => {
    const { state } = applyToReject(NO_REJECT, row, 4);
    if (state.row === undefined) throw new Error("it is held");
    const tampered = { ...state, row: { ...state.row, raw: "x" } };
    expect(applyToReject(tampered, row, 4)).toEqual({ outcome: "equal", state });
    expect(applyToReject(state, row, 4)).toEqual({ outcome: "equal", state });
  });
});
