import { describe, expect, it } from "vitest";
import { foldHeader, mapHeader, recognizeHeader } from "./header.ts";
import { ENTITIES, magasins, produits, ventes } from "./index.ts";

describe("a header", () => {
  it.each([
    ["ID Référence produit", "idreferenceproduit"],
    ["id_reference_produit", "idreferenceproduit"],
    ["  Quantité\u00a0", "quantite"],
    ["QUANTITE\u0301", "quantite"],
    ["date-vente", "datevente"],
  ])("%s folds to %s", (name, folded) => expect(foldHeader(name)).toBe(folded));

  it.each([
    ["the brief's products", ["Nom", "ID Référence produit", "Prix", "Stock"], "produits"],
    ["the brief's shops", ["ID Magasin", "Ville", "Nombre de salaries"], "magasins"],
    ["the brief's sales", ["Date", "ID Référence produit", "Quantité", "ID Magasin"], "ventes"],
    [
      "canonical sales",
      ["id_vente", "id_produit", "id_magasin", "date_vente", "quantité", "chiffre_affaires"],
      "ventes",
    ],
    ["English sales", ["order_id", "product_id", "store_id", "order_date", "qty", "unit_price"], "ventes"],
    ["English products", ["product_id", "name", "price"], "produits"],
    ["English shops", ["Store ID", "City"], "magasins"],
  ])("%s", (_, header, entity) => expect(recognizeHeader(header)?.entity).toBe(entity));

  it.each([
    ["a list of references", ["id_produit"]],
    ["something else", ["a", "b", "c"]],
    ["sales without a date", ["id_produit", "id_magasin", "quantité"]],
    ["nothing", []],
  ])("%s is none of ours", (_, header) => expect(recognizeHeader(header)).toBeUndefined());

  it("keeps what the schema does not name under its own name, and a second one apart", () => {
    const { fields } = mapHeader(["ID Magasin", "Ville", "Note", "Note", ""], magasins);
    expect(fields.map((f) => ("column" in f ? f.column.name : f.extra))).toEqual([
      "id_magasin",
      "ville",
      "Note",
      "Note (2)",
      "colonne 5",
    ]);
  });

  it("gives a column to its canonical name before an alias, wherever they stand", () => {
    const { fields } = mapHeader(["Référence", "id_produit", "nom"], produits);
    expect(fields.map((f) => ("column" in f ? f.column.name : f.extra))).toEqual([
      "Référence",
      "id_produit",
      "nom",
    ]);
  });

  it("says which required columns it lacks", () => {
    expect(mapHeader(["Date", "Quantité"], ventes).missing).toEqual(["id_produit", "id_magasin"]);
  });
});

it("no alias names two columns of one entity, and each is folded", () => {
  for (const { name, columns } of ENTITIES) {
    const names = columns.flatMap((c) => [
      foldHeader(c.name),
      ...c.aliases.filter((a) => a !== foldHeader(c.name)),
    ]);
    expect(new Set(names).size, name).toBe(names.length);
    for (const alias of names) expect(foldHeader(alias)).toBe(alias);
  }
});
