/** A histogram that counts for as long as the process runs. Effect's own is loaded with the first text of metrics only. */

/** Upper bounds, in seconds. */
export const BOUNDARIES: readonly number[] = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export class Histogram {
  readonly #counts = BOUNDARIES.map(() => 0);
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  observe(seconds: number): void {
    // A clock of another machine may be a little ahead.
    const value = Math.max(0, seconds);
    for (const [i, bound] of BOUNDARIES.entries())
      if (value <= bound) this.#counts[i] = (this.#counts[i] ?? 0) + 1;
    this.#count++;
    this.#sum += value;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  /** As the state of a histogram of Effect: how many values each bound has below it or at it. */
  readonly state = () => ({
    buckets: BOUNDARIES.map((bound, i): [number, number] => [bound, this.#counts[i] ?? 0]),
    count: this.#count,
    min: this.#min,
    max: this.#max,
    sum: this.#sum,
  });
}
