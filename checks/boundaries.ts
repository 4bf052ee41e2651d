/**
 * Who may import what. The rules are the tables below; `breaches` says where a file breaks one. They keep each
 * part replaceable: a component knows `shared` and itself, only `cli` composes, each driver stands in one place.
 */
import { posix } from "node:path";
import { type Import, importsOf } from "./imports.ts";
import { topFolder } from "./tree.ts";

/** For each top folder, the top folders whose files it may import, itself included. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  shared: ["shared"],
  producer: ["producer", "shared"],
  consumer: ["consumer", "shared"],
  analyzer: ["analyzer", "shared"],
  demo: ["demo"],
  cli: ["cli", "producer", "consumer", "analyzer", "demo", "shared"],
};

/** Folders outside the program: tests, measurements, checks and the simulator see everything. */
const SEES_ALL = new Set(["", "integration-tests", "bench", "checks", "simulator"]);

/** What a test beside the code may import on top of what its folder may. */
const TEST_SUPPORT = "integration-tests/support/";

/** Drivers, each imported in one place. */
const DRIVERS: Readonly<Record<string, RegExp>> = {
  kafkajs: /^shared\/topic-log\/kafka(?:\/|\.ts$)/,
  "better-sqlite3": /^shared\/database\/sqlite\.ts$/,
  undici: /^producer\/download(?:\/|\.ts$)/,
  yauzl: /^producer\/download(?:\/|\.ts$)/,
  "csv-parse": /^producer\/csv(?:\/|\.ts$)/,
};

/** Importing these whole costs a quarter to half a second of every start. */
const BARRELS = new Set(["effect", "@effect/platform-node"]);

export interface Dependencies {
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
}

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** What an import means for the rules: a file of the project, a package, or a module of Node. */
const targetOf = (path: string, { specifier, kind }: Import) => {
  // A URL is relative to the file without "./" too.
  if (specifier.startsWith(".") || kind === "file")
    return { file: posix.normalize(posix.join(posix.dirname(path), specifier)), package: undefined };
  if (specifier.startsWith("#")) return { file: specifier.slice(1), package: undefined };
  return { file: undefined, package: specifier.startsWith("node:") ? undefined : packageOf(specifier) };
};

/** The rule that this import breaks, as a sentence, or undefined. */
const ruleBroken = (path: string, one: Import, declared: Dependencies): string | undefined => {
  const top = topFolder(path);
  const test = path.endsWith(".test.ts");
  const outside = SEES_ALL.has(top) || test;
  const target = targetOf(path, one);

  if (path.startsWith("analyzer/page/") && !test && !target.file?.startsWith("analyzer/page/"))
    return "the page runs in a browser: it imports nothing outside analyzer/page";

  if (target.file !== undefined) {
    const to = topFolder(target.file);
    if (target.file.startsWith("..")) return "it lies outside the project";
    if (one.specifier.startsWith("#") && to !== "shared") return "#shared/ is the only alias";
    if (one.specifier.startsWith("#") && top === "shared") return "within shared, imports are relative";
    if (one.specifier.startsWith(".") && to === "shared" && top !== "shared") return "write #shared/...";
    if (SEES_ALL.has(top) || to === top || (test && target.file.startsWith(TEST_SUPPORT))) return undefined;
    const may = MAY_IMPORT[top];
    if (may === undefined) return `checks/boundaries.ts does not say what ${top}/ may import`;
    return may.includes(to) ? undefined : `${top}/ may import only ${may.join(", ")}, packages and node:`;
  }

  if (target.package === undefined) return undefined;
  if (BARRELS.has(one.specifier))
    return `import a module (${one.specifier}/...), not the barrel: start-up time`;
  const place = DRIVERS[target.package];
  if (place !== undefined && one.kind !== "type" && !outside && !place.test(path))
    return `${target.package} is imported only in ${place.source.replaceAll(/[\\^$]|\(.*/g, "")}`;
  if (target.package === "kafkajs" && one.kind === "static" && one.clause.includes("{"))
    return "kafkajs has a default import only: named ones pass tsc and fail in Node";
  if (top === "demo" && !test) return "the demo stands alone: node: and itself";
  const known = declared.dependencies.has(target.package);
  if (!known && !(outside && declared.devDependencies.has(target.package)))
    return outside || !declared.devDependencies.has(target.package)
      ? "it is not in package.json"
      : "it is a devDependency: the image installs without those";
  return undefined;
};

/** One line a breach: `file:line: what it imports: the rule`. */
export const breaches = (path: string, text: string, declared: Dependencies): readonly string[] =>
  importsOf(text).flatMap((one) => {
    const rule = ruleBroken(path, one, declared);
    return rule === undefined ? [] : [`${path}:${one.line}: imports ${one.specifier}: ${rule}`];
  });
