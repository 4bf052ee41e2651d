/**
 * Finds the columns that a CSV header names. Names are compared folded: without accents, case, spacing and punctuation,
 * so "ID Référence produit" and "id_reference_produit" are one name. The operator's options for the source (--map,
 * --set, --prices) come before names.
 *
 * A wide file publishes several entities; each record is a row of each of them. A column of a parent (a product's name,
 * a shop's city) belongs to the parent and is no extra of the sale. A field that no entity uses is an extra of the last
 * entity. The unit price belongs to the sale, and also to the product with --prices. The id of a shop without id is its
 * city and address.
 */

import type { Column, Entity, EntityName } from "#shared/contract/entities/index.ts";
import { ENTITIES } from "#shared/contract/entities/index.ts";
import type { Places } from "./known-header.ts";
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
  /** The source of each column and named extra, keyed by its canonical name. */
  readonly sources: ReadonlyMap<string, ColumnSource>;
  /** Required columns that the header lacks; empty: the header fits this entity. */
  readonly missing: readonly string[];
  /** Fields that --map names and that are not in the file. */
  readonly unknown: readonly string[];
}

/** The name of the extra that a field is; undefined: it is none. */
export function extraAt(mapping: Pick<Mapping, "fields"> | undefined, at: number): string | undefined {
  const field = mapping?.fields[at];
  return field !== undefined && "extra" in field ? field.extra : undefined;
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
  const extraAt = new Map<number, string>();
  for (const [name, source] of sources) if ("extra" in source) extraAt.set(source.at, name);
  const used = new Set(extraAt.values());
  /** For each name that came again, the number to try next. */
  const again = new Map<string, number>();
  const fields = header.map((name, i) => {
    const column = columnAt.get(i);
    if (column !== undefined) return { column };
    const named = extraAt.get(i);
    if (named !== undefined) return { extra: named };
    const stem = name.normalize("NFC").trim() || `colonne ${i + 1}`;
    let extra = stem;
    for (let n = again.get(stem) ?? 2; used.has(extra); n++) {
      extra = `${stem} (${n})`;
      again.set(stem, n);
    }
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
 * Reads a header as `entity`. The first field that names a column is that column; a canonical name comes before an
 * alias. Other fields are extras, under their published names (NFC, trimmed; a second "x" is "x (2)"), but for the named
 * extras of the entity.
 */
export function mapHeader(header: readonly string[], entity: Entity, options: HeaderOptions = {}): Mapping {
  const found = sourcesIn(header, entity.columns, options, entity.extras);
  joinKey(header, entity, found, options);
  return mappingOf(header, entity, found, () => false);
}

/** A header read as several entities, parents first. */
export interface WideMapping {
  readonly mappings: readonly Mapping[];
  /** The fields that no entity uses. They are extras of the last entity. */
  readonly extras: readonly number[];
}

/** Reads a header as these entities; for a single one this is `mapHeader`. `without`: a column to ignore. */
export function mapEntities(
  header: readonly string[],
  names: readonly EntityName[],
  options: HeaderOptions = {},
  without?: string,
): WideMapping {
  const entities = ENTITIES.filter(({ name }) => names.includes(name));
  const withSales = names.includes("ventes");
  const read = entities.map((entity) => {
    // The price on the line of a sale belongs to the sale.
    const saleOnly = entity.name === "produits" && withSales && options.prices !== true ? "prix" : undefined;
    const columns = entity.columns.filter(({ name }) => name !== without && name !== saleOnly);
    return { entity, ...sourcesIn(header, columns, options, entity.extras) };
  });
  // --key concerns the sales, or the only entity.
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

/** Where the columns of a header are, to announce it with the version. */
export function placesOf(mappings: readonly Mapping[]): Places {
  const places: Record<string, number | readonly number[]> = {};
  for (const { sources } of mappings)
    for (const [name, source] of sources)
      if ("at" in source) places[name] = source.at;
      else if ("parts" in source && source.by === "address")
        places[name] = source.parts.flatMap((part) => ("at" in part ? [part.at] : []));
  return places;
}

/** Columns that by their names alone would be read from another field than in the last announced version. */
export function keptColumns(
  header: readonly string[],
  names: readonly EntityName[],
  options: HeaderOptions,
): readonly { readonly column: string; readonly field: string; readonly instead: string }[] {
  if (options.known === undefined) return [];
  const byName = mapEntities(header, names, { ...options, known: undefined }).mappings;
  const found = new Map<string, { column: string; field: string; instead: string }>();
  for (const [i, { sources }] of mapEntities(header, names, options).mappings.entries())
    for (const [column, source] of sources) {
      const other = byName[i]?.sources.get(column);
      if (other === undefined || !("at" in other) || !("at" in source) || other.at === source.at) continue;
      found.set(column, { column, field: header[source.at] ?? "", instead: header[other.at] ?? "" });
    }
  return [...found.values()];
}
