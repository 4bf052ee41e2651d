/** The statuses of this producer's sources. Calls `onChange` with all of them, parents first, when one changes. */
import { ENTITY_NAMES } from "#shared/contract/entities/index.ts";
import type { Registration } from "#shared/contract/source-records.ts";
import type { SourceStatus } from "#shared/contract/status.ts";
import type { Registry } from "../source/index.ts";
import { announcedStatus } from "../sync/index.ts";

/** Orders sources parents first: products and shops before the sales that name them. */
export const byRank = (a: Pick<SourceStatus, "entities">, b: Pick<SourceStatus, "entities">): number =>
  rank(a) - rank(b);

const rank = ({ entities }: Pick<SourceStatus, "entities">): number =>
  Math.min(...entities.map((e) => (ENTITY_NAMES as readonly string[]).indexOf(e)), ENTITY_NAMES.length);

export class SourceStatuses {
  readonly #registry: Registry;
  readonly #statuses = new Map<string, SourceStatus>();
  readonly #onChange: (sources: readonly SourceStatus[]) => void;

  constructor(registry: Registry, onChange: ((sources: readonly SourceStatus[]) => void) | undefined) {
    this.#registry = registry;
    this.#onChange = onChange ?? (() => {});
  }

  /** The status that was put last; before the first one, the status by the topic `sources`. */
  get(registration: Registration): SourceStatus {
    const { source } = registration;
    return this.#statuses.get(source) ?? announcedStatus(registration, this.#registry.last(source));
  }

  has(source: string): boolean {
    return this.#statuses.has(source);
  }

  put(...statuses: readonly SourceStatus[]): void {
    for (const status of statuses) this.#statuses.set(status.source, status);
    if (statuses.length > 0) this.#onChange(this.all());
  }

  remove(sources: readonly string[]): void {
    const removed = sources.filter((source) => this.#statuses.delete(source));
    if (removed.length > 0) this.#onChange(this.all());
  }

  all(): SourceStatus[] {
    return [...this.#statuses.values()].sort(byRank);
  }
}
