/** What sources have in common, counted from all sales at once: the tables `sale_days` and `shared_ids`. */
import { namesOtherSale, type SaleNames, salePrint } from "../rules/index.ts";

export interface CountedSale {
  readonly day: string;
  readonly source: string;
  readonly idProduit: string;
  readonly idMagasin: string;
  readonly quantity: bigint;
  readonly claims: readonly { readonly source: string; readonly image: SaleNames }[];
}

/** Rows of a table, with what they are ordered by. */
export type Counted = readonly (readonly [order: string, row: readonly [string, string, number, number]])[];

export function betweenSources(sales: readonly CountedSale[]): {
  readonly saleDays: Counted;
  readonly sharedIds: Counted;
} {
  const days = new Map<string, [string, string, number, number]>();
  const pairs = new Map<string, [string, string, number, number]>();
  const add = (to: typeof days, first: string, second: string, one: number, more: number) => {
    const order = `${first}\u0001${second}`;
    const [, , a, b] = to.get(order) ?? [first, second, 0, 0];
    to.set(order, [first, second, a + one, b + more]);
  };
  for (const sale of sales) {
    add(days, sale.day, sale.source, 1, salePrint(sale));
    for (const a of sale.claims)
      for (const b of sale.claims)
        if (a.source < b.source) add(pairs, a.source, b.source, 1, namesOtherSale(a.image, b.image) ? 1 : 0);
  }
  return { saleDays: [...days], sharedIds: [...pairs] };
}
