import { describe, expect, it } from "vitest";
import { BusinessZone, readDay, readDecimal, reading } from "./values.ts";

describe("decimals", () => {
  for (const [text, value] of [
    ["5", "5"],
    ["49.99", "49.99"],
    ["12,50", "12.5"],
    ["12.50", "12.5"],
    ["1 234,50", "1234.5"],
    ["1\u202f234,5 €", "1234.5"],
    ["1\u00a0234\u00a0567", "1234567"],
    ["€ 12", "12"],
    ["12 EUR", "12"],
    ["1,234.56", "1234.56"],
    ["1.234,56", "1234.56"],
    ["-0", "0"],
    ["-0.00", "0"],
    ["5.00", "5"],
    ["-1.250", "-1.25"],
    ["0.10", "0.1"],
    ["100", "100"],
    ["−5", "-5"],
    ["-5 €", "-5"],
    ["007", "7"],
    [".5", "0.5"],
  ] as const)
    it(`${JSON.stringify(text)} is ${value}`, () => expect(readDecimal(text, "EUR")).toBe(value));

  for (const [text, problem] of [
    ["abc", "not_a_number"],
    ["1e5", "not_a_number"],
    ["1 23", "not_a_number"],
    ["12 pommes", "not_a_number"],
    ["$5", "wrong_currency"],
    ["5 £", "wrong_currency"],
    ["1234567890123", "out_of_range"],
    ["999999999999.9999999", "out_of_range"],
    ["9".repeat(40), "out_of_range"],
  ] as const)
    it(`${text} is ${problem}`, () => {
      expect(readDecimal(text, "EUR")).toBeUndefined();
      expect(reading.problem).toBe(problem);
    });

  it("are rounded half away from zero to a millionth, and it is told", () => {
    expect(readDecimal("0.0000005", null)).toBe("0.000001");
    expect(reading.rounded).toBe(true);
    expect(readDecimal("-0.0000005", null)).toBe("-0.000001");
    expect(readDecimal("0.1000000", null)).toBe("0.1");
    expect(reading.rounded).toBe(false);
  });
});

describe("days", () => {
  const paris = new BusinessZone("Europe/Paris");
  for (const [text, day, time] of [
    ["2024-02-29", "2024-02-29", null],
    ["31/12/2024", "2024-12-31", null],
    ["2024-01-01T10:00", "2024-01-01", "10:00:00"],
    ["01/02/2024 09:05:07", "2024-02-01", "09:05:07"],
    ["2024-01-01 23:30:00Z", "2024-01-02", "00:30:00"],
    ["2024-06-30T23:30:00.500+00:00", "2024-07-01", "01:30:00.5"],
  ] as const)
    it(`${text} is ${day} ${time}`, () => {
      expect(readDay(text, paris)).toBe(day);
      expect(reading.time).toBe(time);
    });
  for (const text of ["2023-02-29", "2024-13-01", "31/04/2024", "yesterday", "2024-01-01T25:00", "20240101"])
    it(`${text} is none`, () => expect(readDay(text, paris)).toBeUndefined());
});
