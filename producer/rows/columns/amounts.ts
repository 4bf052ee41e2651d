/**
 * What is unclear about the amounts of a source that begins (rule 22): which of several fields is the amount, and whether
 * it is that of the line or of its document. Names alone do not tell which of `montant_ht` and `montant_ttc` a company
 * counts, and a `total` on each line of a receipt may be the receipt's.
 */
import { formatMillionths, millionthsOf, multiplyMillionths } from "#shared/contract/numbers.ts";
import { type AmountFields, type DocumentFields, isNameable, nameAt } from "../../header/index.ts";
import { cleanText } from "../values.ts";
import { type DecimalFormat, readDecimal } from "./decimals.ts";
import { type ColumnFormats, formatOf, labelOf } from "./formats.ts";

/** Less than a cent, in millionths, is a matter of rounding. */
const CENT = 10_000n;

/** A field, and the sum of its values as a decimal. */
export interface Amount {
  /** Its name; of a product the names, as `qty × price`. */
  readonly field: string;
  readonly sum: string;
}

export interface UnclearAmounts {
  /** How many sales have another amount there. */
  readonly count: number;
  /** undefined: the file gives no amount, and the list of prices does. */
  readonly read: Amount | undefined;
  /** `named`: --map can name it as this column; undefined: it cannot. */
  readonly others: readonly (Amount & { readonly named: string | undefined })[];
}

interface Other {
  readonly at: number;
  /** The field is a unit price, and this one the quantity. */
  readonly times: number | undefined;
  sum: bigint;
  differs: number;
}

export interface AmountsOptions<Fields> {
  readonly header: readonly string[];
  readonly fields: Fields;
  readonly formats: ColumnFormats;
  /** ISO 4217, of the database. */
  readonly currency: string;
}

/** Reads a field of a record as the amounts of the file are written, in millionths; null: it holds no decimal. */
type ReadAmount = (fields: readonly string[], at: number) => bigint | null;

/** The product of a record's fields, or the value of a single one, in millionths; null: one of them holds no decimal. */
export function amountReader(
  options: AmountsOptions<unknown>,
  at: readonly number[],
): (fields: readonly string[]) => bigint | null {
  const value = amountsLike(options, at);
  const [first, second] = at;
  if (first === undefined) return () => null;
  if (second === undefined) return (fields) => value(fields, first);
  return (fields) => product(value(fields, first), value(fields, second));
}

/** `like`: the fields whose formats hold. A file writes its amounts in one way. */
function amountsLike(
  { header, formats, currency }: AmountsOptions<unknown>,
  like: readonly number[],
): ReadAmount {
  const known = like.map((at) => formatOf(formats, labelOf(header, at))).filter((f) => f !== undefined);
  const format = (known.at(-1) as DecimalFormat | undefined) ?? "either";
  return (fields, at) => millionthsOf(readDecimal(cleanText(fields[at] ?? ""), currency, format));
}

export const isSame = (a: bigint, b: bigint): boolean => (a < b ? b - a : a - b) < CENT;

const product = (a: bigint | null, b: bigint | null): bigint | null =>
  a === null || b === null ? null : multiplyMillionths(a, b).value;

/** Compares the field that is read with those that may be the amount as well. */
export class Amounts {
  readonly #options: AmountsOptions<AmountFields>;
  readonly #others: readonly Other[];
  readonly #value: ReadAmount;
  readonly #read: (fields: readonly string[]) => bigint | null;
  #sum = 0n;
  #unclear = 0;

  constructor(options: AmountsOptions<AmountFields>) {
    this.#options = options;
    const { read, others, prices, quantity } = options.fields;
    const other = (times?: number) => (at: number) => ({ at, times, sum: 0n, differs: 0 });
    this.#others = [...others.map(other()), ...prices.map(other(quantity))];
    this.#value = amountsLike(options, read);
    this.#read = amountReader(options, read);
  }

