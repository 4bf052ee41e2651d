import { describe, expect, it } from "vitest";
import { foldHeader } from "../../header/index.ts";
import { decodersOf } from "../decoders.ts";
import { isCurrency, isOfCurrencies } from "./currencies.ts";

describe("a column of currencies", () => {
  it.each([
    "currency",
    "Currency",
    "Devise",
    "Code devise",
    "Monnaie",
    "Währung",
    "Moneda",
    "price_currency",
    "ISO currency",
  ])("may be called %s", (name) => expect(isOfCurrencies(foldHeader(name))).toBe(true));
  it.each([
    "Currency rate",
    "Taux de la devise",
    "Montant en devise",
    "Porte-monnaie",
    "Converted currency",
    "prix",
  ])("is not called %s", (name) => expect(isOfCurrencies(foldHeader(name))).toBe(false));
  it.each([
    ["EUR", true],
    ["eur", true],
    ["€", true],
    ["Euro (€)", true],
    ["978", true],
    ["USD", false],
    ["EUR/USD", false],
    ["Zorkmid", false],
  ])("%s is in EUR: %s", (text, is) => expect(isCurrency(text, "EUR")).toBe(is));
});

const settings = { timeZone: "Europe/Paris", currency: "EUR" };
const problemOf = (header: string, line: string) => {
  const [decoder] = decodersOf({ entities: ["ventes"], header: header.split(","), identity: null, settings });
  return decoder?.decode(line.split(","), line) === true ? undefined : decoder?.problem;
};
const SALE = "date,produit,magasin,quantite";

it("a record in another currency is a reject, whatever its amounts are", () => {
  const wrong = (code: string) => ({ code, details: { value: "USD", more: "EUR", column: "Devise" } });
  expect(problemOf(`${SALE},montant,Devise`, "2026-01-01,A,S,1,5,USD")).toEqual(
    wrong("chiffre_affaires.wrong_currency"),
  );
  expect(problemOf(`${SALE},prix,Devise`, "2026-01-01,A,S,1,5,USD")).toEqual(wrong("prix.wrong_currency"));
  expect(problemOf(`${SALE},Devise`, "2026-01-01,A,S,1,USD")).toEqual(
    wrong("chiffre_affaires.wrong_currency"),
  );
  for (const ours of ["EUR", "€", " eur ", "", "-", '="EUR"'])
    expect(problemOf(`${SALE},montant,Devise`, `2026-01-01,A,S,1,5,${ours}`)).toBeUndefined();
});
