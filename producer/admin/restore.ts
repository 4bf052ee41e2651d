/** Follows a source again that was removed. */
import * as Effect from "effect/Effect";
import type { Registration } from "#shared/contract/source-records.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { Registry } from "../source/index.ts";

/** Registers a source as it was registered before its removal. One that is registered stays as it is. */
export const restoreSource = Effect.fnUntraced(function* (
  registration: Registration,
): Effect.fn.Return<void, PublishFailure, TopicLog> {
  const log = yield* TopicLog;
  const { source } = registration;
  const registry = new Registry(log);
  yield* registry.refresh(registry.partition(source));
  if (registry.registration(source) !== undefined) return;
  yield* log.publish("sources", [{ key: source, value: JSON.stringify(registration) }]);
});
