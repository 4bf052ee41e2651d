/** Processes are killed, machines lose power, a producer loses its state; then all is started again. */
import { existsSync, rmSync } from "node:fs";
import type { Disk, Snapshot } from "./disk.ts";
import { isWriter, type Who, WRITERS, type Writer } from "./history.ts";
import { prepared, Violation } from "./invariants.ts";
import type { Fuse } from "./kernel.ts";
import type { World } from "./world.ts";

export class Deaths {
  readonly #world: World;
  /** What power cuts do to files once the dead have closed them. */
  readonly #pendingCuts: (() => void)[] = [];
  /** What a power cut must not take back when every commit is synced. */
  #acknowledged = "";

  constructor(world: World) {
    this.#world = world;
  }

  /** A writer has committed to ventes.db. */
  committed(): void {
    this.#world.disk.committed();
    if (this.#world.history.synchronous === "FULL") this.#acknowledged = this.#stateNow();
  }

  /** `power`: of the first producer, its machine loses power. */
  kill(who: Who, at: Fuse["at"] | "now", n: number, power: boolean): void {
    const world = this.#world;
    const { kernel, counts, producerDisk } = world;
    this.#dieAt(who, at, n, () => {
      if (power && who === "producer-1" && existsSync(producerDisk.file)) {
        counts.add("power cuts of a producer");
        const snapshot = producerDisk.snapshot();
        this.#pendingCuts.push(() => this.#cut(producerDisk, snapshot));
      }
      counts.add("processes killed");
      counts.add(`killed ${at === "now" ? "between statements" : `at: ${at}`}`);
      world.say(`${who} is killed (${at})`);
      world.running.delete(who);
      if (isWriter(who)) {
        kernel.at(20 + kernel.random.below(1500), undefined, () => world.start(who));
        kernel.at(0, undefined, () => world.readers.readAll());
      } else if (who === "producer-1")
        kernel.at(20 + kernel.random.below(1500), undefined, () => world.startProducer(who));
      // What is left of its membership is noticed later.
      kernel.at(kernel.random.below(2000), undefined, () => world.log.rebalance());
    });
  }

  /** The machine of ventes.db loses power. */
  cutPower(how: "now" | "in a checkpoint" | Fuse["at"], who: Writer, n: number): void {
    const { disk, kernel } = this.#world;
    if (how === "in a checkpoint") {
      const snapshot = disk.checkpoint(kernel.random.chance(0.3) ? "RESTART" : "PASSIVE");
      this.#loseAll(how, snapshot());
    } else if (how === "now") this.#loseAll(how, disk.snapshot());
    else this.#dieAt(who, how, n, () => this.#loseAll(how, disk.snapshot()));
  }

  loseProducerState(who: "producer-1"): void {
    const { running, counts, producerDisk } = this.#world;
    const process = running.get(who);
    if (process?.alive !== true) return;
    process.kill();
    running.delete(who);
    counts.add("states of producers lost");
    this.#pendingCuts.push(() => {
      producerDisk.closeGuard();
      for (const end of ["", "-wal", "-shm"]) rmSync(producerDisk.file + end, { force: true });
      producerDisk.forget();
      this.#world.startProducer(who);
    });
  }

  runPendingCuts(): void {
    for (const cut of this.#pendingCuts.splice(0)) cut();
  }

  /** Fused or at once; `strike` runs at that very moment. */
  #dieAt(who: Who, at: Fuse["at"] | "now", n: number, strike: () => void): void {
    const process = this.#world.running.get(who);
    if (process?.alive !== true) return;
    if (at === "now") {
      process.kill();
      strike();
      return;
    }
    process.fuse = { at, left: n, strike };
  }

  #loseAll(how: string, snapshot: Snapshot): void {
    const { counts, running } = this.#world;
    counts.add("power cuts");
    counts.add(`power cut ${how}`);
    this.#world.say(`power cut (${how})`);
    const mayHave = this.#stateNow();
    this.#pendingCuts.push(() => this.#afterCut(snapshot, mayHave));
    for (const who of [...WRITERS, "replay"] as const) {
      const process = running.get(who);
      running.delete(who);
      if (process?.alive === true) process.kill();
    }
  }

  /** After the connections of dead processes are closed: applies the power cut to the files, and starts everything again. */
  #afterCut(snapshot: Snapshot, mayHave: string): void {
    const { kernel, disk, readers, history } = this.#world;
    readers.close();
    this.#cut(disk, snapshot);
    if (history.synchronous === "FULL" && this.#acknowledged !== "") {
      const now = this.#stateNow();
      if (now !== this.#acknowledged && now !== mayHave && !isAhead(now, this.#acknowledged))
        throw new Violation("3", `a synced commit is lost: ${now}, it was ${this.#acknowledged}`);
      this.#acknowledged = now;
    }
    readers.readAll();
    for (const who of WRITERS)
      kernel.at(20 + kernel.random.below(500), undefined, () => this.#world.start(who));
  }

  #cut(disk: Disk, snapshot: Snapshot): void {
    const { counts, kernel } = this.#world;
    const report = disk.cut(snapshot, kernel.random);
    counts.add("frames not synced at a power cut", report.unsynced);
    counts.add("torn frames", report.tornFrames);
    if (report.tornFrames > 0) counts.add("power cuts with torn frames");
    counts.add("pages of a checkpoint taken back", report.oldPages);
    disk.recovered();
    const problems = disk.guard.pragma("integrity_check", { simple: true });
    if (problems !== "ok") throw new Violation("3", `${disk.file} is damaged: ${problems}`);
  }

  #stateNow(): string {
    return prepared(
      this.#world.disk.guard,
      `SELECT (SELECT group_concat(name || value) FROM counters) || ' ' || (SELECT commit_id FROM progress) || ' '
           || IFNULL((SELECT group_concat(topic || partition || '=' || position) FROM positions), '')`,
    )
      .pluck()
      .get() as string;
  }
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
