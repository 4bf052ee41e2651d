/** What is decided of a column from all its values, and what is refused. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ReadingOptions } from "#shared/contract/source-records.ts";
import { SourceRefusal } from "../../source/error.ts";
import { type ColumnFormats, ColumnSurvey } from "./decide-formats.ts";

interface Given {
  readonly header?: string;
  readonly options?: ReadingOptions;
  readonly before?: ColumnFormats | null;
  readonly tail?: boolean;
}

/** A column of numbers and one of dates; the header is English unless a test says otherwise. */
const HEADER = "order_id,product_id,store_id,order_date,quantity,unit_price,amount";

function decide(rows: readonly string[][], given: Given = {}): ColumnFormats | string {
  const survey = new ColumnSurvey({
    header: (given.header ?? HEADER).split(","),
    entities: ["ventes"],
    options: given.options ?? {},
    before: given.before ?? null,
    ...(given.tail === undefined ? {} : { tail: given.tail }),
  });
  try {
    for (const [i, fields] of rows.entries()) survey.record(fields, i + 2);
    return survey.decide();
  } catch (error) {
    if (error instanceof SourceRefusal) return `${error.code} ${error.what} ${error.more}`;
    throw error;
  }
}

const numbers = (values: string, given?: Given) =>
  decide(
    values.split(" | ").map((v) => ["1", "p", "m", "2026-01-01", v, "", ""]),
    given,
  );
const dates = (values: string, given?: Given) =>
  decide(
    values.split(" | ").map((v) => ["1", "p", "m", v, "1", "", ""]),
    given,
  );

