/** Values as text, compared with sqlite3 where it is installed. */
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requirement } from "../../integration-tests/support/require.ts";
import { plainDouble } from "../texts/numbers.ts";
import { csvLine, jsonObject, listLine, table } from "./rows.ts";

describe("a double", () => {
  it.each([
    [5268.78, "5268.78"],
    [0.1 + 0.2, "0.3"],
    [100, "100.0"],
    [-0, "0.0"],
    [1e15, "1.0e+15"],
    [123456789012345, "123456789012345.0"],
    [1.5e-7, "1.5e-07"],
    [0.00012, "0.00012"],
    [Number.POSITIVE_INFINITY, "Inf"],
  ])("%d is %s", (value, text) => {
    expect(plainDouble(value)).toBe(text);
  });

  it("has 15 significant digits: reading it back gives those", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(plainDouble(value))).toBe(Number(value.toPrecision(15)) + 0);
      }),
    );
  });

  it.skipIf(!requirement("sqlite3").present)("is what sqlite3 prints", () => {
    const values = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }), {
      numRuns: 200,
      seed: 7,
    });
    const sql = `VALUES ${values.map((v) => `(${v === 0 ? "0.0" : v.toExponential()})`).join(",")}`;
    const printed = execFileSync(requirement("sqlite3").found, [":memory:", sql], { encoding: "utf8" });
    const ours = values.map(plainDouble);
    const theirs = printed.trimEnd().split("\n");
    // sqlite3 3.40 computes its digits in long double, and may differ in the last one.
    for (const [i, text] of theirs.entries())
      expect(Math.abs(Number(ours[i]) / Number(text) - 1) < 1e-13 || Number(text) === 0).toBe(true);
    expect(ours.filter((text, i) => text === theirs[i]).length).toBeGreaterThan(190);
  });
});

describe("rows", () => {
  it("as sqlite3's list mode", () => {
    expect(listLine(["a", 2n, 1.5, null, 10n ** 18n])).toBe("a|2|1.5||1000000000000000000\n");
  });

  it("as CSV: quoted where needed, and no formula for a spreadsheet", () => {
    expect(csvLine(["a,b", 'say "x"', "two\nlines", " padded"])).toBe(
      '"a,b","say ""x""","two\nlines"," padded"\r\n',
    );
    expect(csvLine(["=HYPERLINK(1)", "+1", "-2,5", "@x", -3n, -1.5])).toBe(
      "'=HYPERLINK(1),+1,\"-2,5\",'@x,-3,-1.5\r\n",
    );
    for (const text of [
      "-1+1",
      "+cmd|' /C calc'!A0",
      "=1",
      "@SUM(1)",
      "\t=1",
      "\r=1",
      "\n=1",
      "＝1+1",
      "－1",
      "--5",
    ])
      expect(csvLine([text]), text).toMatch(/^"?'/);
    // A French spreadsheet splits at `;`, and does not see quotes within a field.
    expect(csvLine(["vis;=1+1", 'vis;"=1+1', "vis;@x", "vis\t+1+1", "vis\n-1+1"])).toBe(
      `vis;'=1+1,"vis;""'=1+1",vis;'@x,vis\t'+1+1,"vis\n'-1+1"\r\n`,
    );
    for (const text of ["a;-5", "a;-5;+1,5", "a;b=c", "12;-3.5"]) expect(csvLine([text])).toContain(text);
    for (const text of ["-5", "+33612345678", "-1.25", "1-1", "a=b", ""])
      expect(csvLine([text]), text).toBe(`${text}\r\n`);
  });

  it("as JSON: integers whole, doubles with their digits", () => {
    const text = jsonObject(["a", "b", "c"], [2n ** 60n, 0.1 + 0.2, null]);
    expect(text).toBe('{"a":1152921504606846976,"b":0.3,"c":null}');
  });

  it("as JSON: no character that moves or reorders what a terminal shows", () => {
    expect(jsonObject(["a\u009b"], ["\u001b[2J\u009b2J\u202egnp.exe\u2028\u007f"])).toBe(
      '{"a\\u009b":"\\u001b[2J\\u009b2J\\u202egnp.exe\\u2028\\u007f"}',
    );
  });

  it("as a table: amounts in French format, numbers to the right, no escape of a terminal", () => {
    const shown = table(
      ["ville", "chiffre_affaires"],
      [
        ["Lyon\u001b[2J", 1059.79],
        ["Saint-Étienne", 12],
      ],
    );
    expect(shown).not.toContain("\u001b");
    expect(shown.split("\n").slice(2, 4)).toEqual([
      "Lyon␛[2J               1\u202f059,79",
      "Saint-Étienne             12,00",
    ]);
  });

  it("as a table: as wide as a terminal shows them, for any number of rows", () => {
    const names = ["e\u0301", "日本", "👨\u200d👩\u200d👧", "🇫🇷", "™", "a\u00a0b"];
    const shown = table(
      ["nom", "n"],
      names.map((name) => [name, 1n]),
    );
    expect(shown.split("\n").slice(2, -1)).toEqual([
      "e\u0301     1",
      "日本  1",
      "👨\u200d👩\u200d👧    1",
      "🇫🇷    1",
      "™     1",
      "a\u00a0b   1",
    ]);
    const many = Array.from({ length: 300_000 }, () => [1n]);
    expect(table(["n"], many)).toHaveLength("n\n─\n".length + 2 * many.length);
  });
});

describe("a table that is wider than the terminal", () => {
  const names = ["nom", "ville", "montant"];
  const rows = [["Un produit dont le nom est très long", "Saint-Malo", 1234.5]];
  /** Spaces of numbers are of several kinds. */
  const fitted = (most?: number) => table(names, rows, most).replaceAll("\u202f", " ");

  it("has its widest texts cut, never a number", () =>
    expect(fitted(34).split("\n")).toEqual([
      "nom           ville        montant",
      "────────────  ──────────  ────────",
      "Un produit …  Saint-Malo  1 234,50",
      "",
    ]));

  it("is as it is where it fits, and cut no further where nothing more helps", () => {
    expect(fitted(60)).toBe(fitted());
    expect(fitted(5).split("\n")[2]).toBe("Un prod…  Saint-M…  1 234,50");
  });

  it("is cut to the terminal, however long a text is", () =>
    expect(
      table(["t", "u"], [["é".repeat(1_000_000), "x".repeat(1_000_000)]], 40).split("\n")[2]?.length,
    ).toBe(40));
});
