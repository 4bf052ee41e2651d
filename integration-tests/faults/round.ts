/**
 * One round: real processes on a real cluster, files that change, the faults of a plan, and a reader that checks
 * all the while. Afterwards all faults end. Then the database must hold the rows of the files, each once; the
 * analyses must equal the SQL; and a database rebuilt from the topics must be the same, byte for byte.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import Database from "better-sqlite3";
import { onTestFinished } from "vitest";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { makeAdmin } from "#shared/topic-log/kafka/cluster/kafkajs.ts";
import { canonicalDump } from "../../consumer/testing/canonical-dump.ts";
import type { Cluster } from "../support/cluster.ts";
import { type PublishedFiles, publishFiles } from "../support/published-files.ts";
import { isUpToDate } from "../support/query.ts";
import { until } from "../support/until.ts";
import { scratchDirectory, ventes } from "../support/ventes.ts";
import { Actor } from "./actor.ts";
import { ENTITY_OF, FILES, type Held, LivingCompany } from "./living-company.ts";
import type { Component, Fault, Plan, Who } from "./plan.ts";
import { differenceIn, type ReaderReport } from "./reader.ts";

const LIVES_EVERY_MS = 400;
const WAIT = { within: 180_000, every: 100 };
/** A process that starts on a busy machine, so that a fault finds it at work. */
const FIRST_ROWS = { within: 120_000, every: 50 };
const JOINS_FOR_AT_LEAST_MS = 2_000;

export interface RoundReport {
  readonly held: Held;
  readonly reader: ReaderReport;
  /** Processes that ended by themselves, or did not stop on SIGTERM. */
  readonly findings: readonly string[];
  /** Lines of the canonical dump that differ in a rebuild. */
  readonly rebuiltOtherwise: number;
  readonly faults: number;
  readonly commits: number;
  /** From the end of the last fault until everything was right. */
  readonly recoveredMs: number;
}

/** Where the brokers are. */
export type Brokers = Pick<Cluster, "settings">;

/** What `whole` must find. */
export const RIGHT = { lost: 0, doubled: 0, wrong: 0, first: [] };

export interface Stage {
  readonly kafka: Brokers;
  readonly namespace: string;
  readonly folder: string;
  /** The database's directory. */
  readonly base: string;
  readonly files: PublishedFiles;
  readonly actors: readonly Actor[];
  readonly actor: (who: Who) => Actor;
  readonly more: (component: Component, name: string, data?: string) => Promise<Actor>;
}

/** A stage for a test: registered sources, published files, processes not yet started. */
export async function setStage(
  kafka: Brokers,
  namespace: string,
  consumers: number,
  base?: string,
): Promise<Stage> {
  const folder = scratchDirectory();
  const files = await publishFiles();
  onTestFinished(files.close);
  const database = base ?? join(folder, "base");
  const env = { VENTES_NAMESPACE: namespace, VENTES_EVERY: "300ms" };
  const actors: Actor[] = [];
  const more = async (component: Component, name: string, data = database): Promise<Actor> => {
    const actor = await Actor.make({ component, name, data, brokers: kafka.settings.brokers, env, folder });
    actors.push(actor);
    onTestFinished(() => actor.close());
    return actor;
  };
  const named = new Map<string, Actor>();
  named.set("producer 0", await more("producer", "producer", join(folder, "producer")));
  for (let n = 0; n < consumers; n++) named.set(`consumer ${n}`, await more("consumer", `consumer ${n}`));
  named.set("analyzer 0", await more("analyzer", "analyzer"));
  return {
    kafka,
    namespace,
    folder,
    base: database,
    files,
    actors,
    more,
    actor: ({ component, n }) => {
      const found = named.get(`${component} ${n}`);
      if (found === undefined) throw new Error(`there is no ${component} ${n}`);
      return found;
    },
  };
}

/** `ventes sources add` for each file, straight to the brokers. */
export async function register(stage: Stage): Promise<void> {
  const env = { KAFKA_BROKERS: stage.kafka.settings.brokers.join(","), VENTES_NAMESPACE: stage.namespace };
  await Promise.all(
    FILES.map(async (name) => {
      const args = [
        "sources",
        "add",
        ENTITY_OF[name],
        stage.files.url(name),
        "--data",
        join(stage.folder, "adds"),
      ];
      const added = await ventes(args, { env, timeout: 120_000 });
      if (added.code !== 0) throw new Error(`sources add ${name} exited ${added.code}: ${added.stderr}`);
    }),
  );
}

export interface Play {
  readonly stage: Stage;
  readonly company: LivingCompany;
}

/** A stage on which all is started, and the first rows are in the database. `seed`: of the company. */
export async function play(
  kafka: Brokers,
  namespace: string,
  { seed, sales = 500, base }: { readonly seed: number; readonly sales?: number; readonly base?: string },
): Promise<Play> {
  const stage = await setStage(kafka, namespace, 1, base);
  const company = new LivingCompany(seed, stage.files, sales);
  for (const actor of stage.actors) actor.start();
  await register(stage);
  await until("the first rows", () => inDatabase(stage.base, hasRows), FIRST_ROWS);
  return { stage, company };
}

