/**
 * The import rules. They are the tables below; `breaches` reports where a file breaks one. They keep each part
 * replaceable: a component imports `shared` and itself, only `cli` composes components, one place imports each driver,
 * and inside each part data goes one way, down the floors.
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
  notify: ["notify", "shared"],
  demo: ["demo"],
  cli: ["cli", "producer", "consumer", "analyzer", "notify", "demo", "shared"],
};

/** The folders of a part, from the top floor to the ground. A folder imports from floors below its own only. */
export const FLOORS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  producer: [
    ["admin", "following"],
    ["catalogue"],
    ["sync"],
    ["version"],
    ["log", "download", "rows", "csv"],
    ["diff", "source", "header"],
  ],
  analyzer: [
    ["refresh", "plain", "server"],
    ["delta", "as-of", "reading"],
    ["analyses", "tables", "page", "api", "columns"],
  ],
  shared: [["topic-log"], ["database"], ["contract"], ["runtime"]],
  cli: [["commands"], ["run"], ["settings"], ["output"], ["texts"]],
};

/** Parts whose folders are entered by their index.ts alone. */
const ENTERED_BY_INDEX = new Set(["producer"]);

/** The files of a part that other parts may import; a part that is not here has no such list. */
const ENTRANCES: Readonly<Record<string, RegExp>> = { producer: /^producer\/(?:run|admin\/index)\.ts$/ };

/** Folders outside the program: tests, measurements, checks, the simulator and the packing see everything. */
const SEES_ALL = new Set(["", "integration-tests", "bench", "checks", "simulator", "release"]);

/** Imports that are allowed in a test beside the code, in addition to those of its folder. */
const TEST_SUPPORT = "integration-tests/support/";

/** Drivers, each imported in one place. */
const DRIVERS: Readonly<Record<string, RegExp>> = {
  kafkajs: /^shared\/topic-log\/kafka(?:\/|\.ts$)/,
  nodemailer: /^notify(?:\/|\.ts$)/,
  "better-sqlite3": /^shared\/database\/(?:sqlite|guarded-sql\/child)\.ts$/,
  "fast-string-width": /^cli\/output\/rows\.ts$/,
  "sqlite3-parser": /^analyzer\/analyses(?:\/|\.ts$)/,
  leven: /^shared\/database\/(?:waiting|guarded-sql\/nearest-name)\.ts$/,
  undici: /^(?:producer\/download|notify)(?:\/|\.ts$)/,
  yazl: /^analyzer\/server\/exports(?:\/|\.ts$)/,
  yauzl: /^producer\/download(?:\/|\.ts$)/,
  htmlparser2: /^producer\/catalogue(?:\/|\.ts$)/,
  "csv-parse": /^producer\/csv(?:\/|\.ts$)/,
};

/**
 * The packages that the page imports: analyzer/server/files.ts serves them. The rest of the program imports none of
 * them.
 */
const PAGE_PACKAGES = new Set(["preact", "htm", "@preact/signals", "uplot"]);

/** Importing these whole costs a quarter to half a second of every start. */
const BARRELS = new Set(["effect", "@effect/platform-node"]);

export interface Dependencies {
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
}

/** Whether a file is a test or supports tests. */
export const isForTests = (path: string): boolean =>
  path.endsWith(".test.ts") || path.includes("/testing/") || SEES_ALL.has(topFolder(path));

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** The file of the project that an import names; undefined: a package, or a module of Node. */
export function fileOf(path: string, { specifier, kind }: Import): string | undefined {
  // A URL is relative to the file without "./" too.
  if (specifier.startsWith(".") || kind === "file")
    return posix.normalize(posix.join(posix.dirname(path), specifier));
  return specifier.startsWith("#") ? specifier.slice(1) : undefined;
}

/** `producer/csv` of `producer/csv/testing/files.ts`; the path itself for a file at the top of its part. */
export const roomOf = (path: string): string => {
  const [part = "", folder, ...rest] = path.split("/");
  return rest.length === 0 ? path : `${part}/${folder}`;
};

const floorOf = (path: string): number | undefined => {
  const [part = "", folder = ""] = path.split("/");
  const floors = FLOORS[part];
  const found = floors?.findIndex((rooms) => rooms.includes(folder));
  return found === -1 ? undefined : found;
};

