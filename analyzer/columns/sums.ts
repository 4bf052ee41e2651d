/** Exact sums of revenue, quantity and number of sales, by group. */
import { type Chunk, fromHalves } from "./chunk.ts";

/** So many low halves, each below 2^32, sum exactly in a double. */
const CARRY_EVERY = 2 ** 20;
const HALF = 2 ** 32;

export interface Sum {
  /** Millionths. */
  readonly revenue: bigint;
  readonly quantity: bigint;
  readonly sales: number;
}

const NONE: Sum = { revenue: 0n, quantity: 0n, sales: 0 };

/** Sums of groups, which are numbered from 0. Sums of up to 85 bits are exact. */
export class Sums {
  #sales = new Float64Array(16);
  #revenueLow = new Float64Array(16);
  #revenueHigh = new Float64Array(16);
  #quantityLow = new Float64Array(16);
  #quantityHigh = new Float64Array(16);
  #untilCarry = CARRY_EVERY;

  /** Adds the sale at `i` of a chunk. */
  add(group: number, chunk: Chunk, i: number): void {
    if (group >= this.#sales.length) this.#grow(group);
    (this.#sales[group] as number)++;
    (this.#revenueLow[group] as number) += chunk.revenueLow[i] as number;
    (this.#revenueHigh[group] as number) += chunk.revenueHigh[i] as number;
    (this.#quantityLow[group] as number) += chunk.quantityLow[i] as number;
    (this.#quantityHigh[group] as number) += chunk.quantityHigh[i] as number;
    if (--this.#untilCarry === 0) this.#carry();
  }

  of(group: number): Sum {
    if (this.sales(group) === 0) return NONE;
    return {
      revenue: fromHalves(this.#revenueHigh[group] as number, this.#revenueLow[group] as number),
      quantity: fromHalves(this.#quantityHigh[group] as number, this.#quantityLow[group] as number),
      sales: this.sales(group),
    };
  }

  sales(group: number): number {
    return this.#sales[group] ?? 0;
  }

  /** The groups with a sale. */
  groups(): number[] {
    const found: number[] = [];
    for (const [group, sales] of this.#sales.entries()) if (sales > 0) found.push(group);
    return found;
  }

  /** The nearest doubles, in millionths, to sort by. */
  revenue(group: number): number {
    return (this.#revenueHigh[group] ?? 0) * HALF + (this.#revenueLow[group] ?? 0);
  }

  quantity(group: number): number {
    return (this.#quantityHigh[group] ?? 0) * HALF + (this.#quantityLow[group] ?? 0);
  }

  #grow(group: number): void {
    const grown = (array: Float64Array) => {
      const larger = new Float64Array(2 ** Math.ceil(Math.log2(group + 2)));
      larger.set(array);
      return larger;
    };
    this.#sales = grown(this.#sales);
    this.#revenueLow = grown(this.#revenueLow);
    this.#revenueHigh = grown(this.#revenueHigh);
    this.#quantityLow = grown(this.#quantityLow);
    this.#quantityHigh = grown(this.#quantityHigh);
  }

  #carry(): void {
    this.#untilCarry = CARRY_EVERY;
    for (const [low, high] of [
      [this.#revenueLow, this.#revenueHigh],
      [this.#quantityLow, this.#quantityHigh],
    ] as const)
      for (const [group, sum] of low.entries()) {
        const carried = Math.floor(sum / HALF);
        (high[group] as number) += carried;
        low[group] = sum - carried * HALF;
      }
  }
}
