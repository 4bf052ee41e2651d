import { expect, it } from "vitest";
import type { Announcement } from "#shared/contract/source-records.ts";
import { knownHeader } from "./known-header.ts";

const announced = (header: readonly string[], identity: readonly string[]): Announcement => ({
  v: 1,
  kind: "version",
  source: "s",
  producer: "p",
  published: "2026-02-03T00:00:00Z",
  entities: ["ventes"],
  identity,
  header,
  open: null,
  day: null,
  counts: null,
});

it("an announcement of before, without places, has the columns that names told then", () => {
  const header = ["ticket", "date", "sku", "store", "qty", "order_id"];
  const places = { date_vente: 1, id_produit: 2, id_magasin: 3, quantité: 4 };
  expect(knownHeader(announced(header, ["id_vente"]), {})).toEqual({
    header,
    places: { ...places, id_vente: 5 },
  });
  // A number of a document that was an extra by its own name stays one.
  expect(knownHeader(announced(header, ["ticket", "date_vente"]), {})).toEqual({ header, places });
});
