/** Tells what a header publishes, by the names of its columns. */
import { type EntityName, entityNamed } from "#shared/contract/entities/index.ts";
import { type Mapping, mapEntities, mapHeader, recognizeHeader } from "../../header/index.ts";
import type { DialectRequest } from "./search.ts";

/** Whether a mapping has all required columns, and no name that it does not know. */
export const isWhole = ({ missing, unknown }: Mapping): boolean =>
  missing.length === 0 && unknown.length === 0;

/** The one entity that the operator named; undefined when none or several are named. */
export const wantedEntity = ({ entities }: DialectRequest): EntityName | undefined =>
  entities?.length === 1 ? entities[0] : undefined;

/** What a header publishes, by its own evidence; undefined: no entity, or not all of several that are named. */
export function recognize(
  header: readonly string[],
  { options, entities }: DialectRequest,
): readonly Mapping[] | undefined {
  if (entities !== undefined && entities.length > 1) {
    const { mappings } = mapEntities(header, entities, options);
    return mappings.every(isWhole) ? mappings : undefined;
  }
  const mapping = recognizeHeader(header, options);
  return mapping === undefined ? undefined : [mapping];
}

/** What a header publishes of the one entity that the operator named; undefined: a column is missing or unknown. */
export function recognizeAsWanted(
  header: readonly string[],
  request: DialectRequest,
): readonly Mapping[] | undefined {
  const wanted = wantedEntity(request);
  if (wanted === undefined) return undefined;
  const mapping = mapHeader(header, entityNamed(wanted), request.options);
  return isWhole(mapping) ? [mapping] : undefined;
}
