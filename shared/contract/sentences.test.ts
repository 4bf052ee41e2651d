/** The sentences of rejects: for every code in both languages, and for what a newer or a foreign program wrote. */
import { describe, expect, it } from "vitest";
import { namesAction } from "../runtime/testing/names-action.ts";
import { parseDetails, REJECT_SENTENCES, sentenceOf, shortDetails } from "./sentences.ts";

const CODES = Object.keys(REJECT_SENTENCES);

describe("the sentence of a reject", () => {
  it("is in the language of the reader", () => {
    const details = { value: "deux", column: "Qté" };
    expect(sentenceOf("quantite.not_a_number", details, "fr")).toMatch(
      /^« deux » n'est pas un nombre \(colonne Qté\)/,
    );
    expect(sentenceOf("quantite.not_a_number", details, "en")).toMatch(
      /^"deux" is not a number \(column Qté\)/,
    );
  });

  it.each(["new.code", "constructor", "__proto__", ""])(
    "shows the unknown code %j and its details",
    (code) => {
      for (const language of ["fr", "en"] as const) {
        const sentence = sentenceOf(code, { value: "x", unit: "kg" } as object, language);
        expect(sentence).toContain(code);
        expect(sentence).toContain('{"value":"x","unit":"kg"}');
      }
    },
  );

  it.each(CODES)("of %s says what to do", (code) => {
    const details = { value: "VALUE", column: "COLUMN", more: "MORE" };
    for (const language of ["fr", "en"] as const)
      expect(namesAction(sentenceOf(code, details, language), language)).toBe(true);
  });

  it.each(CODES)("of %s without details has no undefined", (code) => {
    for (const language of ["fr", "en"] as const)
      expect(sentenceOf(code, {}, language)).not.toMatch(/undefined|NaN|null/);
  });
});

describe("details", () => {
  it("are short in events, and a character is never cut in two", () => {
    const long = { value: "x".repeat(201), column: `${"x".repeat(198)}😀😀`, more: "x".repeat(200) };
    expect(shortDetails(long)).toEqual({
      value: `${"x".repeat(199)}…`,
      column: `${"x".repeat(198)}…`,
      more: long.more,
    });
    expect(shortDetails(shortDetails(long))).toEqual(shortDetails(long));
  });

  it.each(["", "[", "null", "3", '"text"', '{"value":1}'])("of the damaged text %j are none", (json) => {
    expect(parseDetails(json).value).toBeUndefined();
    expect(sentenceOf("quantite.missing", parseDetails(json), "en")).toContain("column ? is empty");
  });
});
