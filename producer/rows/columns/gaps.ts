/**
 * What a version could not read, column by column. The announcement keeps it, so that the next version can be compared
 * with it (rule 10).
 */
import type { ColumnGaps } from "#shared/contract/source-records.ts";
import type { ColumnEmpty } from "../column-empty.ts";
import type { Problem } from "../value-reader.ts";
import { isErrorText } from "../values.ts";

/** Lines that are no record at all are counted under this name, which is no column. */
const NO_COLUMN = "";
/** Columns that are kept, at most: an announcement must fit into one record of its topic. */
const MOST_COLUMNS = 500;
const MOST_EXAMPLES = 5;

export class Gaps {
  readonly #columns = new Map<string, ColumnGaps>();
  /** The first lines that were rejected, each with its problem. */
  readonly examples: { readonly line: number; readonly raw: string; readonly problem: Problem }[] = [];

  /** Takes a reject. The problem may be overwritten afterwards. */
  rejected(line: number, raw: string, { code, details }: Problem): void {
    if (this.examples.length < MOST_EXAMPLES) this.examples.push({ line, raw, problem: { code, details } });
    const column = code.startsWith("record.") ? NO_COLUMN : (details.column ?? NO_COLUMN);
    const isEmpty = code.endsWith(".missing") || isErrorText((details.value ?? "").trim());
    this.#add(column, isEmpty ? { empty: 1, rejected: 1 } : { empty: 0, rejected: 1 });
  }

  /** Takes what a decoder counted in all its records. Of several entities in one file, the largest count holds. */
  decoded(columns: readonly (readonly ColumnEmpty[])[]): void {
    const most = new Map<string, number>();
    for (const { published, empty } of columns.flat())
      most.set(published, Math.max(empty, most.get(published) ?? 0));
    for (const [published, empty] of most) if (empty > 0) this.#add(published, { empty, rejected: 0 });
  }

  #add(column: string, { empty, rejected }: ColumnGaps): void {
    const before = this.#columns.get(column) ?? NO_GAPS;
    this.#columns.set(column, { empty: before.empty + empty, rejected: before.rejected + rejected });
  }

  /** The counts of the whole file. `before`: those of the version that this one continues; undefined: it is whole. */
  total(before: Readonly<Record<string, ColumnGaps>> = {}): Readonly<Record<string, ColumnGaps>> {
    const all = new Map(Object.entries(before));
    for (const [column, { empty, rejected }] of this.#columns) {
      const old = all.get(column) ?? NO_GAPS;
      all.set(column, { empty: old.empty + empty, rejected: old.rejected + rejected });
    }
    return Object.fromEntries([...all].slice(0, MOST_COLUMNS));
  }
}

const NO_GAPS: ColumnGaps = { empty: 0, rejected: 0 };
