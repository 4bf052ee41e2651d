/**
 * Checks of the whole project: manifest and lock file, texts that no file may contain, and documents against the code.
 * `promisedTests` in documents.ts defines how documents name tests.
 */
import { existsSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { codeNamed } from "#shared/topic-log/kafka/protocol/codes.ts";
import { BRIEF_SAYS } from "../integration-tests/support/brief-table.ts";
import { ventes } from "../integration-tests/support/in-process.ts";
import { FLOORS } from "./boundaries.ts";
import { pathsNamed } from "./citations.ts";
import {
  codeIn,
  commandsBelow,
  headingLevels,
  linksIn,
  namedInHelp,
  promisedTests,
  typedCommands,
  usesOfVentes,
  variablesInCode,
  variablesInTables,
} from "./documents.ts";
import { isCode, isTest, places, projectFiles, ROOT, readProjectFile, topFolder } from "./tree.ts";

const files = projectFiles();
const documents = files.filter((path) => path.endsWith(".md"));

describe("the manifest", () => {
  it("names exact versions", () => {
    const manifest = JSON.parse(readProjectFile("package.json")) as Record<string, Record<string, string>>;
    for (const kind of ["dependencies", "devDependencies", "optionalDependencies"])
      for (const [name, version] of Object.entries(manifest[kind] ?? {}))
        expect(version, name).toMatch(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/);
  });

  it("has a lock file without a registry's host, with an integrity for each package", () => {
    const lock = JSON.parse(readProjectFile("package-lock.json")) as {
      readonly packages: Readonly<
        Record<string, { readonly resolved?: string; readonly integrity?: string; readonly link?: boolean }>
      >;
    };
    const packages = Object.entries(lock.packages).filter(([path]) => path !== "");
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter(([, one]) => one.resolved !== undefined).map(([path]) => path)).toEqual([]);
    expect(packages.filter(([, one]) => one.integrity === undefined).map(([path]) => path)).toEqual([]);
  });
});

it("numbers the migrations of ventes.db without a gap, for the version of a database is how many it has had", () => {
  const numbers = files
    .filter((path) => path.startsWith("shared/database/migrations/"))
    .map((path) => Number(/(\d+)_\w+\.sql$/.exec(path)?.[1]));
  expect(numbers.length).toBeGreaterThan(0);
  expect(numbers).toEqual(numbers.map((_, i) => i + 1));
});

describe("no file", () => {
  const said = (pattern: RegExp, among: (path: string) => boolean) =>
    files.filter(among).flatMap((path) => places(path, readProjectFile(path), pattern));

  it("names the place where it was written", () => {
    // Written so that this file does not say it itself.
    const place = new RegExp(["/wo", "rk/"].join(""));
    expect(said(place, () => true)).toEqual([]);
    const beside = new RegExp(["\\.\\./sha", "red/(?:data|machine|models|peers|hooks)\\b"].join(""));
    const may = (path: string) => path === ".ci/run" || topFolder(path) === "bench" || isTest(path);
    expect(said(beside, (path) => !may(path) && topFolder(path) !== "integration-tests")).toEqual([]);
  });

  it("is unfinished", () => {
    const mark = new RegExp(`\\b(?:${["TO", "DO"].join("")}|${["FIX", "ME"].join("")}|X{3})\\b`);
    expect(said(mark, (path) => path !== "package-lock.json")).toEqual([]);
  });

  it("has a test that runs alone", () => {
    expect(said(/\b(?:it|test|describe)(?:\.\w+)*\.only\b/, (path) => isTest(path))).toEqual([]);
  });
});

const printed = async (...args: readonly string[]): Promise<string> => (await ventes(args)).stdout;

const README = "README.md";
const README_FR = "README.fr.md";
/** Where each test that is named proves something that its title says. */
const PROMISING = new Set(["docs/invariants.md", "docs/rules.md"]);

