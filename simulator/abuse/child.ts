/** The process in which inputs are fed, so that another one can see that an input does not end, or ends the process. */
import { Chance } from "./inputs.ts";
import type { Parser } from "./parsers.ts";

export interface Order {
  /** The module that exports PARSERS. */
  readonly parsers: string;
  readonly first: number;
  readonly count: number;
  readonly folder: string;
  /** The most CPU time, in ms, between two yields. */
  readonly longestMs: number;
}

export type Report =
  | { readonly is: "feeding"; readonly seed: number; readonly parser: string }
  | { readonly is: "bad"; readonly seed: number; readonly parser: string; readonly why: string }
  | {
      readonly is: "done";
      readonly fed: Readonly<Record<string, number>>;
      readonly longest: Readonly<Record<string, number>>;
    };

/** How often it says where it is, in inputs. */
const TOLD_EVERY = 500;

const order = JSON.parse(process.argv[2] ?? "{}") as Order;
const { PARSERS } = (await import(order.parsers)) as { readonly PARSERS: readonly Parser[] };
const turns = PARSERS.flatMap((parser) => Array.from({ length: parser.share }, () => parser));
const fed: Record<string, number> = {};
const longest: Record<string, number> = {};

const say = (report: Report): void => void process.send?.(report);
const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

/** The longest step of one input. Garbage of inputs before may be collected in it, so a long one is tried again. */
async function longestOf(parser: Parser, seed: number): Promise<number> {
  let most = 0;
  const work = parser.feed(new Chance(seed), order.folder);
  if (work instanceof Promise) {
    await work;
    return 0;
  }
  for (;;) {
    const before = cpuMs();
    const step = work.next();
    most = Math.max(most, cpuMs() - before);
    if (step.done === true) return most;
  }
}

for (let seed = order.first; seed < order.first + order.count; seed++) {
  const parser = turns[seed % turns.length] as Parser;
  if (seed % TOLD_EVERY === 0 || parser.share < 4) say({ is: "feeding", seed, parser: parser.name });
  try {
    let took = await longestOf(parser, seed);
    if (took > order.longestMs) took = await longestOf(parser, seed);
    if (took > order.longestMs)
      say({ is: "bad", seed, parser: parser.name, why: `${Math.round(took)} ms without a pause` });
    fed[parser.name] = (fed[parser.name] ?? 0) + 1;
    longest[parser.name] = Math.max(longest[parser.name] ?? 0, took);
  } catch (error) {
    say({
      is: "bad",
      seed,
      parser: parser.name,
      why: error instanceof Error ? (error.stack ?? "") : String(error),
    });
  }
}
say({ is: "done", fed, longest });
