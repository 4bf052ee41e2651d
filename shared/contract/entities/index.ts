/** The three entities, and how they are found by name. */
import type { Entity, EntityName } from "./entity.ts";
import { magasins } from "./magasins.ts";
import { produits } from "./produits.ts";
import { ventes } from "./ventes.ts";

export type { Column, ColumnKind, Entity, EntityName, NamedExtra } from "./entity.ts";

/** Parents before their children. */
export const ENTITIES: readonly Entity[] = [produits, magasins, ventes];

/** Their names in the same order. */
export const ENTITY_NAMES: readonly EntityName[] = ENTITIES.map((e) => e.name);

/** The entity of a name. */
export const entityNamed = (name: EntityName): Entity => ({ produits, magasins, ventes })[name];

/** Whether a text is the name of an entity. */
export const isEntityName = (name: string): name is EntityName =>
  (ENTITY_NAMES as readonly string[]).includes(name);

export { magasins, produits, ventes };
