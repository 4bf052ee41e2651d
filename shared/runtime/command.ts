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
export function calledAs(call: Call): string {
  const { argv, env, cwd } = call;
  const file = argv[1] ?? "";
  if (env.npm_command !== undefined || !isProgram(call)) return "npx ventes";
  return isOnPath(file, env.PATH ?? "") ? "ventes" : `node ${shellArgument(relative(cwd(), file))}`;
}

/** What `isOnPath` answered last. A process is called once, and may name thousands of commands. */
let onPath = { file: "", path: "", is: false };

/** Whether the PATH finds this very file as `ventes`. */
function isOnPath(file: string, path: string): boolean {
  if (onPath.file !== file || onPath.path !== path) {
    const own = realPath(file);
    const is = path.split(delimiter).some((dir) => realPath(join(dir, "ventes")) === own);
    onPath = { file, path, is };
  }
  return onPath.is;
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

/** The flags that say which installation is meant. */
const PLACES = ["--data", "--namespace"];

/**
 * The flags of this call that a command with the arguments `args` needs to speak of the same installation. On Kafka the
 * directory is that of one component, and others read the message too.
 */
export function placeOf({ argv, env }: Call, args: string): readonly string[] {
  const given = argv.slice(2);
  return PLACES.flatMap((flag) => {
    if (args.includes(flag) || (flag === "--data" && env.KAFKA_BROKERS !== undefined)) return [];
    const at = given.indexOf(flag);
    const value =
      at < 0 ? given.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1) : given[at + 1];
    return value === undefined ? [] : [flag, shellArgument(value)];
  });
}

/** Whether this process is the program itself, and not one that uses it, such as a test. */
const isProgram = ({ argv }: Call): boolean => ["ventes", "ventes.js"].includes(basename(argv[1] ?? ""));

/** The command line of this program with these arguments, which are words of a shell already. */
export const command = (args: string): string =>
  [calledAs(process), args, ...(isProgram(process) ? placeOf(process, args) : [])].join(" ");
