/**
 * Refuses a version whose columns changed in a suspicious way (rule 10), so that the last good data stay. Otherwise the
 * producer would delete or reject thousands of rows.
 */

import type { Details, RejectCode } from "#shared/contract/sentences.ts";
import type { VersionCounts } from "#shared/contract/source-records.ts";
import { foldHeader } from "../../header/index.ts";
import { SourceRefusal } from "../../source/index.ts";

/** A version of few lines may be bad in most of them. */
const FEWEST_REJECTS = 10;

/**
 * Counts rejects by column. If most records of a version are rejects because of one column, and those of the version
 * before were not, the file has probably changed its kind: a column turned into text, or two changed places. Such a
 * version is refused. A first version is not: no data can be lost, and its rejects show which lines to correct.
 */
export class RejectTally {
  readonly #counts = new Map<string, number>();
  readonly #judges: boolean;

  constructor(before: Pick<VersionCounts, "records" | "rejected"> | null) {
    this.#judges = before !== null && before.records > 0 && before.rejected * 2 <= before.records;
  }

  add({ code, details }: { readonly code: RejectCode; readonly details: Details }): void {
    if (details.column !== undefined && !code.startsWith("record."))
      this.#counts.set(details.column, (this.#counts.get(details.column) ?? 0) + 1);
  }

  /** Throws SourceRefusal (mostly_rejected). */
  judge(records: number): void {
    if (!this.#judges) return;
    for (const [column, count] of this.#counts)
      if (count > FEWEST_REJECTS && count * 2 > records)
        throw new SourceRefusal("source.mostly_rejected", column, `${count} / ${records}`);
  }
}

/** Refusals whose `what` is the header and whose `more` are the columns that it lacks. */
const LACKING: ReadonlySet<string> = new Set(["source.no_key_columns", "source.sales_lack"]);

/**
 * Turns the refusal for a missing column into one that also names the new columns of the header, because one of them may
 * be the missing one, renamed. Returns other errors unchanged.
 */
export function lostColumn(error: unknown, before: readonly string[] | null): unknown {
  if (!(error instanceof SourceRefusal) || !LACKING.has(error.code) || before === null) return error;
  const known = new Set(before.map(foldHeader));
  const come = (error.what ?? "").split(", ").filter((name) => !known.has(foldHeader(name)));
  return come.length === 0 ? error : new SourceRefusal("source.column_lost", error.more, come.join(", "));
}
