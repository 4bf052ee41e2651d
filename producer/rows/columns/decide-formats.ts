/**
 * Decides how the numbers and dates of each column are written, from all its values and never for a single one. It
 * counts which formats each value allows (decimals.ts, days.ts). Then, for each column:
 *
 * 1. the operator's option holds; if most values contradict it, the version is refused;
 * 2. else the values that can be read in one way only decide. If they disagree, the majority decides, and the others are
 *    rejects. If both decimal signs occur and no value is ambiguous, each value is read in its only way;
 * 3. else the format holds on which the other columns of the file agree;
 * 4. else the format of the version before holds;
 * 5. else, for dates of a French file, the day comes before the month. A file is French if its header is French or its
 *    numbers have decimal commas;
 * 6. else the version is refused. The sentence names the column, a value and the flag that decides.
 *
 * The order of records does not change the decision. Memory is a few counters for each column. A canonical value, which
 * is the most common case, costs one pass over its characters.
 */

import type { EntityName } from "#shared/contract/entities/index.ts";
import { setValue } from "#shared/contract/event.ts";
import { isFrenchHeader, mapEntities, type ReadAs } from "../../header/index.ts";
import { SourceRefusal } from "../../source/index.ts";
import { cleanText, isNothing, unwrapped } from "../values.ts";
import { CLEAR, type DayFormat, dayShape, NO_DAY, ORDERS, SERIAL } from "./days.ts";
import { type DecimalFormat, decimalShape } from "./decimals.ts";
import { type ColumnFormats, formatOf, labelOf } from "./formats.ts";

export type { ColumnFormats } from "./formats.ts";

export interface SurveyOptions {
  readonly header: readonly string[];
  readonly entities: readonly EntityName[];
  readonly options: ReadAs;
  /** The formats of the version before; null: this is the first. */
  readonly before: ColumnFormats | null;
  /** The records continue the version before, so its formats hold for them. */
  readonly tail?: boolean;
}

/** An example value for a sentence. The choice among several does not depend on the order of records. */
interface Example {
  text: string;
  line: number;
}

const remember = (example: Example, text: string, line: number): void => {
  if (example.line !== 0 && line >= example.line) return;
  example.text = text;
  example.line = line;
};

const example = (): Example => ({ text: "", line: 0 });

const shown = ({ text, line }: Example): string => `${text.slice(0, 40)} (${line})`;

class DecimalColumn {
  readonly label: string;
  point = 0;
  comma = 0;
  open = 0;
  readonly opens = example();
  readonly points = example();
  readonly commas = example();

  constructor(label: string) {
    this.label = label;
  }

  see(text: string, line: number): void {
    switch (decimalShape(text)) {
      case "point":
        this.point++;
        remember(this.points, text, line);
        break;
      case "comma":
        this.comma++;
        remember(this.commas, text, line);
        break;
      case "1.234":
      case "1,234":
        this.open++;
        remember(this.opens, text, line);
    }
  }

  /** The format by its own values; undefined: there is nothing to decide; null: they do not decide it. */
  decide(): DecimalFormat | undefined | null {
    const { point, comma, open } = this;
    if (point > 0 && comma > 0 && open === 0) return "either";
    if (point !== comma) return point > comma ? "point" : "comma";
    return open > 0 ? null : undefined;
  }
}

const BITS = Object.entries(ORDERS) as [Exclude<DayFormat, "excel">, number][];

class DayColumn {
  readonly label: string;
  /** For each set of orders (as bits), how many values allow exactly these orders. */
  readonly sets = new Array<number>(8).fill(0);
  serials = 0;
  clear = 0;
  readonly opens = example();
  /** For each order, a value that is a day in this order only. */
  readonly examples = { dmy: example(), mdy: example(), ymd: example() };

  constructor(label: string) {
    this.label = label;
  }

  see(text: string, line: number): void {
    const shape = dayShape(text);
    if (shape === CLEAR) this.clear++;
    else if (shape === SERIAL) this.serials++;
    else if (shape !== NO_DAY) {
      this.sets[shape] = (this.sets[shape] ?? 0) + 1;
      const order = BITS.find(([, bit]) => bit === shape)?.[0];
      remember(order === undefined ? this.opens : this.examples[order], text, line);
    }
  }

