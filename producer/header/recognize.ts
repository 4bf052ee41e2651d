/** Which entity a header publishes, where the operator does not state it. */
import type { Entity, EntityName } from "#shared/contract/entities/index.ts";
import { ENTITIES, entityNamed } from "#shared/contract/entities/index.ts";
import { type Mapping, mapHeader } from "./mapping.ts";
import type { HeaderOptions } from "./match-columns.ts";

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

/** Every canonical column of these entities, each once. */
export const columnNames = (names: readonly EntityName[]): readonly string[] => [
  ...new Set(names.flatMap((name) => entityNamed(name).columns.map((column) => column.name))),
];
