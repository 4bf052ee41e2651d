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
    expect(said("source.no_key_columns", "Nr", "produits (id_produit, nom) / ventes (quantité)")).toContain(
      `${again} --map 'quantité=NAME';`,
    );
    expect(said("source.not_rekeyed", "date_vente")).toMatch(
      / sources remove file:\/\/\/v.csv --withdraw && .* sources add ventes file:\/\/\/v.csv --map .* --once$/,
    );
    expect(said("source.zip_entries", "a.csv, b.csv", "a.csv")).toMatch(
      / sources add ventes 'file:\/\/\/v.csv#a.csv' --map .* --once$/,
    );
    expect(said("source.column_lost", "magasins (ville)", "a, b")).toMatch(/ --map COLUMN=NAME$/);
  });

  it("has another name or value in the place of the wrong one", () => {
    expect(said("source.unknown_field", "--map Prix TTC", "Nr")).toMatch(
      / ventes file:\/\/\/v.csv --map 'prix=NAME' --encoding utf-8 --once$/,
    );
    expect(said("source.unknown_field", "--where État", "Nr")).toMatch(/ --once --where NAME=VALUE$/);
    expect(said("source.unknown_field", "--key État", "Nr")).toMatch(/ --once --key NAME$/);
    expect(said("source.unknown_column", "--map prix", "nom")).toMatch(/ --map 'COLUMN=Prix TTC' .* --once$/);
    expect(said("source.unknown_column", "--set prx", "prix")).toMatch(/ --once --set COLUMN=VALUE$/);
    expect(said("source.bad_set", "quantité=deux")).toMatch(/ --once --set 'quantité=12.5'$/);
    expect(said("source.bad_set", "date_vente=hier")).toMatch(/ --once --set date_vente=2026-01-31$/);
    expect(said("source.other_count", "2", "3")).toMatch(/ --once --no-header --columns NAME1,NAME2,NAME3$/);
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
