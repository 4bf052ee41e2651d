/** The answers to SQL that a reader types, and the schema that he types it for. */
import * as Schema from "effect/Schema";
import { AsOf } from "./as-of.ts";
import { Cell } from "./figures.ts";

export const SchemaAnswer = Schema.Struct({
  ...AsOf,
  currency: Schema.String,
  /** The tables and views that people ask for, without internal ones. */
  tables: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      kind: Schema.Literals(["table", "view"]),
      columns: Schema.Array(Schema.Struct({ name: Schema.String, type: Schema.String })),
    }),
  ),
});
export type SchemaAnswer = typeof SchemaAnswer.Type;

export const QueryAnswer = Schema.Struct({
  ...AsOf,
  currency: Schema.String,
  columns: Schema.Array(Schema.String),
  /** An integer beyond 2^53 is a text; so are bytes, as x'00ff'. */
  rows: Schema.Array(Schema.Array(Cell)),
  /** There are more rows than `limit`, or they are too large for an answer. */
  more: Schema.Boolean,
  /** How long the query took, in milliseconds. */
  ms: Schema.Int,
});
export type QueryAnswer = typeof QueryAnswer.Type;
