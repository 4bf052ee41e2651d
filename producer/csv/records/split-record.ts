/**
 * Splits records into their fields. csv-parse splits those that have quotes: it takes the quotes off and turns
 * escaped quotes back into quotes. A record without quotes is split at its delimiters.
 */
import { parse } from "csv-parse/sync";
import { Cutter } from "./cutter.ts";
import type { Cut } from "./dialect.ts";

/** A record that has quotes, without its line end. */
export interface QuotedRecord {
  readonly raw: string;
  /** Spaces stand around a quoted field: they do not belong to its value. */
  readonly spaced: boolean;
}

/** The fields of one record, given without its line end; undefined when it is not valid CSV. */
export function splitRecord(raw: string, cut: Cut): string[] | undefined {
  if (cut.quote === null || !raw.includes(cut.quote)) return raw.split(cut.delimiter);
  const cutter = new Cutter(raw, cut);
  if (cutter.endOfRecord(0) !== raw.length) return undefined;
  return splitQuoted([{ raw, spaced: cutter.spaced }], cut)[0];
}

/** The fields of each record, in the same order; undefined for a record that is not valid CSV. */
export function splitQuoted(records: readonly QuotedRecord[], cut: Cut): (string[] | undefined)[] {
  if (records.length === 0) return [];
  const found = new Map<QuotedRecord, string[]>();
  for (const spaced of [false, true]) {
    const some = records.filter((record) => record.spaced === spaced);
    if (some.length === 0) continue;
    const raws = some.map(({ raw }) => raw);
    // One call for all of them is faster. Only when one of them is not valid is each parsed by itself.
    const all = parseAll(raws, spaced, cut) ?? raws.map((raw) => parseAll([raw], spaced, cut)?.[0]);
    some.forEach((record, i) => {
      const fields = all[i];
      if (fields !== undefined) found.set(record, fields);
    });
  }
  return records.map((record) => found.get(record));
}

/** The fields of each record; undefined when one of them is not valid CSV. `trim` drops spaces around fields. */
function parseAll(raws: readonly string[], trim: boolean, cut: Cut): string[][] | undefined {
  try {
    const found = parse(raws.map((raw) => withDoubledQuotes(raw, cut)).join("\n"), {
      delimiter: cut.delimiter,
      quote: cut.quote,
      escape: cut.quote ?? '"',
      relax_quotes: true,
      relax_column_count: true,
      record_delimiter: ["\n"],
      ltrim: trim,
      rtrim: trim,
    });
    return found.length === raws.length ? found : undefined;
  } catch {
    return undefined;
  }
}

/** For each delimiter and quote: a quoted field whose escape is a backslash. */
const BACKSLASHED: Readonly<Record<string, RegExp>> = Object.fromEntries(
  ['"', "'"].flatMap((quote) =>
    [",", ";", "\t", "|"].map((delimiter) => [
      delimiter + quote,
      new RegExp(`(?<=^|[${delimiter}]) *${quote}(?:[^${quote}\\\\]|\\\\[\\s\\S])*${quote}`, "g"),
    ]),
  ),
);

/**
 * The record with quotes escaped by doubling, the only escape that csv-parse is asked to read. A backslash escapes a
 * quote or a backslash; before any other character it stands for itself, as in `C:\new`.
 */
function withDoubledQuotes(raw: string, { delimiter, quote, ...cut }: Cut): string {
  if (cut.escape !== "\\") return raw;
  return raw.replace(BACKSLASHED[`${delimiter}${quote}`] as RegExp, (field) => {
    const open = field.indexOf(quote as string) + 1;
    const inside = field
      .slice(open, -1)
      .replace(/\\([\\"'])/g, (pair, c) => (c === quote ? c + c : c === "\\" ? c : pair));
    return field.slice(0, open) + inside + quote;
  });
}
