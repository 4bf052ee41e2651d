/** The image of a claim: its events laid over each other, as the consumer lays them. */
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

/** A column that the new one lacks leaves the value; an amount does not outlive the quantité and product it was for. */
export function mergeImage(old: Image, next: Image): Image {
  const row: Record<string, string | null> = { ...old.row, ...next.row };
  if (
    !("chiffre_affaires" in next.row) &&
    ["quantité", "id_produit"].some((c) => c in old.row && row[c] !== old.row[c])
  )
    delete row.chiffre_affaires;
  return { row, extras: { ...old.extras, ...next.extras } };
}

/** The image of one claim, folded from its partition: for the few rows that move without a line of the file. */
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
