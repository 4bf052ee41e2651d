/** The commands in sentences can be pasted into a shell. */
import { describe, expect, it } from "vitest";
import { sourceError } from "./error.ts";

describe("the command in a sentence", () => {
  it.each([
    ["https://a.example/ventes.csv", "https://a.example/ventes.csv"],
    ["https://a.example/v.csv?a=1&b=2", "'https://a.example/v.csv?a=1&b=2'"],
    ["file:///srv/l'été;rm.csv", "'file:///srv/l'\\''été;rm.csv'"],
  ])("names %s as %s", (source, argument) => {
    const { sentence } = sourceError("source.held_back", { source, what: "19", more: "38" }, "fr");
    expect(sentence).toMatch(/ : ventes sources confirm /);
    expect(sentence.endsWith(`ventes sources confirm ${argument}`)).toBe(true);
  });
});
