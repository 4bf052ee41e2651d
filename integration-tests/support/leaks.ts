/**
 * Fails a test file that leaves something behind: a timer, a socket, a child process (or a child's child), or a
 * directory for temporary files. vitest itself lets a leaked timer pass. It is a setup file, so it runs around
 * every test file, also where several share a process (vitest.config.ts). VENTES_TEST_LEAKS=where adds where the timers
 * were set.
 */
import { createHook } from "node:async_hooks";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll } from "vitest";
import { deleteAbandoned, temporaryFiles } from "./memory.ts";

/** What is being closed when the last test ends has this long to be closed. */
const SETTLES_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 20;

/** What keeps a process alive and is ours to end. Others (file reads, DNS) end by themselves. */
const WATCHED: Readonly<Record<string, string>> = {
  Timeout: "timer",
  TCPServerWrap: "listening socket",
  TCPSocketWrap: "socket",
  PipeWrap: "pipe",
  ProcessWrap: "child process",
  Worker: "worker",
  FSEventWrap: "file watcher",
};

/** Children inherit it, whoever their parent is by now: that is how they are found. */
const RUN_ID = "VENTES_TEST_FILE_RUN";
const runId = `${process.pid}-${Date.now()}`;

/** Set again at the end, for the next test file of this process. */
const givenTemp = process.env.TMPDIR;
const outerTemp = temporaryFiles();
deleteAbandoned(outerTemp, "ventes-test");
const temp = mkdtempSync(join(outerTemp, `ventes-test-${process.pid}-`));
process.env.TMPDIR = temp;
process.env[RUN_ID] = runId;

const timers = new Map<number, string>();
if (process.env.VENTES_TEST_LEAKS === "where") {
  createHook({
    init: (id, type) => {
      if (type === "Timeout") timers.set(id, new Error("set here").stack ?? "");
    },
    destroy: (id) => timers.delete(id),
  }).enable();
}

/** Node counts them nowhere else. */
const workers = (): number =>
  (process.report.getReport() as { readonly workers?: readonly unknown[] }).workers?.length ?? 0;
// Asking for the names of every network interface is what makes a report slow.
Object.assign(process.report, { excludeNetwork: true });

const countResources = (): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) counts.set(type, (counts.get(type) ?? 0) + 1);
  counts.set("Worker", workers());
  return counts;
};

/** Processes that have our run id, except this one, as `pid command`. Empty where there is no /proc. */
const markedProcesses = (): readonly { readonly pid: number; readonly command: string }[] => {
  const read = (pid: string, what: string) => {
    try {
      return readFileSync(`/proc/${pid}/${what}`, "utf8").split("\0");
    } catch {
      return []; // It has ended, or is another user's.
    }
  };
  const pids = process.platform === "linux" ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return pids
    .filter((pid) => Number(pid) !== process.pid && read(pid, "environ").includes(`${RUN_ID}=${runId}`))
    .map((pid) => ({ pid: Number(pid), command: read(pid, "cmdline").join(" ").slice(0, 120) }));
};

const listeningPorts = (): readonly number[] =>
  (process as unknown as { _getActiveHandles: () => readonly unknown[] })
    ._getActiveHandles()
    .filter((handle) => handle instanceof Server)
    .map((server) => (server.address() as AddressInfo | null)?.port ?? 0);

let before: ReadonlyMap<string, number> = new Map();

const leaks = (): readonly string[] => {
  const found: string[] = [];
  for (const [type, count] of countResources()) {
    const more = count - (before.get(type) ?? 0);
    if (WATCHED[type] === undefined || more <= 0) continue;
    const where = type === "TCPServerWrap" ? ` (ports ${listeningPorts().join(", ")})` : "";
    found.push(`${more} ${WATCHED[type]}${more > 1 ? "s" : ""}${where}`);
  }
  for (const { pid, command } of markedProcesses()) found.push(`process ${pid}: ${command}`);
  for (const name of readdirSync(temp)) if (name.startsWith("ventes")) found.push(`temporary file ${name}`);
  return found;
};

// Only the channel to vitest is there before the tests. A timer of its own (it reports every 100 ms) passes, so
// timers are counted from none.
beforeAll(() => {
  before = new Map([...countResources(), ["Timeout", 0]]);
});

// Registered before any of the file's own, so it runs after them.
afterAll(async () => {
  const deadline = Date.now() + SETTLES_WITHIN_MS;
  let left = leaks();
  while (left.length > 0 && Date.now() < deadline) {
    await setTimeout(LOOK_EVERY_MS);
    left = leaks();
  }
  for (const { pid } of markedProcesses()) process.kill(pid, "SIGKILL");
  rmSync(temp, { recursive: true, force: true });
  if (givenTemp === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = givenTemp;
  if (left.length === 0) return;
  const where = timers.size === 0 ? [] : ["timers set:", ...timers.values()];
  throw new Error(["this test file leaves behind:", ...left, ...where].join("\n  "));
});
