/** Recognizes the entity of a header, when the operator does not name it. */
import type { Entity, EntityName } from "#shared/contract/entities/index.ts";
import { ENTITIES, entityNamed } from "#shared/contract/entities/index.ts";
import { isAmount } from "./amounts.ts";
import { type Mapping, mapHeader } from "./mapping.ts";
import type { HeaderOptions } from "./match-columns.ts";
import { foldHeader } from "./names.ts";

/**
 * Whether a header is one of sales, even if it lacks some of their columns: it has a quantity, and beside it a date or an
 * amount. A list of products has a quantity too, of its stock, and neither of these.
 */
export function isOfSales(header: readonly string[], options: HeaderOptions = {}): boolean {
  const { sources } = mapHeader(header, entityNamed("ventes"), options);
  const has = (column: string): boolean => "at" in (sources.get(column) ?? {});
  if (!has("quantité")) return false;
  return has("date_vente") || has("chiffre_affaires") || header.some(isAmount);
}

const NAMES: ReadonlySet<string> = new Set(
  ENTITIES.flatMap(({ columns }) => columns.flatMap(({ name, aliases }) => [foldHeader(name), ...aliases])),
);

/** How many fields of a record are names of columns. */
export const namedColumns = (fields: readonly string[]): number =>
  fields.filter((field) => NAMES.has(foldHeader(field))).length;

/**
 * The entity of a header: the one with the most required columns, if all of them are present. A file of products must
 * also have a name or a price, because otherwise any list of references would be one. A header of sales that lacks a
 * column of theirs is no other entity. Whether a header of sales is a wide one is found in its lines. undefined: it fits no
 * entity.
 */
export function recognizeHeader(header: readonly string[], options: HeaderOptions = {}): Mapping | undefined {
  const candidates = ENTITIES.map((entity) => ({
    entity,
    mapping: mapHeader(header, entity, options),
  })).filter(({ entity, mapping }) => {
    // Values that the operator gives to every record do not show the entity.
    const published = [...mapping.sources.values()].filter((source) => !("value" in source)).length;
    if (mapping.missing.length > 0 || mapping.unknown.length > 0 || published === 0) return false;
    return entity.name !== "produits" || mapping.sources.size > 1;
  });
  const required = (e: Entity) => e.columns.filter((c) => c.required).length;
  candidates.sort((a, b) => required(b.entity) - required(a.entity));
  const found = candidates[0]?.mapping;
  return found?.entity !== "ventes" && isOfSales(header, options) ? undefined : found;
}

/** Every canonical column and named extra of these entities, each once. */
export const columnNames = (names: readonly EntityName[]): readonly string[] => [
  ...new Set(
    names.map(entityNamed).flatMap(({ columns, extras }) => [...columns, ...extras].map(({ name }) => name)),
  ),
];