  only(order: keyof typeof ORDERS): number {
    return this.sets[ORDERS[order]] ?? 0;
  }

  get open(): boolean {
    return this.opens.line !== 0;
  }

  /** The orders in which every ambiguous value is a day. */
  get possible(): number {
    if (!this.open) return ORDERS.dmy | ORDERS.mdy;
    return this.sets.reduce((all, count, set) => (count > 0 && (set & (set - 1)) !== 0 ? all & set : all), 7);
  }

  /** An example of a value that stays ambiguous. */
  get doubtful(): Example {
    if (this.open) return this.opens;
    const seen = Object.values(this.examples).filter(({ line }) => line > 0);
    return seen.reduce((a, b) => (b.line < a.line ? b : a), seen[0] ?? this.opens);
  }

  decide(): DayFormat | undefined | null {
    const written = this.clear + this.sets.reduce((a, b) => a + b, 0);
    if (this.serials > written) return "excel";
    const most = Math.max(...BITS.map(([order]) => this.only(order)));
    const orders = BITS.filter(([order]) => this.only(order) === most);
    if (most > 0 && orders.length === 1) return orders[0]?.[0];
    if (!this.open) return most > 0 ? null : undefined;
    if (most > 0) return null;
    return BITS.find(([, bit]) => bit === this.possible)?.[0] ?? null;
  }
}

type Format = DecimalFormat | DayFormat;

/** The format on which all columns that have one agree; undefined: they differ, or none has one. */
const agreed = <F>(formats: readonly (F | undefined | null)[]): F | undefined => {
  const all = new Set(formats.filter((f) => f !== undefined && f !== null));
  return all.size === 1 ? ([...all][0] as F) : undefined;
};

const isDecimal = (format: string | undefined): format is "point" | "comma" =>
  format === "point" || format === "comma";
const isNumberFormat = (format: string | undefined): format is DecimalFormat =>
  isDecimal(format) || format === "either";
const isDay = (format: string | undefined): format is DayFormat =>
  format === "excel" || (format !== undefined && format in ORDERS);

/** Takes every record of a file; `decide` then returns the formats of its columns. */
export class ColumnSurvey {
  readonly #options: SurveyOptions;
  readonly #decimals: readonly { readonly at: number; readonly column: DecimalColumn }[];
  readonly #days: readonly { readonly at: number; readonly column: DayColumn }[];

  constructor(options: SurveyOptions) {
    this.#options = options;
    const { header, entities } = options;
    const kinds = new Map<number, "decimal" | "day">();
    for (const { fields } of mapEntities(header, entities, options.options).mappings)
      for (const [at, field] of fields.entries())
        if ("column" in field && (field.column.kind === "decimal" || field.column.kind === "day"))
          kinds.set(at, field.column.kind);
    const at = (kind: "decimal" | "day") => [...kinds].filter(([, k]) => k === kind).map(([i]) => i);
    this.#decimals = at("decimal").map((i) => ({ at: i, column: new DecimalColumn(labelOf(header, i)) }));
    this.#days = at("day").map((i) => ({ at: i, column: new DayColumn(labelOf(header, i)) }));
  }

  /** Takes a record. A record of another length is a reject and is ignored here. */
  record(fields: readonly string[], line: number): void {
    if (fields.length !== this.#options.header.length) return;
    for (const { at, column } of this.#decimals) {
      const text = textOf(fields[at] as string);
      if (text !== "") column.see(text, line);
    }
    for (const { at, column } of this.#days) {
      const text = textOf(fields[at] as string);
      if (text !== "") column.see(text, line);
    }
  }

  /** The columns whose own values contradict the formats of the version before. For a tail: the whole must be read. */
  get contradicted(): readonly string[] {
    const { before } = this.#options;
    return [...this.#decimals, ...this.#days].flatMap(({ column }) => {
      const now = column.decide();
      const then = formatOf(before, column.label);
      return now === undefined || now === null || then === undefined || then === "either" || now === then
        ? []
        : [column.label];
    });
  }