export interface ReaderProcess {
  readonly report: () => Promise<ReaderReport>;
}

export function startReader(base: string): ReaderProcess {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, "reader.ts"), base], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const end = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  onTestFinished(end);
  return {
    report: async () => {
      await end();
      if (out === "") throw new Error(`the reader died: ${err}`);
      return JSON.parse(out) as ReaderReport;
    },
  };
}

export async function runRound(plan: Plan, cluster: Cluster, namespace: string): Promise<RoundReport> {
  await cluster.heal();
  const stage = await setStage(cluster, namespace, plan.consumers);
  const company = new LivingCompany(plan.seed, stage.files);
  for (const actor of stage.actors) actor.start();
  await register(stage);
  const reader = startReader(stage.base);
  await until("the first rows", () => inDatabase(stage.base, hasRows), FIRST_ROWS);

  let isLiving = true;
  const living = (async () => {
    for (; isLiving; await setTimeout(LIVES_EVERY_MS)) company.live();
  })();
  const faults: Promise<unknown>[] = [];
  const onBrokers = oneAfterTheOther();
  try {
    for (const { after, fault } of plan.steps) {
      await setTimeout(after);
      faults.push(befall(stage, cluster, fault, onBrokers));
    }
    await Promise.all(faults);
  } finally {
    isLiving = false;
    await living;
  }

  const mended = performance.now();
  await cluster.heal();
  for (const actor of stage.actors)
    if (!actor.name.startsWith("guest")) {
      actor.line.mend();
      actor.wake();
      if (actor.findings.length === 0) actor.start();
    }
  const held = await whole(stage, company);
  const recoveredMs = Math.round(performance.now() - mended);
  // One that ended will not read to the ends of the topics.
  const ended = stage.actors.flatMap((actor) => actor.findings);
  if (ended.length > 0) throw new Error(ended.join("\n"));
  await stage.actor({ component: "producer", n: 0 }).stop();
  await standsAtTheEnds(stage);
  const report = await reader.report();
  const commits = inDatabase(stage.base, (db) =>
    db.prepare("SELECT commit_id FROM progress").pluck().get(),
  ) as number;
  const rebuiltOtherwise = await rebuild(stage);
  for (const actor of stage.actors) await actor.stop();
  return {
    held,
    reader: report,
    findings: stage.actors.flatMap((actor) => actor.findings),
    rebuiltOtherwise,
    faults: plan.steps.length,
    commits,
    recoveredMs,
  };
}

/** Runs what it is given one after the other: two brokers of three at once are no majority. */
function oneAfterTheOther(): (run: () => Promise<void>) => Promise<void> {
  let turn = Promise.resolve();
  return (run) => {
    turn = turn.then(run);
    return turn;
  };
}

async function befall(
  stage: Stage,
  cluster: Cluster,
  fault: Fault,
  onBrokers: (run: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const during = (actor: Actor, begin: () => unknown, end: () => unknown) =>
    actor.befall(async () => {
      await begin();
      await setTimeout(fault.for);
      await end();
    });
  switch (fault.kind) {
    case "kill": {
      const actor = stage.actor(fault.who);
      return during(
        actor,
        () => actor.kill(),
        () => actor.start(),
      );
    }
    case "stop": {
      const actor = stage.actor(fault.who);
      return during(
        actor,
        () => actor.stop(),
        () => actor.start(),
      );
    }
    case "pause": {
      const actor = stage.actor(fault.who);
      return during(
        actor,
        () => actor.pause(),
        () => actor.wake(),
      );
    }
    case "broker killed":
      return onBrokers(async () => {
        await cluster.kill(fault.broker);
        await setTimeout(fault.for);
        await cluster.start(fault.broker);
      });
    case "broker paused":
      return onBrokers(async () => {
        await cluster.pause(fault.broker);
        await setTimeout(fault.for);
        await cluster.wake(fault.broker);
      });
    case "line cut":
    case "line deaf":
    case "line slow": {
      const { line } = stage.actor(fault.who);
      const broker = "broker" in fault && fault.broker > 0 ? fault.broker : undefined;
      if (fault.kind === "line cut") line.cut(broker);
      else if (fault.kind === "line deaf") line.deafen(broker);
      else if (fault.kind === "line slow") line.slow(fault.ms, broker);
      await setTimeout(fault.for);
      line.mend(broker);
      return;
    }
    case "database locked": {
      const db = new Database(join(stage.base, "ventes.db"), { timeout: 5_000 });
      try {
        db.exec("BEGIN IMMEDIATE");
        await setTimeout(fault.for);
        db.exec("ROLLBACK");
      } catch (error) {
        // Never free for a moment: others hold it in turn.
        if (!(error instanceof Database.SqliteError)) throw error;
      } finally {
        db.close();
      }
      return;
    }
    case "clock steps": {
      const actor = stage.actor(fault.who);
      return during(
        actor,
        () => actor.setClock(fault.by),
        () => actor.setClock(0),
      );
    }
    case "consumer joins": {
      const guest = await stage.more("consumer", `guest ${stage.actors.length}`);
      guest.start();
      await setTimeout(Math.max(fault.for, JOINS_FOR_AT_LEAST_MS));
      await guest.stop();
      return;
    }
    case "consumer leaves": {
      const actor = stage.actor({ component: "consumer", n: 0 });
      return during(
        actor,
        () => actor.stop(),
        () => actor.start(),
      );
    }
  }
}

// ---- what came of it

/** Reads a database; undefined while there is none, or another process is recovering it. */
export function inDatabase<A>(base: string, read: (db: Database.Database) => A): A | undefined {
  const file = join(base, "ventes.db");
  if (!existsSync(file)) return undefined;
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true, timeout: 2_000 });
    return read(db);
  } catch (error) {
    if (
      error instanceof Database.SqliteError &&
      /no such table|BUSY|CANTOPEN/.test(`${error.message} ${error.code}`)
    )
      return undefined;
    throw error;
  } finally {
    db?.close();
  }
}

