/** The sentences say what to do, and their commands can be pasted into a shell. */
import { describe, expect, it } from "vitest";
import { namesAction } from "#shared/runtime/testing/names-action.ts";
import { reportOf } from "./doubt.ts";
import { sourceError } from "./error.ts";
import { SOURCE_SENTENCES } from "./sentences.ts";

describe("the command in a sentence", () => {
  it.each([
    ["https://a.example/ventes.csv", "https://a.example/ventes.csv"],
    ["https://a.example/v.csv?a=1&b=2", "'https://a.example/v.csv?a=1&b=2'"],
    ["file:///srv/l'été;rm.csv", "'file:///srv/l'\\''été;rm.csv'"],
  ])("names %s as %s", (source, argument) => {
    const { sentence } = sourceError("source.removed", { source }, "fr");
    expect(sentence.endsWith(` : npx ventes sources add ${argument}`)).toBe(true);
    const doubt = {
      code: "vanished.many",
      decision: "vanished.many:abc",
      weight: "held",
      details: { count: 19, of: 38 },
      choices: [{ code: "delete" }, { code: "keep", options: ["--vanished", "keep"] }],
    } as const;
    expect(reportOf(doubt, source, "fr").choices.map(({ command }) => command)).toEqual([
      `npx ventes sources confirm ${argument} vanished.many:abc`,
      `npx ventes sources add ${argument} --vanished keep`,
    ]);
  });
});

/** What needs no action: the first settles itself, the second is a note, and the last gets its choices from doubts. */
const WITHOUT = ["source.earlier", "catalogue.ignored", "source.held_back"];

it.each(Object.entries(SOURCE_SENTENCES).filter(([code]) => !WITHOUT.includes(code)))(
  "%s says what to do",
  (_, sentence) => {
    const details = { source: "SOURCE", what: "WHAT", more: "MORE" };
    expect(namesAction(sentence.fr(details), "fr")).toBe(true);
    expect(namesAction(sentence.en(details), "en")).toBe(true);
  },
);
