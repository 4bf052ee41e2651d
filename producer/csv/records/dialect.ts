/**
 * A dialect: how a CSV file is written and what its header says. `RecordReader` needs nothing else to read records.
 * The folder ../dialect/ finds the dialect of a file.
 */
import type { EntityName } from "#shared/contract/entities/index.ts";

export type Delimiter = "," | ";" | "\t" | "|";

/** The delimiters that are tried. Where several read a file equally well, the first of them is taken. */
export const DELIMITERS: readonly Delimiter[] = [",", ";", "\t", "|"];

export type Quote = '"' | "'";

/** How text is cut into records, and records into fields. */
export interface Cut {
  readonly delimiter: Delimiter;
  /** null: no quote encloses fields; quotes are ordinary characters. */
  readonly quote: Quote | null;
  /** What stands before a quote inside a quoted field: another quote, or a backslash. null without quotes. */
  readonly escape: Quote | "\\" | null;
  /** `lf`: an LF ends a line, with any CRs before it. `any`: a CR alone ends a line too. */
  readonly lineEnd: "lf" | "any";
}

export interface Place {
  /** Byte offset in the file in UTF-8. */
  readonly byte: number;
  /** Line number, from 1. */
  readonly line: number;
}

export interface Dialect extends Cut {
  /** A line that begins with this text is a comment and is left out. null: the file has no comments. */
  readonly comment: string | null;
  /** The fields of the header, without the empty ones that trailing delimiters add. */
  readonly header: readonly string[];
  /** The line number of the header; 0: the file has no header. */
  readonly headerLine: number;
  /** How many delimiters too many every line ends in; a line that has not exactly these is of another width. */
  readonly trailing: number;
  /** Whether lines may lack empty fields at their end. */
  readonly ragged: boolean;
  /** Where the first record begins. */
  readonly data: Place;
  /** The entities that the header publishes, parents first: several only where the operator named several. */
  readonly entities: readonly EntityName[];
  /** The first of them. */
  readonly entity: EntityName;
  /** For each field of the header, the canonical name that it has; null: it is an extra of its own. */
  readonly columns: readonly (string | null)[];
  /** How many fields a record has at least: with fewer it lacks a required column. */
  readonly least: number;
  /** The places of the fields that hold ids, texts and days. A line of totals has none of them. */
  readonly labels: readonly number[];
}

/** The cut of RFC 4180, in which nearly all files are written. */
export const plainCut = (delimiter: Delimiter, lineEnd: Cut["lineEnd"] = "lf"): Cut => ({
  delimiter,
  quote: '"',
  escape: '"',
  lineEnd,
});
