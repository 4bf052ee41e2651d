/** The fences of one partition during one batch (rule 20: events of an older version of a source do not count). */
import type { BatchState } from "./batch-state.ts";
import { type Fence, isCurrent, NO_FENCE, raiseFence } from "./rules/index.ts";

export class PartitionFences {
  readonly #batch: BatchState;
  readonly #fences = new Map<string, Fence>();
  readonly #raised = new Set<string>();

  constructor(batch: BatchState) {
    this.#batch = batch;
  }

  /** Whether an event or a fence of this version counts. A version above the fence raises it. */
  passes(source: string, version: number): boolean {
    const fence = this.#fences.get(source) ?? this.#read(source);
    const raised = raiseFence(fence, version);
    if (raised !== fence) {
      this.#fences.set(source, raised);
      this.#raised.add(source);
    }
    return isCurrent(fence, version);
  }

  /** The newest version of each source that was asked about, of at most `most` sources. */
  versions(most: number): readonly (readonly [source: string, version: number])[] {
    return [...this.#fences.entries().take(most)];
  }

  #read(source: string): Fence {
    const { sql, topic, partition } = this.#batch;
    const fence = (sql.version.get(topic, partition, source) as Fence | undefined) ?? NO_FENCE;
    this.#fences.set(source, fence);
    return fence;
  }

  /** Stores the raised fences. Runs inside the transaction of the batch. */
  save(): void {
    const { sql, topic, partition } = this.#batch;
    for (const source of this.#raised) sql.putVersion.run(topic, partition, source, this.#fences.get(source));
  }
}
