/**
 * `npm run bench [-- --rows 100000] [--json FILE] [--peers DIR --python PYTHON]`: rows a second of each stage and of the
 * whole, embedded and, with KAFKA_BROKERS, on Kafka. Each measurement runs in a process of its own, on a file that is made
 * here and served over loopback HTTP. The figures depend on the machine and its load: compare them, do not quote them.
 * `--peers` runs DIR/pandas_batch.py on the same files with that python (it needs pandas and requests). `--check` compares
 * the stages with their limits instead (check.ts). The second table has the goals (goals.ts).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { writeBigCompany } from "../integration-tests/support/big-company.ts";
import { startKafka } from "../integration-tests/support/kafka.ts";
import { publishFiles } from "../integration-tests/support/published-files.ts";
import { CHECKED_SALES, check, type Measured, type MeasureStage } from "./check.ts";
import { type Found, goalsTable, linesOf, type OneEvent } from "./goals.ts";

interface Row {
  readonly log: string;
  readonly stage: string;
  readonly rows: number;
  readonly seconds: number;
  /** Processor time in seconds; null: it was not measured. */
  readonly cpu: number | null;
  readonly peakMb: number;
}

interface Ran {
  readonly stdout: string;
  readonly seconds: number;
  /** Processor time of all its threads, in seconds; null where the system does not report it. */
  readonly cpu: number | null;
  readonly peakMb: number;
}

/** The largest resident memory of a process, in MB; 0 where the system does not report it. */
const peakMb = (pid: number): number => {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
};

/** The unit of times in /proc/PID/stat: Linux has a hundred a second on every machine. */
const TICKS = 100;

/** The processor time of a process so far, in seconds; null where the system does not report it, or when it has ended. */
const cpuSeconds = (pid: number): number | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program may hold anything, also spaces and brackets.
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13)
      .map(Number);
    return (user + system) / TICKS;
  } catch {
    return null;
  }
};

const LOOK_EVERY_MS = 20;

