/**
 * What an entity is: one kind of row that a source may publish. Everything that depends on which entity a row
 * belongs to (its columns, the names that headers give them, its key, its parents, its table) is read from
 * here; adding an entity is adding one file beside this one and naming it in index.ts.
 */
import type * as Schema from "effect/Schema";

export type EntityName = "produits" | "magasins" | "ventes";

/**
 * id: text, stripped of surrounding white space, never empty. text: free. day: ISO 8601 date.
 * decimal: the shortest decimal string with at most six decimals.
 */
export type ColumnKind = "id" | "text" | "day" | "decimal";

export interface Column {
  /** The canonical name, in events and in SQL. */
  readonly name: string;
  readonly kind: ColumnKind;
  /** A record without a value for it is a reject; a header without it is refused, unless `derived`. */
  readonly required: boolean;
  /** Other names in headers, as `foldHeader` folds them. The folded canonical name is always one. */
  readonly aliases: readonly string[];
}

export interface Entity {
  readonly name: EntityName;
  /** The column of the primary id: the event's key. */
  readonly key: string;
  /** True when a record without a key gets a derived one (rule 4). */
  readonly derivedKey: boolean;
  readonly columns: readonly Column[];
  /** The rows that must exist before one of this entity is in its table. */
  readonly parents: readonly { readonly entity: EntityName; readonly column: string }[];
  /** The `row` of an event, as decoded from the topic: canonical strings; null is present and empty. */
  readonly Row: Schema.Codec<Readonly<Record<string, string | null>>, unknown>;
}
