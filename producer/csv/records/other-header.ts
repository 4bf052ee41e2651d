/**
 * Recognizes another header in the middle of a file: of two files that were put one under the other, the second one may
 * have its columns in another order. Its lines are read by their own header, or set aside when it has other columns.
 */
import { type EntityName, entityNamed } from "#shared/contract/entities/index.ts";
import { foldHeader, mapEntities } from "../../header/index.ts";
import type { Dialect } from "./dialect.ts";
import { withoutTrailingEmpty } from "./empty-fields.ts";

/** Another header, from its line on. */
export interface OtherHeader {
  readonly line: number;
  /** How many fields it has. */
  readonly width: number;
  /** For each field of the file's header, its place under this one; -1: it has none. null: lines are set aside. */
  readonly order: readonly number[] | null;
  /** The names that the file's header does not have. */
  readonly unknown: readonly string[];
}

/** A line of more fields than so many headers is none: to look at it would take too long. */
const MOST_TIMES = 4;

type Headed = Pick<Dialect, "header" | "columns" | "entities">;

/** The line as a header with all required columns of the file; undefined: it is none. */
export function otherHeader(
  fields: readonly string[],
  line: number,
  { header, columns, entities }: Headed,
): OtherHeader | undefined {
  const names = withoutTrailingEmpty(fields);
  if (names.length < 2 || names.length > MOST_TIMES * header.length) return undefined;
  const folded = names.map(foldHeader);
  const read = placesIn(names, entities);
  const required = requiredOf(entities);
  const order = header.map((name, i) => {
    const column = columns[i] ?? null;
    return (column === null ? undefined : read.get(column)) ?? folded.indexOf(foldHeader(name));
  });
  const isHeader = columns.some((column) => column !== null && required.has(column));
  const lacks = order.some((at, i) => at < 0 && required.has(columns[i] ?? ""));
  if (!isHeader || lacks) return undefined;
  const unknown = names.filter((_, at) => folded[at] !== "" && !order.includes(at));
  return { line, width: names.length, order: unknown.length > 0 ? null : order, unknown };
}

/** Where names alone put the columns of a header. */
function placesIn(names: readonly string[], entities: readonly EntityName[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const { sources } of mapEntities(names, entities).mappings)
    for (const [column, source] of sources) if ("at" in source) places.set(column, source.at);
  return places;
}

const requiredOf = (entities: readonly EntityName[]): ReadonlySet<string> =>
  new Set(entities.flatMap((name) => entityNamed(name).columns.flatMap((c) => (c.required ? [c.name] : []))));
