/** The sentences say what to do, and their commands can be pasted into a shell. */
import { describe, expect, it } from "vitest";
import { namesAction } from "#shared/runtime/testing/names-action.ts";
import { reportOf } from "./doubt.ts";
import { type SourceErrorCode, SourceRefusal, sourceError } from "./error.ts";
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

describe("the command after a refusal", () => {
  const given = { entities: ["ventes"], flags: ["--map 'prix=Prix TTC'", "--encoding utf-8", "--once"] };
  const said = (code: SourceErrorCode, what?: string, more?: string) =>
    new SourceRefusal(code, what, more).toError("file:///v.csv", "en", given).sentence;

  it("repeats what was given, which is not registered yet", () => {
    const again = "npx ventes sources add ventes file:///v.csv --map 'prix=Prix TTC' --encoding utf-8 --once";
    expect(said("source.undecided_decimal", "prix", "1,234 (2)")).toContain(
      `: ${again} --decimal point; or ${again} --decimal comma`,
    );
    expect(said("source.no_key_columns", "Nr", "id_produit")).toContain(`${again} --map id_produit=NAME;`);
    expect(said("source.no_key_columns", "Nr", "id_produit, quantité")).toContain(
      `${again} --map id_produit=NAME --map 'quantité=NAME';`,
    );
    expect(said("source.column_lost", "ville", "Ort Name")).toMatch(/ --map 'ville=Ort Name'$/);
    expect(said("source.column_lost", "magasins (ville)", "a, b")).toMatch(/ --map COLUMN=NAME$/);
  });

  it("leaves out what it replaces", () => {
    expect(said("source.encoding_contradicted", "utf-8", "utf-16le")).toMatch(
      / ventes file:\/\/\/v.csv --map 'prix=Prix TTC' --once --encoding auto$/,
    );
    expect(said("source.wrong_entity", "ventes", "produits")).toMatch(
      / add file:\/\/\/v.csv --map .* --once$/,
    );
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
