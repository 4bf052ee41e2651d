/** A pager that is there, one that is left early, and none. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { scratchDirectory } from "../../integration-tests/support/ventes.ts";
import { shownInPager } from "./pager.ts";

const path = process.env.PATH;
let folder: string;
beforeEach(() => {
  folder = scratchDirectory();
});
afterEach(() => {
  process.env.PATH = path;
});

/** A program named less that does this. */
const less = (script: string): void => {
  const file = join(folder, "less");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  process.env.PATH = `${folder}:${path}`;
};

it("less gets the whole text, and long lines are not folded", () => {
  less(`echo "$@" > ${folder}/args; cat > ${folder}/text`);
  expect(shownInPager("a\nb\n")).toBe(true);
  expect(readFileSync(join(folder, "args"), "utf8")).toBe("-S\n");
  expect(readFileSync(join(folder, "text"), "utf8")).toBe("a\nb\n");
});

it("a reader who leaves it early has seen enough", () => {
  less("exit 0");
  expect(shownInPager("x\n".repeat(1_000_000))).toBe(true);
});

it("without less nothing is shown", () => {
  process.env.PATH = folder;
  expect(shownInPager("a\n")).toBe(false);
});
