import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

/** Runs vitest with the leak check on test files made of these bodies; what failed, by file. */
const verdicts = async (bodies: Readonly<Record<string, string>>): Promise<Record<string, string>> => {
  const folder = mkdtempSync(join(tmpdir(), "ventes-leaks-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const modules = ["child_process", "fs", "http", "net", "os", "worker_threads"].map(
    (name) => `import * as ${name} from "node:${name}";`,
  );
  for (const [name, body] of Object.entries(bodies)) {
    const text = [...modules, 'import { it } from "vitest";', `it("x", async () => { ${body} });`].join("\n");
    writeFileSync(join(folder, `${name}.test.ts`), text);
  }
  const report = join(folder, "report.json");
  writeFileSync(
    join(folder, "vitest.config.ts"),
    // All at once: each file that leaks waits for its leak to end.
    `export default { test: { pool: "forks", include: ["*.test.ts"], reporters: ["json"], outputFile: "report.json",
      maxWorkers: ${Object.keys(bodies).length},
      setupFiles: [${JSON.stringify(join(import.meta.dirname, "leaks.ts"))}] } };`,
  );
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--root", folder];
  await promisify(execFile)(process.execPath, args, { cwd: folder }).catch(() => {});
  const { testResults } = (await import(report, { with: { type: "json" } })).default as {
    testResults: readonly { name: string; status: string; message: string }[];
  };
  return Object.fromEntries(
    testResults.map(({ name, status, message }) => [
      name.replace(/^.*\/|\.test\.ts$/g, ""),
      status === "passed" ? "passed" : message,
    ]),
  );
};

/** One leak of each kind, and the line that reports it. */
const KINDS: Readonly<Record<string, { readonly leak: string; readonly reported: RegExp }>> = {
  timeout: { leak: "setTimeout(() => {}, 60_000);", reported: /1 timer$/m },
  interval: { leak: "setInterval(() => {}, 60_000);", reported: /1 timer$/m },
  server: { leak: "http.createServer().listen(0);", reported: /1 listening socket \(ports \d+\)/ },
  socket: {
    leak: `const server = net.createServer(() => {}).listen(0);
      await new Promise((resolve) => net.connect(server.address().port).on("connect", resolve));
      server.close();`,
    reported: /\d sockets?$/m,
  },
  pipe: {
    leak: 'child_process.spawn("sleep", ["60"], { stdio: ["pipe", "ignore", "ignore"], detached: true });',
    reported: /\d (?:pipe|socket)s?$/m,
  },
  child: {
    leak: 'child_process.spawn("sleep", ["60"], { stdio: "ignore" });',
    reported: /1 child process$/m,
  },
  grandchild: {
    leak: `child_process.spawn("sh", ["-c", "sleep 60 & exit 0"], { stdio: "ignore" });`,
    reported: /process \d+: sleep 60/,
  },
  worker: {
    // Node counts a worker from when it runs.
    leak: `const worker = new worker_threads.Worker("setInterval(() => {}, 1000)", { eval: true });
      await new Promise((resolve) => worker.once("online", resolve));`,
    reported: /\d workers?$/m,
  },
  watcher: { leak: "fs.watch(os.tmpdir(), () => {});", reported: /1 file watcher$/m },
  directory: { leak: 'fs.mkdtempSync(os.tmpdir() + "/ventes-x-");', reported: /temporary file ventes-x-/ },
};

it("catches a leak of each kind", { timeout: 300_000 }, async () => {
  const seen = await verdicts(
    Object.fromEntries(Object.entries(KINDS).map(([kind, { leak }]) => [kind, leak])),
  );
  for (const [kind, { reported }] of Object.entries(KINDS)) {
    expect(seen[kind], kind).toMatch(/leaves behind:/);
    expect(seen[kind], kind).toMatch(reported);
  }
});

it("fails a file that leaves something behind, and no other", { timeout: 180_000 }, async () => {
  const seen = await verdicts({
    untidy: `
      setTimeout(() => {}, 60_000);
      http.createServer().listen(0);
      child_process.spawn("sh", ["-c", "sleep 60 & exit 0"], { stdio: "ignore" });
      fs.mkdtempSync(os.tmpdir() + "/ventes-x-");`,
    clean: `
      const server = http.createServer((_, response) => response.end());
      await new Promise((resolve) => server.listen(0, resolve));
      await (await fetch("http://127.0.0.1:" + server.address().port)).text();
      server.close();
      child_process.spawn("sleep", ["0.2"]);
      setTimeout(() => {}, 200);
      fs.rmdirSync(fs.mkdtempSync(os.tmpdir() + "/ventes-x-"));`,
  });
  expect(seen.clean).toBe("passed");
  expect(seen.untidy).toMatch(/leaves behind:/);
  expect(seen.untidy).toMatch(/1 timer$/m);
  expect(seen.untidy).toMatch(/1 listening socket \(ports \d+\)/);
  expect(seen.untidy).toMatch(/process \d+: sleep 60/);
  expect(seen.untidy).toMatch(/temporary file ventes-x-/);
});
