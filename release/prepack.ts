/**
 * `npm pack` runs this: it writes the program into dist/ as plain JavaScript, because Node strips no types from files
 * below node_modules. cli/ventes.js runs dist/ where there is no cli/main.ts. `postpack` deletes dist/, so a clone
 * never has one.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import { isForTests } from "../checks/boundaries.ts";
import { importsOf } from "../checks/imports.ts";
import { projectFiles, ROOT } from "../checks/tree.ts";

const PARTS = /^(?:producer|consumer|analyzer|notify|shared|cli|demo)\//;
const DIST = join(ROOT, "dist");

/**
 * The module as JavaScript, which imports .js files. Types leave blanks, so lines and columns stay those of the source.
 */
function javaScript(path: string, text: string): string {
  const local = new Set(
    importsOf(path, text)
      .map(({ specifier }) => specifier)
      .filter((specifier) => specifier.endsWith(".ts")),
  );
  let code = stripTypeScriptTypes(text);
  for (const specifier of local)
    code = code.replaceAll(JSON.stringify(specifier), JSON.stringify(specifier.replace(/\.ts$/, ".js")));
  return code;
}

rmSync(DIST, { recursive: true, force: true });
for (const path of projectFiles().filter((file) => PARTS.test(file) && !isForTests(file))) {
  const from = join(ROOT, path);
  const to = join(DIST, path.replace(/\.ts$/, ".js"));
  mkdirSync(dirname(to), { recursive: true });
  if (path.endsWith(".ts")) writeFileSync(to, javaScript(path, readFileSync(from, "utf8")));
  else copyFileSync(from, to);
}
const { name, version, type, imports } = JSON.parse(
  readFileSync(join(ROOT, "package.json"), "utf8"),
) as Record<string, unknown>;
writeFileSync(join(DIST, "package.json"), `${JSON.stringify({ name, version, type, imports }, null, 2)}\n`);
