/**
 * --fill-down and --where, between the records of a file and their decoding: columns that are empty where they repeat the
 * line above get its value, then records of which a column has another value are left out. Records are given in the order
 * of the file, each time from the first: what is filled in depends on those before.
 */
import type { ReadingOptions } from "#shared/contract/source-records.ts";
import { cleanText } from "../values.ts";
import { fieldOf } from "./options.ts";

export class RecordFilter {
  /** A record depends on those before it: a tail of the file cannot be read alone. */
  readonly stateful: boolean;
  readonly #fields: number;
  readonly #filled: readonly number[];
  readonly #above: string[];
  readonly #where: readonly { readonly at: number; readonly value: string }[];
  readonly #idle: boolean;

  /** Throws SourceRefusal (unknown_field). */
  constructor(header: readonly string[], { fillDown = [], where = [] }: ReadingOptions) {
    this.#fields = header.length;
    this.#filled = fillDown.map((name) => fieldOf(header, name, "--fill-down"));
    this.#above = this.#filled.map(() => "");
    this.#where = where.map(({ column, value }) => ({
      at: fieldOf(header, column, "--where"),
      value: cleanText(value),
    }));
    this.stateful = this.#filled.length > 0;
    this.#idle = !this.stateful && this.#where.length === 0;
  }

  /** The fields to decode, or "skip" when the record is not wanted. */
  prepare(fields: readonly string[]): readonly string[] | "skip" {
    // A record of another length is a reject, whatever is in it.
    if (this.#idle || fields.length !== this.#fields) return fields;
    let filled = fields;
    for (const [i, at] of this.#filled.entries()) {
      const value = filled[at] ?? "";
      const above = this.#above[i] ?? "";
      if (cleanText(value) !== "") this.#above[i] = value;
      else if (above !== "") {
        if (filled === fields) filled = [...fields];
        (filled as string[])[at] = above;
      }
    }
    return this.#where.every(({ at, value }) => cleanText(filled[at] ?? "") === value) ? filled : "skip";
  }
}
