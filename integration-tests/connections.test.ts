/**
 * More connections to the page than the process may have descriptors: the pipeline goes on, its sources are read, and
 * the page answers again when idle connections have been closed.
 */
import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, readdirSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ROOT } from "../checks/tree.ts";
import { countOf } from "./support/query.ts";
import { until } from "./support/until.ts";
import { environment, scratchDirectory, ventes } from "./support/ventes.ts";

const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** `ventes start` that may have so many descriptors. */
const startWith = async (limit: number, data: string) => {
  const program = join(ROOT, "cli/ventes.js");
  const child = spawn(
    "bash",
    [
      "-c",
      `ulimit -n ${limit} && exec "$0" "$@"`,
      process.execPath,
      program,
      "start",
      "--every",
      "200ms",
      "--data",
      data,
      "--port",
      "0",
    ],
    { stdio: ["ignore", "pipe", "pipe"], env: environment() },
  );
  const out = { stdout: "", stderr: "", code: undefined as number | null | undefined };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (out.stderr += text));
  const ended = new Promise<void>((resolve) =>
    child.on("close", (code) => {
      out.code = code;
      resolve();
    }),
  );
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  onTestFinished(stop);
  const page = await until("the page", () => /^page http:\/\/127\.0\.0\.1:(\d+)\//m.exec(out.stdout)?.[1]);
  return { pid: child.pid as number, port: Number(page), out, stop };
};

const idle = (port: number, n: number): { readonly open: () => number } => {
  let open = 0;
  const sockets: Socket[] = [];
  for (let i = 0; i < n; i++) {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => open++).on("error", () => {});
    socket.on("close", () => open--);
    sockets.push(socket);
  }
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { open: () => open };
};

const company = async () => {
  const data = scratchDirectory();
  const file = join(data, "m.csv");
  writeFileSync(file, "id_magasin,ville\n0,Paris\n");
  expect(await ventes(["sources", "add", file, "--data", data])).toMatchObject({ code: 0 });
  const grow = (n: number) => appendFileSync(file, `${n},Lyon\n`);
  return { data, grow };
};
const isLinux = process.platform === "linux";
const answers = async (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/healthz`)
    .then(({ ok }) => ok)
    .catch(() => false);

it.runIf(isLinux)(
  "600 idle connections where 200 descriptors are: a part of them is held, and rows go on arriving",
  async () => {
    const { data, grow } = await company();
    const { pid, port, out, stop } = await startWith(200, data);
    await until("the first row", async () => (await countOf(data, "magasins")) === 1, { within: 60_000 });
    const before = openFiles(pid);
    idle(port, 600);
    for (let n = 1; n <= 3; n++) {
      grow(n);
      await until(`row ${n}`, async () => (await countOf(data, "magasins")) === n + 1);
      expect(openFiles(pid)).toBeLessThan(before + 80);
    }
    await until("the page again", () => answers(port), { within: 30_000 });
    expect(out).toMatchObject({ code: undefined });
    await stop();
    expect(out.stderr).not.toMatch(/^\s+at /m);
  },
  120_000,
);

it.runIf(isLinux)(
  "descriptors used up to the last: what needs one fails by itself, and the program goes on when there are some",
  async () => {
    const { data, grow } = await company();
    const { pid, port, out, stop } = await startWith(200, data);
    await until("the first row", async () => (await countOf(data, "magasins")) === 1, { within: 60_000 });
    // As few as it has now and some: fewer than the connections that it would hold.
    const left = openFiles(pid) + 6;
    execFileSync("prlimit", ["--pid", String(pid), `--nofile=${left}:200`]);
    idle(port, 100);
    await until("its last descriptor", () => openFiles(pid) >= left - 1);
    grow(1);
    execFileSync("prlimit", ["--pid", String(pid), "--nofile=200:200"]);
    await until("the new row", async () => (await countOf(data, "magasins")) === 2, { within: 30_000 });
    await until("the page again", () => answers(port), { within: 30_000 });
    expect(out).toMatchObject({ code: undefined });
    await stop();
  },
  120_000,
);
