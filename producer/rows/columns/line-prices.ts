/** Finds a column named like the unit price that holds the total of its line (rule 22). */
import { formatMillionths } from "#shared/contract/numbers.ts";
import { isNameable, nameAt, type PricedFields } from "../../header/index.ts";
import { cleanText } from "../values.ts";
import { type AmountsOptions, amountReader, isSame, type UnclearAmounts } from "./amounts.ts";

/** So many lines at least have a price in proportion to their quantity, and more than the others do. */
const FEWEST = 2;
/** Of so many lines that were compared, without more in proportion than not, no more are compared. */
const ENOUGH = 1_000;
/** Of more products no first line is kept, so that memory has a bound. */
const MOST_PRODUCTS = 100_000;

interface Line {
  readonly quantity: bigint;
  readonly price: bigint;
}

/**
 * Compares each line with the first one of its product that has another quantity. A unit price stays, or changes by itself;
 * the total of the line follows the quantity.
 */
export class LinePrices {
  readonly #options: AmountsOptions<PricedFields>;
  readonly #quantity: (fields: readonly string[]) => bigint | null;
  readonly #price: (fields: readonly string[]) => bigint | null;
  readonly #amount: (fields: readonly string[]) => bigint | null;
  readonly #first = new Map<string, Line>();
  #proportional = 0;
  #others = 0;
  #differ = 0;
  #products = 0n;
  #prices = 0n;

  constructor(options: AmountsOptions<PricedFields>) {
    this.#options = options;
    const { quantity, price } = options.fields;
    this.#quantity = amountReader(options, [quantity]);
    this.#price = amountReader(options, [price]);
    this.#amount = amountReader(options, [quantity, price]);
  }

  /** Takes the fields of a sale that was decoded. */
  add(fields: readonly string[]): void {
    if (this.#others >= ENOUGH && this.#others >= this.#proportional) return;
    const price = this.#price(fields);
    const quantity = this.#quantity(fields);
    if (price === null || quantity === null) return;
    const amount = this.#amount(fields) ?? 0n;
    this.#prices += price;
    this.#products += amount;
    if (!isSame(amount, price)) this.#differ++;
    if (price !== 0n && quantity !== 0n) this.#compare(fields, { quantity, price });
  }

  #compare(fields: readonly string[], line: Line): void {
    const product = cleanText(fields[this.#options.fields.product] ?? "");
    const first = this.#first.get(product);
    if (first === undefined) {
      if (this.#first.size < MOST_PRODUCTS) this.#first.set(product, line);
    } else if (first.quantity !== line.quantity) {
      if (isProportional(first, line)) this.#proportional++;
      else this.#others++;
    }
  }

  /** null: the prices are those of a piece. */
  get unclear(): UnclearAmounts | null {
    if (this.#proportional < FEWEST || this.#proportional <= this.#others) return null;
    const { header, fields } = this.#options;
    const price = nameAt(header, fields.price);
    return {
      count: this.#differ,
      read: { field: `${nameAt(header, fields.quantity)} × ${price}`, sum: formatMillionths(this.#products) },
      others: [
        {
          field: price,
          sum: formatMillionths(this.#prices),
          named: isNameable(header, fields.price) ? `chiffre_affaires=${price}` : undefined,
        },
      ],
    };
  }
}

/** Whether both prices are the same for a piece, each rounded to a cent. */
function isProportional(a: Line, b: Line): boolean {
  const difference = a.price * b.quantity - b.price * a.quantity;
  const rounding = HALF_CENT * (absolute(a.quantity) + absolute(b.quantity));
  return absolute(difference) <= rounding && a.price !== b.price;
}

const HALF_CENT = 5_000n;
const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
