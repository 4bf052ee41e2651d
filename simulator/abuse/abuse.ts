/** Feeds hostile inputs to each parser under a watchdog, and tells which ones throw, loop, or take too much memory. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Order, Report } from "./child.ts";

export interface Bad {
  readonly seed: number;
  readonly parser: string;
  readonly why: string;
}

export interface Abused {
  readonly bad: readonly Bad[];
  /** Inputs by parser, and the longest CPU time in ms between two yields. Empty where it did not come to its end. */
  readonly fed: Readonly<Record<string, number>>;
  readonly longest: Readonly<Record<string, number>>;
}

/** The largest heap, in MiB: of all parsers together, or of the program. */
export const HEAP_MB = 350;
/** An input is endless when nothing was heard for this long. */
const ENDLESS_MS = 30_000;
/** The most CPU time between two yields, or two turns of the program's event loop. */
export const LONGEST_MS = 200;

export interface AbuseOptions {
  readonly first: number;
  readonly count: number;
  readonly folder: string;
  /** Tests give parsers that are wrong, and less time. */
  readonly parsers?: string;
  readonly endlessMs?: number;
}

export function abuse({
  first,
  count,
  folder,
  parsers,
  endlessMs = ENDLESS_MS,
}: AbuseOptions): Promise<Abused> {
  const order: Order = {
    parsers: parsers ?? new URL("./parsers.ts", import.meta.url).href,
    first,
    count,
    folder,
    longestMs: LONGEST_MS,
  };
  return new Promise((resolve) => {
    const bad: Bad[] = [];
    let last = { seed: first, parser: "?" };
    const child = fork(fileURLToPath(new URL("./child.ts", import.meta.url)), [JSON.stringify(order)], {
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    let isOver = false;
    const end = (result: Pick<Abused, "fed" | "longest">): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      const ended = child.exitCode !== null || child.signalCode !== null;
      if (ended) resolve({ bad, ...result });
      else child.once("exit", () => resolve({ bad, ...result })).kill("SIGKILL");
    };
    const fail = (why: string): void => {
      if (isOver) return;
      bad.push({ ...last, why });
      end({ fed: {}, longest: {} });
    };
    const endless = () => fail("does not end (this input, or one of the 500 after it)");
    let timer = setTimeout(endless, endlessMs);
    child.on("message", (report: Report) => {
      clearTimeout(timer);
      timer = setTimeout(endless, endlessMs);
      if (report.is === "done") return end(report);
      last = { seed: report.seed, parser: report.parser };
      if (report.is === "bad") bad.push({ ...last, why: report.why });
    });
    child.on("error", ({ message }) => fail(message));
    child.on("exit", (code, signal) =>
      fail(`ends the process (${signal ?? code}): an exception, or more than ${HEAP_MB} MiB of memory`),
    );
  });
}
