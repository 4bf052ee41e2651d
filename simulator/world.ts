/**
 * The world of one history: two consumers, an analyzer and readers of one ventes.db, and producers, over one log, all in one
 * process on virtual time. It starts them again when they end.
 */
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type { RejectCode } from "#shared/contract/sentences.ts";
import type { EventTopic, TopicName } from "#shared/contract/topics.ts";
import { ventesFile } from "#shared/database/ventes-db.ts";
import { embeddedSettings, Settings } from "#shared/runtime/settings.ts";
import { type NewRecord, TopicLog } from "#shared/topic-log/topic-log.ts";
import { runAnalyzer } from "../analyzer/run.ts";
import { replay } from "../consumer/replay.ts";
import { runConsumer } from "../consumer/run.ts";
import { randomOf, randomTopics } from "../consumer/testing/random-history.ts";
import { producerFile } from "../producer/diff/state/producer-db.ts";
import { Counts } from "./counts.ts";
import { Disk } from "./disk.ts";
import { type FileName, Files } from "./files.ts";
import type { History, Who, Writer } from "./history.ts";
import { Expected, Violation } from "./invariants.ts";
import type { Kernel, Process } from "./kernel.ts";
import { PARTITIONS, SimulatedLog } from "./log.ts";
import { type Polled, pollFiles, publishAll } from "./producing.ts";
import { Readers } from "./readers.ts";

export const BEGINNING = Date.UTC(2026, 0, 1, 8);
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

export interface WorldOptions {
  /** An existing folder, preferably in memory. */
  readonly folder: string;
  /** An empty database, as `templateOf` makes it. */
  readonly template: Buffer;
}

export class World {
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
  readonly readers: Readers;
  /** Under the state of the first producer. */
  readonly producerDisk: Disk;
  /** What other producers still have to publish, by partition. */
  readonly scripts: Map<EventTopic, NewRecord[][]>;
  /** Thrown out of the kernel's loop once the stack is unwound. */
  #violation: Violation | undefined;

  constructor(kernel: Kernel, history: History, { folder, template }: WorldOptions) {
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
    this.readers = new Readers({
      kernel,
      disk: this.disk,
      expected: this.expected,
      counts: this.counts,
      fail: this.fail,
    });
    this.scripts = scriptsOf(history);
  }

  /** The folder of ventes.db. */
  get base(): string {
    return join(this.dir, "base");
  }

  /** SHA-256 of the trace and of every record in the topics. */
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

  /** The first producer polls for ever, the second one polls each file once. */
  startProducer(who: "producer-1" | "producer-2"): void {
    if (this.running.get(who)?.alive === true) return;
    const work = Effect.scoped(
      pollFiles({
        files: this.files,
        rounds: who === "producer-1" ? Number.POSITIVE_INFINITY : 1,
        onPoll: (polled) => this.#onPoll(who, polled),
        onAnswer: (answer) => this.counts.add(`answers: ${answer}`),
      }),
    );
    this.#launch(who, join(this.dir, who), work, () => {
      if (who === "producer-2") this.polled.clear();
      else this.kernel.at(1000, undefined, () => this.startProducer(who));
    });
  }

  /** Another producer, a process of its own each time, publishes these records. */
  publish(topic: TopicName, records: readonly NewRecord[]): void {
    this.#launch("publisher", this.dir, publishAll(topic, records), () => {});
  }

  replay(): void {
    this.counts.add("replays");
    this.#launch("replay", this.base, replay(), () => {});
  }

  #onPoll(who: Who, polled: Polled): void {
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

  /** Runs the kernel until `done`, or for `ms` of virtual time: then false. Throws the first violation. */
  run(done: () => boolean, ms: number): boolean {
    const isDone = this.kernel.run(() => {
      this.throwViolation();
      return done();
    }, ms);
    this.throwViolation();
    return isDone;
  }

  readonly fail = (violation: Violation): void => {
    this.#violation ??= violation;
  };

  throwViolation(): void {
    if (this.#violation !== undefined) throw this.#violation;
  }

  close(): void {
    for (const process of [...this.kernel.processes]) process.kill();
    this.kernel.onBuried = () => {};
    this.kernel.bury();
    this.readers.close();
    this.disk.closeGuard();
    this.producerDisk.closeGuard();
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
}

/**
 * In every history whose seed is a multiple of it, a transaction ends after one event, or after a few sales of a
 * product or shop.
 */
const PAGED = 6;
const IN_PAGES = { maxTransactionMs: 0, pageRows: 2 };

/** A log that is away ends a process, and it is started again; so does an interruption. */
const isExpected = (cause: Cause.Cause<unknown>): boolean =>
  Cause.hasInterruptsOnly(cause) ||
  (typeof Cause.squash(cause) === "object" &&
    (Cause.squash(cause) as { readonly _tag?: string })._tag === "LogUnavailable");

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
