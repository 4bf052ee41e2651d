/**
 * A table as an .xlsx workbook (ECMA-376): a zip of XML, written row by row. Texts are texts, never formulas; numbers
 * are numbers, and days are dates. A sheet takes a million rows; the next ones go to the next sheet.
 */
import { Readable } from "node:stream";
import { ZipFile } from "yazl";
import type { Language } from "#shared/runtime/settings.ts";
import type { Cell, Column, Table } from "./table.ts";

/** Excel's limit is 1,048,576 with the line of headings. */
const MAX_ROWS = 1_000_000;
/** Excel's limit for a cell; a longer text is cut. */
const MAX_TEXT = 32_767;
/** Excel counts days from this one. */
const EPOCH_MS = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";

interface XlsxOptions {
  readonly title: string;
  readonly language: Language;
  /** The time of the files in the zip. */
  readonly at: Date;
  /** Of a sheet, its headings included. */
  readonly maxRows?: number;
}

/** The stream ends with the error of a row that cannot be read. */
export function xlsx(
  { columns, rows }: Table,
  { title, language, at, maxRows = MAX_ROWS }: XlsxOptions,
): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on("error", (error) => output.destroy(error as Error));
  const letters = columns.map((_, i) => lettersOf(i));
  const some = rows[Symbol.iterator]();
  let pending: readonly (readonly Cell[])[] = [];
  let sheets = 0;

  function hasMore(): boolean {
    while (pending.length === 0) {
      const next = some.next();
      if (next.done === true) return false;
      pending = next.value;
    }
    return true;
  }

  function* sheet(): Generator<string, void, void> {
    sheets++;
    yield `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews><sheetData>`;
    const rowOf = (cells: readonly Cell[], row: number) =>
      rowXml(
        cells.map((cell, i) => cellXml(cell, columns[i]?.kind, `${letters[i]}${row}`)),
        row,
      );
    yield rowXml(
      columns.map(({ label }, i) => textXml(label[language], `${letters[i]}1`, 1)),
      1,
    );
    let written = 1;
    while (written < maxRows && hasMore()) {
      const taken = pending.slice(0, maxRows - written);
      pending = pending.slice(taken.length);
      const first = written + 1;
      written += taken.length;
      yield taken.map((cells, i) => rowOf(cells, first + i)).join("");
    }
    yield "</sheetData></worksheet>";
    if (hasMore()) add(`xl/worksheets/sheet${sheets + 1}.xml`, sheet());
    else finish();
  }

  function add(name: string, pieces: Iterable<string>): void {
    const stream = Readable.from(bytes(pieces), { objectMode: false });
    // A row that cannot be read: the client sees that the file ends too early.
    stream.on("error", (error) => output.destroy(error));
    zip.addReadStream(stream, name, { mtime: at });
  }

  function finish(): void {
    for (const [name, content] of parts(sheets, title))
      zip.addBuffer(Buffer.from(XML + content), name, { mtime: at });
    zip.end();
  }

  add("xl/worksheets/sheet1.xml", sheet());
  return output;
}

function* bytes(pieces: Iterable<string>): Generator<Buffer, void, void> {
  for (const piece of pieces) yield Buffer.from(piece);
}

/** The parts of the workbook beside its sheets. Style 1 is for headings, 2 for days. */
function parts(sheets: number, title: string): readonly (readonly [name: string, content: string])[] {
  const each = (one: (n: number) => string) => Array.from({ length: sheets }, (_, i) => one(i + 1)).join("");
  const name = escaped(title).slice(0, 25);
  const type = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  return [
    [
      "xl/workbook.xml",
      `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${each((n) => `<sheet name="${n === 1 ? name : `${name} ${n}`}" sheetId="${n}" r:id="rId${n}"/>`)}</sheets></workbook>`,
    ],
    [
      "xl/_rels/workbook.xml.rels",
      `<Relationships xmlns="${PACKAGE}/relationships">${each((n) => `<Relationship Id="rId${n}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${n}.xml"/>`)}<Relationship Id="styles" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    ],
    [
      "xl/styles.xml",
      `<styleSheet xmlns="${MAIN}"><fonts count="2"><font/><font><b/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    ],
    [
      "_rels/.rels",
      `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      "[Content_Types].xml",
      `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${type}.styles+xml"/>${each((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${type}.worksheet+xml"/>`)}</Types>`,
    ],
  ];
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** The name of a column, by its number from 0: A to Z, then AA, AB... */
const lettersOf = (i: number): string => {
  const last = ALPHABET[i % 26] as string;
  return i < 26 ? last : lettersOf(Math.floor(i / 26) - 1) + last;
};

const rowXml = (cells: readonly string[], row: number): string => `<row r="${row}">${cells.join("")}</row>`;

function cellXml(cell: Cell, kind: Column["kind"] | undefined, place: string): string {
  if (cell === null || cell === "") return "";
  if (typeof cell === "number") return `<c r="${place}"><v>${cell}</v></c>`;
  if (kind !== "day") return textXml(cell, place);
  const serial = (Date.parse(`${cell}T00:00:00Z`) - EPOCH_MS) / DAY_MS;
  // Excel knows no day before 1900-03-01 as we do.
  return serial >= 61 ? `<c r="${place}" s="2"><v>${serial}</v></c>` : textXml(cell, place);
}

const textXml = (value: string, place: string, style = 0): string =>
  `<c r="${place}" t="inlineStr" s="${style}"><is><t xml:space="preserve">${escaped(value.slice(0, MAX_TEXT))}</t></is></c>`;

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Without the characters that XML cannot have. */
const escaped = (value: string): string =>
  value
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot have
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "\uFFFD")
    .replace(/[&<>"]/g, (one) => ESCAPES[one] ?? one);
