/** The products that were sold, sorted, searched and paged: one pass over the columns, whatever the page. */
import { foldedName } from "#shared/runtime/same-name.ts";
import type { ProductsAnswer } from "../api/figures.ts";
import { prepareScan } from "../columns/scan.ts";
import { Sums } from "../columns/sums.ts";
import type { ProductsQuestion } from "./reading.ts";
import { asPeriod, resolve } from "./resolve.ts";
import type { Snapshot } from "./snapshot.ts";
import { figuresOf } from "./units.ts";

const DEFAULT_LIMIT = 50;

interface Product {
  readonly n: number;
  readonly id: string;
  readonly name: string | null;
}

export function readProducts(
  snapshot: Snapshot,
  question: ProductsQuestion,
): Pick<ProductsAnswer, "period" | "count" | "rows"> {
  const { limit = DEFAULT_LIMIT, offset = 0 } = question;
  const { wanted, period, before } = resolve(snapshot, question);
  const sums = new Sums();
  const sumsBefore = new Sums();
  if (period !== undefined)
    prepareScan(snapshot.columns).each(
      { first: (before ?? period).first, last: period.last },
      wanted,
      (chunk, i) => {
        const day = chunk.day[i] as number;
        (day >= period.first ? sums : sumsBefore).add(chunk.product[i] as number, chunk, i);
      },
    );
  // A product that sold before and sells no more belongs to the list: it fell most.
  const sold = new Set([...sums.groups(), ...sumsBefore.groups()]);
  const rows = sorted(found(snapshot, sold, question.search), question, sums, sumsBefore);
  return {
    period: asPeriod(period),
    count: rows.length,
    rows: rows.slice(offset, offset + limit).map(({ n, id, name }) => ({
      product: id,
      name,
      ...figuresOf(sums.of(n)),
      before: before === undefined ? null : figuresOf(sumsBefore.of(n)),
    })),
  };
}

function found(
  { columns }: Snapshot,
  sold: ReadonlySet<number>,
  search: string | undefined,
): readonly Product[] {
  const all = columns.prepare("SELECT n, id, name FROM products").all() as Product[];
  const part = search === undefined ? "" : foldedName(search);
  return all.filter(
    ({ n, id, name }) =>
      sold.has(n) && (part === "" || foldedName(id).includes(part) || foldedName(name ?? "").includes(part)),
  );
}

function sorted(
  products: readonly Product[],
  { sort = "revenue", order }: ProductsQuestion,
  sums: Sums,
  before: Sums,
): readonly Product[] {
  if (sort === "name" || sort === "id") {
    const text = (product: Product) => (sort === "name" ? foldedName(product.name ?? "") : product.id);
    return ordered(products, text, (order ?? "asc") === "asc" ? 1 : -1);
  }
  const figure = ({ n }: Product): number =>
    sort === "change"
      ? sums.revenue(n) - before.revenue(n)
      : sort === "sales"
        ? sums.sales(n)
        : sums[sort](n);
  return ordered(products, figure, order === "asc" ? 1 : -1);
}

/** Products with equal keys stand in the order of their ids, so that pages do not overlap. */
function ordered<K extends string | number>(
  products: readonly Product[],
  key: (product: Product) => K,
  direction: 1 | -1,
): readonly Product[] {
  return products
    .map((product) => ({ product, key: key(product) }))
    .sort((a, b) => {
      if (a.key !== b.key) return a.key < b.key ? -direction : direction;
      return a.product.id < b.product.id ? -1 : 1;
    })
    .map(({ product }) => product);
}