const run = async (command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> => {
  const from = performance.now();
  const child: ChildProcess = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const out = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      out[name] += text;
    });
  let code: number | null | undefined;
  const ended = new Promise<void>((resolve) =>
    child.on("close", (status) => {
      code = status;
      resolve();
    }),
  );
  let peak = 0;
  let cpu: number | null = null;
  while (code === undefined) {
    cpu = cpuSeconds(child.pid ?? 0) ?? cpu;
    peak = Math.max(peak, peakMb(child.pid ?? 0));
    await Promise.race([ended, setTimeout(LOOK_EVERY_MS)]);
  }
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} exited ${code}:\n${out.stdout}${out.stderr}`);
  return { stdout: out.stdout, seconds: (performance.now() - from) / 1000, cpu, peakMb: peak };
};

const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "100000" },
    peers: { type: "string" },
    python: { type: "string", default: "python3" },
    json: { type: "string" },
    check: { type: "boolean", default: false },
  },
});
const sales = options.check ? CHECKED_SALES : Number(options.rows);
if (!Number.isInteger(sales) || sales < 1)
  throw new Error(`--rows is ${options.rows}: give a number of sales`);

const folder = mkdtempSync(join(tmpdir(), "ventes-bench-"));
const company = writeBigCompany(join(folder, "files"), sales);
const files = await publishFiles({}, { folder: join(folder, "files") });
const urls = ["produits", "magasins", "ventes"].map((entity) => files.url(`${entity}.csv`));
const results: Row[] = [];

const STAGE = join(import.meta.dirname, "stage.ts");
const VENTES = join(import.meta.dirname, "../cli/ventes.js");

const measure = (
  log: string,
  stage: string,
  ran: Ran,
  measured: { rows: number; seconds: number; cpu: number | null },
): void => {
  const row = { log, stage, ...measured, peakMb: ran.peakMb };
  results.push(row);
  console.error(`${log}, ${stage}: ${row.seconds.toFixed(2)} s`);
};

const stage = async (
  log: string,
  name: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
): Promise<void> => {
  const ran = await run(process.execPath, [STAGE, name, ...args], env);
  measure(log, name, ran, JSON.parse(ran.stdout) as Measured);
};

const measureStage: MeasureStage = async (name, data, given) =>
  JSON.parse((await run(process.execPath, [STAGE, name, data, ...given], embedded())).stdout) as Measured;

/** The environment without a broker. */
const embedded = (): NodeJS.ProcessEnv => {
  const { KAFKA_BROKERS: _, ...env } = process.env;
  return env;
};

/** Runs the stages one after another on one log and database, then the whole pipeline twice on new ones: all new, nothing new. */
const onLog = async (log: string, given: () => NodeJS.ProcessEnv): Promise<void> => {
  const environment = (): NodeJS.ProcessEnv => ({ ...embedded(), ...given() });
  const env = environment();
  const parts = join(folder, `${log}-parts`);
  for (const name of ["publish", "consume", "analyze"]) await stage(log, name, env, [parts, ...urls]);

  const whole = environment();
  const args = [VENTES, "start", "--once", "--json", "--data", join(folder, `${log}-whole`)];
  const first = await run(process.execPath, [...args, ...urls], whole);
  const total = (JSON.parse(first.stdout) as { analyses: { chiffre_affaires_total: number } }).analyses;
  if (Math.round(total.chiffre_affaires_total * 100) !== company.total)
    throw new Error(`the total is ${total.chiffre_affaires_total}, not ${company.total / 100}`);
  const rows = sales + 1_100;
  measure(log, "start --once, all new", first, { rows, seconds: first.seconds, cpu: first.cpu });
  const second = await run(process.execPath, args, whole);
  measure(log, "start --once, nothing new", second, { rows, seconds: second.seconds, cpu: second.cpu });
};

/** Runs other tools on the same files from the same server. */
const peers = async (peersFolder: string): Promise<void> => {
  const base = files.url("").replace(/\/$/, "");
  for (const title of ["pandas_batch.py, all new", "pandas_batch.py, nothing new"]) {
    const args = [join(peersFolder, "pandas_batch.py"), base, join(folder, "pandas.db")];
    const ran = await run(options.python, args, process.env);
    measure("peer", title, ran, { rows: sales + 1_100, seconds: ran.seconds, cpu: ran.cpu });
  }
};

const thousands = (n: number): string => Math.round(n).toLocaleString("en");

const table = (rows: readonly Row[]): string => {
  const cells = rows.map((r) => [
    r.log,
    r.stage,
    thousands(r.rows),
    r.seconds.toFixed(2),
    thousands(r.rows / r.seconds),
    r.cpu === null ? "" : ((r.cpu / r.rows) * 1e6).toFixed(1),
    r.peakMb === 0 ? "?" : thousands(r.peakMb),
  ]);
  const lines = [["log", "stage", "rows", "seconds", "rows/s", "CPU us/row", "peak MB"], ...cells];
  const widths = lines[0]?.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  "),
    )
    .join("\n");
};

const ONE_EVENT = join(import.meta.dirname, "one-event.ts");

/** The time of the quickest of five calls, in seconds. */
const bestOf = async (args: readonly string[]): Promise<number> => {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++)
    best = Math.min(best, (await run(process.execPath, [VENTES, ...args], embedded())).seconds);
  return best;
};

const measureGoals = async (): Promise<Found> => {
  const data = join(folder, "embedded-whole");
  const oneEvent = await run(process.execPath, [ONE_EVENT, String(sales)], embedded());
  return {
    results,
    sales,
    data,
    helpSeconds: await bestOf(["--help"]),
    querySeconds: await bestOf(["query", "SELECT 1", "--data", data]),
    oneEvent: JSON.parse(oneEvent.stdout) as OneEvent,
  };
};

const measureAll = async (): Promise<void> => {
  await stage("none", "parse", process.env, [folder, company.ventes]);
  await stage("none", "decode", process.env, [folder, company.ventes]);
  await onLog("embedded", () => ({}));
  if (process.env.KAFKA_BROKERS) {
    const kafka = await startKafka();
    try {
      await onLog("kafka", () => ({ KAFKA_BROKERS: kafka.brokers, VENTES_NAMESPACE: kafka.namespace() }));
    } finally {
      await kafka.stop();
    }
  } else console.error("KAFKA_BROKERS is not set: Kafka is not measured");
  if (options.peers !== undefined) await peers(options.peers);
  const found = await measureGoals();
  console.log(`${table(results)}\n\n${goalsTable(found)}`);
  const json = { stages: results, goals: linesOf(found) };
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(json, undefined, 2)}\n`);
};

try {
  if (!options.check) await measureAll();
  else {
    const folderOf = (n: number) => join(folder, `check-${n}`);
    if (!(await check(measureStage, folderOf, { all: urls, sales: company.ventes }))) process.exitCode = 1;
  }
} finally {
  await files.close();
  rmSync(folder, { recursive: true, force: true });
}
