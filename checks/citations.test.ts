import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  documentsNamed,
  invariantsIn,
  numbersCited,
  pathsNamed,
  proseOf,
  rulesIn,
  ruleTexts,
} from "./citations.ts";
import { places, projectFiles, ROOT, readProjectFile } from "./tree.ts";

const files = projectFiles();
const prose = files.flatMap((path) => proseOf(path, readProjectFile(path)).map((text) => ({ path, text })));

const RULES = "docs/rules.md";
const INVARIANTS = "docs/invariants.md";

describe("the numbers that comments and documents cite", () => {
  it.each([
    ["rule", RULES, rulesIn],
    ["invariant", INVARIANTS, invariantsIn],
  ] as const)("as a %s are in %s", (what, document, numbersIn) => {
    const there = numbersIn(readProjectFile(document));
    const cited = prose.flatMap(({ path, text }) => numbersCited(text, what).map((n) => ({ path, n })));
    expect(cited.length).toBeGreaterThan(10);
    expect(cited.filter(({ n }) => !there.includes(n)).map(({ path, n }) => `${path}: ${what} ${n}`)).toEqual(
      [],
    );
  });

  it.each([
    [RULES, rulesIn],
    [INVARIANTS, invariantsIn],
  ] as const)("in %s are 1, 2, 3 and so on", (document, numbersIn) => {
    const there = numbersIn(readProjectFile(document));
    expect(there).toEqual(there.map((_, i) => i + 1));
  });

  it("of rules lead to a reason and a test", () => {
    const lacking = [...ruleTexts(readProjectFile(RULES))].flatMap(([n, text]) => [
      ...(text.includes("**Reason.**") ? [] : [`rule ${n}: no reason`]),
      ...(/\*\*Shown by\*\* `[^`]+\.test\.ts` "/.test(text) ? [] : [`rule ${n}: no test`]),
    ]);
    expect(lacking).toEqual([]);
  });
});

describe("comments and documents", () => {
  it("name documents that exist", () => {
    const missing = prose.flatMap(({ path, text }) =>
      documentsNamed(text)
        .filter((name) => !existsSync(join(ROOT, name)) && !files.includes(`docs/${name}`))
        .map((name) => `${path}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it("name files and folders that exist", () => {
    const missing = files
      .filter((path) => path.endsWith(".md"))
      .flatMap((path) =>
        pathsNamed(readProjectFile(path))
          .filter((name) => !existsSync(join(ROOT, name)) && !files.some((file) => file.startsWith(name)))
          .filter((name) => !EXAMPLES.has(name))
          .map((name) => `${path}: ${name}`),
      );
    expect(missing).toEqual([]);
  });

  it("say what a thing is, not that a contract has it", () => {
    const pattern = new RegExp(["\\(cont", "ract"].join(""));
    const found = files.flatMap((path) => places(path, readProjectFile(path), pattern));
    expect(found).toEqual([]);
  });
});

/** What CONTRIBUTING.md adds in its examples. */
const EXAMPLES = new Set([
  "analyzer/analyses/ventes_par_mois.sql",
  "cli/commands/where.ts",
  "consumer/rules/suppliers.ts",
  "consumer/suppliers.ts",
  "shared/contract/entities/fournisseurs.ts",
  "shared/database/migrations/007_fournisseurs.sql",
  "shared/database/migrations/007_pays.sql",
]);

describe("prose", () => {
  it("is the comments of a file, and all of a document", () => {
    const code = '/** By rules 1\n * and 2. */\nconst a = "rule 3"; // rule\n// 4\n';
    expect(proseOf("a.ts", code).map((text) => numbersCited(text, "rule"))).toEqual([[1, 2], [4]]);
    expect(proseOf("a.sql", "SELECT 'rule 1'; -- rule 2").flatMap((t) => numbersCited(t, "rule"))).toEqual([
      2,
    ]);
    expect(proseOf("a.yml", "a: b#rule 1 # rule 2").flatMap((t) => numbersCited(t, "rule"))).toEqual([2]);
    expect(proseOf("a.md", "rule 5")).toEqual(["rule 5"]);
    expect(proseOf("a.csv", "rule 5")).toEqual([]);
  });

  it("cites numbers one by one, in lists and from one to another", () => {
    expect(numbersCited("Rules 8, 12 to 14, and 20; rule 9. The rule. Ruler 3, 7 rules", "rule")).toEqual([
      8, 9, 12, 13, 14, 20,
    ]);
    expect(numbersCited("(invariants 2, 3 and 4), rule 1", "invariant")).toEqual([2, 3, 4]);
  });

  it("has its numbers in headings and rows", () => {
    const rules = "# Rules\n## Values\n### 1. Ids\nx\n### 2. Days\ny\n## More\nz";
    expect(rulesIn(rules)).toEqual([1, 2]);
    expect([...ruleTexts(rules)]).toEqual([
      [1, "### 1. Ids\nx\n"],
      [2, "### 2. Days\ny\n"],
    ]);
    expect(invariantsIn("| 1 | **One** |\n| 2 | two |\n| 3 | **Three** |")).toEqual([1, 3]);
  });

  it("names paths in code, not in blocks and not as part of a command", () => {
    const text =
      "`shared/a.ts`, `consumer/batch`, `npx vitest run producer/x`, [b](cli/b.ts), `a/b`\n```sh\n`cli/c`\n```\n";
    expect(pathsNamed(text)).toEqual(["shared/a.ts", "consumer/batch"]);
  });

  it("names documents in words and in code, and those of links are left to the check of links", () => {
    const text = "See `docs/rules.md`, README.fr.md and [there](other.md), not https://example.org/x.md.";
    expect(documentsNamed(text)).toEqual(["docs/rules.md", "README.fr.md"]);
  });
});
