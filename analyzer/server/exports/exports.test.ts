import { Readable } from "node:stream";
import { buffer, text as textOf } from "node:stream/consumers";
import readXlsx from "read-excel-file/node";
import { describe, expect, test } from "vitest";
import { day, number, tableOf, text } from "./table.ts";
import { excelCsv, json, plainCsv } from "./text-formats.ts";
import { xlsx } from "./xlsx.ts";

const COLUMNS = [
  text("name", "Nom", "Name"),
  day("date", "Date", "Date"),
  number("revenue", "Chiffre d'affaires", "Revenue"),
];
const ROWS = [
  { name: 'Café; "noir", à 3 <€> & plus', date: "2026-01-31", revenue: 1234.56 },
  { name: '=HYPERLINK("http://x")', date: null, revenue: -0.000001 },
  { name: "+33 1\nsuite", date: "1850-01-01", revenue: 9_007_199_254_740_991 },
  { name: "\u0000\uD800", date: "2024-02-29", revenue: null },
];
const table = () => tableOf(COLUMNS, [ROWS.slice(0, 2), [], ROWS.slice(2)]);
const join = (pieces: Iterable<string>) => [...pieces].join("");
const read = async (stream: Readable) =>
  readXlsx(Readable.from([await buffer(stream)], { objectMode: false }));

describe("a table as a file", () => {
  test("is CSV for programs: commas, decimal points, no formula", () => {
    expect(join(plainCsv(table()))).toBe(
      [
        "name,date,revenue",
        '"Café; ""noir"", à 3 <€> & plus",2026-01-31,1234.56',
        '"\'=HYPERLINK(""http://x"")",,-0.000001',
        '"\'+33 1\nsuite",1850-01-01,9007199254740991',
        "\u0000\uD800,2024-02-29,",
        "",
      ].join("\r\n"),
    );
  });

  test("is CSV that a French Excel opens: no formula, decimal commas, headings in the reader's language", () => {
    expect(join(excelCsv(table(), "fr"))).toBe(
      [
        "\uFEFFNom;Date;Chiffre d'affaires",
        '"Café; ""noir"", à 3 <€> & plus";2026-01-31;1234,56',
        '"\'=HYPERLINK(""http://x"")";;-0,000001',
        '"\'+33 1\nsuite";1850-01-01;9007199254740991',
        "\u0000\uD800;2024-02-29;",
        "",
      ].join("\r\n"),
    );
  });

  test("is JSON, also without rows", () => {
    expect(JSON.parse(join(json(table())))).toEqual(ROWS);
    expect(JSON.parse(join(json(tableOf(COLUMNS, []))))).toEqual([]);
  });

  test("is a workbook that a reader of others opens: texts, numbers and dates", async () => {
    const stream = xlsx(table(), { title: "by-city", language: "fr", at: new Date("2026-01-01") });
    expect(await read(stream)).toEqual([
      {
        sheet: "by-city",
        data: [
          ["Nom", "Date", "Chiffre d'affaires"],
          [ROWS[0]?.name, new Date("2026-01-31T00:00:00Z"), 1234.56],
          [ROWS[1]?.name, null, -0.000001],
          [ROWS[2]?.name, "1850-01-01", 9_007_199_254_740_991],
          ["\uFFFD\uFFFD", new Date("2024-02-29T00:00:00Z"), null],
        ],
      },
    ]);
  });

  test("has more sheets when one is full, each with the headings", async () => {
    const sheets = await read(
      xlsx(table(), { title: "sales", language: "en", at: new Date("2026-01-01"), maxRows: 3 }),
    );
    expect(sheets.map(({ sheet, data }) => [sheet, data.map(([name]) => name)])).toEqual([
      ["sales", ["Name", ROWS[0]?.name, ROWS[1]?.name]],
      ["sales 2", ["Name", ROWS[2]?.name, "\uFFFD\uFFFD"]],
    ]);
  });

  test("names columns beyond Z: AA comes after Z, and AAA after ZZ", async () => {
    const columns = Array.from({ length: 704 }, (_, i) => number(`c${i}`, `c${i}`, `c${i}`));
    const row = Object.fromEntries(columns.map(({ name }, i) => [name, i]));
    const stream = xlsx(tableOf(columns, [[row]]), { title: "wide", language: "en", at: new Date(0) });
    const [sheet] = await read(stream);
    expect(sheet?.data[0]).toEqual(columns.map(({ name }) => name));
    expect(sheet?.data[1]).toEqual(columns.map((_, i) => i));
  });

  test("ends with the error of its rows, and does not end the program", async () => {
    function* broken() {
      yield ROWS;
      throw new Error("the disk is gone");
    }
    const stream = xlsx(tableOf(COLUMNS, broken()), { title: "x", language: "en", at: new Date(0) });
    await expect(textOf(stream)).rejects.toThrow("the disk is gone");
  });
});
