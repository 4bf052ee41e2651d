import { describe, expect, it } from "vitest";
import { foldedId, foldedName, foldedSingular, SameNames } from "./same-name.ts";

describe("names", () => {
  it.each([
    ["Lyon", "LYON "],
    ["Lyon", "lyon"],
    ["Saint-Malo", "St Malo"],
    ["Saint-Malo", "ST. MALO"],
    ["Saint-Malo", "St.Malo"],
    ["Sainte-Foy-lès-Lyon", "Ste Foy les  Lyon"],
    ["Évreux", "evreux"],
    ["Villeneuve d'Ascq", "Villeneuve d’Ascq"],
    ["La Rochelle", "la\u00a0rochelle"],
    ["Œuf", "oeuf"],
  ])("%j and %j are the same", (a, b) => expect(foldedName(a)).toBe(foldedName(b)));

  it.each([
    ["1-12", "11-2"],
    ["A-1", "A1"],
    ["A", "A-"],
    ["B", "B+"],
    ["007", "7"],
    ["St", "Saint"],
    ["Stains", "Saint Ains"],
    ["Brest", "Brest Saint"],
    ["1.0", "10"],
  ])("%j and %j are two", (a, b) => expect(foldedName(a)).not.toBe(foldedName(b)));

  it.each([
    ["Pomme", "POMMES"],
    ["Thé vert", "thes verts"],
    ["Gâteau (noix)", "Gâteaux (noix)"],
  ])("%j and %j are a product and its plural", (a, b) => expect(foldedSingular(a)).toBe(foldedSingular(b)));

  it.each([
    ["AB-12", "AB-12S"],
    ["pull 12", "pulls 12"],
    ["Thé", "Thé S"],
    ["Jus", "Ju"],
  ])("%j and %j are two products", (a, b) => expect(foldedSingular(a)).not.toBe(foldedSingular(b)));

  it("that are ids of digits may lack zeros at their beginning", () => {
    const ids = new SameNames(["0012", "7", "A01"], foldedId);
    expect(["12", "012", "007", "120", "A1", "a01", "0"].map((text) => ids.written(text))).toEqual([
      "0012",
      "0012",
      "7",
      "120",
      "A1",
      "A01",
      "0",
    ]);
  });

  it("are written as one that an operator names for them", () => {
    const names = new SameNames(["Pomme=Pommes", "Thé vert=Infusion"], foldedId);
    const texts = ["pommes", "POMME", "Pommeau", "infusion", "the vert"];
    expect(texts.map((text) => names.written(text))).toEqual([
      "Pomme",
      "Pomme",
      "Pommeau",
      "Thé vert",
      "Thé vert",
    ]);
  });

  it("are written as one; others stay as they are", () => {
    const names = new SameNames(["Lyon", "Saint-Malo"]);
    expect(["lyon", "LYON", "st malo", "Lyons", "lyon"].map((text) => names.written(text))).toEqual([
      "Lyon",
      "Lyon",
      "Saint-Malo",
      "Lyons",
      "Lyon",
    ]);
  });
});