describe("documents", () => {
  it("link to files that exist", () => {
    const broken = documents.flatMap((path) =>
      linksIn(readProjectFile(path))
        .filter((target) => !existsSync(join(ROOT, posix.join(dirname(path), target))))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it("say the same in both languages: headings and commands", () => {
    const [en, fr] = [readProjectFile(README), readProjectFile(README_FR)];
    expect(headingLevels(fr)).toEqual(headingLevels(en));
    expect(typedCommands(fr)).toEqual(typedCommands(en));
    expect([...variablesInTables(fr)]).toEqual([...variablesInTables(en)]);
  });

  it("list the environment variables that the program reads", () => {
    const program = files.filter(
      (path) => isCode(path) && !isTest(path) && !/^(?:checks|bench|integration-tests)\//.test(path),
    );
    const read = new Set(
      // An error code of Kafka may have a name like a variable: KAFKA_STORAGE_ERROR.
      program
        .flatMap((path) => variablesInCode(readProjectFile(path)))
        .filter((name) => codeNamed(name) === undefined),
    );
    const listed = [...variablesInTables(readProjectFile(README))].filter((name) =>
      /^(?:KAFKA|VENTES)_/.test(name),
    );
    expect(listed.sort()).toEqual([...read].sort());
  });

  it("list the environment variables that only tests read", () => {
    const tests = files.filter((path) =>
      /^(?:checks|bench|integration-tests)\/.*\.ts$|\.test\.ts$/.test(path),
    );
    const read = tests.flatMap((path) =>
      [...readProjectFile(path).matchAll(/\benv\.(VENTES_\w+)/g)].map((m) => m[1]),
    );
    const users = variablesInTables(readProjectFile(README));
    const listed = variablesInTables(readProjectFile("docs/testing.md"));
    expect([...listed].sort()).toEqual([...new Set(read)].filter((name = "") => !users.has(name)).sort());
  });

  it("name the commands and flags that exist, and every command", async () => {
    const { commands } = namedInHelp(await printed("--help"));
    expect(commands).toContain("start");
    const helps = await Promise.all(commands.map((command) => printed(command, "--help")));
    const under = new Map(commands.map((command, i) => [command, namedInHelp(helps[i] ?? "")]));
    const deeper = await Promise.all(
      [...under].flatMap(([command, named]) => named.commands.map((sub) => printed(command, sub, "--help"))),
    );
    const flags = new Set([...helps, ...deeper].flatMap((help) => namedInHelp(help).flags));

    const wrong = documents.flatMap((path) =>
      codeIn(readProjectFile(path))
        .flatMap(usesOfVentes)
        .flatMap(({ words: [command, sub], flags: used }) => [
          ...(command === undefined || under.has(command) ? [] : [`${path}: ventes ${command}`]),
          ...((under.get(command ?? "")?.commands.length ?? 0) === 0 || sub === undefined
            ? []
            : under.get(command ?? "")?.commands.includes(sub)
              ? []
              : [`${path}: ventes ${command} ${sub}`]),
          ...used.filter((flag) => !flags.has(flag)).map((flag) => `${path}: ${flag}`),
        ]),
    );
    expect(wrong).toEqual([]);
    const named = codeIn(readProjectFile(README))
      .flatMap(usesOfVentes)
      .map(({ words }) => words[0]);
    expect(commands.filter((command) => !named.includes(command))).toEqual([]);
  });

  it("show the brief point by point with the commands that tests type", () => {
    const commands = commandsBelow(readProjectFile("docs/brief.md"), "The brief, point by point");
    expect(commands).toEqual([...BRIEF_SAYS.keys()]);
  });

  it("say where each folder of a part is", () => {
    const named = pathsNamed(readProjectFile("docs/architecture.md"));
    const folders = Object.entries(FLOORS).flatMap(([part, floors]) =>
      floors.flat().map((folder) => `${part}/${folder}`),
    );
    expect(folders.filter((folder) => !named.includes(folder))).toEqual([]);
  });

  it.each(documents)("name tests that exist: %s", (path) => {
    const promised = promisedTests(readProjectFile(path));
    if (PROMISING.has(path)) expect(promised.length).toBeGreaterThan(20);
    const missing = promised.flatMap(({ file, titles }) => {
      if (!files.includes(file)) return [`${file}: no such file`];
      if (titles.length === 0 && PROMISING.has(path)) return [`${file}: no title named`];
      const test = readProjectFile(file);
      return titles.filter((title) => !test.includes(title)).map((title) => `${file}: no test "${title}"`);
    });
    expect(missing).toEqual([]);
  });
});
