/** A table to export: columns with a kind, and rows, some at a time. */
import type { Language } from "#shared/runtime/settings.ts";

/** A number is in units; a day is an ISO day. */
export type Cell = string | number | null;

export interface Column {
  /** The name for programs. */
  readonly name: string;
  /** The heading for people. */
  readonly label: Readonly<Record<Language, string>>;
  readonly kind: "text" | "number" | "day";
}

export interface Table {
  readonly columns: readonly Column[];
  /** Each step returns some rows, in the order of the columns, so that memory does not grow with the table. */
  readonly rows: Iterable<readonly (readonly Cell[])[]>;
}

const column = (kind: Column["kind"]) => (name: string, fr: string, en: string) =>
  ({ name, label: { fr, en }, kind }) satisfies Column;
export const text = column("text");
export const number = column("number");
export const day = column("day");

/** The table of objects whose fields have the names of the columns. */
export const tableOf = <A extends object>(
  columns: readonly Column[],
  rows: Iterable<readonly A[]>,
): Table => ({
  columns,
  rows: mapped(rows, (some) =>
    some.map((row) => {
      const fields = row as Readonly<Record<string, Cell | undefined>>;
      return columns.map(({ name }) => fields[name] ?? null);
    }),
  ),
});

function* mapped<A, B>(all: Iterable<A>, each: (one: A) => B): Generator<B, void, void> {
  for (const one of all) yield each(one);
}
