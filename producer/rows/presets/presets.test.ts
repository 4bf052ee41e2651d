/** Each preset reads a small sample of the export that it is for, made by us: samples/NAME.csv. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Announcement } from "#shared/contract/source-records.ts";
import { type Inspection, inspectSource } from "../../admin/inspect.ts";
import { SourceRefusal } from "../../source/error.ts";
import { SOURCE_SENTENCES } from "../../source/sentences.ts";
import { openPipeline, type Pipeline } from "../../testing/pipeline.ts";
import { PRESETS, presetNamed, resolveReading } from "./presets.ts";

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await openPipeline();
});
afterAll(() => pipeline.close());

const readSample = (name: string): Promise<Inspection> =>
  pipeline.run(
    inspectSource(join(import.meta.dirname, "samples", `${name}.csv`), { reading: { preset: name } }),
  );

interface Expected {
  readonly entities: readonly string[];
  readonly records: number;
  readonly skipped?: number;
  /** Some values of each row shown, by entity. */
  readonly rows: Readonly<Record<string, readonly (readonly (string | null)[])[]>>;
  readonly shown: Readonly<Record<string, readonly string[]>>;
  readonly rejects: readonly string[];
}

const SALE = ["date_vente", "id_produit", "id_magasin", "quantité"];

const EXPECTED: Readonly<Record<string, Expected>> = {
  "google-sheets": {
    entities: ["ventes"],
    records: 4,
    shown: { ventes: [...SALE, "prix"] },
    rows: {
      ventes: [
        ["2026-02-03", "P01", "M1", "2", "1.2"],
        ["2026-02-14", "P02", "M1", "1", "1006.5"],
        ["2026-02-14", "P01", "M2", "-1", "1.2"],
        ["2026-03-03", "P03", "M2", "1.5", "4.8"],
      ],
    },
    rejects: [],
  },
  "excel-fr": {
    entities: ["produits"],
    records: 3,
    shown: { produits: ["id_produit", "nom", "prix"] },
    rows: {
      produits: [
        ["007", "Galette de blé noir", "1.2"],
        ["008", "Kouign-amann", "1006.5"],
        ["P03", "Far breton", null],
      ],
    },
    rejects: [],
  },
  "shopify-orders": {
    entities: ["produits", "magasins", "ventes"],
    records: 5,
    skipped: 1,
    shown: {
      produits: ["id_produit", "nom"],
      magasins: ["id_magasin", "ville"],
      ventes: [...SALE, "prix"],
    },
    rows: {
      produits: [
        ["GAL-01", "Galette de blé noir"],
        ["BOL-02", "Bol à oreilles - Bleu"],
        ["BOL-02", "Bol à oreilles - Bleu"],
        ["BOL-02", "Bol à oreilles - Bleu"],
      ],
      magasins: [1, 2, 3, 4].map(() => ["Shopify", "En ligne"]),
      ventes: [
        ["2026-02-03", "GAL-01", "Shopify", "2", "1.2"],
        ["2026-02-03", "BOL-02", "Shopify", "1", "31"],
        // 23:50 UTC is the next day in the business zone.
        ["2026-02-04", "BOL-02", "Shopify", "1", "31"],
        ["2026-02-04", "BOL-02", "Shopify", "1", "31"],
      ],
    },
    rejects: ["id_produit.missing 1"],
  },
  prestashop: {
    entities: ["produits", "magasins", "ventes"],
    records: 3,
    skipped: 1,
    shown: {
      produits: ["id_produit", "nom"],
      magasins: ["id_magasin", "ville"],
      ventes: ["id_vente", ...SALE, "prix", "chiffre_affaires"],
    },
    rows: {
      produits: [
        ["12", "Galette de blé noir"],
        ["15", "Bol à oreilles - Taille : Grand"],
        ["12", "Galette de blé noir"],
      ],
      magasins: [
        ["1", "En ligne"],
        ["1", "En ligne"],
        ["2", "En ligne"],
      ],
      ventes: [
        ["41", "2026-02-03", "12", "1", "2", "1.2", "2.4"],
        ["42", "2026-02-03", "15", "1", "1", "31", "31"],
        ["44", "2026-02-04", "12", "2", "10", "1.166667", "11.67"],
      ],
    },
    rejects: [],
  },
  sage: {
    entities: ["produits", "ventes"],
    records: 4,
    shown: { produits: ["id_produit", "nom"], ventes: [...SALE, "chiffre_affaires"] },
    rows: {
      produits: [
        ["GAL01", "Galette de blé noir"],
        ["BOL02", "Bol à oreilles"],
        ["GAL01", "Galette de blé noir"],
      ],
      ventes: [
        ["2026-02-03", "GAL01", "Rennes", "12", "14.4"],
        ["2026-02-03", "BOL02", "Rennes", "1", "1031"],
        ["2026-02-04", "GAL01", "Brest", "-2", "-2.4"],
      ],
    },
    rejects: ["id_produit.missing 1"],
  },
};

