/**
 * Applies --fill-down and --where to the records of a file before they are decoded. First, empty columns of --fill-down
 * get the value of the line above. Then records that do not match --where are left out. The caller passes all records
 * from the first on, in the order of the file, because filling depends on the records before.
 */
import type { ReadingOptions } from "#shared/contract/source-records.ts";
import { cleanText } from "../values.ts";
import { testOf } from "./conditions.ts";
import { fieldOf } from "./options.ts";

export class RecordFilter {
  /** Whether a record depends on the records before it. Then an appended part cannot be read alone. */
  readonly stateful: boolean;
  readonly #fields: number;
  readonly #filled: readonly number[];
  readonly #above: string[];
  readonly #where: readonly { readonly at: number; readonly isMet: (field: string) => boolean }[];
  readonly #idle: boolean;

  /** Throws SourceRefusal (unknown_field). */
  constructor(header: readonly string[], { fillDown = [], where = [] }: ReadingOptions) {
    this.#fields = header.length;
    this.#filled = fillDown.map((name) => fieldOf(header, name, "--fill-down"));
    this.#above = this.#filled.map(() => "");
    this.#where = where.map((condition) => ({
      at: fieldOf(header, condition.column, "--where"),
      isMet: testOf(condition),
    }));
    this.stateful = this.#filled.length > 0;
    this.#idle = !this.stateful && this.#where.length === 0;
  }

  /** The fields to decode, or "skip" when the record does not match --where. */
  prepare(fields: readonly string[]): readonly string[] | "skip" {
    // A record of another length is a reject with any content.
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
    return this.#where.every(({ at, isMet }) => isMet(filled[at] ?? "")) ? filled : "skip";
  }
}
