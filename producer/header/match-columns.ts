/**
 * Finds the fields from which each column is read. The operator's options (--map, --set, --key) come first, then the
 * canonical name, then its aliases.
 */
import type { Column, Entity } from "#shared/contract/entities/index.ts";
import type { ReadingOptions } from "#shared/contract/source-records.ts";
import { fieldNamed, foldHeader } from "./names.ts";

/** The options of a source that concern its header. */
export type HeaderOptions = Pick<ReadingOptions, "map" | "set" | "prices" | "key">;
/** The values of a column come from a field of the record, or from the operator. */
export type SimpleSource = { readonly at: number } | { readonly value: string };
/**
 * Or several of them make one id. `by` key: all of them, joined by `joinIds`; `own` is the field that would be the id
 * alone. `by` address: the parts that are not empty, joined by a comma.
 */
export type ColumnSource =
  | SimpleSource
  | {
      readonly parts: readonly SimpleSource[];
      readonly by: "key" | "address";
      readonly own?: number | undefined;
    };

/** The field that holds this column alone. */
export const ownField = (source: ColumnSource): number | undefined =>
  "at" in source ? source.at : "parts" in source ? source.own : undefined;

/** The fields that are no extras because this column uses them. */
export const fieldsOf = (source: ColumnSource): readonly number[] => {
  if ("parts" in source && source.by === "address") return source.parts.flatMap(fieldsOf);
  const own = ownField(source);
  return own === undefined ? [] : [own];
};

/** The source of each column: the operator's options, then the canonical name, then aliases. */
export function sourcesIn(
  header: readonly string[],
  columns: readonly Column[],
  { map = {}, set = {} }: HeaderOptions,
): { readonly sources: Map<string, ColumnSource>; readonly unknown: string[] } {
  const folded = header.map(foldHeader);
  const sources = new Map<string, SimpleSource>();
  const unknown: string[] = [];
  const taken = new Set<number>();
  const isNamed = (column: Column) => map[column.name] !== undefined || set[column.name] !== undefined;
  for (const { name } of columns.filter(isNamed)) {
    const value = set[name];
    const wanted = map[name];
    if (value !== undefined) sources.set(name, { value });
    else if (wanted !== undefined && wanted.trim() !== "") {
      const at = fieldNamed(header, wanted);
      if (at < 0) unknown.push(wanted);
      else {
        sources.set(name, { at });
        taken.add(at);
      }
    }
  }
  for (const column of columns) {
    if (isNamed(column)) continue;
    const names = [foldHeader(column.name), ...column.aliases];
    const at = names
      .map((name) => folded.findIndex((f, i) => f === name && !taken.has(i)))
      .find((i) => i >= 0);
    if (at === undefined) continue;
    sources.set(column.name, { at });
    taken.add(at);
  }
  return { sources: new Map<string, ColumnSource>(sources), unknown };
}

/**
 * Makes the columns of --key the id. If --key of sales names other columns than their id, the sales have no id, and
 * these columns identify them (rule 4).
 */
export function joinKey(
  header: readonly string[],
  entity: Entity,
  { sources, unknown }: ReturnType<typeof sourcesIn>,
  { key = [] }: HeaderOptions,
): void {
  if (key.length === 0) return;
  const own = sources.get(entity.key);
  const ownAt = own === undefined ? undefined : ownField(own);
  const named = key.map((name) => ({ name, source: sources.get(name), at: fieldNamed(header, name) }));
  if (entity.derivedKey && !named.some(({ name, at }) => name === entity.key || (at >= 0 && at === ownAt)))
    return;
  const parts: SimpleSource[] = [];
  for (const { name, source, at } of named) {
    if (source !== undefined && !("parts" in source)) parts.push(source);
    else if (at >= 0) parts.push({ at });
    else unknown.push(name);
  }
  const [first] = parts;
  if (first === undefined || parts.length < key.length) return;
  if (parts.length === 1) {
    sources.set(entity.key, first);
    return;
  }
  const isPart = parts.some((part) => "at" in part && part.at === ownAt);
  sources.set(entity.key, { parts, by: "key", own: isPart ? ownAt : undefined });
}

/** Folded names of a shop's address. The address is part of the shop's id if the file gives no id. */
export const ADDRESS_NAMES = [
  "adressemagasin",
  "adressedumagasin",
  "storeaddress",
  "shopaddress",
  "adresse",
  "address",
  "rue",
  "street",
];
/** The city and the address, for a shop that has no id. */
export function shopIdOf(
  header: readonly string[],
  shop: ReadonlyMap<string, ColumnSource> | undefined,
): ColumnSource | undefined {
  const city = shop?.get("ville");
  if (shop === undefined || city === undefined || shop.has("id_magasin")) return undefined;
  const folded = header.map(foldHeader);
  const address = ADDRESS_NAMES.map((name) => folded.indexOf(name)).find((at) => at >= 0);
  if ("parts" in city) return undefined;
  return { parts: address === undefined ? [city] : [city, { at: address }], by: "address" };
}
