/**
 * Loaded into the program before it (NODE_OPTIONS). It writes what the watchdog reads: the longest CPU time that the
 * main thread took between two turns of its event loop, and its largest heap. CPU time, because on a busy machine the
 * time of the day passes without it. A SIGUSR2 begins the measurement: starting takes longer than any turn may.
 */
import { renameSync, writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

export interface Watched {
  readonly longestMs: number;
  readonly heapMb: number;
}

const LOOK_MS = 20;
const WRITE_EVERY = 10;

const file = process.env.ABUSE_WATCH;
if (isMainThread && file !== undefined) {
  const cpuMs = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  let begun = false;
  let longestMs = 0;
  let heap = 0;
  let before = cpuMs();
  let turns = 0;
  process.on("SIGUSR2", () => {
    begun = true;
    longestMs = 0;
    heap = 0;
    before = cpuMs();
  });
  setInterval(() => {
    longestMs = Math.max(longestMs, cpuMs() - before);
    turns += 1;
    if (begun && turns % WRITE_EVERY === 0) {
      heap = Math.max(heap, process.memoryUsage().heapUsed);
      const watched: Watched = { longestMs, heapMb: heap / 2 ** 20 };
      writeFileSync(`${file}.new`, JSON.stringify(watched));
      renameSync(`${file}.new`, file);
    }
    before = cpuMs();
  }, LOOK_MS).unref();
}
