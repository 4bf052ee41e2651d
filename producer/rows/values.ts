/**
 * Reads values as files write them: text and ids in NFC without surrounding white space, marks for "no value", and days
 * and times in the business zone (rules 1 and 2). columns/ reads numbers and dates.
 */

/** Text without surrounding white space (NBSP too), in NFC. */
export function cleanText(text: string): string {
  const trimmed = text.trim();
  for (let i = 0; i < trimmed.length; i++)
    if (trimmed.charCodeAt(i) >= 0x300) return trimmed.normalize("NFC");
  return trimmed;
}

/** Texts that programs write for "no value". An id may be `NA` or `-`, so only an empty id is no value. */
const NOTHING: ReadonlySet<string> = new Set(
  "NULL null N/A n/a NA #N/A #N/D NaN nan None nil (null) \\N - -- — – .".split(" "),
);
const LONGEST_NOTHING = 6;

export const isNothing = (text: string): boolean => text.length <= LONGEST_NOTHING && NOTHING.has(text);

/** Texts that a spreadsheet shows in the place of a value that it could not compute, or has not yet. */
const ERRORS: ReadonlySet<string> = new Set(
  [
    "#REF! #N/A #N/D #VALUE! #VALEUR! #NAME? #NOM? #DIV/0! #NULL! #NUL! #NUM! #NOMBRE! #SPILL! #CALC! #ERROR!",
    "#ERREUR! #BLOCKED! #BUSY! #CONNECT! #FIELD! #UNKNOWN! #GETTING_DATA Loading... Loading… Chargement... Chargement…",
  ].flatMap((line) => line.split(" ")),
);
const OFFICE_ERROR = /^(?:Err|Erreur)\s?:\s?5\d\d$/;
const LONGEST_ERROR = 13;
/** "#", "C", "E", "L": one test for nearly all values. */
const FIRST_OF_ERROR: ReadonlySet<number> = new Set([0x23, 0x43, 0x45, 0x4c]);

/** Whether a spreadsheet could not compute this value. */
export const isErrorText = (text: string): boolean =>
  FIRST_OF_ERROR.has(text.charCodeAt(0)) &&
  text.length <= LONGEST_ERROR &&
  (ERRORS.has(text) || OFFICE_ERROR.test(text));

/** The text in `="007"`, which keeps spreadsheets from reading it as a number. Formulas are never evaluated. */
export const unwrapped = (text: string): string | undefined => {
  const inner = /^="((?:[^"]|"")*)"$/.exec(text)?.[1];
  return inner?.replaceAll('""', '"');
};

export type DecimalProblem =
  | "not_a_number"
  | "out_of_range"
  | "wrong_currency"
  | "scientific"
  | "ambiguous"
  | "other_decimal";

/** unclear_time: the day is one, but what stands behind it is a time that can be no time, or has a zone without an offset. */
export type DayProblem = "not_a_date" | "ambiguous" | "unclear_time";

/** Further results of the last `readDecimal` or `readDay`. */
export const reading = {
  problem: "not_a_number" as DecimalProblem,
  rounded: false,
  dayProblem: "not_a_date" as DayProblem,
  /** `HH:MM:SS`, with a fraction when it has one; null for a day alone. */
  time: null as string | null,
};

const QUARTER_MS = 900_000;
const REMEMBERED_OFFSETS = 20_000;

/** Computes days and times in the business zone. */
export class BusinessZone {
  readonly #format: Intl.DateTimeFormat;
  /** The offset from UTC for each quarter of an hour. A cache, because Intl takes microseconds. */
  readonly #offsets = new Map<number, number>();

  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  #offset(instant: number): number {
    const quarter = Math.floor(instant / QUARTER_MS);
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    const at = quarter * QUARTER_MS;
    const parts: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(at)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    const offset = Date.UTC(year, month - 1, day, hour, minute, second) - at;
    if (this.#offsets.size >= REMEMBERED_OFFSETS) this.#offsets.clear();
    this.#offsets.set(quarter, offset);
    return offset;
  }

  /** [day, HH:MM:SS] of an instant. */
  local(instant: number): readonly [string, string] {
    const iso = new Date(instant + this.#offset(instant)).toISOString();
    return [iso.slice(0, 10), iso.slice(11, 19)];
  }

  day(instant: number): string {
    return this.local(instant)[0];
  }
}