  /** Throws SourceRefusal (undecided_decimal, undecided_date, fixed_decimal, fixed_date). */
  decide(): ColumnFormats {
    const formats: Record<string, string> = {};
    const take = (label: string, format: Format | undefined) => {
      if (format !== undefined) setValue(formats, label, format);
    };
    const decimal = this.#decideDecimals(take);
    this.#decideDays(take, decimal);
    return formats;
  }

  /** The format of a tail: that of the version that it continues. */
  #known<F extends Format>(label: string, is: (format: string | undefined) => format is F): F | undefined {
    const { before, tail } = this.#options;
    const then = tail === true ? formatOf(before, label) : undefined;
    return is(then) ? then : undefined;
  }

  /** Returns the format on which the numbers of the file agree. */
  #decideDecimals(take: (label: string, format: Format | undefined) => void): DecimalFormat | undefined {
    const { options, before } = this.#options;
    const own = this.#decimals.map(
      ({ column }) => this.#known(column.label, isNumberFormat) ?? column.decide(),
    );
    const agree = agreed(own.map((format) => (format === "either" ? undefined : format)));
    for (const [i, { column }] of this.#decimals.entries()) {
      const then = formatOf(before, column.label);
      if (options.decimal !== undefined) {
        const [with_, against] =
          options.decimal === "point" ? [column.point, column.comma] : [column.comma, column.point];
        if (against > with_)
          throw new SourceRefusal(
            "source.fixed_decimal",
            `--decimal ${options.decimal}`,
            `${column.label}: ${shown(options.decimal === "point" ? column.commas : column.points)}`,
          );
        take(column.label, options.decimal);
      } else if (own[i] !== null) take(column.label, own[i] ?? (isDecimal(then) ? then : undefined));
      else {
        const format = agree ?? (isDecimal(then) ? then : undefined);
        if (format === undefined)
          throw new SourceRefusal("source.undecided_decimal", column.label, shown(column.opens));
        take(column.label, format);
      }
    }
    return options.decimal ?? agree;
  }

  #decideDays(
    take: (label: string, format: Format | undefined) => void,
    decimal: DecimalFormat | undefined,
  ): void {
    const { options, before, header } = this.#options;
    const own = this.#days.map(({ column }) => this.#known(column.label, isDay) ?? column.decide());
    const agree = agreed(own.map((format) => (format === "excel" ? undefined : format)));
    const isFrench = decimal === "comma" || (options.columns === undefined && isFrenchHeader(header));
    for (const [i, { column }] of this.#days.entries()) {
      const then = formatOf(before, column.label);
      const fixed = options.dateFormat;
      if (fixed !== undefined) {
        if (fixed !== "excel") {
          const other = BITS.find(([order]) => column.only(order) > column.only(fixed))?.[0];
          if (other !== undefined)
            throw new SourceRefusal(
              "source.fixed_date",
              `--date-format ${fixed}`,
              `${column.label}: ${shown(column.examples[other])} (${other})`,
            );
        }
        take(column.label, fixed);
      } else if (own[i] !== null) take(column.label, own[i] ?? (isDay(then) ? then : undefined));
      else {
        const may = (order: DayFormat | undefined): DayFormat | undefined =>
          order !== undefined && order !== "excel" && (column.possible & ORDERS[order]) !== 0
            ? order
            : undefined;
        const format =
          may(agree) ??
          may(isDay(then) ? then : undefined) ??
          // If a two-digit year may come first, the language does not decide.
          (isFrench && (column.possible & ORDERS.ymd) === 0 ? may("dmy") : undefined);
        if (format === undefined)
          throw new SourceRefusal("source.undecided_date", column.label, shown(column.doubtful));
        take(column.label, format);
      }
    }
  }
}

/** The text of a value without white space and wrapping; "" for texts that mean "no value". */
function textOf(field: string): string {
  const a = field.charCodeAt(0);
  const z = field.charCodeAt(field.length - 1);
  // Digits at both ends: as it is.
  if (a >= 0x30 && a <= 0x39 && z >= 0x30 && z <= 0x39) return field;
  const text = cleanText(field);
  if (text === "" || isNothing(text)) return "";
  return text.charCodeAt(0) === 0x3d ? cleanText(unwrapped(text) ?? text) : text;
}
