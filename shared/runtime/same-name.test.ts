import { describe, expect, it } from "vitest";
import { foldedName, SameNames } from "./same-name.ts";

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
