/**
 * The real program under hostile inputs: `ventes start` with sources on a hostile server, hostile requests and SQL to its
 * page, hostile SQL to `ventes query`, and hostile records in each of its topics, all from seeds. A watchdog sees whether it ends, whether its event loop is held up,
 * how large its heap becomes, whether the rows of a healthy source still arrive, and how soon it obeys a SIGTERM.
 */
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import * as Effect from "effect/Effect";
import { EVENT_TOPICS, type TopicName } from "#shared/contract/topics.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { onLog } from "../../../integration-tests/support/on-log.ts";
import { firstValue } from "../../../integration-tests/support/query.ts";
import { until } from "../../../integration-tests/support/until.ts";
import { environment } from "../../../integration-tests/support/ventes.ts";
import { registerSource } from "../../../producer/admin/register.ts";
import { type AbuseOptions, HEAP_MB, LONGEST_MS } from "../abuse.ts";
import { Chance } from "../inputs.ts";
import { JSON_PIECES, URLS } from "../pieces.ts";
import { startHostileServer } from "./hostile-server.ts";
import { askCommand, askPage } from "./queries.ts";
import { sendRequests } from "./requests.ts";
import type { Watched } from "./watch.ts";

/** The program ends within this time after SIGTERM. */
const OBEYS_MS = 5_000;

const SOURCES = 200;
const RECORDS_AT_ONCE = 50;
/** Between two queries: each is a process, and the program under test needs the machine too. */
const SQL_REST_MS = 100;
/** So many queries at least, however soon all other inputs were fed. */
const LEAST_SQL = 15;
const CLIENTS = 4;
/** Records of these topics have few keys: their readers keep the last record of each. */
const FEW_KEYS = 300;
const PROGRAM = join(import.meta.dirname, "../../../cli/ventes.js");

export interface ProgramAbused extends Watched {
  /** What the watchdog has found; empty when all is well. */
  readonly bad: readonly string[];
  /** Inputs by kind. */
  readonly fed: Readonly<Record<string, number>>;
  /** Milliseconds from SIGTERM to the end of the process. */
  readonly obeyedMs: number;
  /** Milliseconds until the last row of the healthy source was in the database. */
  readonly healthyMs: number;
}

const ROW = {
  v: 1,
  kind: "row",
  source: "file:///m.csv",
  version: 1,
  line: 2,
  published: "2026-01-01T00:00:00.000Z",
  day: "2026-01-01",
  row: { id_magasin: "1", ville: "Paris" },
  extras: {},
};

function recordOf(chance: Chance): { topic: TopicName; key: string; value: string | null } {
  const topic = chance.of<TopicName>([...EVENT_TOPICS, ...EVENT_TOPICS, "sources", "status", "commits"]);
  const isKept = topic === "sources" || topic === "status";
  const kept = chance.number(FEW_KEYS);
  const key = isKept ? `https://a.example/${kept}${URLS[kept % URLS.length]}` : chance.text(URLS);
  const right = JSON.stringify({ ...ROW, line: chance.number(9), version: chance.of([0, 1, 2 ** 40]) });
  const value = chance.of([right, `{"v":1,${chance.text(JSON_PIECES)}}`, chance.text(JSON_PIECES)]);
  return { topic, key, value: chance.number(30) === 0 ? null : chance.broken(Buffer.from(value)).toString() };
}

/** Registers a healthy file, and SOURCES files of the hostile server. */
const registered = (healthy: string, url: (name: string) => string) =>
  Effect.gen(function* () {
    const log = yield* TopicLog;
    yield* registerSource(healthy, { every: 200 });
    const first = yield* registerSource(url("0.csv"), { every: 200 });
    const text = JSON.stringify(first);
    const names = Array.from(
      { length: SOURCES - 1 },
      (_, i) => `${i + 1}.${["csv", "zip", "csv.gz"][i % 3]}`,
    );
    yield* log.publish(
      "sources",
      names.map((name) => ({ key: url(name), value: text.replaceAll(url("0.csv"), url(name)) })),
    );
  });

