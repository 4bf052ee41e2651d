/** Counts of events and faults by name, added up over histories. */
export class Counts {
  readonly #counts = new Map<string, number>();

  readonly add = (what: string, n = 1): void => {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + n);
  };

  addAll(other: Counts): void {
    for (const [what, n] of other.#counts) this.add(what, n);
  }

  get(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** By name. */
  entries(): readonly (readonly [what: string, n: number])[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
