/**
 * An entity is one kind of row that a source may publish. Its columns, the names that headers give them, its key, its
 * parents and its table are defined here. To add an entity, add a file beside this one and name it in index.ts.
 */
import type * as Schema from "effect/Schema";

export type EntityName = "produits" | "magasins" | "ventes";

/**
 * id: text without surrounding white space, never empty. text: any text. day: an ISO 8601 date. decimal: the shortest
 * decimal string, with at most six decimals.
 */
export type ColumnKind = "id" | "text" | "day" | "decimal";

export interface Column {
  /** The canonical name: that of events and SQL. */
  readonly name: string;
  readonly kind: ColumnKind;
  /** A record without a value for it is rejected. A source whose header lacks it is refused, unless the key is derived. */
  readonly required: boolean;
  /** Other names in headers, folded by `foldHeader`. The folded canonical name is always a name too. */
  readonly aliases: readonly string[];
}

/** An extra with a canonical name, whatever the header calls it. */
export interface NamedExtra {
  readonly name: string;
  /** As those of a column. */
  readonly aliases: readonly string[];
  /** A field is this extra only in a file that has this other one too. */
  readonly beside?: string;
}

export interface Entity {
  readonly name: EntityName;
  /** The column of the primary id, which is the key of the event. */
  readonly key: string;
  /** True when a record without a key gets a derived one (rule 4). */
  readonly derivedKey: boolean;
  readonly columns: readonly Column[];
  /** Extras that other programs read by their names. */
  readonly extras: readonly NamedExtra[];
  /** The rows that must exist before one of this entity is in its table. */
  readonly parents: readonly { readonly entity: EntityName; readonly column: string }[];
  /** The schema of the `row` of an event: canonical strings; null is a column that is present and empty. */
  readonly Row: Schema.Codec<Readonly<Record<string, string | null>>, unknown>;
}
