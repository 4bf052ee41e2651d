/** Computes the image of a claim from its events, as the consumer does (rule 8). */
import * as Effect from "effect/Effect";
import type { Values } from "#shared/contract/event.ts";
import type { EventTopic } from "#shared/contract/topics.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import { eventOf, sourceText } from "./source-events.ts";

export interface Image {
  readonly row: Values;
  readonly extras: Values;
}

/** A column that `next` lacks keeps its value. But an amount is dropped when the quantité or the product changes. */
export function mergeImage(old: Image, next: Image): Image {
  const row: Record<string, string | null> = { ...old.row, ...next.row };
  if (
    !("chiffre_affaires" in next.row) &&
    ["quantité", "id_produit"].some((c) => c in old.row && row[c] !== old.row[c])
  )
    delete row.chiffre_affaires;
  return { row, extras: { ...old.extras, ...next.extras } };
}

/** Reads the image of one claim from its partition. Only rows that move to another ordinal without a line need it. */
export const imageOf = Effect.fnUntraced(function* (
  log: TopicLog["Service"],
  source: string,
  topic: EventTopic,
  partition: number,
  key: string,
): Effect.fn.Return<Image | undefined, LogFailure> {
  const named = sourceText(source);
  let image: Image | undefined;
  let newest = -1;
  yield* log.read([{ topic, partition, offset: 0 }], (batch) =>
    Effect.sync(() => {
      for (const record of batch.records) {
        const event = eventOf(record, named);
        if (event === undefined || event.version < newest) continue;
        newest = event.version;
        if (event.kind === "fence" || record.key !== key) continue;
        if (event.kind === "delete") image = undefined;
        else image = image === undefined ? event : mergeImage(image, event);
      }
    }),
  );
  return image;
});
