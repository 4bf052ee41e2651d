/**
 * What a version says of its columns that the version before did not: refused with a sentence, so that the last good
 * data stay, instead of rows withdrawn or set aside by the thousand.
 */

import type { Details, RejectCode } from "#shared/contract/sentences.ts";
import type { VersionCounts } from "#shared/contract/source-records.ts";
import { foldHeader } from "../../header/index.ts";
import { SourceRefusal } from "../../source/index.ts";

/** A version of few lines may be bad in most of them. */
const FEWEST_REJECTS = 10;

/**
 * Counts rejects by column. A version most of whose records are rejects for one same column is another kind of file (a
 * column that turned into text, or two that changed places), when the version before was not: it is refused. A first
 * version never is: there is nothing to lose, and its rejects tell line by line what to mend. Whether one record is a
 * reject still depends on it alone (rule 11); what is refused is the version, as one without its columns is.
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

/**
 * A refusal for a missing column, with the columns of the header that the version before did not have: one of them may be
 * it, renamed. Other errors are given back as they are.
 */
export function lostColumn(error: unknown, before: readonly string[] | null): unknown {
  if (!(error instanceof SourceRefusal) || error.code !== "source.no_key_columns" || before === null)
    return error;
  const known = new Set(before.map(foldHeader));
  const come = (error.what ?? "").split(", ").filter((name) => !known.has(foldHeader(name)));
  return come.length === 0 ? error : new SourceRefusal("source.column_lost", error.more, come.join(", "));
}
