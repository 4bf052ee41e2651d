import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Spill } from "./spill.ts";

const spill = (): Spill => {
  const dir = mkdtempSync(join(tmpdir(), "ventes-spill-"));
  const made = new Spill(join(dir, "x"));
  onTestFinished(() => {
    made.close();
    rmSync(dir, { recursive: true });
  });
  return made;
};

const add = (to: Spill, key: string, n: number): void =>
  to.add({ n, line: n, key, ordinal: 0, derived: false, dated: "", a: n, b: n, day: "", stem: "" });

it("finds the key that repeats so often that its part does not fit into memory", () => {
  const rows = spill();
  for (let n = 1; n <= 300_000; n++) add(rows, n % 3 === 0 ? "A1" : `id${n}`, n);
  expect(rows.repeated(1024 * 1024)).toBe("A1");
  expect(rows.repeated()).toBeUndefined();
});

it("finds none among keys that are spread, however many", () => {
  const rows = spill();
  for (let n = 1; n <= 200_000; n++) add(rows, `id${n}`, n);
  expect(rows.repeated(1024)).toBeUndefined();
});
