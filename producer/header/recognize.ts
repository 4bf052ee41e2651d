/** Recognizes the entity of a header, when the operator does not name it. */
import type { Entity, EntityName } from "#shared/contract/entities/index.ts";
import { ENTITIES, entityNamed } from "#shared/contract/entities/index.ts";
import { type Mapping, mapHeader } from "./mapping.ts";
import type { HeaderOptions } from "./match-columns.ts";

/**
 * The entity of a header: the one with the most required columns, if all of them are present. A file of products must
 * also have a name or a price, because otherwise any list of references would be one. A wide header is recognized as
 * ventes; only an operator, a list or a preset names its other entities. undefined: it fits no entity.
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
  return candidates[0]?.mapping;
}

/** Every canonical column and named extra of these entities, each once. */
export const columnNames = (names: readonly EntityName[]): readonly string[] => [
  ...new Set(
    names.map(entityNamed).flatMap(({ columns, extras }) => [...columns, ...extras].map(({ name }) => name)),
  ),
];
