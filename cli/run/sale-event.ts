/** The event of a sale in the topic `ventes`, for the page. */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import { partitionOf } from "#shared/contract/partitioner.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import type { EventOf } from "../../analyzer/server/figures.ts";

/** A reader of the page does not wait longer for a log that does not answer. */
const WAIT_MS = 2_000;

const Values = Schema.Record(Schema.String, Schema.NullOr(Schema.String));

const decode = Schema.decodeUnknownOption(
  Schema.fromJsonString(
    Schema.Struct({
      kind: Schema.Literal("row"),
      version: Schema.Int,
      published: Schema.String,
      row: Values,
      extras: Values,
    }),
  ),
);

/** Reads one record, at the offset that the row has. Null when the topic holds it no longer, or does not answer. */
export const saleEvents: Effect.Effect<EventOf, never, TopicLog> = Effect.map(
  TopicLog,
  (log): EventOf =>
    ({ id, offset }) => {
      const partition = partitionOf(id, log.partitions("ventes"));
      let found: Effect.Success<ReturnType<EventOf>> = null;
      const read = log.read([{ topic: "ventes", partition, offset, until: offset + 1 }], ({ records }) =>
        Effect.sync(() => {
          const record = records.find((one) => one.offset === offset && one.key === id);
          const event = Option.getOrUndefined(decode(record?.value?.toString()));
          if (event === undefined) return;
          const { version, published, row, extras } = event;
          found = { version, published, row, extras };
        }),
      );
      return read.pipe(
        Effect.timeoutOption(WAIT_MS),
        Effect.ignore,
        Effect.map(() => found),
      );
    },
);
