/** What of the columns that are left out (rule 24) a version tells, and how its rejected lines are shown without them. */

import type { Dialect } from "../csv/index.ts";
import { nameAt, type WideMapping } from "../header/index.ts";
import { clearedOf, type Decoder, leftOut } from "../rows/index.ts";
import type { VersionOptions } from "./options.ts";

/** The most names that a note tells. */
const TOLD = 20;
const MASK = "***";

/** A field as CSV writes it. */
const written = (field: string, delimiter: string): string =>
  field.includes(delimiter) || /["\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;

const shown = (names: readonly string[]): string =>
  `${names.slice(0, TOLD).join(", ")}${names.length > TOLD ? ", ..." : ""}`;

export class LeftOutColumns {
  readonly #fields: ReadonlySet<number>;
  readonly #width: number;
  readonly #delimiter: string;
  /** The fields that are not published and never were. */
  readonly never: readonly string[];
  readonly notes: readonly {
    readonly code: "columns.left_out" | "columns.personal" | "columns.personal_values" | "columns.in_ids";
    readonly what: string;
  }[];

  /** `wide`: the header as it is read. */
  constructor(
    { header, delimiter }: Dialect,
    wide: WideMapping,
    options: VersionOptions,
    decoders: readonly Decoder[],
  ) {
    const { fields, personal, byValues } = leftOut(header, wide, options.reading);
    this.#fields = fields;
    this.#width = header.length;
    this.#delimiter = delimiter;
    const identity = new Set(options.before?.identity ?? decoders.at(-1)?.identity);
    const inIds = decoders.flatMap(({ mapping }) =>
      mapping.flatMap(({ hidden, name, field }) => (hidden === true && identity.has(name) ? [field] : [])),
    );
    const cleared = clearedOf(header, fields, options.before);
    const nameOf = (at: number) => nameAt(header, at);
    this.never = [...fields].filter((at) => !cleared.has(at)).map(nameOf);
    const names = [...fields].map(nameOf);
    const notes = [
      ["columns.personal", personal],
      ["columns.personal_values", byValues],
      ["columns.left_out", names.filter((name) => !personal.includes(name) && !byValues.includes(name))],
      ["columns.in_ids", inIds],
    ] as const;
    this.notes = notes.flatMap(([code, told]) => (told.length === 0 ? [] : [{ code, what: shown(told) }]));
  }

  /** Whether the rows are published without some of the columns. */
  get any(): boolean {
    return this.#fields.size > 0;
  }

  /**
   * A rejected line without the values that are left out. Of a line that cannot be split into its fields nothing tells where
   * they are, so its text is left out; its number stays. `fields`: undefined when it cannot be split.
   */
  masked(raw: string, fields: readonly string[] | undefined): string {
    if (!this.any) return raw;
    if (fields === undefined || fields.length !== this.#width) return MASK;
    return fields
      .map((field, at) => (this.#fields.has(at) && field !== "" ? MASK : written(field, this.#delimiter)))
      .join(this.#delimiter);
  }
}
