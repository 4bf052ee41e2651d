import { describe, expect, it } from "vitest";
import { ENTITIES, magasins, produits, ventes } from "#shared/contract/entities/index.ts";
import { mapEntities, mapHeader } from "./mapping.ts";
import { fieldNamed, foldHeader, isFrenchHeader } from "./names.ts";
import { recognizeHeader } from "./recognize.ts";

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
    [
      "the lines of PrestaShop",
      ["reference", "date_add", "product_reference", "product_quantity", "shop"],
      "ventes",
    ],
    ["the answers of a form", ["Horodateur", "Produit", "Magasin", "Nombre"], "ventes"],
    ["documents of Sage", ["Date de pièce", "N° de pièce", "Code article", "Qté", "Code magasin"], "ventes"],
    ["English products", ["product_id", "name", "price"], "produits"],
    ["English shops", ["Store ID", "City"], "magasins"],
    ["prices from a day on", ["Date d'effet", "Réf", "Prix"], "produits"],
    ["products with their own dates", ["SKU", "Name", "Price", "Created at", "Date de MAJ"], "produits"],
    ["shops since a day", ["Magasin", "Ville", "Date d'ouverture"], "magasins"],
    ["products with their stock", ["SKU", "Name", "Quantity", "Price"], "produits"],
  ])("%s", (_, header, entity) => expect(recognizeHeader(header)?.entity).toBe(entity));

  it.each([
    ["a list of references", ["id_produit"]],
    ["something else", ["a", "b", "c"]],
    ["sales without a date", ["id_produit", "id_magasin", "quantité"]],
    ["sales without a shop", ["", "date", "ticket", "article", "Quantity", "unit_price"]],
    ["a till's sales without a quantity", ["date", "heure", "produit", "magasin", "prix"]],
    ["sales without a quantity or a shop", ["Date du ticket", "Article", "Prix TTC"]],
    ["amounts of shops", ["jour", "boutique", "ville", "CA"]],
    ["products beside the time of their sale", ["Timestamp", "SKU", "Name", "Price"]],
    ["lines of an order", ["SKU", "Name", "Quantity", "Unit Cost", "Total Cost"]],
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

  it("takes the reference of the product before another one", () => {
    const header = ["reference", "date_add", "product_reference", "product_quantity", "shop"];
    expect(mapHeader(header, ventes).sources.get("id_produit")).toEqual({ at: 2 });
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

describe("a header read with options", () => {
  const header = ["Date", "Code", "Réf", "Boutique", "Qté", "Total"];
  const at = (options: Parameters<typeof mapHeader>[2]) =>
    Object.fromEntries(
      [...mapHeader(header, ventes, options).sources].map(([name, source]) => [
        name,
        "at" in source ? header[source.at] : "value" in source ? `= ${source.value}` : source.by,
      ]),
    );
  const plain = { date_vente: "Date", id_produit: "Réf", id_magasin: "Boutique", quantité: "Qté" };

  it.each([
    [{}, { ...plain, chiffre_affaires: "Total" }],
    [{ map: { id_produit: "code" } }, { ...plain, id_produit: "Code", chiffre_affaires: "Total" }],
    [{ map: { chiffre_affaires: "" } }, plain],
    // A field that is another column's by its name is not an alias any more.
    [{ map: { prix: "Total" } }, { ...plain, prix: "Total" }],
    [{ set: { id_magasin: "web" } }, { ...plain, id_magasin: "= web", chiffre_affaires: "Total" }],
    [
      { map: { id_vente: "Code" }, key: ["Code", "Réf"] },
      { ...plain, id_vente: "key", chiffre_affaires: "Total" },
    ],
    // One column that is not the id alone is no other id of sales, but it is of shops.
    [{ key: ["Code"] }, { ...plain, chiffre_affaires: "Total" }],
    // Without id_vente among them they tell sales apart, and are no id.
    [{ key: ["Code", "Réf"] }, { ...plain, chiffre_affaires: "Total" }],
  ])("%j", (options, sources) => expect(at(options)).toEqual(sources));

  it("has the id that --key names, of products and shops", () => {
    const sources = (key: readonly string[]) =>
      mapHeader(["Marque", "Réf", "Prix"], produits, { key }).sources;
    expect(sources(["Marque"]).get("id_produit")).toEqual({ at: 0 });
    expect(sources(["Marque", "Réf"]).get("id_produit")).toMatchObject({ by: "key", own: 1 });
    expect(mapHeader(["Marque", "Prix"], produits, { key: ["Marque", "Réf"] })).toMatchObject({
      unknown: ["Réf"],
      missing: ["id_produit"],
    });
  });

  it("says what options name and it does not have", () => {
    expect(mapHeader(header, ventes, { map: { id_produit: "Article" } })).toMatchObject({
      unknown: ["Article"],
      missing: ["id_produit"],
    });
    expect(recognizeHeader(header, { map: { prix: "Article" } })).toBeUndefined();
  });

  it("is not recognized by what an operator gives alone", () => {
    expect(recognizeHeader(["a", "b"], { set: { id_magasin: "web", ville: "Rennes" } })).toBeUndefined();
    expect(recognizeHeader(["Ville"], { set: { id_magasin: "web" } })?.entity).toBe("magasins");
  });

  it("finds a field as published before one that is folded alike", () => {
    expect(fieldNamed(["code", "Code"], "Code")).toBe(1);
    expect(fieldNamed(["Code article"], "code_article")).toBe(0);
    expect(fieldNamed(["a", ""], "")).toBe(1);
    expect(fieldNamed(["a"], "--")).toBe(-1);
  });
});

describe("a wide header", () => {
  const header = ["Date", "Réf", "Libellé", "PU", "Magasin", "Ville", "Qté", "Vendeur"];
  it("is each of its entities, and what nobody takes is the last one's", () => {
    const { mappings, extras } = mapEntities(header, ["ventes", "magasins", "produits"]);
    expect(mappings.map(({ entity, sources }) => [entity, ...sources.keys()])).toEqual([
      ["produits", "id_produit", "nom"],
      ["magasins", "id_magasin", "ville"],
      ["ventes", "id_produit", "id_magasin", "date_vente", "quantité", "prix"],
    ]);
    expect(extras.map((i) => header[i])).toEqual(["Vendeur"]);
  });

  const missingOf = (fields: readonly string[], entities: Parameters<typeof mapEntities>[1]) =>
    mapEntities(fields, entities).mappings.flatMap(({ entity, missing }) =>
      missing.map((column) => `${entity}: ${column}`),
    );

  it("says which entity lacks what", () => {
    expect(missingOf(["Date", "Réf", "Qté"], ["produits", "ventes"])).toEqual(["ventes: id_magasin"]);
    expect(missingOf(header, ["produits", "magasins", "ventes"])).toEqual([]);
    expect(recognizeHeader(header)?.entity).toBe("ventes");
    expect(recognizeHeader(["a"])).toBeUndefined();
  });

  it("gives shops without an id their city and address; a file of shops alone does not", () => {
    expect(missingOf(["Date", "Réf", "Adresse", "Ville", "Qté"], ["magasins", "ventes"])).toEqual([]);
    expect(missingOf(["Adresse", "Ville"], ["magasins"])).toEqual(["magasins: id_magasin"]);
  });
});

it.each([
  [["Date", "Référence", "Quantité", "Magasin"], true],
  [["id_vente", "date_vente", "id_produit"], true],
  [["date", "sku", "qty", "store"], false],
  [["order_date", "product_id", "quantity"], false],
  [["date", "ref", "x"], false],
  [["Produit", "Store"], false],
])("%j is French: %s", (header, french) => expect(isFrenchHeader(header)).toBe(french));