describe("the decimal sign of a column", () => {
  it.each([
    ["1 | 2 | 300", {}],
    ["", {}],
    ["1.5 | 2", { quantity: "point" }],
    ["1,5 | 2", { quantity: "comma" }],
    ["1.234 | 1.5", { quantity: "point" }],
    ["1.234 | 1,50", { quantity: "comma" }],
    ["1,234 | 1.5", { quantity: "point" }],
    ["1,234 | 1,5", { quantity: "comma" }],
    ["1.234 | 1.234,56", { quantity: "comma" }],
    ["1,234 | 1234.567", { quantity: "point" }],
    ["1,234 | 0,125", { quantity: "comma" }],
    ["1.234 | 1.234.567", { quantity: "comma" }],
    ["1,234 | 1,234,567", { quantity: "point" }],
    ["1.234 | 1 234,5", { quantity: "comma" }],
    ["1.234 | (1,5) €", { quantity: "comma" }],
    ["1.5 | 1,5", { quantity: "either" }],
    // The greater number decides; the others are then rejects.
    ["1.5 | 2.5 | 1,5 | 1,234", { quantity: "point" }],
    ["1,5 | 2,5 | 1.5 | 1.234", { quantity: "comma" }],
    // What is no number says nothing.
    ["1.5 | n/a | - | douze,5 | 1,5E+03 | 12:30", { quantity: "point" }],
    ['1.234 | ="1,5"', { quantity: "comma" }],
  ])("of %s", (values, formats) => expect(numbers(values)).toEqual(formats));

  it.each([["1.234"], ["1,234"], ["1.234 | 5 | -2.500"], ["1.234 | 1.5 | 1,5"]])(
    "of %s is not guessed: the column, a value with its line, and the flag",
    (values) => {
      const open = values.split(" | ").findIndex((v) => /^1.234$/.test(v));
      expect(numbers(values)).toBe(
        `source.undecided_decimal quantity ${values.split(" | ")[open]} (${open + 2})`,
      );
      expect(numbers(values, { options: { decimal: "point" } })).toEqual({
        quantity: "point",
        unit_price: "point",
        amount: "point",
      });
    },
  );

  const row = (q: string, p: string, a: string) => ["1", "p", "m", "2026-01-01", q, p, a];

  it("is told by the other columns where they agree", () => {
    expect(decide([row("1.234", "1,5", "")])).toEqual({ quantity: "comma", unit_price: "comma" });
    expect(decide([row("1.234", "1.5", "2.5")])).toMatchObject({ quantity: "point" });
    expect(decide([row("1.234", "1.5", "2,5")])).toMatch(/^source.undecided_decimal quantity/);
  });

  it.each(["__proto__", "constructor"])("is told of a column that is called %s", (name) => {
    const given: Given = {
      header: HEADER.replace("quantity", name),
      options: { map: { quantité: name } },
    };
    expect(Object.entries(numbers("1,5 | 2", given))).toEqual([[name, "comma"]]);
    expect(numbers("1.234", { ...given, before: {} })).toMatch(/^source.undecided_decimal/);
  });

  it("is told by the version before, unless its values say otherwise", () => {
    expect(numbers("1.234", { before: { quantity: "comma" } })).toEqual({ quantity: "comma" });
    expect(numbers("1.234 | 1.5", { before: { quantity: "comma" } })).toEqual({ quantity: "point" });
    // Nothing to decide now: what was known stays known.
    expect(numbers("5", { before: { quantity: "comma" } })).toEqual({ quantity: "comma" });
    expect(numbers("1.234", { before: { quantity: "either" } })).toMatch(/^source.undecided_decimal/);
  });

  it("of a tail is that of the version before, and a contradiction is told", () => {
    const survey = new ColumnSurvey({
      header: HEADER.split(","),
      entities: ["ventes"],
      options: {},
      before: { quantity: "comma", order_date: "dmy" },
      tail: true,
    });
    survey.record(["1", "p", "m", "12/31/2026", "1.5", "", ""], 9);
    expect(survey.decide()).toEqual({ quantity: "comma", order_date: "dmy" });
    expect(survey.contradicted).toEqual(["quantity", "order_date"]);
  });

  it("of a column that is new in a tail is what the others were decided to be", () => {
    const given = { before: { unit_price: "comma" }, tail: true };
    expect(numbers("1.234", given)).toEqual({ unit_price: "comma", quantity: "comma" });
    expect(dates("03/02/2026", given)).toMatchObject({ order_date: "dmy" });
    expect(numbers("1.234", { ...given, tail: false })).toMatch(/undecided/);
  });

  it("that is fixed is refused when most values contradict it, with the first of them", () => {
    expect(numbers("1.5 | 2.5 | 1,5", { options: { decimal: "comma" } })).toBe(
      "source.fixed_decimal --decimal comma quantity: 1.5 (2)",
    );
    expect(numbers("1.5 | 1,5 | 2,5", { options: { decimal: "comma" } })).toMatchObject({
      quantity: "comma",
    });
  });
});

