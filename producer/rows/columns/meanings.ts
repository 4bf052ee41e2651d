/** Evidence of what the amounts and statuses of a version mean, taken record by record (rule 22). */
import {
  amountFields,
  discountFields,
  documentFields,
  fieldsOfOtherKind,
  listedPrices,
  pricedFields,
  quantityFields,
  type ReadAs,
  signedFields,
  type WideMapping,
} from "../../header/index.ts";
import {
  type AmountOfDocuments,
  Amounts,
  type AmountsOptions,
  DocumentAmounts,
  type UnclearAmounts,
} from "./amounts.ts";
import { LinePrices } from "./line-prices.ts";
import { type NoSales, Statuses } from "./statuses.ts";
import {
  type Discount,
  Discounts,
  ListedPrices,
  type PositiveReturns,
  type ProductPrices,
  Quantities,
  ReturnSigns,
  type SeveralQuantities,
} from "./uncounted.ts";

export interface UnclearMeanings {
  /** Fields whose names tell that the lines are no sales but purchases, stock, quotes or a budget. */
  readonly otherKind: readonly string[];
  /** Several fields may be the amount of its sales, and differ; null: nothing is unclear about that. */
  readonly amounts: UnclearAmounts | null;
  /** Its amounts may be those of documents; null: they are those of lines. */
  readonly ofDocuments: AmountOfDocuments | null;
  /** Values of its fields that say that their records are no sales. */
  readonly noSales: readonly NoSales[];
  /** Several fields are named like a quantity, and differ; null: nothing is unclear about that. */
  readonly quantities: SeveralQuantities | null;
  /** Fields with discounts that no column is read from. */
  readonly discounts: readonly Discount[];
  /** Returns with a positive amount; null: there are none. */
  readonly returns: PositiveReturns | null;
  /** Products with several prices; null: there are none. */
  readonly prices: ProductPrices | null;
  /** Products with a negative price; null: there are none. */
  readonly negative: ProductPrices | null;
}

interface MeaningsOptions extends Omit<AmountsOptions<unknown>, "fields"> {
  readonly wide: WideMapping;
  readonly reading: ReadAs;
  /** The version is read from its beginning. */
  readonly whole: boolean;
}

export class Meanings {
  readonly #otherKind: readonly string[];
  readonly #amounts: Amounts | undefined;
  readonly #linePrices: LinePrices | undefined;
  readonly #documents: DocumentAmounts | undefined;
  readonly #statuses: Statuses;
  readonly #quantities: Quantities | undefined;
  readonly #discounts: Discounts;
  readonly #returns: ReturnSigns | undefined;
  readonly #prices: ListedPrices | undefined;

  constructor({ wide, reading, whole, ...written }: MeaningsOptions) {
    const { header } = written;
    const amounts = amountFields(header, wide, reading);
    const priced = amounts === undefined ? pricedFields(header, wide, reading) : undefined;
    const documents = documentFields(wide, reading);
    const quantities = quantityFields(header, wide, reading);
    const signed = signedFields(wide);
    const listed = listedPrices(wide);
    this.#otherKind = fieldsOfOtherKind(header, wide, reading);
    this.#linePrices = priced && new LinePrices({ ...written, fields: priced });
    this.#amounts = amounts && new Amounts({ ...written, fields: amounts });
    this.#documents = documents && new DocumentAmounts({ ...written, fields: documents });
    this.#statuses = new Statuses({ ...written, fields: wide }, reading.where ?? []);
    this.#quantities = quantities && new Quantities({ ...written, fields: quantities });
    this.#discounts = new Discounts(header, discountFields(header, wide, reading));
    this.#returns = signed && new ReturnSigns({ ...written, fields: signed });
    // A price that is appended is a new price of its product.
    this.#prices =
      listed && new ListedPrices({ ...written, fields: listed.fields }, whole && !listed.isDated);
  }

  /** Takes the fields of a record that was decoded. */
  add(fields: readonly string[]): void {
    this.#statuses.add(fields);
    this.#amounts?.add(fields);
    this.#linePrices?.add(fields);
    this.#documents?.add(fields);
    this.#quantities?.add(fields);
    this.#discounts.add(fields);
    this.#returns?.add(fields);
    this.#prices?.add(fields);
  }

  get unclear(): UnclearMeanings {
    return {
      otherKind: this.#otherKind,
      amounts: this.#amounts?.unclear ?? this.#linePrices?.unclear ?? null,
      ofDocuments: this.#documents?.unclear ?? null,
      noSales: this.#statuses.noSales,
      quantities: this.#quantities?.found ?? null,
      discounts: this.#discounts.found,
      returns: this.#returns?.found ?? null,
      prices: this.#prices?.several ?? null,
      negative: this.#prices?.negative ?? null,
    };
  }
}
