/** Which columns of a header had empty values, as far as its records were decoded. */
import type { Slot } from "./slots.ts";

/** How many values of a column were empty, or an error text of a spreadsheet. */
export interface ColumnEmpty {
  /** The name in the file. */
  readonly published: string;
  readonly empty: number;
  /** It is no column of the entity. */
  readonly extra: boolean;
}

/** The columns of the entity, and those extras that are `identifying`, with how many of their values were empty. */
export const emptyOf = (slots: readonly Slot[], identifying: readonly string[]): readonly ColumnEmpty[] =>
  slots.flatMap(({ kind, name, published, constant, empty }) =>
    constant !== undefined || (kind === "extra" && !identifying.includes(name))
      ? []
      : [{ published, empty, extra: kind === "extra" }],
  );