export const hasRows = (db: Database.Database): boolean =>
  db.prepare("SELECT EXISTS (SELECT 1 FROM ventes)").pluck().get() === 1;

/** Waits until the database holds the rows of the files. Returns the differences that are left at the end of the wait. */
export async function whole(stage: Stage, company: LivingCompany, base = stage.base): Promise<Held> {
  let held: Held | undefined;
  const isWhole = () => {
    if (stage.actors.some((actor) => actor.findings.length > 0)) return true;
    held = inDatabase(base, (db) => {
      db.exec("BEGIN");
      return company.held(db);
    });
    return held !== undefined && held.first.length === 0 && isUpToDate(base);
  };
  await until("every row", isWhole, WAIT).catch(() => {});
  const none = { rows: 0, lost: 0, doubled: 0, wrong: 0, first: ["there is no database"] };
  const { first, ...counts } = held ?? none;
  if (first.length === 0) return { ...counts, first };
  const said = stage.actors.map((actor) => `${actor.name} said: ${actor.stderr().slice(-300)}`);
  return { ...counts, first: [...first, ...stage.actors.flatMap((actor) => actor.findings), ...said] };
}

type Ends = ReadonlyMap<string, number>;

const endsOf = async ({ kafka, namespace }: Stage): Promise<Ends> => {
  const admin = makeAdmin(kafka.settings);
  await admin.connect();
  try {
    const ends = new Map<string, number>();
    for (const topic of EVENT_TOPICS)
      for (const { partition, high } of await admin.fetchTopicOffsets(`${namespace}.${topic}`))
        ends.set(`${topic}/${partition}`, Number(high));
    return ends;
  } finally {
    await admin.disconnect();
  }
};

/** The partitions whose position is not at the end; undefined: there is no database. */
const awayFrom = (base: string, ends: Ends): readonly string[] | undefined =>
  inDatabase(base, (db) => {
    const positions = new Map(
      db.prepare("SELECT topic || '/' || partition, position FROM positions").raw().all() as [
        string,
        number,
      ][],
    );
    return [...ends].flatMap(([place, end]) => {
      const position = positions.get(place) ?? 0;
      return position === end ? [] : [`${place} at ${position}, its end is ${end}`];
    });
  });

/** The ends are asked each time: of what was sent last, followers may not have all yet, and then it is not read. */
export async function standsAtTheEnds(stage: Stage, base = stage.base): Promise<void> {
  let away: readonly string[] | undefined;
  const isThere = async () => {
    away = awayFrom(base, await endsOf(stage));
    return away?.length === 0 && isUpToDate(base);
  };
  await until("the ends of the topics", isThere, { ...WAIT, every: 500 }).catch((error) => {
    const said = stage.actors.map((actor) => `${actor.name}: ${actor.stderr().slice(-500)}`);
    throw new Error([`${error}`, `away: ${away?.join("; ")}`, ...said].join("\n"));
  });
}

/** The number of lines that differ in a database made from the topics alone. */
export async function rebuild(stage: Stage): Promise<number> {
  const again = join(stage.folder, "again");
  const consumer = await stage.more("consumer", "consumer of the rebuild", again);
  const analyzer = await stage.more("analyzer", "analyzer of the rebuild", again);
  consumer.start();
  analyzer.start();
  await standsAtTheEnds(stage, again);
  for (const actor of [consumer, analyzer]) await actor.stop();
  const dump = (base: string) =>
    inDatabase(base, (db) => [...canonicalDump(db), differenceIn(db) ?? ""]) ?? [];
  const [live, rebuilt] = [dump(stage.base), dump(again)];
  const ours = new Set(live);
  return rebuilt.filter((row) => !ours.has(row)).length + Math.abs(live.length - rebuilt.length);
}
