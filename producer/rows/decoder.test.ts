/** Records of a wide file are those of its entities' own files, whatever is in them and wherever their columns stand. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { ENTITY_NAMES, type EntityName } from "#shared/contract/entities/index.ts";
import type { Decoder } from "./decoder.ts";
import { decodersOf } from "./decoders.ts";

const settings = { timeZone: "Europe/Paris", currency: "EUR" };
const ALL = ENTITY_NAMES;

/** A value of each column: now and then one that is none. */
const text = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.string({ maxLength: 4, unit: "binary" }),
  fc.constantFrom("Pain", "é", '"', "\\", "а", " x ", '="007"', "-"),
);
const VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  id_produit: text,
  nom: text,
  id_magasin: text,
  ville: text,
  id_vente: fc.oneof(fc.constant(""), text),
  date_vente: fc.constantFrom("2026-01-02", "3 févr. 2026", "2026-01-02 10:15", "31/04/2026", ""),
  quantité: fc.constantFrom("1", "-2", "1,5", "x", "N/A"),
  prix: fc.constantFrom("", "1.25", "2 €", "1E5"),
  note: text,
};
const COLUMNS = Object.keys(VALUES);
const OWN: Readonly<Record<EntityName, readonly string[]>> = {
  produits: ["id_produit", "nom"],
  magasins: ["id_magasin", "ville"],
  ventes: ["id_vente", "date_vente", "id_produit", "id_magasin", "quantité", "prix", "note"],
};

type RecordOf = Readonly<Record<string, string>>;

const decoderOf = (header: readonly string[], entities: readonly EntityName[]): readonly Decoder[] =>
  decodersOf({ entities, header, identity: null, settings });

const told = (decoder: Decoder, header: readonly string[], record: RecordOf) => {
  const fields = header.map((name) => record[name] ?? "");
  if (!decoder.decode(fields, fields.join(","))) return { problem: { ...decoder.problem } };
  return { ...decoder.decoded };
};

it("a record of a wide file is one of each entity", () => {
  const record = fc.record(VALUES) as fc.Arbitrary<RecordOf>;
  fc.assert(
    fc.property(fc.shuffledSubarray(COLUMNS, { minLength: COLUMNS.length }), record, (header, values) => {
      for (const decoder of decoderOf(header, ALL)) {
        const { name } = decoder.entity;
        const [alone] = decoderOf(OWN[name], [name]) as [Decoder];
        expect(told(decoder, header, values)).toEqual(told(alone, OWN[name], values));
      }
    }),
    { numRuns: 300 },
  );
});

it("what is written of a record is JSON of its row and extras, its columns in order", () => {
  fc.assert(
    fc.property(fc.record(VALUES) as fc.Arbitrary<RecordOf>, (values) => {
      for (const decoder of decoderOf(COLUMNS, ALL)) {
        if ("problem" in told(decoder, COLUMNS, values)) continue;
        const written = JSON.parse(`{"row":{"":0${decoder.decoded.rest}`) as Record<string, object>;
        const { row, extras } = decoder.rowOf();
        expect(written).toEqual({ row: { "": 0, ...row }, extras });
        for (const names of Object.values(written).map(Object.keys)) expect(names).toEqual(names.toSorted());
        // What was decoded is canonical: decoded again it says the same.
        const { key, ordinal, derived } = decoder.decoded;
        if (derived || ordinal > 0 || decoder.entity.name !== "ventes") continue;
        const again = { ...row, ...extras, id_vente: key } as Record<string, string | null>;
        const record = Object.fromEntries(Object.entries(again).map(([name, value]) => [name, value ?? ""]));
        const [sales] = decoderOf(OWN.ventes, ["ventes"]) as [Decoder];
        if (Object.keys(extras).length > 1) continue;
        expect(told(sales, OWN.ventes, record)).toMatchObject({ key, rest: decoder.decoded.rest });
      }
    }),
    { numRuns: 300 },
  );
});

it("columns of the sale that are filled from the line above are written as they are", () => {
  const header = ["id_vente", "date_vente", "id_produit", "id_magasin", "quantité"];
  const [decoder] = decodersOf({
    entities: ["ventes"],
    header,
    identity: null,
    options: { fillDown: ["id_magasin"] },
    settings,
  }) as [Decoder];
  // The raw line has nothing that JSON would escape; the shop, from the line above, does.
  expect(decoder.decode(["1", "2026-01-01", "p", 'l"é\u0301', "1"], "1,2026-01-01,p,,1")).toBe(true);
  expect(JSON.parse(`{"row":{"":0${decoder.decoded.rest}`)).toMatchObject({
    row: { id_magasin: 'l"é\u0301'.normalize() },
  });
});
