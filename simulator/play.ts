/**
 * Plays one history: its steps one after the other, then lets everything settle. During the history every read of a reader is
 * checked, and all rows after each death of a writer and each power cut. At the end everything is checked.
 */
import { rmSync } from "node:fs";
import { partitionOf } from "#shared/contract/partitioner.ts";
import { openVentes, ventesFile } from "#shared/database/ventes-db.ts";
import { randomOf } from "../consumer/testing/random-history.ts";
import { Ambushes } from "./ambushes.ts";
import type { Counts } from "./counts.ts";
import { Deaths } from "./deaths.ts";
import { FILE_NAMES, registrationOf } from "./files.ts";
import { type Company, happen } from "./happen.ts";
import { type History, isWriter, stepLine, WRITERS } from "./history.ts";
import { Violation } from "./invariants.ts";
import { Kernel } from "./kernel.ts";
import { checkEnd, settle } from "./settle.ts";
import { type Observer, withSqliteHooks } from "./sqlite-hooks.ts";
import { BEGINNING, World, type WorldOptions } from "./world.ts";

export interface Played {
  readonly counts: Counts;
  /** The events of the history, one line each: equal for equal seeds. */
  readonly trace: readonly string[];
  /** SHA-256 of the trace and of every record in the topics: equal for equal seeds, in any process. */
  readonly hash: string;
  readonly violation: Violation | undefined;
}

/** The bytes of a database that nobody has written to. */
export function templateOf(folder: string, read: (file: string) => Buffer): Buffer {
  const db = openVentes(folder, "simulated");
  db.pragma("wal_checkpoint(TRUNCATE)");
  db.close();
  return read(ventesFile(folder));
}

export function play(history: History, options: WorldOptions): Played {
  const world = new World(new Kernel(randomOf(history.schedule), BEGINNING), history, options);
  const company: Company = { world, ambushes: new Ambushes(world), deaths: new Deaths(world) };
  let violation: Violation | undefined;
  try {
    withSqliteHooks(world.kernel, observerOf(company), () => {
      try {
        playSteps(company);
        settle(company);
        checkEnd(world);
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

function observerOf({ world, deaths }: Company): Observer {
  const { history, disk, producerDisk, kernel } = world;
  return {
    opened: (_, db) => {
      db.pragma("wal_autocheckpoint = 0");
      // The production setting is NORMAL; a disk that syncs at each commit is modelled with FULL.
      if (db.name === disk.file) db.pragma(`synchronous = ${history.synchronous}`);
      if (db.name === producerDisk.file) producerDisk.guard;
    },
    committed: (db) => {
      if (db.name === disk.file) deaths.committed();
    },
    between: (process) => {
      if (isWriter(process.name) && history.reads > 0 && kernel.random.chance(history.reads))
        world.readers.read();
    },
    counted: world.counts.add,
  };
}

function begin({ world, deaths }: Company): void {
  const { kernel, log, history, disk } = world;
  kernel.onBuried = () => deaths.runPendingCuts();
  disk.recovered();
  for (const who of WRITERS) kernel.at(kernel.random.below(300), undefined, () => world.start(who));
  if (!history.producers) return;
  for (const name of FILE_NAMES)
    log.append("sources", partitionOf(name, 3), name, Buffer.from(JSON.stringify(registrationOf(name))));
  world.startProducer("producer-1");
}

function playSteps(company: Company): void {
  begin(company);
  const { world, deaths } = company;
  const { kernel } = world;
  const start = kernel.now;
  let drift = 0;
  for (const step of world.history.steps) {
    const due = start + step.at + drift;
    world.run(() => kernel.now >= due, due - kernel.now + 1);
    world.say(stepLine(step));
    const before = kernel.now;
    happen(company, step.what);
    kernel.bury();
    // bury() runs them only where a process died.
    deaths.runPendingCuts();
    drift += kernel.now - before;
    world.throwViolation();
  }
}
