/**
 * The events in the topics of entities and in `rejets`. Values are JSON; these schemas decode them, and `ventes topics`
 * describes them from the same schemas.
 *
 * "Rule N" in a comment is of docs/rules.md, "invariant N" of docs/invariants.md; docs/glossary.md has the words.
 */
import * as Schema from "effect/Schema";
import { Day } from "./entities/columns.ts";
import { magasins, produits, ventes } from "./entities/index.ts";
import type { EventTopic } from "./topics.ts";

/** The version of the format, `v` in each event. A consumer rejects other versions. */
export const EVENT_VERSION = 1;

/** A record that a producer rejected: the `row` of an event in `rejets`. Its key is hash(source, raw)~ordinal. */
export const RejectRow = Schema.Struct({
  entity: Schema.String,
  raw: Schema.String,
  code: Schema.String.annotate({
    description:
      "Why the record is rejected. Stable. A newer program may write codes that an older one does not know.",
  }),
  details: Schema.Record(Schema.String, Schema.String).annotate({
    description:
      "What the sentence of the code needs: column (its name in the file), value, more (a limit, a format, a currency). At most 200 characters each. Each reader makes the sentence in its own language.",
  }),
});
export type RejectRow = typeof RejectRow.Type;

const Extras = Schema.Record(Schema.String, Schema.NullOr(Schema.String));

const envelope = {
  v: Schema.Literal(EVENT_VERSION),
  /** The source's id: its URL. */
  source: Schema.String,
  /** The number of the version with this row: the offset of its announcement. */
  version: Schema.Int,
  /** Line of the file where the record begins, from 1 (the header is 1). 0 in a fence. */
  line: Schema.Int,
  /** ISO 8601 instant, UTC. */
  published: Schema.String,
  /** Day of publication in the business zone: the date_effet of an undated price. */
  day: Day,
};

const rowEvent = (Row: Schema.Top) =>
  Schema.Struct({ ...envelope, kind: Schema.Literal("row"), row: Row, extras: Extras });

/** Withdraws a claim: `row` has the key, and date_effet for a dated product. */
const DeleteEvent = Schema.Struct({
  ...envelope,
  kind: Schema.Literal("delete"),
  row: Schema.Record(Schema.String, Schema.NullOr(Schema.String)),
});

/** A fence (rule 20): behind it, events of older versions of this source do not count in this partition. Key: the id of the source. */
const FenceEvent = Schema.Struct({ ...envelope, kind: Schema.Literal("fence") });

/** The events that each topic may hold. `ventes topics --asyncapi` prints them as JSON Schema. */
export const EventSchemas = {
  produits: Schema.Union([rowEvent(produits.Row), DeleteEvent, FenceEvent]),
  magasins: Schema.Union([rowEvent(magasins.Row), DeleteEvent, FenceEvent]),
  ventes: Schema.Union([rowEvent(ventes.Row), DeleteEvent, FenceEvent]),
  rejets: Schema.Union([rowEvent(RejectRow), DeleteEvent, FenceEvent]),
} as const satisfies Record<EventTopic, Schema.Top>;

export interface EventEnvelope {
  readonly v: 1;
  readonly source: string;
  readonly version: number;
  readonly line: number;
  readonly published: string;
  readonly day: string;
}
export type Values = Readonly<Record<string, string | null>>;

/** Sets a value whose name comes from a file. A plain assignment would lose the name `__proto__`. */
export function setValue<V>(values: Record<string, V>, name: string, value: V): void {
  if (name === "__proto__")
    Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true });
  else values[name] = value;
}
export type PipelineEvent =
  | (EventEnvelope & { readonly kind: "row"; readonly row: Values; readonly extras: Values })
  | (EventEnvelope & { readonly kind: "delete"; readonly row: Values })
  | (EventEnvelope & { readonly kind: "fence" });
