/** What each step of a history does. */
import { partitionOf } from "#shared/contract/partitioner.ts";
import { randomOf } from "../consumer/testing/random-history.ts";
import type { Ambushes } from "./ambushes.ts";
import type { Deaths } from "./deaths.ts";
import { FOREIGN } from "./foreign.ts";
import type { Happening } from "./history.ts";
import { placeOf } from "./invariants.ts";
import { PARTITIONS } from "./log.ts";
import type { World } from "./world.ts";

const DAY_MS = 86_400_000;

/** The world of a history, and what can happen in it. */
export interface Company {
  readonly world: World;
  readonly ambushes: Ambushes;
  readonly deaths: Deaths;
}

export function happen({ world, ambushes, deaths }: Company, what: Happening): void {
  const { kernel, log, files, counts, running, readers, disk } = world;
  switch (what.kind) {
    case "events": {
      const records = world.scripts.get(what.topic)?.[what.partition]?.splice(0, what.n) ?? [];
      if (records.length === 0) return;
      counts.add("events published by others", records.length);
      // A process for each: several are under way.
      world.publish(what.topic, records);
      return;
    }
    case "foreign": {
      const { key, value, code } = (FOREIGN[what.name] as (typeof FOREIGN)[string])(what.topic);
      const partition = key === null ? kernel.random.below(PARTITIONS) : partitionOf(key, PARTITIONS);
      const offset = log.append(what.topic, partition, key, value);
      world.foreign.set(placeOf(what.topic, partition, offset), code);
      counts.add("records of foreign programs");
      return;
    }
    case "change":
      files.change(what.file, what.change, randomOf(what.seed));
      counts.add("files changed");
      return;
    case "answer":
      files.answer(what.file, what.answer);
      return;
    case "second producer":
      world.startProducer("producer-2");
      return;
    case "ambush":
      ambushes.lay(what);
      return;
    case "kill":
      deaths.kill(what.who, what.at, what.n, what.power);
      return;
    case "power cut":
      deaths.cutPower(what.at, what.who, what.n);
      return;
    case "stop": {
      const process = running.get(what.who);
      if (process?.alive !== true) return;
      counts.add("processes stopped");
      process.post(() => process.fiber?.interruptUnsafe());
      return;
    }
    case "pause": {
      const process = running.get(what.who);
      if (process?.alive !== true) return;
      process.paused = true;
      counts.add("processes paused");
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
      counts.add("log away");
      kernel.at(what.ms, undefined, () => log.setUp(true));
      return;
    case "land":
      log.land(0.7);
      return;
    case "checkpoint":
      disk.checkpoint(what.restart ? "RESTART" : "PASSIVE");
      counts.add("checkpoints");
      return;
    case "locked": {
      const process = running.get(what.who);
      if (process !== undefined) process.busy += what.times;
      return;
    }
    case "read":
      readers.readAll();
      return;
    case "long read":
      readers.readLong(what.ms);
      return;
    case "replay":
      if (running.get("replay")?.alive === true) return;
      world.replay();
      return;
    case "lose producer state":
      deaths.loseProducerState(what.who);
      return;
    case "next day":
      kernel.now += DAY_MS;
      return;
  }
}