export async function abuseProgram({
  first,
  count,
  folder,
}: Pick<AbuseOptions, "first" | "count" | "folder">): Promise<ProgramAbused> {
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  const healthy = join(folder, "m.csv");
  writeFileSync(healthy, "id_magasin,ville\nh0,Brest\n");
  const server = await startHostileServer();
  await onLog(data, registered(healthy, server.url));

  const watch = join(folder, "watch.json");
  const child = spawn(
    process.execPath,
    [PROGRAM, "start", "--data", data, "--port", "0", "--every", "200ms"],
    {
      env: environment({
        ABUSE_WATCH: watch,
        NODE_OPTIONS: `--max-old-space-size=${HEAP_MB} --import ${pathToFileURL(join(import.meta.dirname, "watch.ts")).href}`,
      }),
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let stdout = "";
  let stderr = "";
  let endedAt: number | undefined;
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout = (stdout + text).slice(-100_000)));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr = (stderr + text).slice(-100_000)));
  const ended = new Promise<number | null>((resolve) =>
    child.on("close", (code) => {
      endedAt = performance.now();
      resolve(code);
    }),
  );
  const bad: string[] = [];
  const fed = { answers: 0, requests: 0, records: 0, queries: 0, commands: 0 };
  let seed = first;
  const isOver = () => seed >= first + count || endedAt !== undefined;
  const nextOf = (kind: keyof typeof fed) => (): number => {
    fed[kind] += 1;
    return seed++;
  };
  const rowsOfHealthy = (n: number) =>
    until(
      "a row of the healthy source",
      () =>
        firstValue(data, `SELECT 1 FROM magasins WHERE id_magasin = 'h${n}'`) === 1 || endedAt !== undefined,
      { within: 120_000 },
    );
  try {
    const page = await until("the page", () => /^page http:\/\/127\.0\.0\.1:(\d+)\//m.exec(stdout)?.[1], {
      within: 60_000,
    });
    const port = Number(page);
    await rowsOfHealthy(0);
    child.kill("SIGUSR2");
    server.begin(nextOf("answers"));

    const records = onLog(
      data,
      Effect.gen(function* () {
        const log = yield* TopicLog;
        const next = nextOf("records");
        // While the topics are short, many sources are read.
        while (!isOver() && fed.requests < count / 2) yield* Effect.sleep(20);
        while (!isOver()) {
          const made = Array.from({ length: RECORDS_AT_ONCE }, () => recordOf(new Chance(next())));
          for (const topic of new Set(made.map((record) => record.topic)))
            yield* log.publish(
              topic,
              made.filter((record) => record.topic === topic),
            );
          yield* Effect.sleep(20);
        }
      }),
    );
    const next = nextOf("requests");
    const clients = Array.from({ length: CLIENTS }, async () => {
      while (!isOver()) await sendRequests(port, () => new Chance(next()));
    });
    // A file that SQL made would be here.
    const written = join(folder, "written-by-sql.db");
    const asking = async (
      kind: "queries" | "commands",
      ask: (chance: Chance) => Promise<string | undefined>,
    ) => {
      const nextSeed = nextOf(kind);
      while (!isOver() || (fed[kind] < LEAST_SQL && endedAt === undefined)) {
        const seed = nextSeed();
        // A connection may be closed: the limits of clients hold for this one too. An answer that never comes is wrong.
        const wrong = await ask(new Chance(seed)).catch(({ name, message }: Error) =>
          endedAt === undefined && name === "TimeoutError" ? message : undefined,
        );
        if (wrong !== undefined) bad.push(`seed ${seed}: ${wrong}`);
        await sleep(SQL_REST_MS);
      }
    };
    const sql = [
      asking("queries", (chance) => askPage(port, chance, written)),
      asking("commands", (chance) => askCommand(data, chance, written)),
    ];
    await Promise.all([records, ...clients, ...sql]);
    if (existsSync(written)) bad.push(`SQL wrote ${written}`);

    const asked = performance.now();
    appendFileSync(healthy, "h1,Brest\n");
    await rowsOfHealthy(1).catch(({ message }: Error) => bad.push(message));
    const healthyMs = performance.now() - asked;
    if (endedAt !== undefined) bad.push(`the program ended by itself:\n${stderr.slice(-2_000)}`);
    const watched = JSON.parse(readFileSync(watch, "utf8")) as Watched;
    const told = performance.now();
    child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), 30_000);
    await ended;
    clearTimeout(killer);
    const obeyedMs = (endedAt ?? 0) - told;
    if (obeyedMs > OBEYS_MS) bad.push(`it ended ${Math.round(obeyedMs)} ms after SIGTERM`);
    if (watched.longestMs > LONGEST_MS) bad.push(`${Math.round(watched.longestMs)} ms without a pause`);
    if (watched.heapMb > HEAP_MB) bad.push(`a heap of ${Math.round(watched.heapMb)} MiB`);
    const trace = /^.*\n\s+at .*(?:\n.*){0,5}/m.exec(stderr)?.[0];
    if (trace !== undefined) bad.push(`a trace: ${trace}`);
    return { bad, fed, obeyedMs, healthyMs, ...watched };
  } finally {
    if (endedAt === undefined) child.kill("SIGKILL");
    await ended;
    await server.close();
  }
}
