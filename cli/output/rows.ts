/**
 * Rows as text, in four forms: a table for people, the list mode of sqlite3 for a pipe, CSV, and JSON. Each form but the
 * table takes one row at a time, so that memory does not grow with the number of rows; a table must know its widths.
 */

import width from "fast-string-width";
import { inert } from "#shared/runtime/formulas.ts";
import { frenchAmount, plainDouble } from "../texts/numbers.ts";
import { jsonVisible, visible } from "../texts/visible.ts";

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

const csvField = (cell: Cell): string => {
  const field = typeof cell === "string" ? inert(text(cell)) : text(cell);
  return /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
};

/** RFC 4180. Text that a spreadsheet would run as a formula gets an apostrophe before it. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvField).join(",")}\r\n`;

/** JSON of one cell: integers whole, doubles with the digits that the other modes show. */
const json = (cell: Cell): string => {
  if (cell === null) return "null";
  if (typeof cell === "bigint") return cell.toString();
  if (cell instanceof JsonText) return jsonVisible(cell.toString());
  if (typeof cell === "number") return Number.isFinite(cell) ? plainDouble(cell) : "null";
  return jsonVisible(JSON.stringify(text(cell)));
};

export const jsonObject = (names: readonly string[], cells: readonly Cell[]): string =>
  `{${names.map((name, i) => `${jsonVisible(JSON.stringify(name))}:${json(cells[i] ?? null)}`).join(",")}}`;

const shown = (cell: Cell): string =>
  typeof cell === "number" && Number.isFinite(cell) ? frenchAmount(cell) : visible(text(cell));

/** The width of each column as a terminal shows it. */
const widthsOf = (rows: readonly (readonly string[])[], count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => rows.reduce((most, row) => Math.max(most, width(row[i] ?? "")), 0));

/**
 * The lines of a table, two spaces between its columns, and the width of each column as a terminal shows it. `right`: for
 * each column, whether its cells are to the right.
 */
export function columns(rows: readonly (readonly string[])[], right: readonly boolean[]) {
  const widths = widthsOf(rows, right.length);
  const lines = rows.map((row) =>
    row
      .map((cell, i) => {
        const pad = " ".repeat((widths[i] ?? 0) - width(cell));
        return right[i] ? pad + cell : cell + pad;
      })
      .join("  ")
      .trimEnd(),
  );
  return { lines, widths };
}

/** A column of texts is not made narrower than this. */
const NARROWEST = 8;

/** The text, cut to a width; what was cut off is shown by an ellipsis. */
export function cut(text: string, most: number): string {
  if (width(text) <= most) return text;
  let kept = "";
  // A text may begin with thousands of marks that have no width.
  for (const character of text.slice(0, 4 * most)) {
    if (width(kept + character) > most - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** The text in lines of a width, broken at spaces; a word that is longer stands alone and is cut. */
export function wrapped(text: string, most: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && width(`${last} ${word}`) <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => cut(line, most));
}

/**
 * Cuts the widest texts until the lines have the width, if they can. Numbers stay whole: a part of one would be another
 * number.
 */
function fitted(
  cells: readonly (readonly string[])[],
  right: readonly boolean[],
  most: number,
): readonly (readonly string[])[] {
  // Nothing is cut, so the cells need not be measured here too.
  if (most === Number.POSITIVE_INFINITY) return cells;
  const widths = widthsOf(cells, right.length);
  const wide = (limit: number): number =>
    widths.reduce((sum, w, i) => sum + 2 + (right[i] ? w : Math.min(w, limit)), -2);
  if (wide(Number.POSITIVE_INFINITY) <= most) return cells;
  let limit = Math.max(most, NARROWEST);
  while (limit > NARROWEST && wide(limit) > most) limit--;
  return cells.map((row) => row.map((cell, i) => (right[i] ? cell : cut(cell, limit))));
}

/**
 * A table for people: amounts in French format, numbers to the right, no control character from the data. `most`: the width
 * of the terminal, to which texts are cut.
 */
export function table(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  most = Number.POSITIVE_INFINITY,
): string {
  const right = names.map(
    (_, i) => rows.length > 0 && rows.every((r) => r[i] === null || typeof r[i] !== "string"),
  );
  const cells = [names.map(visible), ...rows.map((row) => row.map(shown))];
  const { lines, widths } = columns(fitted(cells, right, most), right);
  const rule = widths.map((w) => "─".repeat(w)).join("  ");
  return `${lines.toSpliced(1, 0, rule).join("\n")}\n`;
}
