import { expect, it } from "vitest";
import { areAlike, IdFindings } from "./id-findings.ts";

it.each([
  ["1", "1.0"],
  ["12", "12,00"],
  ["7", "007"],
  ["7", "V-007"],
  ["WEB-12", "12"],
  ["S1/12", "12"],
])("%s and %s look the same", (a, b) => expect(areAlike(a, b)).toBe(true));

it.each([
  ["1", "2"],
  ["10", "100"],
  ["7", "17"],
  ["1.5", "1.6"],
  ["-", "."],
])("%s and %s do not", (a, b) => expect(areAlike(a, b)).toBe(false));

it("a large version is judged by a sample of its rows", () => {
  const findings = new IdFindings(true);
  const row = (key: string, a: number) => ({ key, ordinal: 0, dated: "", a, b: 1, day: "", place: 0 });
  for (let i = 0; i < 100_000; i++) {
    findings.lacks(row(`${i}`, i * 7));
    findings.saw({ ...row(`${i}.0`, i * 7), n: i, line: 0, derived: false, stem: "" }, undefined);
  }
  const { count, alike, distinct } = findings.renamed;
  expect(count).toBeGreaterThan(90_000);
  expect(count).toBeLessThan(110_000);
  expect([alike, distinct]).toEqual([count, count]);
});
