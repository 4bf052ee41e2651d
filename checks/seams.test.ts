import { expect, it } from "vitest";
import { isForTests } from "./boundaries.ts";
import { exportsOf, SEAMS, undocumented } from "./seams.ts";
import { isCode, projectFiles, readProjectFile } from "./tree.ts";

const program = projectFiles().filter((path) => isCode(path) && !isForTests(path));
const filesOf = (seam: string) =>
  program.filter((path) => (seam.endsWith("/") ? path.startsWith(seam) : path === seam));

it.each(SEAMS)("what %s exports has a docstring", (seam) => {
  const files = filesOf(seam);
  expect(files).not.toEqual([]);
  expect(files.flatMap((path) => exportsOf(path, readProjectFile(path)))).not.toEqual([]);
  expect(files.flatMap((path) => undocumented(path, readProjectFile))).toEqual([]);
});

it("an export without a docstring is found, also behind an index", () => {
  const files: Readonly<Record<string, string>> = {
    "a/index.ts": 'export { one, two as second } from "./b.ts";\nexport type { T } from "./b.ts";',
    "a/b.ts":
      "/** One. */\nexport const one = 1;\nexport function two() {}\n// three\nexport class Three {}\nexport interface T {}",
  };
  const read = (path: string) => files[path] ?? "";
  expect(undocumented("a/index.ts", read)).toEqual(["a/b.ts: two"]);
  expect(undocumented("a/b.ts", read)).toEqual(["a/b.ts: two", "a/b.ts: Three"]);
});