describe("the order of a column of dates", () => {
  const french = HEADER.replace("order_date", "date_vente").replace("quantity", "quantité");
  it.each([
    ["2026-02-03 | 3 févr. 2026 | 20260203", {}],
    ["02/02/2026", {}],
    ["31/12/2026 | 03/02/2026", { order_date: "dmy" }],
    ["12/31/2026 | 03/02/2026", { order_date: "mdy" }],
    ["31/12/2026 | 12/31/2026 | 30/12/2026", { order_date: "dmy" }],
    ["99-12-31 | 03-02-01", { order_date: "ymd" }],
    ["26-02-28 | 03/02/2026", { order_date: "dmy" }],
    ["45000 | 45001.5", { order_date: "excel" }],
    ["45000 | 45001 | 2026-01-01", { order_date: "excel" }],
    ["45000 | 2026-01-01 | 2026-01-02", {}],
  ])("of %s", (values, formats) => expect(dates(values)).toEqual(formats));

  it.each([
    ["03/02/2026", "03/02/2026 (2)"],
    ["2026-01-01 | 03/02/2026", "03/02/2026 (3)"],
    ["26-02-28 | 26-03-01", "26-02-28 (2)"],
    ["31/12/2026 | 12/31/2026", "31/12/2026 (2)"],
  ])("of %s is not guessed", (values, shown) =>
    expect(dates(values)).toBe(`source.undecided_date order_date ${shown}`),
  );

  it("is day first in a French file: its header, or its decimal commas", () => {
    const header = "id_vente,id_produit,id_magasin,date_vente,quantité,prix,chiffre_affaires";
    expect(dates("03/02/2026", { header })).toEqual({ date_vente: "dmy" });
    expect(decide([["1", "p", "m", "03/02/2026", "1,5", "", ""]])).toMatchObject({ order_date: "dmy" });
    expect(dates("03/02/2026", { options: { decimal: "comma" } })).toMatchObject({ order_date: "dmy" });
    // What an operator names is not what the file's author speaks.
    expect(dates("03/02/2026", { header, options: { columns: header.split(",") } })).toMatch(
      /undecided_date/,
    );
    expect(dates("03/02/2026", { header: french })).toMatch(/undecided_date/);
    // A year that may stand first is not a matter of language.
    expect(dates("26-02-03", { header })).toMatch(/undecided_date/);
    // Evidence goes before language.
    expect(dates("03/02/2026 | 12/31/2026", { header })).toEqual({ date_vente: "mdy" });
  });

  it("is told by the version before, and by what is fixed", () => {
    expect(dates("03/02/2026", { before: { order_date: "mdy" } })).toEqual({ order_date: "mdy" });
    expect(dates("31/12/2026", { before: { order_date: "mdy" } })).toEqual({ order_date: "dmy" });
    expect(dates("03/02/2026", { options: { dateFormat: "mdy" } })).toEqual({ order_date: "mdy" });
    expect(dates("31/12/2026 | 30/12/2026 | 12/30/2026", { options: { dateFormat: "mdy" } })).toBe(
      "source.fixed_date --date-format mdy order_date: 31/12/2026 (2) (dmy)",
    );
    expect(dates("26-02-28", { options: { dateFormat: "ymd" } })).toEqual({ order_date: "ymd" });
  });
});

it("records of another length say nothing", () =>
  expect(decide([["1", "p", "m", "12/31/2026", "1.5"]])).toEqual({}));

it("columns of one name are told apart", () => {
  const survey = new ColumnSurvey({
    header: ["id_produit", "prix", "date_effet", "prix"],
    entities: ["produits"],
    options: { map: { prix: "prix" } },
    before: null,
  });
  survey.record(["p", "1,5", "31/12/2026", "x"], 2);
  expect(survey.decide()).toEqual({ prix: "comma", date_effet: "dmy" });
});

it("the order of records does not matter", () => {
  const value = fc.constantFrom("1", "1.5", "1,5", "1.234", "1,234", "1.234,5", "x", "", "-", "(2.5)");
  const date = fc.constantFrom(
    "2026-01-01",
    "03/02/2026",
    "31/12/2026",
    "12/31/2026",
    "26-02-28",
    "45000",
    "x",
    "",
  );
  const rows = fc.array(fc.tuple(value, value, date), { maxLength: 8 });
  fc.assert(
    fc.property(rows, fc.infiniteStream(fc.nat()), fc.boolean(), (given, keys, english) => {
      const header = english ? HEADER : "id_vente,id_produit,id_magasin,date,quantité,prix,montant";
      const records = given.map(([q, p, d]) => ["1", "p", "m", d, q, p, ""]);
      const shuffled = records
        .map((r) => ({ r, key: keys.next().value as number }))
        .sort((a, b) => a.key - b.key)
        .map(({ r }) => r);
      // Lines in sentences are those of the file; all else is the same.
      const said = (found: ColumnFormats | string) =>
        typeof found === "string" ? found.split(" ").slice(0, 2) : found;
      expect(said(decide(shuffled, { header }))).toEqual(said(decide(records, { header })));
    }),
    { numRuns: 1_000 },
  );
});
