/**
 * Money that a file states and the revenue of its sales does not follow: discounts, returns, several prices (rule 22).
 */
import { formatMillionths } from "#shared/contract/numbers.ts";
import { isNameable, nameAt, type QuantityFields } from "../../header/index.ts";
import { cleanText } from "../values.ts";
import { type AmountsOptions, amountReader } from "./amounts.ts";

export interface Discount {
  readonly field: string;
  /** How many sales have one. */
  readonly count: number;
}

/** Counts the sales that have a discount. */
export class Discounts {
  readonly #header: readonly string[];
  readonly #counts: Map<number, number>;

  constructor(header: readonly string[], fields: readonly number[]) {
    this.#header = header;
    this.#counts = new Map(fields.map((at) => [at, 0]));
  }

  add(fields: readonly string[]): void {
    for (const [at, count] of this.#counts)
      if (/[1-9]/.test(fields[at] ?? "")) this.#counts.set(at, count + 1);
  }

  get found(): readonly Discount[] {
    return [...this.#counts]
      .filter(([, count]) => count > 0)
      .map(([at, count]) => ({ field: nameAt(this.#header, at), count }));
  }
}

export interface SeveralQuantities {
  readonly read: string;
  /** `named`: --map can name it. */
  readonly others: readonly { readonly field: string; readonly named: boolean }[];
  /** How many sales have another quantity there. */
  readonly count: number;
}

/** Compares the field that is read as the quantity with others of such a name. */
export class Quantities {
  readonly #header: readonly string[];
  readonly #read: number;
  readonly #quantity: (fields: readonly string[]) => bigint | null;
  readonly #others: readonly {
    readonly at: number;
    readonly quantity: (fields: readonly string[]) => bigint | null;
    differs: boolean;
  }[];
  #count = 0;

  constructor(options: AmountsOptions<QuantityFields>) {
    const { read, others } = options.fields;
    this.#header = options.header;
    this.#read = read;
    this.#quantity = amountReader(options, [read]);
    this.#others = others.map((at) => ({ at, quantity: amountReader(options, [at]), differs: false }));
  }

  add(fields: readonly string[]): void {
    const read = this.#quantity(fields);
    let differs = false;
    for (const other of this.#others) {
      const quantity = other.quantity(fields);
      if (quantity === null || quantity === read) continue;
      other.differs = true;
      differs = true;
    }
    if (differs) this.#count++;
  }

  /** null: they say the same. */
  get found(): SeveralQuantities | null {
    if (this.#count === 0) return null;
    const header = this.#header;
    const others = this.#others
      .filter(({ differs }) => differs)
      .map(({ at }) => ({ field: nameAt(header, at), named: isNameable(header, at) }));
    return { read: nameAt(header, this.#read), others, count: this.#count };
  }
}

export interface PositiveReturns {
  readonly field: string;
  /** How many sales have a negative quantity and a positive amount. */
  readonly count: number;
  /** The total as it is read, and when these amounts are negative, as decimals. */
  readonly asRead: string;
  readonly negative: string;
}

/** Finds returns whose amount is written without its sign. `fields`: the quantity and the amount. */
export class ReturnSigns {
  readonly #options: AmountsOptions<readonly [number, number]>;
  readonly #quantity: (fields: readonly string[]) => bigint | null;
  readonly #amount: (fields: readonly string[]) => bigint | null;
  #count = 0;
  #sum = 0n;
  #positive = 0n;

  constructor(options: AmountsOptions<readonly [number, number]>) {
    this.#options = options;
    const [quantity, amount] = options.fields;
    this.#quantity = amountReader(options, [quantity]);
    this.#amount = amountReader(options, [amount]);
  }

  add(fields: readonly string[]): void {
    const amount = this.#amount(fields);
    if (amount === null) return;
    this.#sum += amount;
    if (amount <= 0n || (this.#quantity(fields) ?? 0n) >= 0n) return;
    this.#count++;
    this.#positive += amount;
  }

  /** null: there are none. */
  get found(): PositiveReturns | null {
    if (this.#count === 0) return null;
    const { header, fields } = this.#options;
    return {
      field: nameAt(header, fields[1]),
      count: this.#count,
      asRead: formatMillionths(this.#sum),
      negative: formatMillionths(this.#sum - 2n * this.#positive),
    };
  }
}

/** Of more products nobody asks for several prices, so that memory has a bound. */
const MOST_PRODUCTS = 100_000;
const SHOWN = 5;

export interface ProductPrices {
  /** How many products have such prices. */
  readonly count: number;
  readonly examples: readonly string[];
}

/**
 * Finds products of a list of prices that have several prices on several lines, or a negative one. `fields`: the product
 * and the price.
 */
export class ListedPrices {
  readonly #price: (fields: readonly string[]) => bigint | null;
  readonly #product: number;
  readonly #seeksSeveral: boolean;
  readonly #prices = new Map<string, bigint>();
  readonly #several = new Map<string, bigint>();
  #negative = 0;
  readonly #negativeOnes: string[] = [];

  /** `seeksSeveral`: whether a product with several prices is to be found. A list with dates may have several. */
  constructor(options: AmountsOptions<readonly [number, number]>, seeksSeveral: boolean) {
    const [product, price] = options.fields;
    this.#product = product;
    this.#price = amountReader(options, [price]);
    this.#seeksSeveral = seeksSeveral;
  }

  add(fields: readonly string[]): void {
    const price = this.#price(fields);
    if (price === null) return;
    const product = cleanText(fields[this.#product] ?? "");
    if (this.#seeksSeveral) this.#compare(product, price);
    if (price >= 0n) return;
    this.#negative++;
    if (this.#negativeOnes.length < SHOWN) this.#negativeOnes.push(`${product}: ${formatMillionths(price)}`);
  }

  #compare(product: string, price: bigint): void {
    const before = this.#prices.get(product);
    if (before === undefined) {
      if (this.#prices.size < MOST_PRODUCTS) this.#prices.set(product, price);
    } else if (before !== price) this.#several.set(product, price);
  }

  /** null: each product has one price, or they were not compared. */
  get several(): ProductPrices | null {
    if (this.#several.size === 0) return null;
    const examples = [...this.#several].slice(0, SHOWN).map(([product, price]) => {
      const first = formatMillionths(this.#prices.get(product) ?? price);
      return `${product}: ${first}, ${formatMillionths(price)}`;
    });
    return { count: this.#several.size, examples };
  }

  /** null: there are none. */
  get negative(): ProductPrices | null {
    return this.#negative === 0 ? null : { count: this.#negative, examples: this.#negativeOnes };
  }
}
