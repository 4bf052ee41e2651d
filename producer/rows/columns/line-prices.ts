/**
 * Finds a column named like the unit price that holds the total of its line, and one named like an amount that holds the
 * price of a piece (rule 22).
 */
import { formatMillionths } from "#shared/contract/numbers.ts";
import { isNameable, nameAt, type PricedFields } from "../../header/index.ts";
import { cleanText } from "../values.ts";
import { type AmountsOptions, amountReader, isSame, type UnclearAmounts } from "./amounts.ts";

/** So many lines at least tell it, and more than tell the contrary. */
const FEWEST = { price: 2, amount: 3 } as const;
/** Lines that tell nothing, or the contrary, are compared up to these counts; so many products are, in any file. */
const MOST_CONTRARY = 1_000;
const MOST_LINES = 20_000;

interface Line {
  readonly quantity: bigint;
  readonly money: bigint;
}

/**
 * Compares each line with the first one of its product that has another quantity. The total of a line follows the quantity;
 * the price of a piece stays, or changes by itself.
 */
export class LinePrices {
  readonly #options: AmountsOptions<PricedFields>;
  readonly #quantity: (fields: readonly string[]) => bigint | null;
  readonly #money: (fields: readonly string[]) => bigint | null;
  readonly #product: (fields: readonly string[]) => bigint | null;
  readonly #first = new Map<string, Line>();
  readonly #told = new Set<bigint>();
  #lines = 0;
  #otherwise = 0;
  #contrary = 0;
  #differ = 0;
  #products = 0n;
  #sum = 0n;

  constructor(options: AmountsOptions<PricedFields>) {
    this.#options = options;
    const { quantity, money } = options.fields;
    this.#quantity = amountReader(options, [quantity]);
    this.#money = amountReader(options, [money]);
    this.#product = amountReader(options, [quantity, money]);
  }

  /** Takes the fields of a sale that was decoded. */
  add(fields: readonly string[]): void {
    const isLong = this.#lines >= MOST_LINES || this.#contrary >= MOST_CONTRARY;
    if (isLong && this.#otherwise <= this.#contrary) return;
    const money = this.#money(fields);
    const quantity = this.#quantity(fields);
    if (money === null || quantity === null) return;
    const product = this.#product(fields) ?? 0n;
    this.#lines++;
    this.#sum += money;
    this.#products += product;
    if (!isSame(product, money)) this.#differ++;
    if (money !== 0n && quantity !== 0n) this.#compare(fields, { quantity, money });
  }

  #compare(fields: readonly string[], line: Line): void {
    const { article, isAmount } = this.#options.fields;
    const name = cleanText(fields[article] ?? "");
    const first = this.#first.get(name);
    if (first === undefined) {
      if (this.#first.size < MOST_LINES) this.#first.set(name, line);
    } else if (first.quantity !== line.quantity) {
      if (isAmount ? first.money === line.money : isProportional(first, line)) {
        this.#otherwise++;
        if (this.#told.size < 2) this.#told.add(first.money);
      } else this.#contrary++;
    }
  }

  /** null: the column is what its name says. */
  get unclear(): UnclearAmounts | null {
    const { header, fields } = this.#options;
    const { isAmount, money, quantity } = fields;
    if (this.#otherwise < FEWEST[isAmount ? "amount" : "price"] || this.#otherwise <= this.#contrary)
      return null;
    // One amount for all lines may be a fee.
    if (isAmount && this.#told.size < 2) return null;
    const field = nameAt(header, money);
    const named = (column: string) => (isNameable(header, money) ? `${column}=${field}` : undefined);
    const ofLine = { field, sum: formatMillionths(this.#sum) };
    const ofPieces = {
      field: `${nameAt(header, quantity)} × ${field}`,
      sum: formatMillionths(this.#products),
    };
    return isAmount
      ? { count: this.#differ, read: ofLine, others: [{ ...ofPieces, named: named("prix") }] }
      : { count: this.#differ, read: ofPieces, others: [{ ...ofLine, named: named("chiffre_affaires") }] };
  }
}

/** Whether both lines have the same price for a piece, each rounded to a cent, and not the same money. */
function isProportional(a: Line, b: Line): boolean {
  const difference = a.money * b.quantity - b.money * a.quantity;
  const rounding = HALF_CENT * (absolute(a.quantity) + absolute(b.quantity));
  return absolute(difference) <= rounding && a.money !== b.money;
}

const HALF_CENT = 5_000n;
const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