describe("a preset", () => {
  it.each(PRESETS.map(({ name }) => name))("%s reads its sample", async (name) => {
    const expected = EXPECTED[name] as Expected;
    const found = await readSample(name);
    expect(found).toMatchObject({ entities: expected.entities, records: expected.records });
    expect(found.skipped).toBe(expected.skipped ?? 0);
    const rows = Object.fromEntries(
      Object.entries(expected.shown).map(([entity, columns]) => [
        entity,
        found.rows
          .filter((row) => row.entity === entity)
          .map(({ row }) => columns.map((column) => row[column])),
      ]),
    );
    expect(rows).toEqual(expected.rows);
    expect(found.rejects.map(({ code, count }) => `${code} ${count}`)).toEqual(expected.rejects);
  });

  it("of orders keeps lines of one order apart, twice the same article too", async () => {
    const ids = (await readSample("shopify-orders")).rows
      .filter(({ entity }) => entity === "ventes")
      .map(({ row }) => row.id_vente?.split("~")[1]);
    // #1001 twice with two articles, #1003 twice with one: three stems, the last one of duplicates.
    expect(new Set(ids).size).toBe(3);
    expect(ids[2]).toBe(ids[3]);
  });

  it("is under what the operator says, column by column", () => {
    const { map, set, decimal, where } = resolveReading({
      preset: "shopify-orders",
      decimal: "comma",
      map: { nom: "Vendor" },
      set: { ville: "Rennes" },
      where: [],
    });
    expect(map).toMatchObject({ id_produit: "Lineitem sku", nom: "Vendor" });
    expect(set).toEqual({ id_magasin: "Shopify", ville: "Rennes" });
    expect([decimal, where]).toEqual(["comma", []]);
    expect(resolveReading({ decimal: "point" })).toEqual({ decimal: "point" });
  });

  it("that does not exist is refused, with those that do", () => {
    let refusal: unknown;
    try {
      presetNamed("shopfy");
    } catch (error) {
      refusal = error;
    }
    if (!(refusal instanceof SourceRefusal)) throw new Error("not refused");
    expect(SOURCE_SENTENCES[refusal.code].en({ source: "x", what: "shopfy", more: refusal.more ?? "" })).toBe(
      'x: there is no preset "shopfy": give one of these: google-sheets, excel-fr, shopify-orders, prestashop, sage',
    );
  });

  it.each([
    ["shopify-orders", { numero_document: "#1001", heure: "10:15:10" }],
    ["prestashop", { numero_document: "7", heure: "10:15:10" }],
    ["sage", { numero_document: "FA00012" }],
  ])("%s gives the number of the document, and the time where there is one", async (name, extras) => {
    const [sale] = (await readSample(name)).rows.filter(({ entity }) => entity === "ventes");
    expect(sale?.extras).toMatchObject(extras);
    expect(Object.keys(sale?.extras ?? {})).not.toContain("Email");
  });

  it("keeps the name that is in the ids of a source that began before it had another", () => {
    const announced = { identity: ["Name", "id_produit"] } as unknown as Announcement;
    expect(resolveReading({ preset: "shopify-orders" }, announced).map).not.toHaveProperty("numero_document");
    expect(resolveReading({ preset: "shopify-orders" }).map).toHaveProperty("numero_document", "Name");
  });

  it("says what it is for in both languages", () => {
    for (const { about, name } of PRESETS)
      for (const text of Object.values(about)) expect(text.length, name).toBeGreaterThan(80);
  });
});
