/**
 * Finds files that write the day, the shop or the number of a group of lines on its first line only: records lack required values
 * that the first record of the file has.
 */
import { isNameable, nameAt } from "../../header/index.ts";
import { cleanText } from "../values.ts";

/** A field that is empty in so many of these records, as a part, is one of those of the group. */
const MOST = 0.9;

export class Groups {
  #first: readonly boolean[] = [];
  #records = 0;
  readonly #empty = new Map<number, number>();

  /** Takes the first record of the file. */
  begin(fields: readonly string[]): void {
    this.#first = fields.map((field) => cleanText(field) !== "");
  }

  /** Takes a record that lacks a required value. */
  lacks(fields: readonly string[]): void {
    this.#records++;
    for (const [at, isFilled] of this.#first.entries())
      if (isFilled && cleanText(fields[at] ?? "") === "") this.#empty.set(at, (this.#empty.get(at) ?? 0) + 1);
  }

  /** The names of the fields that such records leave empty, and that an option can name. */
  fields(header: readonly string[]): readonly string[] {
    return header
      .map((_, at) => nameAt(header, at))
      .filter((_, at) => {
        const empty = this.#empty.get(at) ?? 0;
        return empty > 0 && empty >= MOST * this.#records && isNameable(header, at);
      });
  }
}
