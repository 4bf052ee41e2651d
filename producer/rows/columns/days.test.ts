import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BusinessZone, reading } from "../values.ts";
import { CLEAR, type DayFormat, dayShape, NO_DAY, ORDERS, readDay, readTime, SERIAL } from "./days.ts";

const paris = new BusinessZone("Europe/Paris");

/** text, format of its column, day, time. */
const CASES: readonly (readonly [string, DayFormat | undefined, string, (string | null)?])[] = [
  ["2024-02-29", undefined, "2024-02-29"],
  ["2024-02-29", "dmy", "2024-02-29"],
  ["2024-02-29", "mdy", "2024-02-29"],
  ["2024/2/9", undefined, "2024-02-09"],
  ["2024.02.09", "dmy", "2024-02-09"],
  ["20240209", "mdy", "2024-02-09"],
  ["20240209 10:05", undefined, "2024-02-09", "10:05:00"],
  // Digits.
  ["31/12/2024", undefined, "2024-12-31"],
  ["31/12/2024", "dmy", "2024-12-31"],
  ["12/31/2024", undefined, "2024-12-31"],
  ["12/31/2024", "mdy", "2024-12-31"],
  ["02/02/2024", undefined, "2024-02-02"],
  ["03/02/2024", "dmy", "2024-02-03"],
  ["03/02/2024", "mdy", "2024-03-02"],
  ["3/2/2024", "dmy", "2024-02-03"],
  ["3/2/2024", "mdy", "2024-03-02"],
  ["03-02-2024", "dmy", "2024-02-03"],
  ["03.02.2024", "dmy", "2024-02-03"],
  // Two-digit years.
  ["31/12/24", undefined, "2024-12-31"],
  ["31/12/68", "dmy", "2068-12-31"],
  ["31/12/69", "dmy", "1969-12-31"],
  ["03.02.26", "dmy", "2026-02-03"],
  ["2/3/26", "mdy", "2026-02-03"],
  ["26-02-03", "ymd", "2026-02-03"],
  ["26-02-03", "dmy", "2003-02-26"],
  ["99-12-31", undefined, "1999-12-31"],
  // Month names.
  ["3 février 2026", undefined, "2026-02-03"],
  ["3 févr. 2026", undefined, "2026-02-03"],
  ["3 fevr 2026", "mdy", "2026-02-03"],
  ["1er mars 2026", undefined, "2026-03-01"],
  ["15 AOÛT 2026", undefined, "2026-08-15"],
  ["15 aoû. 2026", undefined, "2026-08-15"],
  ["2 déc. 2026", undefined, "2026-12-02"],
  ["mardi 3 février 2026", undefined, "2026-02-03"],
  ["mar. 3 févr. 2026", undefined, "2026-02-03"],
  ["3 February 2026", undefined, "2026-02-03"],
  ["3 Feb 2026", undefined, "2026-02-03"],
  ["3rd Feb 2026", undefined, "2026-02-03"],
  ["3-Feb-26", undefined, "2026-02-03"],
  ["3-févr.-26", undefined, "2026-02-03"],
  ["03/Feb/2026", undefined, "2026-02-03"],
  ["Feb 3, 2026", undefined, "2026-02-03"],
  ["February 3rd, 2026", undefined, "2026-02-03"],
  ["Tuesday, February 3, 2026", undefined, "2026-02-03"],
  ["2026-Feb-03", undefined, "2026-02-03"],
  ["Tue, 03 Feb 2026 10:00:00 GMT", undefined, "2026-02-03", "11:00:00"],
  // Times.
  ["2024-01-01T10:00", undefined, "2024-01-01", "10:00:00"],
  ["01/02/2024 09:05:07", "dmy", "2024-02-01", "09:05:07"],
  ["01/02/2024 9h05", "dmy", "2024-02-01", "09:05:00"],
  ["01/02/2024 9h", "dmy", "2024-02-01", "09:00:00"],
  ["3 février 2026 à 10:15", undefined, "2026-02-03", "10:15:00"],
  ["3 February 2026 at 3:05 PM", undefined, "2026-02-03", "15:05:00"],
  ["2/3/2026 12:15 AM", "mdy", "2026-02-03", "00:15:00"],
  ["2/3/2026 12:15 pm", "mdy", "2026-02-03", "12:15:00"],
  ["2/3/2026, 7 p.m.", "mdy", "2026-02-03", "19:00:00"],
  ["2024-06-30T23:30:00.500", undefined, "2024-06-30", "23:30:00.5"],
  // Offsets: the instant in the business zone.
  ["2024-01-01 23:30:00Z", undefined, "2024-01-02", "00:30:00"],
  ["2024-06-30T23:30:00.500+00:00", undefined, "2024-07-01", "01:30:00.5"],
  ["2026-02-03 10:15:00 +0100", undefined, "2026-02-03", "10:15:00"],
  ["2026-02-03 10:15:00 -0500", undefined, "2026-02-03", "16:15:00"],
  ["2026-02-03 23:15:00 UTC", undefined, "2026-02-04", "00:15:00"],
  // Days of a sheet.
  ["45000", "excel", "2023-03-15"],
  ["45000.5", "excel", "2023-03-15", "12:00:00"],
  ["45000,75", "excel", "2023-03-15", "18:00:00"],
  ["61", "excel", "1900-03-01"],
  ["2024-02-29", "excel", "2024-02-29"],
];

