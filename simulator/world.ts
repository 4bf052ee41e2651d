/**
 * Plays one history: two consumers, an analyzer, readers and producers over one log and one ventes.db, with whatever
 * the history's steps do to them; then lets everything settle and checks the result. During the history it checks
 * every read of a reader, and the rows after each death of a writer and each power cut. At the end it checks everything.
 * Throws Violation.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { partitionOf } from "#shared/contract/partitioner.ts";
import type { RejectCode } from "#shared/contract/sentences.ts";
import { EVENT_TOPICS, type EventTopic } from "#shared/contract/topics.ts";
import { openPlain, type Sqlite } from "#shared/database/sqlite.ts";
import { databaseId, openVentes, ventesFile } from "#shared/database/ventes-db.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { instantOf } from "#shared/runtime/time.ts";
import { type NewRecord, TopicLog } from "#shared/topic-log/topic-log.ts";
import { makeRefresher } from "../analyzer/refresh/refresh.ts";
import { runAnalyzer } from "../analyzer/run.ts";
import { makeBatchApplier } from "../consumer/batch.ts";
import { replay } from "../consumer/replay.ts";
import { runConsumer } from "../consumer/run.ts";
import { canonicalDump } from "../consumer/testing/canonical-dump.ts";
import { randomOf, randomTopics } from "../consumer/testing/random-history.ts";
import { producerFile } from "../producer/diff/state/producer-db.ts";
import { Counts } from "./counts.ts";
import { Disk, type Snapshot } from "./disk.ts";
import { FILE_NAMES, type FileName, Files, registrationOf } from "./files.ts";
import { FOREIGN } from "./foreign.ts";
import {
  type Ambush,
  type Happening,
  type History,
  stepLine,
  type Who,
  WRITERS,
  type Writer,
} from "./history.ts";
import {
  checkRead,
  checkReadInside,
  checkRows,
  checkSettled,
  Expected,
  firstDifference,
  placeOf,
  prepared,
  Violation,
} from "./invariants.ts";
import { Crash, type Fuse, Kernel, type Process } from "./kernel.ts";
import { CALM, PARTITIONS, SimulatedLog } from "./log.ts";
import { type Polled, pollFiles, publishAll } from "./producing.ts";
import { checkSources } from "./sources-check.ts";
import { withSqliteHooks } from "./sqlite-hooks.ts";

const BEGINNING = Date.UTC(2026, 0, 1, 8);
const DAY_MS = 86_400_000;
/** Virtual time in which everything must have settled once nothing fails any more. */
const SETTLE_WITHIN_MS = 300_000;
const CHECK_MS = 100;

export interface Played {
  readonly counts: Counts;
  /** The events of the history, one line each: equal for equal seeds. */
  readonly trace: readonly string[];
  /** SHA-256 of the trace and of every record in the topics: equal for equal seeds, in any process. */
  readonly hash: string;
  readonly violation: Violation | undefined;
}

export interface PlayOptions {
  /** An existing folder, preferably in memory. */
  readonly folder: string;
  /** An empty database, as `template` makes it. */
  readonly template: Buffer;
}

/** The bytes of a database that nobody has written to. */
export function templateOf(folder: string, read: (file: string) => Buffer): Buffer {
  const db = openVentes(folder, "simulated");
  db.pragma("wal_checkpoint(TRUNCATE)");
  db.close();
  return read(ventesFile(folder));
}

