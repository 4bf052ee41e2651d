/**
 * Which columns a CSV header names, and which entities it publishes. Names are compared folded: without accents,
 * case, spacing and punctuation, so that "ID Référence produit" and "id_reference_produit" are one name. What an
 * operator said of the source (--map, --set, --prices) goes before names.
 *
 * A wide file publishes several entities, each record a row of each. A column that a parent takes (a product's name, a
 * shop's city) is the parent's and no extra of the sale; what nobody takes is an extra of the last entity. The unit price
 * is the sale's, and the product's only with --prices. A shop without an id has its city and address as one.
 */

import type { Column, Entity, EntityName } from "#shared/entities/index.ts";
import { ENTITIES, entityNamed } from "#shared/entities/index.ts";
import type { ReadingOptions } from "#shared/event.ts";

/** Lower case, no accents, letters and digits only. */
export const foldHeader = (name: string): string =>
  name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");

/** Of the options of a source, what its header is read with. */
export type HeaderOptions = Pick<ReadingOptions, "map" | "set" | "prices" | "key">;

/** Where the values of a column come from: a field of the record, or the operator. */
export type SimpleSource = { readonly at: number } | { readonly value: string };

/**
 * Or several of them as one id. `by` key: all of them, joined as `joinIds` does; `own` is the field that would be the id
 * alone. `by` address: those that are not empty, joined by a comma.
 */
export type ColumnSource =
  | SimpleSource
  | {
      readonly parts: readonly SimpleSource[];
      readonly by: "key" | "address";
      readonly own?: number | undefined;
    };

/** A header read as one entity. */
export interface Mapping {
  readonly entity: EntityName;
  /** For each field of the header: the canonical column, or the name under which `extras` keeps it. */
  readonly fields: readonly ({ readonly column: Column } | { readonly extra: string })[];
  /** Where each column is read from, by its canonical name. */
  readonly sources: ReadonlyMap<string, ColumnSource>;
  /** Required columns that the header lacks: empty when the header is of this entity. */
  readonly missing: readonly string[];
  /** Headers that --map names and that are not in the file. */
  readonly unknown: readonly string[];
}

/** The field that an operator names: as published, else folded alike. -1: there is none. */
export function fieldNamed(header: readonly string[], name: string): number {
  const published = name.normalize("NFC").trim();
  const exact = header.findIndex((field) => field.normalize("NFC").trim() === published);
  if (exact >= 0) return exact;
  const folded = foldHeader(name);
  return folded === "" ? -1 : header.findIndex((field) => foldHeader(field) === folded);
}

/** The field that is nothing but this column. */
const ownField = (source: ColumnSource): number | undefined =>
  "at" in source ? source.at : "parts" in source ? source.own : undefined;

/** Fields that are no extras because of this column. */
const fieldsOf = (source: ColumnSource): readonly number[] => {
  if ("parts" in source && source.by === "address") return source.parts.flatMap(fieldsOf);
  const own = ownField(source);
  return own === undefined ? [] : [own];
};