const NONE: readonly (readonly [string, DayFormat | undefined, typeof reading.dayProblem?])[] = [
  ["2023-02-29", undefined],
  ["2024-13-01", undefined],
  ["31/04/2024", undefined],
  ["31/04/2024", "dmy"],
  ["12/31/2024", "dmy"],
  ["31/12/2024", "mdy"],
  ["31/12/2024", "ymd"],
  ["03/02/2024", undefined, "ambiguous"],
  ["03/02/2024", "excel", "ambiguous"],
  ["03/02/24", undefined, "ambiguous"],
  ["26-02-03", undefined, "ambiguous"],
  ["3 foo 2026", undefined],
  ["31 février 2026", undefined],
  ["0000-00-00 00:00:00", undefined],
  ["20241301", undefined],
  ["99991231", undefined],
  ["45000", undefined],
  ["45000", "dmy"],
  ["60", "excel"],
  ["yesterday", undefined],
  ["2024-01-01T25:00", undefined, "unclear_time"],
  ["03/02/2026 24:00", "dmy", "unclear_time"],
  ["2026-02-03T24:00:00", undefined, "unclear_time"],
  ["2026-02-03 10:15 CET", undefined, "unclear_time"],
  ["2026-02-03 10:15:00 EST", undefined, "unclear_time"],
  ["2026-02-03 10h15 heure de Paris", undefined, "unclear_time"],
  ["2024-01-01 10", undefined],
  ["2024-01-01 13:00 PM", undefined, "unclear_time"],
  ["2024-01-01 10:60", undefined, "unclear_time"],
  ["1/2/3", "dmy"],
  ["2024-01-01 and more", undefined],
  ["=TODAY()", undefined],
];

describe("a day", () => {
  for (const [text, format, day, time = null] of CASES)
    it(`${text} in a column ${format ?? "undecided"} is ${day} ${time ?? ""}`, () => {
      expect([readDay(text, paris, format), reading.time]).toEqual([day, time]);
    });
  for (const [text, format, problem = "not_a_date"] of NONE)
    it(`${text} in a column ${format ?? "undecided"} is none`, () => {
      expect([readDay(text, paris, format), reading.dayProblem]).toEqual([undefined, problem]);
    });

  it.each([
    ["2024-02-29", CLEAR],
    ["3 févr. 2026", CLEAR],
    ["02/02/2024", CLEAR],
    ["31/12/2024", ORDERS.dmy],
    ["12/31/2024", ORDERS.mdy],
    ["03/02/2024", ORDERS.dmy | ORDERS.mdy],
    ["03/02/24", ORDERS.dmy | ORDERS.mdy],
    ["03-02-24", ORDERS.dmy | ORDERS.mdy | ORDERS.ymd],
    ["26-02-28", ORDERS.dmy | ORDERS.ymd],
    ["99/12/31", ORDERS.ymd],
    ["45000", SERIAL],
    ["12", NO_DAY],
    ["123456", NO_DAY],
    ["2023-02-29", NO_DAY],
  ])("%s says %i of its column", (text, shape) => expect(dayShape(text)).toBe(shape));
});