  /** Takes the fields of a sale that was decoded. */
  add(fields: readonly string[]): void {
    const read = this.#read(fields);
    if (read !== null) this.#sum += read;
    let differs = false;
    for (const other of this.#others) {
      const alone = this.#value(fields, other.at);
      const value = other.times === undefined ? alone : product(alone, this.#value(fields, other.times));
      if (value === null) continue;
      other.sum += value;
      if (read === null ? value === 0n : isSame(value, read)) continue;
      other.differs++;
      differs = true;
    }
    if (differs) this.#unclear++;
  }

  /** null: the fields say the same. */
  get unclear(): UnclearAmounts | null {
    if (this.#unclear === 0) return null;
    const { header, fields } = this.#options;
    const nameOf = (at: number) => nameAt(header, at);
    return {
      count: this.#unclear,
      read:
        fields.read.length === 0
          ? undefined
          : { field: fields.read.map(nameOf).join(" × "), sum: formatMillionths(this.#sum) },
      others: this.#others
        .filter(({ differs }) => differs > 0)
        .map(({ at, times, sum }) => ({
          field: times === undefined ? nameOf(at) : `${nameOf(times)} × ${nameOf(at)}`,
          sum: formatMillionths(sum),
          named: isNameable(header, at)
            ? `${times === undefined ? "chiffre_affaires" : "prix"}=${nameOf(at)}`
            : undefined,
        })),
    };
  }
}

/** So many documents of several lines must have one amount on all of their lines, and all of them but a tenth. */
const FEWEST_DOCUMENTS = 2;
const MOST_OTHERS = 0.1;

export interface AmountOfDocuments {
  /** How many documents of several different lines have one amount on all of them. */
  readonly documents: number;
  /** The name of the field. */
  readonly field: string;
  /** The sums, as decimals, when each line counts and when each document does. */
  readonly ofLines: string;
  readonly ofDocuments: string;
}

/**
 * Finds an amount that is that of the whole document. The lines of a document stand together; those of one that is
 * interrupted are taken as two.
 */
export class DocumentAmounts {
  readonly #options: AmountsOptions<DocumentFields>;
  readonly #value: ReadAmount;
  #document = "";
  /** Of the document that is being read. */
  #first: { readonly amount: bigint; readonly what: string } | undefined;
  #isSame = true;
  #isVaried = false;
  #isOfLines = true;
  #several = 0;
  #alike = 0;
  readonly #distinct = new Set<bigint>();
  #ofLines = 0n;
  #ofDocuments = 0n;

  constructor(options: AmountsOptions<DocumentFields>) {
    this.#options = options;
    const { amount, price } = options.fields;
    this.#value = amountsLike(options, price === undefined ? [amount] : [price, amount]);
  }

  /** Takes the fields of a sale that was decoded. */
  add(fields: readonly string[]): void {
    const { document, amount, product: article, quantity, price } = this.#options.fields;
    const value = this.#value(fields, amount);
    if (value === null) return;
    const name = fields[document] ?? "";
    const what = `${fields[article]}/${fields[quantity]}`;
    this.#ofLines += value;
    if (name === "" || name !== this.#document || this.#first === undefined) {
      this.#end();
      this.#document = name;
      this.#first = { amount: value, what };
      this.#ofDocuments += value;
    } else {
      this.#isSame &&= value === this.#first.amount;
      this.#isVaried ||= what !== this.#first.what;
    }
    const ofLine =
      price === undefined ? null : product(this.#value(fields, quantity), this.#value(fields, price));
    this.#isOfLines &&= ofLine !== null && isSame(ofLine, value);
  }

  /** Ends the document that is being read. */
  #end(): void {
    if (this.#first !== undefined && this.#isVaried) {
      this.#several++;
      if (this.#isSame && !this.#isOfLines) {
        this.#alike++;
        if (this.#distinct.size < 2) this.#distinct.add(this.#first.amount);
      }
    }
    this.#first = undefined;
    this.#isSame = true;
    this.#isVaried = false;
    this.#isOfLines = true;
  }

  /** null: the amounts are those of lines. Ends the last document. */
  get unclear(): AmountOfDocuments | null {
    this.#end();
    // One price for all makes equal amounts too.
    if (this.#alike < FEWEST_DOCUMENTS || this.#distinct.size < 2) return null;
    if (this.#several - this.#alike > this.#several * MOST_OTHERS) return null;
    const { header, fields } = this.#options;
    return {
      documents: this.#alike,
      field: nameAt(header, fields.amount),
      ofLines: formatMillionths(this.#ofLines),
      ofDocuments: formatMillionths(this.#ofDocuments),
    };
  }
}
