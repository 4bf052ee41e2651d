/** A source as an operator types it: `ENTITY=URL_OR_PATH`. */
import type { EntityName } from "#shared/contract/entities/index.ts";
import { ENTITY_NAMES, isEntityName } from "#shared/contract/entities/index.ts";
import { SourceRefusal } from "./error.ts";
import { sourceId } from "./reference.ts";

/** The items of a comma-separated list, without white space around them and without empty ones. */
export const listOf = (text: string): string[] =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

/** `ventes`, or `produits,magasins,ventes`: parents first, each once. Throws SourceRefusal (unknown_entity). */
export function parseEntities(text: string): readonly EntityName[] {
  const names = listOf(text);
  const unknown = names.find((name) => !isEntityName(name));
  if (unknown !== undefined || names.length === 0)
    throw new SourceRefusal("source.unknown_entity", unknown ?? text, ENTITY_NAMES.join(", "));
  return ENTITY_NAMES.filter((name) => names.includes(name));
}

export interface SourceArgument {
  /** The entities that the operator named; undefined: none were named. */
  readonly entities: readonly EntityName[] | undefined;
  readonly source: string;
}

/**
 * Parses `ENTITY=URL_OR_PATH` (ENTITY may be several: `produits,ventes`), or a URL or path alone. A "=" inside a URL or
 * path separates nothing. Throws SourceRefusal.
 */
export function parseSourceArgument(argument: string, cwd?: string): SourceArgument {
  const named = /^([\p{L}_,]+)=(.+)$/u.exec(argument);
  if (named === null) return { entities: undefined, source: sourceId(argument, cwd) };
  return { entities: parseEntities(named[1] as string), source: sourceId(named[2] as string, cwd) };
}