/** The rule for two files of one part that the import breaks, as a sentence, or undefined. */
function ruleWithin(path: string, target: string): string | undefined {
  const part = topFolder(path);
  if (FLOORS[part] === undefined || isForTests(path)) return undefined;
  if (target.includes("/testing/")) return "test support is for tests alone";
  const [from, to] = [roomOf(path), roomOf(target)];
  if (from === to)
    return target === `${to}/index.ts` && ENTERED_BY_INDEX.has(part)
      ? "write the file itself, not the index.ts of its own folder"
      : undefined;
  if (from === path && to === target) return undefined;
  if (ENTERED_BY_INDEX.has(part) && target !== `${to}/index.ts`)
    return `${to}/ is entered by its index.ts alone`;
  const [mine, its] = [floorOf(path), floorOf(target)];
  if (from === path) return undefined;
  if (mine === undefined || its === undefined || its <= mine)
    return `${from}/ imports from the floors below it only (FLOORS in checks/boundaries.ts)`;
  return undefined;
}

/** The rule that an import of this file breaks, as a sentence, or undefined. */
function ruleForFile(path: string, specifier: string, target: string): string | undefined {
  const top = topFolder(path);
  const to = topFolder(target);
  if (target.startsWith("..")) return "it lies outside the project";
  if (specifier.startsWith("#") && to !== "shared") return "#shared/ is the only alias";
  if (specifier.startsWith("#") && top === "shared") return "within shared, imports are relative";
  if (specifier.startsWith(".") && to === "shared" && top !== "shared") return "write #shared/...";
  if (SEES_ALL.has(top)) return undefined;
  if (to === top) return ruleWithin(path, target);
  if (isForTests(path) && target.startsWith(TEST_SUPPORT)) return undefined;
  const may = MAY_IMPORT[top];
  if (may === undefined) return `checks/boundaries.ts does not say what ${top}/ may import`;
  if (!may.includes(to)) return `${top}/ may import only ${may.join(", ")}, packages and node:`;
  const entrance = ENTRANCES[to];
  return entrance === undefined || isForTests(path) || entrance.test(target)
    ? undefined
    : `${to}/ is entered by ${entrance.source.replaceAll(/[\\^$?:]/g, "")} alone`;
}

/** The rule that an import of a package breaks, as a sentence, or undefined. */
function ruleForPackage(path: string, one: Import, declared: Dependencies): string | undefined {
  if (BARRELS.has(one.specifier))
    return `import a module (${one.specifier}/...), not the barrel: start-up time`;
  const name = packageOf(one.specifier);
  const outside = isForTests(path);
  const place = DRIVERS[name];
  if (place !== undefined && one.kind !== "type" && !outside && !place.test(path))
    return `${name} is imported only in ${place.source.replaceAll(/[\\^$]|\(.*/g, "")}`;
  if (name === "kafkajs" && one.kind === "static" && one.names.some((taken) => taken !== "default"))
    return "kafkajs has a default import only: named ones pass tsc and fail in Node";
  if (topFolder(path) === "demo" && !outside) return "the demo stands alone: node: and itself";
  if (declared.dependencies.has(name) || (outside && declared.devDependencies.has(name))) return undefined;
  return declared.devDependencies.has(name)
    ? "it is a devDependency: the image installs without those"
    : "it is not in package.json";
}

const ruleBroken = (path: string, one: Import, declared: Dependencies): string | undefined => {
  const target = fileOf(path, one);
  const isOfPage = target === undefined && PAGE_PACKAGES.has(packageOf(one.specifier));
  if (path.startsWith("analyzer/page/") && !isForTests(path)) {
    if (!isOfPage && !target?.startsWith("analyzer/page/"))
      return "the page runs in a browser: it imports analyzer/page and PAGE_PACKAGES only";
  } else if (isOfPage) return "it is for the page alone (PAGE_PACKAGES in checks/boundaries.ts)";
  if (target !== undefined) return ruleForFile(path, one.specifier, target);
  return one.specifier.startsWith("node:") ? undefined : ruleForPackage(path, one, declared);
};

/** One line for each breach: `file:line: what it imports: the rule`. */
export const breaches = (path: string, text: string, declared: Dependencies): readonly string[] =>
  importsOf(path, text).flatMap((one) => {
    const rule = ruleBroken(path, one, declared);
    return rule === undefined ? [] : [`${path}:${one.line}: imports ${one.specifier}: ${rule}`];
  });