const MONTHS_FR = "janv. févr. mars avril mai juin juil. août sept. oct. nov. déc.".split(" ");
const MONTHS_EN =
  "January February March April May June July August September October November December".split(" ");
const two = (n: number) => String(n).padStart(2, "0");

interface Parts {
  readonly y: number;
  readonly m: number;
  readonly d: number;
}

const STYLES: readonly (readonly [DayFormat | undefined, (p: Parts) => string])[] = [
  [undefined, ({ y, m, d }) => `${y}-${two(m)}-${two(d)}`],
  [undefined, ({ y, m, d }) => `${y}/${m}/${d}`],
  [undefined, ({ y, m, d }) => `${y}${two(m)}${two(d)}`],
  [undefined, ({ y, m, d }) => `${d === 1 ? "1er" : d} ${MONTHS_FR[m - 1]} ${y}`],
  [undefined, ({ y, m, d }) => `${MONTHS_EN[m - 1]} ${d}, ${y}`],
  [undefined, ({ y, m, d }) => `${d}-${MONTHS_EN[m - 1]?.slice(0, 3)}-${y}`],
  ["dmy", ({ y, m, d }) => `${two(d)}/${two(m)}/${y}`],
  ["dmy", ({ y, m, d }) => `${d}.${m}.${two(y % 100)}`],
  ["mdy", ({ y, m, d }) => `${m}/${d}/${y}`],
  ["mdy", ({ y, m, d }) => `${m}-${d}-${two(y % 100)}`],
  ["ymd", ({ y, m, d }) => `${two(y % 100)}-${two(m)}-${two(d)}`],
  ["excel", ({ y, m, d }) => String((Date.UTC(y, m - 1, d) - Date.UTC(1899, 11, 30)) / 86_400_000)],
];

it("written in any style is the same day, once its column is decided", () => {
  const day = fc.date({
    min: new Date("1970-01-01"),
    max: new Date("2068-12-31"),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(day, fc.constantFrom(...STYLES), (date, [format, write]) => {
      const iso = date.toISOString().slice(0, 10);
      const [y = 0, m = 0, d = 0] = iso.split("-").map(Number);
      expect(readDay(write({ y, m, d }), paris, format)).toBe(iso);
    }),
    { numRuns: 2_000 },
  );
});

it("any text is a real day or none", () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[\d/.: -]{4,16}$/));
  fc.assert(
    fc.property(text, fc.constantFrom("dmy", "mdy", "ymd", "excel", undefined), (written, format) => {
      const day = readDay(written, paris, format);
      if (day === undefined) return;
      expect(new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10)).toBe(day);
    }),
    { numRuns: 5_000 },
  );
});

describe("a time of day", () => {
  it.each([
    ["9:05", "09:05:00"],
    ["14h05", "14:05:00"],
    ["14 h 05 min 09 s", undefined],
    ["2:05 PM", "14:05:00"],
    ["12:00 am", "00:00:00"],
    ["23:59:58,250", "23:59:58.25"],
    ["24:00", undefined],
    ["13:00 PM", undefined],
    ["10:15 CET", undefined],
    ["10:15Z", undefined],
    ["0,42", undefined],
    ["10", undefined],
  ])("in a column of its own, %s, is %s", (text, time) => expect(readTime(text)).toBe(time));
});
