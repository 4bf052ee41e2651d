/**
 * Finds the fields from which each column is read. The operator's options (--map, --set, --key) come first, then the
 * canonical name, then its aliases.
 */
import type { Column, Entity } from "#shared/contract/entities/index.ts";
import type { ReadingOptions } from "#shared/contract/source-records.ts";
import { type KnownHeader, placesAgain } from "./known-header.ts";
import { fieldNamed, foldHeader } from "./names.ts";
import { namesOfPeople } from "./people.ts";

/** What decides how a header is read besides its names. */
export type HeaderOptions = Pick<ReadingOptions, "map" | "set" | "prices" | "key"> & {
  /** How the last announced version read its header; undefined: there is none. */
  readonly known?: KnownHeader | undefined;
};
/** The reading options of a source, with what its last announced version decided. */
export type ReadAs = ReadingOptions &
  Pick<HeaderOptions, "known"> & {
    /** The extras whose values are personal data (rule 24). */
    readonly personal?: readonly string[];
  };
/**
 * The values of a column come from a field of the record, or from the operator. `extra`: it is no column of the table,
 * and goes to the extras under its canonical name.
 */
export type SimpleSource = { readonly at: number; readonly extra?: true } | { readonly value: string };
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
  if ("extra" in source) return [];
  if ("parts" in source && source.by === "address") return source.parts.flatMap(fieldsOf);
  const own = ownField(source);
  return own === undefined ? [] : [own];
};

/**
 * The source of each column: the operator's options, then the field that was this column in the last announced version,
 * then the canonical name, then aliases. A field of that version never becomes a column that was another field: a name
 * keeps its meaning, and a new one takes only a place that is free. The same holds for the named extras of the entity.
 */
export function sourcesIn(
  header: readonly string[],
  columns: readonly Column[],
  { map = {}, set = {}, known }: HeaderOptions,
  extras: Entity["extras"] = [],
): { readonly sources: Map<string, ColumnSource>; readonly unknown: string[] } {
  const sources = new Map<string, ColumnSource>();
  const unknown: string[] = [];
  const taken = new Set<number>();
  const isExtra = new Set(extras.map(({ name }) => name));
  const all = [...columns, ...extras];
  const put = (name: string, at: number) => {
    sources.set(name, isExtra.has(name) ? { at, extra: true } : { at });
    taken.add(at);
  };
  const isNamed = ({ name }: { readonly name: string }) => map[name] !== undefined || set[name] !== undefined;
  for (const { name } of all.filter(isNamed)) {
    const value = set[name];
    const wanted = map[name];
    if (value !== undefined) sources.set(name, { value });
    else if (wanted !== undefined && wanted.trim() !== "") {
      const at = fieldNamed(header, wanted);
      if (at < 0) unknown.push(wanted);
      else put(name, at);
    }
  }
  const free = all.filter((column) => !isNamed(column));
  const again = known === undefined ? undefined : placesAgain(header, known);
  for (const { name } of free) {
    const place = again?.places.get(name);
    if (place === undefined) continue;
    if (typeof place === "number") {
      if (!taken.has(place)) put(name, place);
    } else sources.set(name, { parts: place.map((at) => ({ at })), by: "address" });
  }
  const people = namesOfPeople(header);
  const placesOf = new Map<string, number[]>();
  for (const [i, field] of header.entries()) {
    const folded = foldHeader(field);
    const places = placesOf.get(folded);
    if (places === undefined) placesOf.set(folded, [i]);
    else places.push(i);
  }
  for (const column of free) {
    const { name } = column;
    if (sources.has(name)) continue;
    if ("beside" in column && !sources.has(column.beside)) continue;
    // Among the fields of the last version, a column that was read then does not look for another one.
    const isOnlyNew = known !== undefined && (isExtra.has(name) || known.places[name] !== undefined);
    const mayBe = (i: number) => !taken.has(i) && !people.has(i) && !(isOnlyNew && again?.old.has(i));
    const firstOf = (alias: string) => placesOf.get(alias)?.find(mayBe);
    let at = firstOf(foldHeader(name));
    for (let i = 0; at === undefined && i < column.aliases.length; i++)
      at = firstOf(column.aliases[i] as string);
    if (at !== undefined) put(name, at);
  }
  return { sources, unknown };
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
