/** Names the column that a header lost, and what may have come in its place. */
import { foldHeader } from "../../header/index.ts";
import { SourceRefusal } from "../../source/index.ts";

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

/**
 * The refusal of a header that lacks identity columns of its sales; undefined: it has all. One of the other `names` may be
 * the lost one under another name.
 */
export function lostIdentity(
  identity: readonly string[],
  read: ReadonlySet<string>,
  names: readonly string[],
): SourceRefusal | undefined {
  const lost = identity.filter((name) => !read.has(name));
  if (lost.length === 0) return undefined;
  const kept = identity.filter((name) => read.has(name)).join(",");
  const come = names.filter((name) => !identity.includes(name)).join(", ");
  return new SourceRefusal("source.identity_changed", lost.join(", "), come === "" ? undefined : come, kept);
}
