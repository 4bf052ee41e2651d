import { describe, expect, it } from "vitest";
import { breaches, type Dependencies } from "./boundaries.ts";
import { isCode, projectFiles, readProjectFile } from "./tree.ts";

const manifest = JSON.parse(readProjectFile("package.json")) as Record<string, Record<string, string>>;
const declared: Dependencies = {
  dependencies: new Set(Object.keys(manifest.dependencies ?? {})),
  devDependencies: new Set(Object.keys(manifest.devDependencies ?? {})),
};

describe("who may import what", () => {
  const code = projectFiles().filter(isCode);

  it("finds the code", () => {
    for (const folder of ["shared", "producer", "consumer", "analyzer", "cli", "demo"])
      expect(code.filter((path) => path.startsWith(`${folder}/`))).not.toEqual([]);
  });

  it("holds in every file", () => {
    expect(code.flatMap((path) => breaches(path, readProjectFile(path), declared))).toEqual([]);
  });
});

describe("the rules", () => {
  const broken = (path: string, ...imports: readonly string[]) =>
    breaches(path, imports.map((specifier) => `import x from "${specifier}";`).join("\n"), declared);

  it("let components import shared and themselves", () => {
    for (const top of ["producer", "consumer", "analyzer", "cli"])
      expect(
        broken(`${top}/sub/a.ts`, "#shared/event.ts", "./b.ts", "../c.ts", "node:fs", "effect/Effect"),
      ).toEqual([]);
    expect(broken("cli/start.ts", "../producer/index.ts", "../demo/server.ts")).toEqual([]);
  });

  it.each([
    ["producer/a.ts", "../consumer/b.ts"],
    ["consumer/a.ts", "../analyzer/b.ts"],
    ["analyzer/a.ts", "../cli/b.ts"],
    ["shared/a.ts", "../producer/b.ts"],
    ["shared/a.ts", "#shared/b.ts"],
    ["producer/a.ts", "../shared/b.ts"],
    ["cli/a.ts", "../shared/b.ts"],
    ["demo/a.ts", "#shared/b.ts"],
    ["demo/a.ts", "effect/Effect"],
    ["analyzer/page/a.js", "../b.ts"],
    ["analyzer/page/a.js", "uplot"],
    ["analyzer/page/a.js", "node:fs"],
    ["producer/a.ts", "../../outside.ts"],
    ["consumer/a.ts", "kafkajs"],
    ["consumer/a.ts", "better-sqlite3"],
    ["shared/database/other.ts", "better-sqlite3"],
    ["producer/csv/a.ts", "undici"],
    ["producer/download/a.ts", "csv-parse/sync"],
    ["producer/a.ts", "effect"],
    ["cli/a.ts", "@effect/platform-node"],
    ["cli/a.ts", "vitest"],
    ["cli/a.ts", "left-pad"],
    ["consumer/a.test.ts", "../producer/b.ts"],
    ["elsewhere/a.ts", "#shared/b.ts"],
  ])("%s may not import %s", (path, specifier) => {
    expect(broken(path, specifier)).toHaveLength(1);
  });

  it("let a test see the support, the drivers and the test packages", () => {
    expect(
      broken(
        "consumer/a.test.ts",
        "../integration-tests/support/require.ts",
        "better-sqlite3",
        "vitest",
        "fast-check",
      ),
    ).toEqual([]);
    expect(broken("integration-tests/a.test.ts", "../consumer/b.ts", "kafkajs", "#shared/event.ts")).toEqual(
      [],
    );
  });

  it("say where, what and why", () => {
    expect(breaches("consumer/a.ts", '\nimport type { B } from "../producer/b.ts";', declared)).toEqual([
      "consumer/a.ts:2: imports ../producer/b.ts: consumer/ may import only consumer, shared, packages and node:",
    ]);
    expect(
      breaches("shared/topic-log/kafka/a.ts", 'import { Kafka } from "kafkajs";', declared),
    ).toHaveLength(1);
  });
});
