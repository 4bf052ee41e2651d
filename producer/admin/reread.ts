/** `ventes rejects retry`: makes producers read whole sources again. */
import * as Effect from "effect/Effect";
import { newId } from "#shared/runtime/time.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { Registry } from "../source/index.ts";

/**
 * Asks the producers to read these sources whole again, at once. Returns the id of the request and the sources that
 * are registered. A source's status has this id (`reread`) when it is done.
 */
export const askReread = Effect.fnUntraced(function* (
  sources: readonly string[],
): Effect.fn.Return<
  { readonly reread: string; readonly asked: readonly string[] },
  PublishFailure,
  TopicLog
> {
  const log = yield* TopicLog;
  const registry = new Registry(log);
  yield* registry.refresh();
  const reread = yield* newId;
  const followed = new Map(registry.followed().map((one) => [one.source, one]));
  const asked = sources.flatMap((source) => {
    const registration = followed.get(source);
    return registration === undefined ? [] : [{ ...registration, reread }];
  });
  if (asked.length > 0)
    yield* log.publish(
      "sources",
      asked.map((one) => ({ key: one.source, value: JSON.stringify(one) })),
    );
  return { reread, asked: asked.map(({ source }) => source) };
});
