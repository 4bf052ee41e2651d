/** Finds extras whose values are personal data, whatever their names: e-mail, telephone, accounts, cards (rule 24). */
import { foldHeader } from "../../header/index.ts";

/** The limits of docs/rules.md, rule 24. */
const LOOKED_AT = 1000;
const FEWEST = 2;
const PART = 0.5;
/** A longer value is a text. */
const LONGEST = 320;

const MAIL = /^[^@]*[^\s@<>"(]@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}\b/u;
/** French numbers; international ones; German and American ones, with separators. No day, no code with zeros before it. */
const TELEPHONES: readonly RegExp[] = [
  /^(?!\d\d[./-]\d\d[./-]\d{4})(?:0|0033 ?)[1-9](?:[ .-]?\d\d){4}$/,
  /^\+[1-9](?:[ .\-/()]*\d){7,13}$/,
  /^(?!\d\d[./-]\d\d[./-]\d{4})(?=(?:\D*\d){9,12}$)0\d{1,4}[ /-][\d -]+$/,
  /^(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}$/,
];
const IBAN = /^[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}$/;
const CARD = /^(?:3[47]\d{13}|[2-6]\d{15})$/;
/** Columns of codes that have as many digits as a telephone or a card. */
const CODES = /isbn|ean|gtin|upc|barcode|barre/;

/** The check digit of cards. */
function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** The check of ISO 13616: the number modulo 97 is 1. */
function isAccount(text: string): boolean {
  if (!IBAN.test(text)) return false;
  const compact = text.replaceAll(" ", "");
  const digits = [...`${compact.slice(4)}${compact.slice(0, 4)}`].map((c) => Number.parseInt(c, 36)).join("");
  return BigInt(digits) % 97n === 1n;
}

/** Whether a value is an e-mail address, a telephone number, an IBAN or a card number. */
export function isPersonalValue(value: string): boolean {
  const text = value.trim();
  if (text.length < 8 || text.length > LONGEST) return false;
  if (text.includes("@")) return MAIL.test(text);
  const digits = text.replace(/[ -]/g, "");
  return (
    TELEPHONES.some((form) => form.test(text)) || (CARD.test(digits) && isLuhn(digits)) || isAccount(text)
  );
}

interface Seen {
  readonly at: number;
  /** Its name as an extra. */
  readonly name: string;
  values: number;
  personal: number;
}

/** Looks at the first values of each extra. */
export class PersonalValues {
  readonly #columns: readonly Seen[];
  /** Those of which it has not seen enough values. */
  #open: readonly Seen[];

  /** `extras`: the fields to look at, and their names as extras. */
  constructor(extras: readonly { readonly at: number; readonly name: string }[]) {
    this.#columns = extras
      .filter(({ name }) => !CODES.test(foldHeader(name)))
      .map((extra) => ({ ...extra, values: 0, personal: 0 }));
    this.#open = this.#columns;
  }

  record(fields: readonly string[]): void {
    let isFull = false;
    for (const column of this.#open) {
      const value = fields[column.at] as string;
      if (value === "") continue;
      if (isPersonalValue(value)) column.personal++;
      if (++column.values === LOOKED_AT) isFull = true;
    }
    if (isFull) this.#open = this.#open.filter(({ values }) => values < LOOKED_AT);
  }

  /** The names, as extras, of the columns that hold personal data. */
  get found(): readonly string[] {
    return this.#columns.flatMap(({ name, values, personal }) =>
      personal >= FEWEST && personal > PART * values ? [name] : [],
    );
  }
}
