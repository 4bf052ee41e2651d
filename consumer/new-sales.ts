/**
 * New sales, inserted a group at a time: by far the most common event is the first one of a sale whose product, shop
 * and revenue are known. A group in which a key turns out to have a row already is taken out again, and its events are
 * applied one by one, in their order.
 */
import type { BatchState } from "./batch-state.ts";
import { firstSaleOf, placementOf, type RowEvent, type Sale } from "./rules/index.ts";
import { isWaitingOrWithdrawn, saleValues } from "./sales.ts";
import { GROUP_SALES } from "./statements.ts";

/** After a conflict this many events are not grouped: where sales are corrected, others near them mostly are too. */
const APART = 8 * GROUP_SALES;

interface Taken {
  readonly key: string;
  readonly event: RowEvent;
  readonly offset: number;
  readonly sale: Sale;
}

/** One object for each batch. Call `end` before the transaction ends. */
export class NewSales {
  readonly #batch: BatchState;
  readonly #apply: (key: string, event: RowEvent, offset: number) => void;
  #taken: Taken[] = [];
  #values: unknown[] = [];
  #apart = 0;

  /** `apply` applies one event by itself, and counts its outcome. */
  constructor(batch: BatchState, apply: (key: string, event: RowEvent, offset: number) => void) {
    this.#batch = batch;
    this.#apply = apply;
  }

  /** Takes an event whose sale is most likely new, and counts it when it is inserted. False: the caller applies it. */
  take(key: string, event: RowEvent, offset: number): boolean {
    const batch = this.#batch;
    if (this.#apart > 0) this.#apart--;
    // Of an event that was applied before, the row is there.
    else if (offset >= batch.highWatermark && !isWaitingOrWithdrawn(batch, key)) {
      const sale = firstSaleOf(event, offset);
      const placement = placementOf(sale, batch.parentCache);
      if (placement.value !== null) {
        this.#taken.push({ key, event, offset, sale });
        this.#values.push(...saleValues(0, key, sale, placement));
        if (this.#taken.length === GROUP_SALES) this.#insert();
        return true;
      }
    }
    return false;
  }

  /** Applies what was taken if an event of this key is among it: call it before another event of the key is applied. */
  applyTaken(key: string): void {
    if (this.#taken.some((taken) => taken.key === key)) this.end();
  }

  /** Applies what was taken and is not inserted yet. */
  end(): void {
    const taken = this.#taken;
    this.#taken = [];
    this.#values = [];
    for (const { key, event, offset } of taken) this.#apply(key, event, offset);
  }

  #insert(): void {
    const { sql, nextRowId, counts, between } = this.#batch;
    const values = this.#values.length / GROUP_SALES;
    for (let i = 0; i < GROUP_SALES; i++) this.#values[i * values] = nextRowId + i;
    const { changes } = sql.insertSales.run(this.#values);
    if (changes === GROUP_SALES) {
      this.#batch.nextRowId += GROUP_SALES;
      counts.changed += GROUP_SALES;
      for (const { sale } of this.#taken) between.count(sale, 1);
      this.#taken = [];
      this.#values = [];
      return;
    }
    if (changes > 0) sql.dropSales.run(nextRowId, nextRowId + GROUP_SALES);
    this.#apart = APART;
    this.end();
  }
}
