/**
 * Rows as text, in four forms: a table for people, the list mode of sqlite3 for a pipe, CSV, and JSON. Each form but the
 * table takes one row at a time, so that memory does not grow with the number of rows; a table must know its widths.
 */
import { frenchAmount, plainDouble } from "../texts/numbers.ts";
import { visible } from "../texts/visible.ts";

/** A text that is JSON: a document of JSON has the value instead of the text. */
export class JsonText {
  readonly #json: string;
  constructor(json: string) {
    this.#json = json;
  }
  toString(): string {
    return this.#json;
  }
}

/** A value as SQLite gives it, integers as bigint. */
export type Cell = string | number | bigint | Buffer | JsonText | null;

const text = (cell: Cell): string => {
  if (cell === null) return "";
  if (typeof cell === "number") return plainDouble(cell);
  return typeof cell === "string" ? cell : cell.toString();
};

/** sqlite3's list mode: `a|b`. */
export const listLine = (cells: readonly Cell[]): string => `${cells.map(text).join("|")}\n`;

/** Text that a spreadsheet would run as a formula (OWASP; full-width signs, too). Numbers are not formulas. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const NUMBER = /^[+-]?\d+([.,]\d+)?$/;

const csvField = (cell: Cell): string => {
  let field = text(cell);
  if (typeof cell === "string" && FORMULA.test(field) && !NUMBER.test(field)) field = `'${field}`;
  return /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
};

/** RFC 4180. Text that a spreadsheet would run as a formula gets a leading apostrophe. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvField).join(",")}\r\n`;

/** JSON of one cell: integers whole, doubles with the digits that the other modes show. */
const json = (cell: Cell): string => {
  if (cell === null) return "null";
  if (typeof cell === "bigint" || cell instanceof JsonText) return cell.toString();
  if (typeof cell === "number") return Number.isFinite(cell) ? plainDouble(cell) : "null";
  return JSON.stringify(text(cell));
};

export const jsonObject = (names: readonly string[], cells: readonly Cell[]): string =>
  `{${names.map((name, i) => `${JSON.stringify(name)}:${json(cells[i] ?? null)}`).join(",")}}`;

/** Columns that a terminal shows of one character: two for wide ones, none for combining ones. */
const width = (shown: string): number => {
  let n = 0;
  for (const c of shown)
    n += /\p{M}/u.test(c)
      ? 0
      : /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u.test(
            c,
          )
        ? 2
        : 1;
  return n;
};

const shown = (cell: Cell): string =>
  typeof cell === "number" && Number.isFinite(cell) ? frenchAmount(cell) : visible(text(cell));

/** A table for people: amounts in French format, numbers to the right, no control character from the data. */
export function table(names: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => row.map(shown));
  const right = names.map(
    (_, i) => rows.length > 0 && rows.every((r) => r[i] === null || typeof r[i] !== "string"),
  );
  const widths = names.map((name, i) =>
    Math.max(width(visible(name)), ...cells.map((row) => width(row[i] ?? ""))),
  );
  const line = (values: readonly string[]): string =>
    values
      .map((value, i) => {
        const pad = " ".repeat(Math.max(0, (widths[i] ?? 0) - width(value)));
        return right[i] ? pad + value : value + pad;
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((w) => "─".repeat(w)).join("  ");
  return `${[line(names.map(visible)), rule, ...cells.map(line)].join("\n")}\n`;
}
