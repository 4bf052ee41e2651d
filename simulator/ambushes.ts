/** Faults that hit a producer in the middle of a poll (`Ambush` in history.ts). */

import type { NewRecord } from "#shared/topic-log/topic-log.ts";
import { randomOf } from "../consumer/testing/random-history.ts";
import type { FileName } from "./files.ts";
import type { Ambush } from "./history.ts";
import type { World } from "./world.ts";

export class Ambushes {
  readonly #world: World;
  /** What ambushes still have to do. */
  readonly #unfinished = new Set<() => void>();

  constructor(world: World) {
    this.#world = world;
  }

  lay({ file, to, fate, ms, seed }: Ambush): void {
    const { log, files, counts } = this.#world;
    if (!files.has(file)) return;
    files.change(file, "change", randomOf(seed));
    log.trap = {
      isFor: (process, topic, records) =>
        process.name === "producer-1" &&
        (topic === "sources") === (to === "sources") &&
        saysOf(file, records),
      strike: (process) => {
        this.#world.say(`what producer-1 sends of ${file} ${fate}`);
        counts.add(`a producer's send ${fate}`);
        if (fate === "lands late") {
          files.change(file, "back", randomOf(seed));
          this.#later(ms, () => log.land(1));
          return "late";
        }
        process.paused = true;
        files.change(file, "change", randomOf(seed + 1));
        this.#world.startProducer("producer-2");
        this.#later(ms, () => {
          files.change(file, "back", randomOf(seed));
          process.paused = false;
        });
        return "waits";
      },
    };
  }

  /** Does at once what ambushes still have to do, and lays no more of them. */
  end(): void {
    this.#world.log.trap = undefined;
    for (const finish of [...this.#unfinished]) finish();
  }

  #later(ms: number, work: () => void): void {
    const finish = () => {
      if (this.#unfinished.delete(finish)) work();
    };
    this.#unfinished.add(finish);
    this.#world.kernel.at(ms, undefined, finish);
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
