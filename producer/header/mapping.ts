/**
 * Which columns a CSV header names, and which entities it publishes. Names are compared folded: without accents,
 * case, spacing and punctuation, so that "ID Référence produit" and "id_reference_produit" are one name. What an
 * operator said of the source (--map, --set, --prices) goes before names.
 *
 * A wide file publishes several entities, each record a row of each. A column that a parent takes (a product's name, a
 * shop's city) is the parent's and no extra of the sale; what nobody takes is an extra of the last entity. The unit price
 * is the sale's, and the product's only with --prices. A shop without an id has its city and address as one.
 */

import type { Column, Entity, EntityName } from "#shared/contract/entities/index.ts";
import { ENTITIES } from "#shared/contract/entities/index.ts";
import {
  type ColumnSource,
  fieldsOf,
  type HeaderOptions,
  joinKey,
  ownField,
  shopIdOf,
  sourcesIn,
} from "./match-columns.ts";

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