/** Where each column is read from: what the operator said, then the canonical name, then aliases. */
function sourcesIn(
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
 * Makes the columns of --key the id. Sales that name other columns than their id keep none: those columns identify them
 * (rule 4).
 */
function joinKey(
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

function mappingOf(
  header: readonly string[],
  entity: Entity,
  { sources, unknown }: ReturnType<typeof sourcesIn>,
  isTaken: (at: number) => boolean,
): Mapping {
  const columnAt = new Map<number, Column>();
  for (const column of entity.columns) {
    const source = sources.get(column.name);
    const at = source === undefined ? undefined : ownField(source);
    if (at !== undefined && !columnAt.has(at)) columnAt.set(at, column);
  }
  const used = new Set<string>();
  const fields = header.map((name, i) => {
    const column = columnAt.get(i);
    if (column !== undefined) return { column };
    const stem = name.normalize("NFC").trim() || `colonne ${i + 1}`;
    let extra = stem;
    for (let n = 2; used.has(extra); n++) extra = `${stem} (${n})`;
    if (!isTaken(i)) used.add(extra);
    return { extra };
  });
  return {
    entity: entity.name,
    fields,
    sources,
    missing: entity.columns.filter((c) => c.required && !sources.has(c.name)).map((c) => c.name),
    unknown,
  };
}

/**
 * Reads a header as `entity`. The first field that names a column has it, a canonical name before an alias;
 * what is left over is an extra, under its own name as published (NFC, trimmed; a second "x" is "x (2)").
 */
export function mapHeader(header: readonly string[], entity: Entity, options: HeaderOptions = {}): Mapping {
  const found = sourcesIn(header, entity.columns, options);
  joinKey(header, entity, found, options);
  return mappingOf(header, entity, found, () => false);
}

/** Names of a shop's address, folded: part of its id where it has none. */
const ADDRESS_NAMES = [
  "adressemagasin",
  "adressedumagasin",
  "storeaddress",
  "shopaddress",
  "adresse",
  "address",
  "rue",
  "street",
];

/** A header read as several entities, parents first. */
export interface WideMapping {
  readonly mappings: readonly Mapping[];
  /** Fields that are extras: no entity takes them. They are those of the last entity. */
  readonly extras: readonly number[];
}

/** Reads a header as these entities; as one of them alone it is `mapHeader`. `without`: a column not to look for. */
export function mapEntities(
  header: readonly string[],
  names: readonly EntityName[],
  options: HeaderOptions = {},
  without?: string,
): WideMapping {
  const entities = ENTITIES.filter(({ name }) => names.includes(name));
  const withSales = names.includes("ventes");
  const read = entities.map((entity) => {
    // The price on the line of a sale is the sale's.
    const saleOnly = entity.name === "produits" && withSales && options.prices !== true ? "prix" : undefined;
    const columns = entity.columns.filter(({ name }) => name !== without && name !== saleOnly);
    return { entity, ...sourcesIn(header, columns, options) };
  });
  // A key of several columns is that of the sales, or of the only entity.
  const last = read.at(-1);
  if (last !== undefined) joinKey(header, last.entity, last, options);
  const shop = entities.length > 1 ? read.find(({ entity }) => entity.name === "magasins") : undefined;
  const id = shopIdOf(header, shop?.sources);
  if (id !== undefined)
    for (const { entity, sources } of read)
      if (entity.columns.some(({ name }) => name === "id_magasin")) sources.set("id_magasin", id);
  const taken = new Set(read.flatMap(({ sources }) => [...sources.values()].flatMap(fieldsOf)));
  return {
    mappings: read.map(({ entity, ...found }) => mappingOf(header, entity, found, (at) => taken.has(at))),
    extras: header.map((_, at) => at).filter((at) => !taken.has(at)),
  };
}

/** The city and the address, for a shop that has no id. */
function shopIdOf(
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

/**
 * The entity that a header publishes: the one with the most required columns, all of them present. A file of
 * products must also have something to say of them (a name or a price), or any list of references would be one.
 * A wide header is one of ventes: that it is more, an operator says.
 */
export function recognizeHeader(header: readonly string[], options: HeaderOptions = {}): Mapping | undefined {
  const candidates = ENTITIES.map((entity) => ({
    entity,
    mapping: mapHeader(header, entity, options),
  })).filter(({ entity, mapping }) => {
    // What the operator gives to every record does not tell what a record is.
    const published = [...mapping.sources.values()].filter((source) => !("value" in source)).length;
    if (mapping.missing.length > 0 || mapping.unknown.length > 0 || published === 0) return false;
    return entity.name !== "produits" || mapping.sources.size > 1;
  });
  const required = (e: Entity) => e.columns.filter((c) => c.required).length;
  candidates.sort((a, b) => required(b.entity) - required(a.entity));
  return candidates[0]?.mapping;
}

export interface Recognized {
  readonly entities: readonly EntityName[];
  /** Fields that a column takes: of several readings of a file, the one with the most is it. */
  readonly named: number;
  /** `entity (column, column)`, of what is missing to be those entities; empty: nothing is. */
  readonly missing: readonly { readonly entity: EntityName; readonly columns: readonly string[] }[];
}

/**
 * What a header publishes: `said`, when an operator said it, with what it lacks to be that; else the one entity that
 * it is recognized as. undefined: nothing was said, and it is none.
 */
export function recognizeEntities(
  header: readonly string[],
  said: readonly EntityName[] | undefined,
  options: HeaderOptions = {},
): Recognized | undefined {
  if (said === undefined || said.length === 0) {
    const mapping = recognizeHeader(header, options);
    if (mapping === undefined) return undefined;
    const named = mapping.fields.filter((f) => "column" in f).length;
    return { entities: [mapping.entity], named, missing: [] };
  }
  const { mappings, extras } = mapEntities(header, said, options);
  return {
    entities: mappings.map(({ entity }) => entity),
    named: header.length - extras.length,
    missing: mappings.flatMap(({ entity, missing }) =>
      missing.length === 0 ? [] : [{ entity, columns: missing }],
    ),
  };
}

/** Every canonical column of these entities, each once. */
export const columnNames = (names: readonly EntityName[]): readonly string[] => [
  ...new Set(names.flatMap((name) => entityNamed(name).columns.map((column) => column.name))),
];

/**
 * Words of French headers, folded, that are not English, too. A file whose header has one writes its dates day first.
 */
const FRENCH =
  /produit|magasin|vente|quantite|^qte$|ville|prix|^jour|chiffre|montant|commande|boutique|libelle|^nom$|^nom[a-z]|numero|tarif|devente|heure|designation|adresse|^piece|depot/;
const ENGLISH =
  /customer|price|quantity|^qty|product|store|shop|city|order|amount|name|reference[a-z]*number/;

export const isFrenchHeader = (header: readonly string[]): boolean => {
  const folded = header.map(foldHeader);
  const french = folded.filter((name) => FRENCH.test(name) && !ENGLISH.test(name)).length;
  return french > folded.filter((name) => ENGLISH.test(name)).length;
};
const SHOWN_COLUMNS = 50;
const SHOWN_CHARACTERS = 1000;
/** As much of a header as a sentence can hold. */
export function shownHeader(header: readonly string[]): string {
  const names = header.slice(0, SHOWN_COLUMNS).join(", ");
  const cut = names.length > SHOWN_CHARACTERS || header.length > SHOWN_COLUMNS;
  return cut ? `${names.slice(0, SHOWN_CHARACTERS)}…` : names;
}
