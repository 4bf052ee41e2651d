/** The flags of `sources add`: they are parsed or refused in one line, and change the registered options. */
import { describe, expect, it } from "vitest";
import { flagsOf } from "../rows/index.ts";
import { parseEntities } from "../source/argument.ts";
import { SourceRefusal } from "../source/error.ts";
import { SOURCE_SENTENCES } from "../source/sentences.ts";
import { changedReading, parseReadingFlags, type ReadingFlags } from "./reading-flags.ts";

/** Splits a line as a shell does. */
const words = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s'\\]|\\.|'[^']*')+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\(.)/g, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? ""),
  );

/** The flags of a command line, as the command tree hands them on. */
function flagsIn(line: string): ReadingFlags {
  const flags: Record<string, unknown> = {};
  const all = words(line);
  for (let i = 0; i < all.length; i++) {
    const name = (all[i] ?? "").slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    if (name === "noHeader") flags[name] = true;
    else if (name === "prices" || name === "wholeIds") flags[name] = true;
    else if (name === "noPrices" || name === "noWholeIds")
      flags[name === "noPrices" ? "prices" : "wholeIds"] = false;
    else if (["map", "set", "same", "where", "fillDown"].includes(name))
      flags[name] = [...((flags[name] as string[] | undefined) ?? []), all[++i]];
    else flags[name] = all[++i];
  }
  return flags;
}

