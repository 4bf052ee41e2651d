import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { rejectStem, saleStem, splitOrdinal, withOrdinal } from "./identity.ts";

const BRIEF = ["date_vente", "id_magasin", "id_produit", "quantité"];
const row = { date_vente: "2023-05-27", id_produit: "REF001", quantité: "5", id_magasin: "1" };

describe("the id of a sale without one, version 1", () => {
  // Ids in databases and topics depend on these: a change of any is a new version, never an edit.
  it.each([
    ["the brief's first line", BRIEF, row, {}, "2023-05-27~sF348fBH7RyMOr5XsQeNtA"],
    [
      "with an extra column",
      [...BRIEF, "vendeur"],
      row,
      { vendeur: "Zoé" },
      "2023-05-27~U23p9uiB0Q-cX1H2z2Zq8w",
    ],
    [
      "the extra is empty",
      [...BRIEF, "vendeur"],
      row,
      { vendeur: null },
      "2023-05-27~HAco3Mle_ZrfeU8np68N-A",
    ],
    ["a return", BRIEF, { ...row, quantité: "-5" }, {}, "2023-05-27~LcvzcZFreiJxIRUQ5ycQAg"],
  ])("%s", (_, columns, values, extras, stem) => {
    expect(saleStem(columns, values, extras)).toBe(stem);
  });

  it("is 128 bits of SHA-256 over names and canonical values, sorted by name", () => {
    const text = `v1${JSON.stringify(BRIEF.map((name) => [name, (row as Record<string, string>)[name]]))}`;
    const hash = createHash("sha256").update(text, "utf8").digest().subarray(0, 16).toString("base64url");
    expect(saleStem(BRIEF, row, {})).toBe(`2023-05-27~${hash}`);
  });

  it("does not see columns that came later, and tells an empty column from a value", () => {
    expect(saleStem(BRIEF, { ...row, prix: "2" }, { vendeur: "A" })).toBe(saleStem(BRIEF, row, {}));
    const columns = [...BRIEF, "vendeur"];
    expect(saleStem(columns, row, { vendeur: "null" })).not.toBe(saleStem(columns, row, { vendeur: null }));
  });
});

it("the key of a reject is of its source and its text", () => {
  expect(rejectStem("file:///v.csv", "a;b")).toBe("j1nspGtN0E0WZJgzHjuh-A");
  expect(rejectStem("file:///w.csv", "a;b")).not.toBe(rejectStem("file:///v.csv", "a;b"));
});

it("an ordinal goes on and comes off; what has none is told", () => {
  expect(splitOrdinal(withOrdinal("2023-05-27~abc", 12))).toEqual({ stem: "2023-05-27~abc", ordinal: 12 });
  for (const key of ["007", "a~", "a~0", "a~x", "~1"]) expect(splitOrdinal(key)).toBeUndefined();
});