export function play(history: History, options: PlayOptions): Played {
  const kernel = new Kernel(randomOf(history.schedule), BEGINNING);
  const world = new World(kernel, history, options);
  let violation: Violation | undefined;
  try {
    withSqliteHooks(kernel, world.observer, () => {
      try {
        world.play();
      } finally {
        world.close();
      }
    });
  } catch (error) {
    violation =
      error instanceof Violation
        ? error
        : new Violation("0", error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    rmSync(world.dir, { recursive: true, force: true });
  }
  return { counts: world.counts, trace: world.trace, hash: world.hash(), violation };
}

/** More touches than the clock of any file system needs to tick. */
const MOST_TOUCHES = 100_000;

/**
 * Touches a new file until its last change is later than its birth. A database takes two equal times for no birth, and
 * writes the birth down once they differ (place.ts): that transaction would stand where the machine's clock ticks, and a
 * history would have one more statement to fail at.
 */
function separateBirth(file: string): void {
  for (let n = 0; n < MOST_TOUCHES; n++) {
    const { birthtimeNs, ctimeNs } = statSync(file, { bigint: true });
    if (birthtimeNs !== ctimeNs) return;
    utimesSync(file, 0, 0);
  }
}

class World {
  readonly kernel: Kernel;
  readonly history: History;
  readonly dir: string;
  readonly counts = new Counts();
  readonly trace: string[] = [];
  readonly log: SimulatedLog;
  readonly files = new Files();
  readonly disk: Disk;
  readonly expected: Expected;
  readonly foreign = new Map<string, RejectCode | null>();
  readonly running = new Map<Who | "replay", Process>();
  readonly polled = new Map<FileName, Polled>();
  readonly #scripts: Map<EventTopic, NewRecord[][]>;
  /** Thrown out of the kernel's loop once the stack is unwound. */
  #violation: Violation | undefined;
  /** What power cuts do to files once the dead have closed them. */
  readonly #pendingCuts: (() => void)[] = [];
  /** Under the state of the first producer. */
  readonly producerDisk: Disk;
  #acknowledged = "";
  #reader: Sqlite | undefined;
  #longReader: Sqlite | undefined;
  /** What ambushes still have to do. */
  readonly #unfinished = new Set<() => void>();

  constructor(kernel: Kernel, history: History, { folder, template }: PlayOptions) {
    this.kernel = kernel;
    this.history = history;
    this.dir = join(folder, `history-${history.seed}-${process.pid}`);
    rmSync(this.dir, { recursive: true, force: true });
    for (const name of ["base", "producer-1", "producer-2"])
      mkdirSync(join(this.dir, name), { recursive: true });
    writeFileSync(ventesFile(this.base), template);
    separateBirth(ventesFile(this.base));
    this.log = new SimulatedLog(kernel, history.faults, this.counts.add);
    this.expected = new Expected(this.log, this.foreign);
    this.disk = new Disk(ventesFile(this.base), history.synchronous);
    this.producerDisk = new Disk(producerFile(join(this.dir, "producer-1")), "NORMAL");
    this.#scripts = scriptsOf(history);
  }

  get base(): string {
    return join(this.dir, "base");
  }

  /** See Played. */
  hash(): string {
    const hash = createHash("sha256");
    for (const line of this.trace) hash.update(`${line}\n`);
    this.log.forEachRecord((place, { offset, key, value }) => {
      hash.update(`${place} ${offset} ${key} ${value === null ? "-" : value.length}\n`);
      if (value !== null) hash.update(value);
    });
    return hash.digest("hex");
  }

  say(line: string): void {
    this.trace.push(`${((this.kernel.now - BEGINNING) / 1000).toFixed(3).padStart(9)} ${line}`);
  }

  // ---- what the hooks see

  readonly observer = {
    opened: (_: Process, db: Sqlite) => {
      db.pragma("wal_autocheckpoint = 0");
      // The production setting is NORMAL; a disk that syncs at each commit is modelled with FULL.
      if (db.name === this.disk.file) db.pragma(`synchronous = ${this.history.synchronous}`);
      if (db.name === this.producerDisk.file) this.producerDisk.guard;
    },
    committed: (db: Sqlite) => {
      if (db.name !== this.disk.file) return;
      this.disk.committed();
      if (this.history.synchronous === "FULL") this.#acknowledged = this.#stateNow();
    },
    between: (process: Process) => {
      if (!isWriter(process.name)) return;
      if (this.history.reads > 0 && this.kernel.random.chance(this.history.reads)) this.read(false);
    },
    counted: this.counts.add,
  };

  /** What a power cut must not take back when every commit is synced. */
  #stateNow(): string {
    return prepared(
      this.disk.guard,
      `SELECT (SELECT group_concat(name || value) FROM counters) || ' ' || (SELECT commit_id FROM progress) || ' '
           || IFNULL((SELECT group_concat(topic || partition || '=' || position) FROM positions), '')`,
    )
      .pluck()
      .get() as string;
  }

  // ---- processes

  #provide<A, E>(
    process: Process,
    dir: string,
    effect: Effect.Effect<A, E, TopicLog | Settings>,
  ): Effect.Effect<A, E> {
    return effect.pipe(
      Effect.provideService(TopicLog, this.log.for(process)),
      Effect.provideService(Settings, embeddedSettings(dir, { partitions: PARTITIONS })),
    );
  }

  start(who: Writer): void {
    if (this.running.get(who)?.alive === true) return;
    const work: Effect.Effect<unknown, unknown, TopicLog | Settings> =
      who === "analyzer"
        ? runAnalyzer({
            // The times of files are not those of the history.
            alwaysAudit: true,
            // It reads sales beside the consumers: analyzer/reading/reading.test.ts does it after random histories.
            auditsColumns: false,
            onAudit: (mended) => {
              if (mended.length > 0)
                this.fail(
                  new Violation(
                    "4",
                    `the audit had to mend ${JSON.stringify(mended, (_, v) => (typeof v === "bigint" ? String(v) : v))}`,
                  ),
                );
            },
          })
        : runConsumer({}, this.history.seed % PAGED === 0 ? IN_PAGES : {});
    this.#launch(who, this.base, work, () =>
      this.kernel.at(50 + this.kernel.random.below(800), undefined, () => this.start(who)),
    );
  }

  #launch(
    who: Who | "replay",
    dir: string,
    work: Effect.Effect<unknown, unknown, TopicLog | Settings>,
    onEnd: () => void,
  ): Process {
    const process = this.kernel.spawn(
      who,
      (p) => this.#provide(p, dir, work),
      (exit) => {
        this.running.delete(who);
        if (Exit.isFailure(exit) && !isExpected(exit.cause)) {
          this.fail(new Violation("0", `${who} failed: ${Cause.pretty(exit.cause)}`));
          return;
        }
        this.say(`${who} ended`);
        onEnd();
      },
    );
    this.running.set(who, process);
    return process;
  }

  startProducer(who: "producer-1" | "producer-2", rounds: number): void {
    if (this.running.get(who)?.alive === true) return;
    const work = Effect.scoped(
      pollFiles({
        files: this.files,
        rounds,
        onPoll: (polled) => this.onPoll(who, polled),
        onAnswer: (answer) => this.counts.add(`answers: ${answer}`),
      }),
    );
    this.#launch(who, join(this.dir, who), work, () => {
      if (who === "producer-2") this.polled.clear();
      else this.kernel.at(1000, undefined, () => this.startProducer(who, Number.POSITIVE_INFINITY));
    });
  }

  onPoll(who: Who, polled: Polled): void {
    const { file, result, code } = polled;
    this.counts.add(result === undefined ? "polls parked" : "polls");
    if (polled.isLast) this.polled.set(file, polled);
    // A producer with an older state of the file may have undone a later version: the file must be polled again.
    else this.polled.delete(file);
    if (result === undefined) {
      this.say(`${who} parked ${file}: ${code}`);
      return;
    }
    const { records, emitted, unchanged, superseded, rejected } = result.counts;
    if (result.announced) {
      this.counts.add("versions announced");
      this.say(`${who} announced version ${result.version} of ${file}: ${emitted} of ${records}`);
    }
    if (records !== emitted + unchanged + superseded + rejected)
      this.fail(
        new Violation("1", `${file}: records are not accounted for: ${JSON.stringify(result.counts)}`),
      );
  }

  fail(violation: Violation): void {
    this.#violation ??= violation;
  }

  #throwViolation(): void {
    if (this.#violation !== undefined) throw this.#violation;
  }

  // ---- readers

  /** A reader reads; `rows`: all rows too. */
  read(rows: boolean): void {
    try {
      this.#reader ??= this.#openReader();
      this.counts.add("reads");
      checkRead(this.#reader);
      if (prepared(this.#reader, "SELECT 1 FROM unfinished").get() !== undefined)
        this.counts.add("reads of an unfinished event");
      if (rows) {
        this.counts.add("reads of everything");
        checkRows(this.#reader, this.expected);
      }
    } catch (error) {
      this.fail(asViolation(error));
    }
  }

  #openReader(): Sqlite {
    const db = openPlain(this.disk.file);
    db.pragma("wal_autocheckpoint = 0");
    return db;
  }

  #closeReaders(): void {
    this.#reader?.close();
    this.#longReader?.close();
    this.#reader = undefined;
    this.#longReader = undefined;
  }

  /** One transaction over what others write at the same time: it must see nothing of it. */
  #longRead(ms: number): void {
    if (this.#longReader !== undefined) return;
    const db = this.#openReader();
    this.#longReader = db;
    db.exec("BEGIN");
    const before = checkReadInside(db);
    this.kernel.at(ms, undefined, () => {
      if (this.#longReader !== db) return;
      const after = checkReadInside(db);
      if (after.reached !== before.reached || after.newest !== before.newest)
        throw new Violation("5", "a read transaction saw two states");
      db.exec("COMMIT");
      db.close();
      this.#longReader = undefined;
      this.counts.add("long reads");
    });
  }

  // ---- faults of a producer during a poll

  #ambush({ file, to, fate, ms, seed }: Ambush): void {
    const { kernel, log, files } = this;
    if (!files.has(file)) return;
    files.change(file, "change", randomOf(seed));
    const later = (work: () => void) => {
      const finish = () => {
        if (this.#unfinished.delete(finish)) work();
      };
      this.#unfinished.add(finish);
      kernel.at(ms, undefined, finish);
    };
    log.trap = {
      isFor: (process, topic, records) =>
        process.name === "producer-1" &&
        (topic === "sources") === (to === "sources") &&
        saysOf(file, records),
      strike: (process) => {
        this.say(`what producer-1 sends of ${file} ${fate}`);
        this.counts.add(`a producer's send ${fate}`);
        if (fate === "lands late") {
          files.change(file, "back", randomOf(seed));
          later(() => log.land(1));
          return "late";
        }
        process.paused = true;
        files.change(file, "change", randomOf(seed + 1));
        this.startProducer("producer-2", 1);
        later(() => {
          files.change(file, "back", randomOf(seed));
          process.paused = false;
        });
        return "waits";
      },
    };
  }

  // ---- deaths

  /** Fused or at once; `strike` runs at that very moment. */
  #dieAt(who: Who, at: Fuse["at"] | "now", n: number, strike: () => void): void {
    const process = this.running.get(who);
    if (process?.alive !== true) return;
    if (at === "now") {
      process.kill();
      strike();
      return;
    }
    process.fuse = { at, left: n, strike };
  }

  #kill(who: Who, at: Fuse["at"] | "now", n: number, power: boolean): void {
    this.#dieAt(who, at, n, () => {
      if (power && who === "producer-1" && existsSync(this.producerDisk.file)) {
        this.counts.add("power cuts of a producer");
        const snapshot = this.producerDisk.snapshot();
        this.#pendingCuts.push(() => this.#cut(this.producerDisk, snapshot));
      }
      this.counts.add("processes killed");
      this.counts.add(`killed ${at === "now" ? "between statements" : `at: ${at}`}`);
      this.say(`${who} is killed (${at})`);
      this.running.delete(who);
      if (isWriter(who)) {
        this.kernel.at(20 + this.kernel.random.below(1500), undefined, () => this.start(who));
        this.kernel.at(0, undefined, () => this.read(true));
      } else if (who === "producer-1")
        this.kernel.at(20 + this.kernel.random.below(1500), undefined, () =>
          this.startProducer(who, Number.POSITIVE_INFINITY),
        );
      // What is left of its membership is noticed later.
      this.kernel.at(this.kernel.random.below(2000), undefined, () => this.log.rebalance());
    });
  }

  #cutPower(how: "now" | "in a checkpoint" | Fuse["at"], who: Writer, n: number): void {
    const strike = (snapshot: Snapshot) => {
      this.counts.add("power cuts");
      this.counts.add(`power cut ${how}`);
      this.say(`power cut (${how})`);
      const mayHave = this.#stateNow();
      this.#pendingCuts.push(() => this.#afterCut(snapshot, mayHave));
      for (const writer of WRITERS) {
        const process = this.running.get(writer);
        this.running.delete(writer);
        if (process?.alive === true) process.kill();
      }
      const replaying = this.running.get("replay");
      this.running.delete("replay");
      if (replaying?.alive === true) replaying.kill();
    };
    if (how === "in a checkpoint") {
      const snapshot = this.disk.checkpoint(this.kernel.random.chance(0.3) ? "RESTART" : "PASSIVE");
      strike(snapshot());
    } else if (how === "now") {
      strike(this.disk.snapshot());
    } else this.#dieAt(who, how, n, () => strike(this.disk.snapshot()));
  }

  /** After the connections of dead processes are closed: applies the power cut to the files, and starts everything again. */
  #afterCut(snapshot: Snapshot, mayHave: string): void {
    this.#closeReaders();
    this.#cut(this.disk, snapshot);
    if (this.history.synchronous === "FULL" && this.#acknowledged !== "") {
      const now = this.#stateNow();
      if (now !== this.#acknowledged && now !== mayHave && !isAhead(now, this.#acknowledged))
        throw new Violation("3", `a synced commit is lost: ${now}, it was ${this.#acknowledged}`);
      this.#acknowledged = now;
    }
    this.read(true);
    for (const who of WRITERS)
      this.kernel.at(20 + this.kernel.random.below(500), undefined, () => this.start(who));
  }

  #cut(disk: Disk, snapshot: Snapshot): void {
    const report = disk.cut(snapshot, this.kernel.random);
    this.counts.add("frames not synced at a power cut", report.unsynced);
    this.counts.add("torn frames", report.tornFrames);
    if (report.tornFrames > 0) this.counts.add("power cuts with torn frames");
    this.counts.add("pages of a checkpoint taken back", report.oldPages);
    disk.recovered();
    const problems = disk.guard.pragma("integrity_check", { simple: true });
    if (problems !== "ok") throw new Violation("3", `${disk.file} is damaged: ${problems}`);
  }

  #runPendingCuts(): void {
    for (const cut of this.#pendingCuts.splice(0)) cut();
  }

  // ---- the history

  happen(what: Happening): void {
    const { kernel, log } = this;
    switch (what.kind) {
      case "events": {
        const records = this.#scripts.get(what.topic)?.[what.partition]?.splice(0, what.n) ?? [];
        if (records.length === 0) return;
        this.counts.add("events published by others", records.length);
        // A process for each: several are under way.
        this.#launch("publisher", this.dir, publishAll(what.topic, records), () => {});
        return;
      }
      case "foreign": {
        const { key, value, code } = (FOREIGN[what.name] as (typeof FOREIGN)[string])(what.topic);
        const partition = key === null ? kernel.random.below(PARTITIONS) : partitionOf(key, PARTITIONS);
        const offset = log.append(what.topic, partition, key, value);
        this.foreign.set(placeOf(what.topic, partition, offset), code);
        this.counts.add("records of foreign programs");
        return;
      }
      case "change":
        this.files.change(what.file, what.change, randomOf(what.seed));
        this.counts.add("files changed");
        return;
      case "answer":
        this.files.answer(what.file, what.answer);
        return;
      case "second producer":
        this.startProducer("producer-2", 1);
        return;
      case "ambush":
        this.#ambush(what);
        return;
      case "kill":
        this.#kill(what.who, what.at, what.n, what.power);
        return;
      case "power cut":
        this.#cutPower(what.at, what.who, what.n);
        return;
      case "stop": {
        const process = this.running.get(what.who);
        if (process?.alive !== true) return;
        this.counts.add("processes stopped");
        process.post(() => process.fiber?.interruptUnsafe());
        return;
      }
      case "pause": {
        const process = this.running.get(what.who);
        if (process?.alive !== true) return;
        process.paused = true;
        this.counts.add("processes paused");
        kernel.at(what.ms, undefined, () => {
          process.paused = false;
        });
        // In the meantime the others take its partitions over.
        kernel.at(what.ms / 2, undefined, () => log.rebalance(0.3));
        return;
      }
      case "rebalance":
        log.rebalance(what.overlapping);
        return;
      case "log away":
        log.setUp(false);
        this.counts.add("log away");
        kernel.at(what.ms, undefined, () => log.setUp(true));
        return;
      case "land":
        log.land(0.7);
        return;
      case "checkpoint":
        this.disk.checkpoint(what.restart ? "RESTART" : "PASSIVE");
        this.counts.add("checkpoints");
        return;
      case "locked": {
        const process = this.running.get(what.who);
        if (process !== undefined) process.busy += what.times;
        return;
      }
      case "read":
        this.read(true);
        return;
      case "long read":
        this.#longRead(what.ms);
        return;
      case "replay":
        if (this.running.get("replay")?.alive === true) return;
        this.counts.add("replays");
        this.#launch("replay", this.base, replay(), () => {});
        return;
      case "lose producer state": {
        const process = this.running.get(what.who);
        if (process?.alive !== true) return;
        process.kill();
        this.running.delete(what.who);
        this.counts.add("states of producers lost");
        this.#pendingCuts.push(() => {
          this.producerDisk.closeGuard();
          for (const end of ["", "-wal", "-shm"]) rmSync(this.producerDisk.file + end, { force: true });
          this.producerDisk.forget();
          this.startProducer(what.who, Number.POSITIVE_INFINITY);
        });
        return;
      }
      case "next day":
        kernel.now += DAY_MS;
        return;
    }
  }

  play(): void {
    const { kernel, history } = this;
    kernel.onBuried = () => this.#runPendingCuts();
    this.disk.recovered();
    for (const who of WRITERS) kernel.at(kernel.random.below(300), undefined, () => this.start(who));
    if (history.producers) {
      for (const name of FILE_NAMES) {
        const key = name;
        const partition = partitionOf(key, 3);
        this.log.append("sources", partition, key, Buffer.from(JSON.stringify(registrationOf(name))));
      }
      this.startProducer("producer-1", Number.POSITIVE_INFINITY);
    }
    const start = kernel.now;
    let drift = 0;
    for (const step of history.steps) {
      const due = start + step.at + drift;
      this.#run(() => kernel.now >= due, due - kernel.now + 1);
      this.say(stepLine(step));
      const before = kernel.now;
      this.happen(step.what);
      kernel.bury();
      // Of a machine on which nothing ran nobody is buried.
      this.#runPendingCuts();
      drift += kernel.now - before;
      this.#throwViolation();
    }
    this.#settle();
  }

  /** Runs the kernel; a violation ends it. */
  #run(done: () => boolean, ms: number): boolean {
    return this.kernel.run(() => {
      this.#throwViolation();
      return done();
    }, ms);
  }

  /** Stops all faults, and waits until every event is applied and analysed. */
  #settle(): void {
    const { kernel, log, history } = this;
    this.say("nothing fails any more");
    log.setUp(true);
    log.trap = undefined;
    for (const finish of [...this.#unfinished]) finish();
    log.land(0.5);
    log.faults = CALM;
    this.files.misbehaves = false;
    for (const process of kernel.processes) {
      process.paused = false;
      process.fuse = undefined;
      process.busy = 0;
    }
    log.rebalance();
    for (const [topic, partitions] of this.#scripts)
      for (const records of partitions)
        if (records.length > 0)
          this.#launch("publisher", this.dir, publishAll(topic, records.splice(0)), () => {});
    let lastPoll = 0;
    let quiet = 0;
    const settled = this.#run(() => {
      if (kernel.now - lastPoll < CHECK_MS) return false;
      lastPoll = kernel.now;
      quiet = this.#isSettled() ? quiet + 1 : 0;
      return quiet >= 3;
    }, SETTLE_WITHIN_MS);
    this.#throwViolation();
    if (!settled)
      throw new Violation("4", `nothing fails any more, and it does not settle: ${this.#whatIsMissing()}`);
    this.say("settled");
    this.#closeReaders();
    checkSettled(this.disk.guard, this.expected, this.#announced());
    if (history.producers) checkSources(this.log, this.files, this.polled, this.counts);
    this.#rebuild();
    this.counts.add("histories");
    this.counts.add("events in the topics", this.#events());
    this.counts.add("commits", this.#number("SELECT value FROM counters WHERE name = 'commit'"));
  }

  #number(sql: string): number {
    return prepared(this.disk.guard, sql).pluck().get() as number;
  }

  #events(): number {
    let n = 0;
    for (const topic of EVENT_TOPICS)
      for (let p = 0; p < PARTITIONS; p++) n += this.log.partition(topic, p).records.length;
    return n;
  }

  #announced(): ReadonlySet<number> {
    const id = databaseId(this.disk.guard);
    const commits = this.log
      .partition("commits", 0)
      .records.flatMap(({ key, value }) =>
        key === id && value !== null ? [(JSON.parse(value.toString()) as { commit: number }).commit] : [],
      );
    return new Set(commits);
  }

  #whatIsMissing(): string | undefined {
    if (this.running.get("publisher")?.alive === true) return "a publisher is still at work";
    if (this.running.get("producer-2")?.alive === true) return "a second producer is still at work";
    if (this.running.get("replay")?.alive === true) return "a replay goes on";
    for (const who of WRITERS) if (this.running.get(who)?.alive !== true) return `${who} does not run`;
    if (this.history.producers)
      for (const file of FILE_NAMES)
        if (this.files.has(file) && !this.polled.has(file)) return `${file} was not polled`;
    for (const topic of EVENT_TOPICS)
      for (let partition = 0; partition < PARTITIONS; partition++) {
        const { records } = this.log.partition(topic, partition);
        const last = records.at(-1)?.offset ?? -1;
        const position =
          (prepared(this.disk.guard, "SELECT position FROM positions WHERE topic = ? AND partition = ?")
            .pluck()
            .get(topic, partition) as number | undefined) ?? 0;
        if (position <= last)
          return `${topic}/${partition} is applied up to ${position}, its last event is ${last}`;
      }
    const newest = this.#number("SELECT value FROM counters WHERE name = 'commit'");
    const reached = this.#number("SELECT commit_id FROM progress");
    if (reached < newest) return `the analyses reflect commit ${reached} of ${newest}`;
    const announced = this.#number("SELECT value FROM counters WHERE name = 'announced'");
    if (announced < newest) return `commit ${announced} of ${newest} is the last one announced`;
    return undefined;
  }

  #isSettled(): boolean {
    return this.#whatIsMissing() === undefined;
  }

  /** Invariant 6: a new database from the same topics, in another interleaving, is the same. */
  #rebuild(): void {
    const { random } = this.kernel;
    const dir = join(this.dir, "rebuilt");
    const db = openVentes(dir, "rebuilt");
    try {
      const applier = makeBatchApplier(db, this.kernel.clock, { partitions: () => PARTITIONS });
      const places = EVENT_TOPICS.flatMap((topic) =>
        Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition, position: 0, at: 0 })),
      );
      for (;;) {
        const open = places.filter((p) => p.at < this.log.partition(p.topic, p.partition).records.length);
        if (open.length === 0) break;
        const place = random.pick(open);
        const records = this.log
          .partition(place.topic, place.partition)
          .records.slice(place.at, place.at + 1 + random.below(40));
        const next = (records.at(-1)?.offset ?? 0) + 1;
        applier.apply({ topic: place.topic, partition: place.partition, records, next }, place.position);
        place.position = next;
        place.at += records.length;
      }
      // A connection of its own: on the refresher's the tables' names mean something else.
      const own = openVentes(dir, "rebuilt");
      const refresher = makeRefresher(own);
      while (refresher.refresh(instantOf(this.kernel.clock), 1 + random.below(30)).more);
      refresher.close();
      own.close();
      const difference = firstDifference([...canonicalDump(this.disk.guard)], [...canonicalDump(db)]);
      if (difference !== undefined)
        throw new Violation("6", `a rebuild gives another database, ${difference}`);
      this.counts.add("rebuilds compared");
    } finally {
      db.close();
    }
  }

  close(): void {
    for (const process of [...this.kernel.processes]) process.kill();
    this.kernel.onBuried = () => {};
    this.kernel.bury();
    this.#closeReaders();
    this.disk.closeGuard();
    this.producerDisk.closeGuard();
  }
}