describe("an option", () => {
  it.each<[ReadingFlags, object]>([
    [{}, {}],
    [{ delimiter: ";" }, { delimiter: ";" }],
    [{ delimiter: "tab" }, { delimiter: "\t" }],
    [{ delimiter: "\\t" }, { delimiter: "\t" }],
    [{ delimiter: "auto" }, { delimiter: null }],
    [{ encoding: "Windows-1252" }, { encoding: "windows-1252" }],
    [{ encoding: "mac-roman" }, { encoding: "macintosh" }],
    [{ encoding: "auto" }, { encoding: null }],
    [{ decimal: "comma" }, { decimal: "comma" }],
    [{ decimal: "virgule" }, { decimal: "comma" }],
    [{ decimal: "." }, { decimal: "point" }],
    [{ dateFormat: "dmy" }, { dateFormat: "dmy" }],
    [{ dateFormat: "JJ/MM/AAAA" }, { dateFormat: "dmy" }],
    [{ dateFormat: "dd.mm.yy" }, { dateFormat: "dmy" }],
    [{ dateFormat: "M/D/YYYY" }, { dateFormat: "mdy" }],
    [{ dateFormat: "AAAAMMJJ" }, { dateFormat: "ymd" }],
    [{ dateFormat: "YYYY-MM-DD" }, { dateFormat: "ymd" }],
    [{ dateFormat: "Excel" }, { dateFormat: "excel" }],
    [{ noHeader: true, columns: "a, b,,c" }, { columns: ["a", "b", "", "c"] }],
    [{ columns: "" }, { columns: null }],
    [{ quote: "single" }, { quote: "'" }],
    [{ quote: "none" }, { quote: "none" }],
    [{ quote: "auto" }, { quote: null }],
    [{ comment: "//" }, { comment: "//" }],
    [{ comment: "none" }, { comment: "" }],
    [{ skipLines: "2" }, { skipLines: 2 }],
    [{ skipLines: "0" }, { skipLines: null }],
    [
      { map: ["quantite=Qté vendue", "id_produit = Code=Art", "prix="] },
      { map: { quantité: "Qté vendue", id_produit: "Code=Art", prix: "" } },
    ],
    [{ set: ["id_magasin=web", "ville="] }, { set: { id_magasin: "web", ville: null } }],
    [
      { same: ["Ville=Saint Malo", "ville=Lyon", "nom="] },
      { same: { ville: ["Saint Malo", "Lyon"], nom: null } },
    ],
    [
      { where: ["État=payé", "Type=a=b"] },
      {
        where: [
          { column: "État", value: "payé" },
          { column: "Type", value: "a=b" },
        ],
      },
    ],
    [{ where: ["État="] }, { where: [{ column: "État", value: "" }] }],
    [{ where: [""] }, { where: null }],
    [{ fillDown: ["a,b", "c"] }, { fillDown: ["a", "b", "c"] }],
    [{ fillDown: [""] }, { fillDown: null }],
    [{ key: "Ticket, Ligne" }, { key: ["Ticket", "Ligne"] }],
    [{ key: "" }, { key: null }],
    [{ prices: true }, { prices: true }],
    [{ prices: false }, { prices: null }],
    [{ preset: "excel-fr" }, { preset: "excel-fr" }],
    [{ preset: "none" }, { preset: null }],
  ])("%j is read, and written again in commands", (flags, change) => {
    const read = parseReadingFlags(flags);
    expect(read).toEqual(change);
    expect(parseReadingFlags(flagsIn(flagsOf(read)))).toEqual(change);
  });

  it.each<[ReadingFlags, RegExp]>([
    [{ delimiter: "x" }, /^--delimiter "x": give , ; \| tab auto$/],
    [{ quote: "x" }, /^--quote "x": give double single none auto$/],
    [{ comment: "" }, /^--comment "": give # \/\/ none auto$/],
    [{ skipLines: "x" }, /^--skip-lines "x": give 0 1 2/],
    [{ encoding: "klingon" }, /^--encoding "klingon": give utf-8, /],
    [{ decimal: "dot" }, /^--decimal "dot": give point comma auto$/],
    [{ dateFormat: "ydm" }, /^--date-format "ydm": give dmy mdy ymd excel auto/],
    [{ noHeader: true }, /^--no-header "": give --columns a,b,c$/],
    [{ columns: "a,b" }, /^--columns "a,b": give --no-header$/],
    [
      { map: ["produit=x"] },
      /^--map "produit": give id_produit, nom, prix, date_effet, id_magasin, ville, id_vente/,
    ],
    [{ map: ["id_produit"] }, /^--map "id_produit": give id_produit=CodeArticle$/],
    [{ set: ["couleur=bleu"] }, /^--set "couleur": give id_produit, /],
    [{ same: ["date_vente=x"] }, /^--same "date_vente": give id_produit, nom, id_magasin, ville/],
    [{ same: ["Lyon"] }, /^--same "Lyon": give ville=Lyon/],
    [{ same: ["id_produit=Pomme="] }, /^--same "id_produit=Pomme=": give id_produit=Pomme=Pommes/],
    [{ where: ["payé"] }, /^--where "payé": give 'Status=paid', /],
    [{ where: ["=payé"] }, /^--where "=payé"/],
    [{ preset: "excel" }, /no preset "excel": give one of these: google-sheets, excel-fr/],
  ])("%j is refused", (flags, says) => {
    let refusal: unknown;
    try {
      parseReadingFlags(flags);
    } catch (error) {
      refusal = error;
    }
    if (!(refusal instanceof SourceRefusal)) throw new Error("not refused");
    const { what = "", more = "" } = refusal;
    expect(SOURCE_SENTENCES[refusal.code].en({ source: "x", what, more })).toMatch(says);
    expect(SOURCE_SENTENCES[refusal.code].fr({ source: "x", what, more })).toContain(what);
  });
});

describe("registered options", () => {
  const before = { decimal: "comma", map: { nom: "Libellé", prix: "PU" }, fillDown: ["a"] } as const;
  it("stay where nothing is given, and change where something is given: --map and --set by column", () => {
    expect(changedReading(before, {})).toEqual(before);
    expect(changedReading(before, { map: { prix: "Tarif" }, set: { ville: "Rennes" } })).toEqual({
      ...before,
      map: { nom: "Libellé", prix: "Tarif" },
      set: { ville: "Rennes" },
    });
    expect(changedReading(before, { fillDown: ["b"] })).toEqual({ ...before, fillDown: ["b"] });
    expect(changedReading(before, { decimal: null, fillDown: null })).toEqual({ map: before.map });
  });

  it("have names of --same in addition, and a name in the place of one that is the same", () => {
    const one = changedReading(undefined, parseReadingFlags({ same: ["ville=Lyon"] }));
    const two = changedReading(one, parseReadingFlags({ same: ["ville=Brest", "ville=LYON", "nom=Pain"] }));
    expect(two).toEqual({ same: { nom: ["Pain"], ville: ["Brest", "LYON"] } });
    expect(changedReading(two, parseReadingFlags({ same: ["ville=Brest"] }))).toEqual(two);
    expect(changedReading(two, parseReadingFlags({ same: ["ville="] }))).toEqual({ same: { nom: ["Pain"] } });
  });

  it("are none when all of them are removed", () => {
    expect(
      changedReading({ decimal: "comma", set: { ville: "x" } }, { decimal: null, set: { ville: null } }),
    ).toBe(undefined);
    expect(changedReading(undefined, {})).toBe(undefined);
  });

  it("given again in another order are the same text, so they are not published again", () => {
    const one = changedReading(undefined, parseReadingFlags({ map: ["nom=a", "prix=b"], decimal: "comma" }));
    const two = changedReading(one, parseReadingFlags({ decimal: "comma", map: ["prix=b", "nom=a"] }));
    expect(JSON.stringify(two)).toBe(JSON.stringify(one));
  });
});

it("entities are named alone or several, parents first", () => {
  expect(parseEntities("ventes")).toEqual(["ventes"]);
  expect(parseEntities("ventes, produits,ventes")).toEqual(["produits", "ventes"]);
  expect(() => parseEntities("ventes,clients")).toThrow("source.unknown_entity");
  expect(() => parseEntities(",")).toThrow("source.unknown_entity");
});
