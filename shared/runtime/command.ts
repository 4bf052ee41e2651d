/** The commands that messages name, written as the reader can paste them: as this program itself was called. */
import { realpathSync } from "node:fs";
import { basename, delimiter, join, relative } from "node:path";

/** How a process was called, as `process` tells it. */
export interface Call {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: () => string;
}

/**
 * How to call the program again: `npx ventes` from npm (npx, npm start), `ventes` where the PATH finds this very
 * program (an image, a global install), else `node PATH/ventes.js`. In a process of another program, such as a test: `npx ventes`.
 */
export function calledAs({ argv, env, cwd }: Call): string {
  const file = argv[1] ?? "";
  if (env.npm_command !== undefined || !["ventes", "ventes.js"].includes(basename(file))) return "npx ventes";
  const own = realPath(file);
  const isFound = (env.PATH ?? "").split(delimiter).some((dir) => realPath(join(dir, "ventes")) === own);
  return isFound ? "ventes" : `node ${shellArgument(relative(cwd(), file))}`;
}

const realPath = (path: string): string | undefined => {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
};

/** A text as one argument of a shell: as it is, or in quotes if the shell would read a character of it. */
export const shellArgument = (text: string): string =>
  /^[\w:/.,@%+=~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** The command line of this program with these arguments, which are words of a shell already. */
export const command = (args: string): string => `${calledAs(process)} ${args}`;
