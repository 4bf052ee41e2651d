/**
 * Which columns a CSV header names, and which entity it publishes. Names are compared folded: without accents,
 * case, spacing and punctuation, so that "ID Référence produit" and "id_reference_produit" are one name.
 */

import type { ReadingOptions } from "../event.ts";
import type { Column, Entity, EntityName } from "./entity.ts";
import { ENTITIES } from "./index.ts";

/** Lower case, no accents, letters and digits only. */
export const foldHeader = (name: string): string =>
  name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");

/** A header read as one entity. */
export interface Mapping {
  readonly entity: EntityName;
  /** For each field of the header: the canonical column, or the name under which `extras` keeps it. */
  readonly fields: readonly ({ readonly column: Column } | { readonly extra: string })[];
  /** Required columns that the header lacks: empty when the header is of this entity. */
  readonly missing: readonly string[];
}

/** What an operator fixed of how columns are named. */
export type HeaderOptions = Pick<ReadingOptions, "map" | "set">;

/**
 * Reads a header as `entity`. The first field that names a column has it, a canonical name before an alias;
 * what is left over is an extra, under its own name as published (NFC, trimmed; a second "x" is "x (2)").
 */
export function mapHeader(header: readonly string[], entity: Entity, options: HeaderOptions = {}): Mapping {
  const folded = header.map(foldHeader);
  const columnOf = new Map<number, Column>();
  for (const column of entity.columns) {
    const said = options.map?.[column.name];
    const names = said === undefined ? [foldHeader(column.name), ...column.aliases] : [foldHeader(said)];
    const at = names
      .map((name) => folded.findIndex((f, i) => f === name && !columnOf.has(i)))
      .find((i) => i >= 0);
    if (at !== undefined) columnOf.set(at, column);
  }
  const used = new Set<string>();
  const fields = header.map((name, i) => {
    const column = columnOf.get(i);
    if (column !== undefined) return { column };
    const stem = name.normalize("NFC").trim() || `colonne ${i + 1}`;
    let extra = stem;
    for (let n = 2; used.has(extra); n++) extra = `${stem} (${n})`;
    used.add(extra);
    return { extra };
  });
  const found = new Set([...[...columnOf.values()].map((c) => c.name), ...Object.keys(options.set ?? {})]);
  return {
    entity: entity.name,
    fields,
    missing: entity.columns.filter((c) => c.required && !found.has(c.name)).map((c) => c.name),
  };
}

/**
 * The entity that a header publishes: the one with the most required columns, all of them present. A file of
 * products must also have something to say of them (a name or a price), or any list of references would be one.
 */
export function recognizeHeader(header: readonly string[], options: HeaderOptions = {}): Mapping | undefined {
  const candidates = ENTITIES.map((entity) => ({
    entity,
    mapping: mapHeader(header, entity, options),
  })).filter(({ entity, mapping }) => {
    if (mapping.missing.length > 0) return false;
    const named = mapping.fields.filter((f) => "column" in f).length;
    return entity.name !== "produits" || named > 1;
  });
  const required = (e: Entity) => e.columns.filter((c) => c.required).length;
  candidates.sort((a, b) => required(b.entity) - required(a.entity));
  return candidates[0]?.mapping;
}
