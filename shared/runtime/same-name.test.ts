import { describe, expect, it } from "vitest";
import { foldedId, foldedName, SameNames } from "./same-name.ts";

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