/** Whether these records announce a change of the file, or are some of its rows; fences and takeovers are not. */
function saysOf(file: FileName, records: readonly NewRecord[]): boolean {
  const { kind, source, counts } = JSON.parse(records[0]?.value ?? "{}") as {
    readonly kind?: string;
    readonly source?: string;
    readonly counts?: { readonly unchanged: number };
  };
  const isChange = kind === "version" ? (counts?.unchanged ?? 0) > 0 : kind === "row" || kind === "delete";
  return isChange && source === file;
}

/**
 * In every history whose seed is a multiple of it, a transaction ends after one event, or after a few sales of a
 * product or shop.
 */
const PAGED = 6;
const IN_PAGES = { maxTransactionMs: 0, pageRows: 2 };

const isWriter = (who: string): who is Writer => (WRITERS as readonly string[]).includes(who);

/** A log that is away ends a process, and it is started again; so does an interruption. */
const isExpected = (cause: Cause.Cause<unknown>): boolean =>
  Cause.hasInterruptsOnly(cause) ||
  (typeof Cause.squash(cause) === "object" &&
    (Cause.squash(cause) as { readonly _tag?: string })._tag === "LogUnavailable");

const asViolation = (error: unknown): Violation =>
  error instanceof Violation || error instanceof Crash
    ? (error as Violation)
    : new Violation("0", error instanceof Error ? (error.stack ?? error.message) : String(error));

/** What other producers have to publish, by partition. */
function scriptsOf({ seed, events }: History): Map<EventTopic, NewRecord[][]> {
  const topics = randomTopics(randomOf(seed + 1), events);
  return new Map(
    [...topics].map(([topic, logs]) => [
      topic,
      logs.map((log, partition) =>
        log.map(({ key, event }) => ({ key, value: JSON.stringify(event), partition })),
      ),
    ]),
  );
}

/**
 * Whether nothing of `then` is missing in `now`. A writer that was killed in its commit, after its frames and before
 * anybody could see them, has left a whole commit in the WAL: after a power cut SQLite may find it.
 */
function isAhead(now: string, then: string): boolean {
  const numbers = (state: string) => (state.match(/\d+/g) ?? []).map(Number);
  const names = (state: string) => state.replaceAll(/\d+/g, "#");
  const before = numbers(then);
  return names(now) === names(then) && numbers(now).every((n, i) => n >= (before[i] as number));
}
