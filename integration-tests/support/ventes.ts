/**
 * The program as a user runs it: a process of its own, `node cli/ventes.js ...`. `ventes` waits for its end,
 * `startVentes` gives a running one. Both start from an environment without anything of ours: English, no colour,
 * embedded, any free port for the page; `env` adds to it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { PATIENCE_MS, until } from "./until.ts";

const PROGRAM = join(import.meta.dirname, "../../cli/ventes.js");

export interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What it reads on stdin. */
  readonly input?: string;
  /** As this user and group, which takes root. Default: as the test. */
  readonly uid?: number;
  /** Milliseconds after which it is killed. Default 60 s. */
  readonly timeout?: number;
}

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  /** Less its lines of progress. */
  readonly stderr: string;
}

/** What a run wrote to stderr, less its lines of progress: they come when it takes longer than a second. */
export const withoutProgress = (stderr: string): string =>
  stderr.replaceAll(/^.* (?:rows?|lignes?)\/s(?:,.*)?\n/gm, "");

/** The run ended with 0. The error of the test shows what it wrote to stderr otherwise. */
export const expectSuccess = ({ code, stderr }: Ran): void =>
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });

/** A new directory, deleted when the test ends. */
export const scratchDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "ventes-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

export const environment = (more: Options["env"] = {}): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:KAFKA_|VENTES_(?!TEST_)|LC_|LANG$)/.test(name)),
  ),
  NO_COLOR: "1",
  // As `npx ventes`: messages name their commands as the program was called.
  npm_command: "exec",
  VENTES_LANG: "en",
  VENTES_PORT: "0",
  ...more,
});

export interface Running {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits for text in stdout or stderr. */
  readonly said: (pattern: RegExp, within?: number) => Promise<RegExpExecArray>;
  readonly ended: Promise<Ran>;
  /** Sends a signal (default SIGTERM) and waits for the end. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<Ran>;
}

/** A process that goes on. When the test ends and it still runs, it is killed. */
export const startVentes = (args: readonly string[], options: Options = {}): Running => {
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: options.cwd,
    env: environment(options.env),
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const out = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      out[name] += text;
    });
  if (options.input !== undefined) child.stdin?.end(options.input);

  let isOver = false;
  const ended = new Promise<Ran>((resolve) =>
    child.on("close", (code, signal) => {
      isOver = true;
      resolve({ code, signal, stdout: out.stdout, stderr: withoutProgress(out.stderr) });
    }),
  );
  const stop = (signal: NodeJS.Signals = "SIGTERM"): Promise<Ran> => {
    child.kill(signal);
    return ended;
  };
  onTestFinished(async () => {
    if (!isOver) await stop("SIGKILL");
  });
  return {
    pid: child.pid ?? 0,
    stdout: () => out.stdout,
    stderr: () => out.stderr,
    said: (pattern, within = PATIENCE_MS) =>
      until(
        `${pattern} of ventes ${args.join(" ")}`,
        () => {
          const match = pattern.exec(out.stdout) ?? pattern.exec(out.stderr);
          if (match === null && isOver)
            throw new Error(
              `ventes ${args.join(" ")} ended without ${pattern}:\n${out.stdout}\n${out.stderr}`,
            );
          return match ?? undefined;
        },
        { within },
      ),
    ended,
    stop,
  };
};

/** Runs it to its end. */
export const ventes = async (args: readonly string[], options: Options = {}): Promise<Ran> => {
  const running = startVentes(args, options);
  const limit = setTimeout(() => running.stop("SIGKILL"), options.timeout ?? 60_000);
  try {
    return await running.ended;
  } finally {
    clearTimeout(limit);
  }
};
