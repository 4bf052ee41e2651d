/** Another engine must be able to take the rules as they are: nothing of Node, of a library, or of this consumer. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = dirname(dirname(import.meta.dirname));
const RULES = "consumer/rules/";
const FOLD = "consumer/testing/fold.ts";
const FOLD_FILES = ["consumer/testing/between-sources.ts", FOLD];
/** Of shared, what has no dependency of its own. */
const PURE_SHARED = [
  "shared/contract/hand-prices.ts",
  "shared/contract/numbers.ts",
  "shared/contract/price-points.ts",
];

const filesOf = (folder: string): readonly string[] =>
  (readdirSync(join(ROOT, folder), { recursive: true }) as string[])
    .map((name) => `${folder}${name}`)
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .sort();

const codeOf = (path: string): string =>
  readFileSync(join(ROOT, path), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");

/** Imports these files in a process of their own, and says what came with them, from the root of the project. */
const loadedWith = (paths: readonly string[]): readonly string[] => {
  const script = `
    import { registerHooks } from "node:module";
    const loaded = new Set();
    registerHooks({ resolve: (name, context, next) => {
      const found = next(name, context);
      loaded.add(found.url);
      return found;
    } });
    for (const path of ${JSON.stringify(paths.map((path) => pathToFileURL(join(ROOT, path)).href))}) await import(path);
    console.log(JSON.stringify([...loaded]));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (stdout === "") throw new Error(stderr);
  return (JSON.parse(stdout) as string[])
    .map((url) => (url.startsWith("file:") ? relative(ROOT, new URL(url).pathname) : url))
    .sort();
};

describe("consumer/rules", () => {
  it("loads only its own files and pure modules of shared, and so does a fold that uses it", () => {
    const rules = filesOf(RULES);
    expect(rules.length).toBeGreaterThan(8);
    expect(loadedWith([`${RULES}index.ts`])).toEqual([...rules, ...PURE_SHARED]);
    expect(loadedWith([FOLD])).toEqual([...rules, ...FOLD_FILES, ...PURE_SHARED]);
  });

  it.each(filesOf(RULES))(
    "%s uses no file outside, no clock, no random number, and no module state",
    (path) => {
      const code = codeOf(path);
      const named = [...code.matchAll(/\bfrom\s+"([^"]+)"/g)].map(([, name]) => name ?? "");
      expect(named.filter((name) => !/^(\.\/[\w-]+\.ts|#shared\/.+)$/.test(name))).toEqual([]);
      const impure =
        /\b(process|globalThis|Buffer|Date|Temporal|Intl|performance|console|crypto|fetch|require|set(Timeout|Interval|Immediate)|Math\.random|toLocale\w+|localeCompare)\b|\bimport\(/;
      expect(impure.exec(code)?.[0]).toBeUndefined();
      // What a module keeps between two calls stands at its left edge.
      expect(/^(export )?(let|var) .*|^(export )?const .*= new .*/m.exec(code)?.[0]).toBeUndefined();
    },
  );
});

it("no program imports what only tests need", () => {
  const programs = ["cli/", "producer/", "consumer/", "analyzer/", "shared/", "demo/"]
    .flatMap(filesOf)
    .filter((path) => !path.includes("/testing/"));
  expect(programs.length).toBeGreaterThan(100);
  const importing = programs.filter((path) => /\bfrom\s+"[.#][^"]*\/testing\//.test(codeOf(path)));
  expect(importing).toEqual([]);
});
