/** The files of the project as they lie in the working tree: paths from its root, with `/`. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Files that are not source. `data` and `dist` only at the top, where a run and npm pack leave theirs. */
const LEFT_OUT =
  /^(?:\.git|node_modules|data|dist|coverage|\.vitest|test-report\.json)$|(?:^|\/)node_modules$|\.(?:png|db|log|tgz)$/;

const walk = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (LEFT_OUT.test(relative(ROOT, path).split(sep).join("/"))) return [];
    if (entry.isDirectory()) return walk(path);
    return entry.isFile() ? [path] : [];
  });

/** Every file, sorted. */
export const projectFiles = (): readonly string[] =>
  walk(ROOT)
    .map((path) => relative(ROOT, path).split(sep).join("/"))
    .sort();

export const readProjectFile = (path: string): string => readFileSync(join(ROOT, path), "utf8");

export const isCode = (path: string): boolean => /\.(?:ts|js|mjs|cjs)$/.test(path);
export const isTest = (path: string): boolean => /\.test\.ts$/.test(path);

/** The top folder of a path, "" for a file at the root. */
export const topFolder = (path: string): string =>
  path.includes("/") ? path.slice(0, path.indexOf("/")) : "";

/** `file:line`, as editors open it, of each match of a pattern in a text. */
export const places = (path: string, text: string, pattern: RegExp): readonly string[] =>
  text
    .split("\n")
    .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim().slice(0, 160)}`] : []));
