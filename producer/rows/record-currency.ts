/** Whether a record is in the currency of the database, as far as its columns of currencies say (rule 2). */
import type { RejectCode } from "#shared/contract/sentences.ts";
import { foldHeader } from "../header/index.ts";
import { isCurrency, isOfCurrencies } from "./columns/currencies.ts";
import type { Slot } from "./slots.ts";
import type { ValueReader } from "./value-reader.ts";
import { cleanText, isNothing } from "./values.ts";

export class RecordCurrency {
  readonly #slots: readonly Slot[];
  readonly #code: RejectCode;
  readonly #currency: string;
  readonly #reader: ValueReader;
  /** The last text that named the currency of the database. */
  #ours = "";

  /** `extras`: those of the record; `code`: of a record in another currency. */
  constructor(extras: readonly Slot[], code: RejectCode, currency: string, reader: ValueReader) {
    this.#slots = extras.filter(({ published }) => isOfCurrencies(foldHeader(published)));
    this.#code = code;
    this.#currency = currency;
    this.#reader = reader;
  }

  /** False: the record is a reject, for the reason in the reader. */
  isOurs(fields: readonly string[]): boolean {
    for (const { at, published } of this.#slots) {
      const field = fields[at] as string;
      if (field === this.#ours) continue;
      const text = this.#reader.unwrap(cleanText(field));
      if (text !== "" && !isNothing(text) && !isCurrency(text, this.#currency))
        return this.#reader.reject(this.#code, text, this.#currency, published);
      this.#ours = field;
    }
    return true;
  }
}
