/**
 * The program in the process of the test: the same commands, exit codes and output as `ventes` of ventes.ts, without
 * the half second that a process takes to start. It is for tests of what a command does. Signals, stdin and two
 * programs at once need processes: there a test imports ventes.ts.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import * as Effect from "effect/Effect";
import { program } from "../../cli/commands/program.ts";
import { endingOf } from "../../cli/settings/errors.ts";
import { environment, type Options, type Ran, withoutProgress } from "./ventes.ts";

const STDOUT = 1;
const STDERR = 2;

export type RunOptions = Pick<Options, "env" | "cwd">;

/** The program writes to the descriptors of its process, so these are what a run takes for itself. */
const { writeSync } = fs;
let last: Promise<unknown> = Promise.resolve();

// A process opens them when it first asks for them. Opened here, they are no leak of a test (leaks.ts).
void [process.stdin, process.stdout, process.stderr];

/** Runs it to its end, after the runs that were asked for before. */
export const ventes = (args: readonly string[], options: RunOptions = {}): Promise<Ran> => {
  const ran = last.then(() => run(args, options));
  last = ran.catch(() => undefined);
  return ran;
};

const run = async (args: readonly string[], options: RunOptions): Promise<Ran> => {
  const out = { [STDOUT]: "", [STDERR]: "" };
  fs.writeSync = ((fd: number, bytes: Buffer, ...more: readonly number[]) => {
    if (fd !== STDOUT && fd !== STDERR) return Reflect.apply(writeSync, fs, [fd, bytes, ...more]);
    out[fd] += bytes.toString("utf8", more[0]);
    return bytes.length - (more[0] ?? 0);
  }) as typeof writeSync;
  syncBuiltinESMExports();
  const mask = process.umask(0o077); // As cli/ventes.js does.
  const folder = process.cwd();
  if (options.cwd !== undefined) process.chdir(options.cwd);
  try {
    const exit = await Effect.runPromiseExit(program(args, environment(options.env)));
    const { code, stderr } = endingOf(exit);
    const said = withoutProgress(out[STDERR]);
    return {
      code,
      signal: null,
      stdout: out[STDOUT],
      stderr: stderr === null ? said : `${said}${stderr}\n`,
    };
  } finally {
    process.chdir(folder);
    process.umask(mask);
    fs.writeSync = writeSync;
    syncBuiltinESMExports();
  }
};
