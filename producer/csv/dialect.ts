/**
 * How a CSV file is written, and what its header says: all that `RecordReader` needs to give its records. Decided
 * by reading.ts, from the file itself.
 */
import type { EntityName } from "#shared/entities/index.ts";

export type Delimiter = "," | ";" | "\t" | "|";

/** In the order in which they are preferred where nothing else decides. */
export const DELIMITERS: readonly Delimiter[] = [",", ";", "\t", "|"];

export type Quote = '"' | "'";

/** How text is cut into records and fields. */
export interface Cut {
  readonly delimiter: Delimiter;
  /** null: a quote is a character like any other. */
  readonly quote: Quote | null;
  /** What makes a quote inside quotes one: the quote itself, or a backslash. null without quotes. */
  readonly escape: Quote | "\\" | null;
  /** `lf`: LF, with any CRs before it. `any`: CR by itself, too. */
  readonly lineEnd: "lf" | "any";
}

export interface Place {
  /** Byte of the file in UTF-8. */
  readonly byte: number;
  /** Line of the file, from 1. */
  readonly line: number;
}

export interface Dialect extends Cut {
  /** Lines that begin with it are left out. */
  readonly comment: string | null;
  /** The header as published, without what trailing delimiters add to it. */
  readonly header: readonly string[];
  /** 0: the file has none. */
  readonly headerLine: number;
  /** Where data begins. */
  readonly data: Place;
  /** What the header publishes, parents first; one but for a file that was named for several. */
  readonly entities: readonly EntityName[];
  /** The first of them. */
  readonly entity: EntityName;
  /** A record with fewer fields lacks a column that is required. */
  readonly least: number;
  /** The fields that tell a record from a line of totals: the named columns of ids, texts and days. */
  readonly labels: readonly number[];
}

/** RFC 4180, as nearly everything is written. */
export const plainCut = (delimiter: Delimiter, lineEnd: Cut["lineEnd"] = "lf"): Cut => ({
  delimiter,
  quote: '"',
  escape: '"',
  lineEnd,
});
