import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reading } from "../values.ts";
import { type DecimalFormat, decimalShape, readDecimal } from "./decimals.ts";

type Expected = string | { readonly problem: typeof reading.problem };

/** text, in a column of no format, of points, of commas. One value: the same in all three. */
const CASES: readonly (readonly [string, Expected] | readonly [string, Expected, Expected, Expected])[] = [
  // Plain.
  ["5", "5"],
  ["100", "100"],
  ["007", "7"],
  ["-0", "0"],
  ["+5", "5"],
  ["−5", "-5"],
  ["–5", "-5"],
  ["- 5", "-5"],
  // One sign, that can only be the decimal sign.
  ["49.99", "49.99", "49.99", { problem: "other_decimal" }],
  ["12.50", "12.5", "12.5", { problem: "other_decimal" }],
  ["12,50", "12.5", { problem: "other_decimal" }, "12.5"],
  ["0.125", "0.125", "0.125", { problem: "other_decimal" }],
  ["0,125", "0.125", { problem: "other_decimal" }, "0.125"],
  ["1234.567", "1234.567", "1234.567", { problem: "other_decimal" }],
  ["1234,567", "1234.567", { problem: "other_decimal" }, "1234.567"],
  [".5", "0.5", "0.5", { problem: "other_decimal" }],
  [",5", "0.5", { problem: "other_decimal" }, "0.5"],
  ["5.", "5", "5", { problem: "other_decimal" }],
  ["-0.00", "0", "0", { problem: "other_decimal" }],
  // One that can be either.
  ["1.234", "1.234", "1.234", "1234"],
  ["1,234", { problem: "ambiguous" }, "1234", "1.234"],
  ["-1.250", "-1.25", "-1.25", "-1250"],
  ["999,999", { problem: "ambiguous" }, "999999", "999.999"],
  ["1.234 €", "1.234", "1.234", "1234"],
  // Thousands.
  ["1 234", "1234"],
  ["1 234,50", "1234.5", { problem: "other_decimal" }, "1234.5"],
  ["1 234.50", "1234.5", "1234.5", { problem: "other_decimal" }],
  ["1 234,500", "1234.5", { problem: "other_decimal" }, "1234.5"],
  ["1\u00a0234\u00a0567", "1234567"],
  ["1\u202f234,5 €", "1234.5", { problem: "other_decimal" }, "1234.5"],
  ["12\u2009345", "12345"],
  ["1'234", "1234"],
  ["1’234’567.25", "1234567.25", "1234567.25", { problem: "other_decimal" }],
  ["1,234.56", "1234.56", "1234.56", { problem: "other_decimal" }],
  ["1.234,56", "1234.56", { problem: "other_decimal" }, "1234.56"],
  ["1.234.567", "1234567", { problem: "other_decimal" }, "1234567"],
  ["1,234,567", "1234567", "1234567", { problem: "other_decimal" }],
  ["1,234,567.8", "1234567.8", "1234567.8", { problem: "other_decimal" }],
  // Currencies.
  ["€ 12", "12"],
  ["12 €", "12"],
  ["12 EUR", "12"],
  ["EUR 12", "12"],
  ["12 euros", "12"],
  ["$5", { problem: "wrong_currency" }],
  ["5 £", { problem: "wrong_currency" }],
  ["CHF 5", { problem: "wrong_currency" }],
  ["Fr. 5.50", { problem: "wrong_currency" }],
  ["5 fr.", { problem: "wrong_currency" }],
  ["€ 5 €", { problem: "not_a_number" }],
  // Negative.
  ["-5 €", "-5"],
  ["-€5", "-5"],
  ["€-5", "-5"],
  ["(5)", "-5"],
  ["(12,50 €)", "-12.5", { problem: "other_decimal" }, "-12.5"],
  ["€ (5)", "-5"],
  ["(5) €", "-5"],
  ["((5))", { problem: "not_a_number" }],
  ["5-", "-5"],
  ["12,50-", "-12.5", { problem: "other_decimal" }, "-12.5"],
  ["5- €", "-5"],
  ["5 €-", "-5"],
  ["(-5)", { problem: "not_a_number" }],
  ["-5-", { problem: "not_a_number" }],
  ["--5", { problem: "not_a_number" }],
  ["(5", { problem: "not_a_number" }],
  ["5)", { problem: "not_a_number" }],
  // Prices without cents, as the Swiss and Germans write them.
  ["12.-", "12", "12", { problem: "other_decimal" }],
  ["12,—", "12", { problem: "other_decimal" }, "12"],
  // Not numbers.
  ["abc", { problem: "not_a_number" }],
  ["1 23", { problem: "not_a_number" }],
  ["1 2345", { problem: "not_a_number" }],
  ["1,23,456", { problem: "not_a_number" }],
  ["1.2.3", { problem: "not_a_number" }],
  ["1.234,567,8", { problem: "not_a_number" }],
  ["12 pommes", { problem: "not_a_number" }],
  ["5 %", { problem: "not_a_number" }],
  ["=1+1", { problem: "not_a_number" }],
  ["1/2", { problem: "not_a_number" }],
  ["１２", { problem: "not_a_number" }],
  ["٣", { problem: "not_a_number" }],
  ["#REF!", { problem: "not_a_number" }],
  ["12:30", { problem: "not_a_number" }],
  ["1e5", { problem: "scientific" }],
  ["1,5E+03", { problem: "scientific" }],
  ["-2.5e-3", { problem: "scientific" }],
  // Too large.
  ["1234567890123", { problem: "out_of_range" }],
  ["9".repeat(40), { problem: "out_of_range" }],
];

