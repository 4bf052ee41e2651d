import { describe, expect, it } from "vitest";
import { breaches, type Dependencies, FLOORS, fileOf, isForTests, roomOf } from "./boundaries.ts";
import { importsOf } from "./imports.ts";
import { isCode, places, projectFiles, readProjectFile, topFolder } from "./tree.ts";

const manifest = JSON.parse(readProjectFile("package.json")) as Record<string, Record<string, string>>;
const declared: Dependencies = {
  dependencies: new Set(Object.keys(manifest.dependencies ?? {})),
  devDependencies: new Set(Object.keys(manifest.devDependencies ?? {})),
};

const code = projectFiles().filter(isCode);
const program = code.filter((path) => !isForTests(path));

describe("who may import what", () => {
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
    expect(
      broken(
        "consumer/sub/a.ts",
        "#shared/contract/event.ts",
        "./b.ts",
        "../c.ts",
        "node:fs",
        "effect/Effect",
      ),
    ).toEqual([]);
    expect(
      broken(
        "analyzer/refresh/a.ts",
        "#shared/contract/event.ts",
        "./b.ts",
        "../delta/c.ts",
        "effect/Effect",
      ),
    ).toEqual([]);
    expect(broken("analyzer/run.ts", "./refresh/a.ts")).toEqual([]);
    expect(
      broken(
        "cli/run/start.ts",
        "../../producer/run.ts",
        "../../producer/admin/index.ts",
        "../../demo/server.ts",
      ),
    ).toEqual([]);
    expect(broken("producer/sync/a.ts", "../rows/index.ts", "./b.ts", "./c/d.ts")).toEqual([]);
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
    ["analyzer/delta/a.ts", "../refresh/b.ts"],
    ["analyzer/delta/a.ts", "../as-of/b.ts"],
    ["analyzer/server/a.ts", "../refresh/b.ts"],
    ["analyzer/refresh/a.ts", "../run.ts"],
    ["analyzer/refresh/a.ts", "../testing/b.ts"],
    ["analyzer/run.ts", "./testing/b.ts"],
    ["analyzer/page/a.js", "../b.ts"],
    ["analyzer/page/a.js", "undici"],
    ["analyzer/server/a.ts", "uplot"],
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
    ["producer/rows/a.ts", "../sync/index.ts"],
    ["producer/rows/a.ts", "../csv/index.ts"],
    ["producer/sync/a.ts", "../rows/decoder.ts"],
    ["producer/sync/a.ts", "./index.ts"],
    ["producer/sync/a.ts", "../run.ts"],
    ["producer/sync/a.ts", "../csv/testing/files.ts"],
    ["producer/sync/a.ts", "../elsewhere/index.ts"],
    ["producer/run.ts", "./sync/poll.ts"],
    ["cli/output/a.ts", "../settings/b.ts"],
    ["cli/run/a.ts", "../../producer/sync/index.ts"],
    ["shared/a.ts", "htmlparser2"],
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
    expect(
      broken("integration-tests/a.test.ts", "../consumer/b.ts", "kafkajs", "#shared/contract/event.ts"),
    ).toEqual([]);
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

/** The folders of a part, with which folder imports which: one arrow for any number of imports. */
function shapeOf(part: string) {
  const files = program.filter((path) => path.startsWith(`${part}/`));
  const below = new Map(files.map((path) => [roomOf(path), new Set<string>()]));
  for (const path of files)
    for (const one of importsOf(path, readProjectFile(path))) {
      const target = fileOf(path, one);
      if (target !== undefined && topFolder(target) === part && roomOf(target) !== roomOf(path))
        below.get(roomOf(path))?.add(roomOf(target));
    }
  const height = (room: string): number =>
    1 + Math.max(0, ...[...(below.get(room) ?? [])].map((under) => height(under)));
  return {
    rooms: below.size,
    arrows: [...below.values()].reduce((sum, under) => sum + under.size, 0),
    floors: Math.max(...[...below.keys()].map(height)),
  };
}

describe("the shape of a part", () => {
  // A little above what it is, so that one more arrow is a decision and not an accident.
  it.each([
    ["producer", { rooms: 13, arrows: 45, floors: 7 }],
    ["analyzer", { rooms: 12, arrows: 18, floors: 4 }],
    ["cli", { rooms: 8, arrows: 16, floors: 7 }],
  ])("%s stays as simple as it is", (part, most) => {
    const shape = shapeOf(part);
    expect(shape.rooms).toBeLessThanOrEqual(most.rooms);
    expect(shape.arrows).toBeLessThanOrEqual(most.arrows);
    expect(shape.floors).toBeLessThanOrEqual(most.floors);
  });

  it("has a floor for each of its folders", () => {
    for (const [part, floors] of Object.entries(FLOORS)) {
      const rooms = new Set(program.filter((path) => path.startsWith(`${part}/`)).map(roomOf));
      const folders = [...rooms].filter((room) => !room.includes(".")).map((room) => room.split("/")[1]);
      expect(folders.sort()).toEqual(floors.flat().sort());
    }
  });
});

describe("state of a module", () => {
  /** What lives as long as the process: caches, buffers that are written before they are read, and the process' own. */
  const KNOWN = new Set([
    "cli/main.ts signals",
    "producer/csv/encoding/letter-sense.ts tables",
    "producer/diff/day-number.ts numbers",
    "producer/diff/day-number.ts days",
    "producer/diff/fingerprint.ts print",
    "producer/diff/state/held-rows.ts scratch",
    "producer/diff/state/held-rows.ts scratchKey",
    "producer/header/names.ts folds",
    "producer/rows/values.ts reading",
    "shared/runtime/command.ts onPath",
    "shared/runtime/look-alikes.ts latin",
    "shared/contract/partitioner.ts scratch",
    "shared/topic-log/embedded/record-batch.ts scratch",
    "shared/topic-log/kafka/protocol/encode-batch.ts scratch",
  ]);
  const MUTABLE =
    /^(?:export )?(?:let (\w+)|const (\w+)(?:: (?!Readonly)[^=]+)? = (?:new (?:Map|Set|WeakMap)\b[^;]*\(\)|Buffer\.alloc(?:Unsafe)?\((?!0\))|\{ a: 0))/;

  it("is none but the caches and buffers that are named here", () => {
    const found = program
      .filter((path) => !path.startsWith("analyzer/page/"))
      .flatMap((path) =>
        places(path, readProjectFile(path), MUTABLE).map((place) => {
          const [, a, b] = MUTABLE.exec(place.replace(/^\S+ /, "")) ?? [];
          return `${path} ${a ?? b}`;
        }),
      );
    expect(found.filter((one) => !KNOWN.has(one))).toEqual([]);
  });
});
