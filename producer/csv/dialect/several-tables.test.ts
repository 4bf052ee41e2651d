import { afterAll, expect, it } from "vitest";
import { decide, makeFiles, refusalOf } from "../testing/files.ts";

const files = makeFiles();
afterAll(files.remove);
const refusal = (...lines: readonly string[]) => {
  const refused = refusalOf(() => decide(files, files.write(`${lines.join("\n")}\n`)));
  return refused === undefined ? undefined : `${refused.code} ${refused.what}`;
};

const PRODUCTS = ["id_produit,nom,prix", "a,Apple,5", "b,Bread,7"];
const SHOPS = ["id_magasin,ville,note", "m,Paris,x"];
const SALES = ["date,id_produit,id_magasin,quantité", "2026-01-01,a,m,1"];

it("tables of several entities under each other are refused, with the lines of their headers", () => {
  expect(refusal(...PRODUCTS, "", ...SHOPS, "", ...SALES)).toBe("source.several_tables 1, 5, 8");
  expect(refusal("Export", ...SALES, ...SHOPS)).toBe("source.several_tables 2, 4");
});

it("a table that comes again behind other lines is one of several", () => {
  const cart = ["Cart,c1,C,Ann,x", "Phone,01,02,03,04"];
  expect(refusal(...cart, ...PRODUCTS, ...cart, ...PRODUCTS)).toBe("source.several_tables 3, 8");
});

it("files put together, with a broken line, are one table", () => {
  expect(refusal(...PRODUCTS, "c,Cake", ...PRODUCTS, "d,Date;9", ...PRODUCTS)).toBeUndefined();
});

it("a header that is not recognized is shown, and no longer row", () => {
  expect(refusal("Datum,Artikel,Menge", "2026-01-01,a,1,b,c,d")).toBe(
    "source.no_key_columns Datum, Artikel, Menge",
  );
  expect(refusal("Ventes de 2026", "date,produit,qté", "2026-01-01,a,1,b,c,d")).toBe(
    "source.sales_lack date, produit, qté",
  );
});