const said = (text: string, format: DecimalFormat | undefined): Expected =>
  readDecimal(text, "EUR", format) ?? { problem: reading.problem };

describe("a decimal", () => {
  it.each(CASES)("%s", (text, none, point = none, comma = none) => {
    expect([said(text, undefined), said(text, "point"), said(text, "comma")]).toEqual([none, point, comma]);
  });

  it("in a column of both signs is read where there is one way, and refused where there are two", () => {
    expect(["1.5", "1,5", "1.234", "1,234"].map((text) => said(text, "either"))).toEqual([
      "1.5",
      "1.5",
      { problem: "ambiguous" },
      { problem: "ambiguous" },
    ]);
  });

  it("is rounded half away from zero to a millionth, and it is told", () => {
    expect(readDecimal("0.0000005", null)).toBe("0.000001");
    expect(reading.rounded).toBe(true);
    expect(readDecimal("-0.0000005", null)).toBe("-0.000001");
    expect(readDecimal("0.1000000", null)).toBe("0.1");
    expect(reading.rounded).toBe(false);
    expect(said("999999999999.9999999", undefined)).toEqual({ problem: "out_of_range" });
  });

  it("has no currency where none may stand", () => {
    expect(readDecimal("5 €", null)).toBeUndefined();
    expect(reading.problem).toBe("not_a_number");
    expect(readDecimal("5 CHF", "CHF")).toBe("5");
  });
});

/** A number in millionths, written in a style; thousands, sign and currency as people do. */
const written = fc.record({
  whole: fc.oneof(fc.nat(999), fc.nat(999_999_999)),
  cents: fc.nat(999_999),
  places: fc.integer({ min: 0, max: 6 }),
  thousands: fc.constantFrom("", " ", "\u00a0", "\u202f", "'", "’", "other"),
  minus: fc.constantFrom("", "-x", "x-", "(x)", "−x"),
  currency: fc.constantFrom("", "x €", "€x", "x EUR"),
});

it("written in any style is the same number, once its column is decided", () => {
  fc.assert(
    fc.property(written, fc.constantFrom("point" as const, "comma" as const), (n, sign) => {
      const point = sign === "point" ? "." : ",";
      const other = sign === "point" ? "," : ".";
      const group = n.thousands === "other" ? other : n.thousands;
      const digits = String(n.cents).padStart(6, "0").slice(0, n.places);
      const whole = String(n.whole).replace(/\B(?=(\d{3})+$)/g, group);
      const body = whole + (digits === "" ? "" : point + digits);
      const signed = n.minus === "" ? body : n.minus.replace("x", body);
      const text = n.currency === "" ? signed : n.currency.replace("x", signed);
      const exact = `${n.whole}.${digits}`.replace(/\.?0*$/, (end) => (end.startsWith(".") ? "" : end));
      const expected =
        (n.minus !== "" && /[1-9]/.test(exact) ? "-" : "") + exact.replace(/(\.\d*?)0+$/, "$1");
      expect(readDecimal(text, "EUR", sign)).toBe(expected);
      // What it says of its column never contradicts the style that it is written in.
      expect(decimalShape(text)).not.toBe(sign === "point" ? "comma" : "point");
    }),
    { numRuns: 2_000 },
  );
});

it("any text is a canonical decimal or none, and a canonical decimal is itself", () => {
  const canonical = /^-?(0|[1-9]\d{0,11})(\.\d{1,6})?$/;
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^[-+(]?[\d.,' €]{1,12}[-)]?$/)),
      fc.constantFrom("point", "comma", "either", undefined),
      (text, format) => {
        const decimal = readDecimal(text, "EUR", format);
        if (decimal === undefined) return;
        expect(decimal).toMatch(canonical);
        expect(readDecimal(decimal, "EUR", "point")).toBe(decimal);
      },
    ),
    { numRuns: 5_000 },
  );
});
