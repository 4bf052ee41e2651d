/**
 * The rule of time and chance: the program reads Effect's Clock and Random, and `newId` (shared/runtime/time.ts); plain
 * code gets a clock, an instant or an id as an argument. So the simulator and tests give it their own time and chance,
 * and replace no global. `MAY_READ_THE_MACHINE` has the exceptions, each with its reason.
 */
import { parseSync } from "oxc-parser";
import { places } from "./tree.ts";

/** Reads the clock of the machine, waits by it, or draws its random numbers. */
const OF_THE_MACHINE =
  /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )(?<!\w)Date\(\)|\bTemporal\.Now\b|\bperformance\.now\b|\bhrtime\b|\bset(?:Timeout|Interval|Immediate)\b|\bAbortSignal\.timeout\b|\bMath\.random\b|\brandom(?:UUID|Bytes|Int|FillSync)\b|\bgetRandomValues\b/;

/** File or folder -> why it may. */
export const MAY_READ_THE_MACHINE: Readonly<Record<string, string>> = {
  "shared/database/guarded-sql/child.ts": "a process of its own, without Effect, which waits for its asker",
  "shared/runtime/time.ts": "makes the ids of a program that was given no other source of ids",
  "shared/topic-log/kafka/cluster/":
    "promises over the connections of kafkajs, whose own time-outs are of the machine; no simulation reaches them, because it replaces TopicLog as a whole",
  "shared/topic-log/kafka/group/membership.ts": "the same: heartbeats beside the requests of kafkajs",
  "shared/topic-log/kafka/topics/topic-ids.ts": "the same: called by the connections alone",
  "producer/following/watch-path.ts":
    "gathers the events of Node's file watches, which come outside of any effect and from a real disk",
  "cli/main.ts": "a signal handler, which must end the process even when no effect can run any more",
  "cli/output/stdout.ts": "dates the lines of the log, which plain code writes too",
  "docker/": "health checks that Docker runs as scripts of their own",
  "demo/": "a server of its own, which imports nothing but Node's modules",
  "analyzer/page/": "runs in the browser of the reader",
};

const reasonFor = (path: string): string | undefined =>
  Object.entries(MAY_READ_THE_MACHINE).find(([place]) =>
    place.endsWith("/") ? path.startsWith(place) : path === place,
  )?.[1];

/** One line for each place outside of comments that reads the machine: `file:line: the line`. */
export const readsOfMachine = (path: string, text: string): readonly string[] => {
  let code = text;
  for (const { start, end } of parseSync(path, text).comments)
    code = code.slice(0, start) + code.slice(start, end).replaceAll(/[^\n]/g, " ") + code.slice(end);
  return places(path, code, OF_THE_MACHINE);
};

/** The same, without the files that may. */
export const breachesOfClock = (path: string, text: string): readonly string[] =>
  reasonFor(path) === undefined ? readsOfMachine(path, text) : [];
