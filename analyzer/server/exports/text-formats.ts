/**
 * A table as text: CSV for programs, CSV for a French Excel, JSON. Each yields pieces of the file. In CSV, a text that
 * a spreadsheet would run as a formula begins with an apostrophe.
 */

import { inert } from "#shared/runtime/formulas.ts";
import type { Language } from "#shared/runtime/settings.ts";
import type { Cell, Table } from "./table.ts";

/** RFC 4180: commas, decimal points, the names of columns for programs. */
export function* plainCsv({ columns, rows }: Table): Generator<string, void, void> {
  const line = (cells: readonly Cell[]) =>
    `${cells.map((cell) => quoted(textOf(cell), /[",\r\n]/)).join(",")}\r\n`;
  yield line(columns.map(({ name }) => name));
  for (const some of rows) yield some.map(line).join("");
}

/**
 * What a French Excel opens as it is: a byte order mark, semicolons, decimal commas, headings for people.
 */
export function* excelCsv({ columns, rows }: Table, language: Language): Generator<string, void, void> {
  const cellOf = (cell: Cell): string =>
    typeof cell === "number" ? plain(cell).replace(".", ",") : quoted(textOf(cell), /[";\r\n]/);
  const line = (cells: readonly Cell[]) => `${cells.map(cellOf).join(";")}\r\n`;
  yield `\uFEFF${line(columns.map(({ label }) => label[language]))}`;
  for (const some of rows) yield some.map(line).join("");
}

/** An array of objects. */
export function* json({ columns, rows }: Table): Generator<string, void, void> {
  let before = "[\n";
  for (const some of rows) {
    if (some.length === 0) continue;
    const objects = some.map((row) =>
      JSON.stringify(Object.fromEntries(columns.map(({ name }, i) => [name, row[i]]))),
    );
    yield before + objects.join(",\n");
    before = ",\n";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}

const quoted = (value: string, special: RegExp): string =>
  special.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

const textOf = (cell: Cell): string => {
  if (cell === null) return "";
  return typeof cell === "number" ? plain(cell) : inert(cell);
};

/** Digits without an exponent: amounts have six decimal places at most. */
const plain = (value: number): string =>
  /e/.test(String(value)) ? value.toFixed(6).replace(/\.?0+$/, "") : String(value);
