/** Finishes an event that a consumer has applied in part (unfinished.ts), for work on a database where perhaps none runs. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import { onFile, onFileWhenFree } from "#shared/database/attempt.ts";
import { openPlain } from "#shared/database/sqlite.ts";
import { yieldToEventLoop } from "#shared/runtime/slices.ts";
import type { TopicPartition } from "#shared/topic-log/topic-log.ts";
import { makeBatchApplier } from "./batch.ts";

/** Applies the rest of the unfinished event, as each consumer does; does nothing without one. `file`: the path of ventes.db. */
export const finishEvent = Effect.fnUntraced(function* (file: string) {
  const db = yield* Effect.acquireRelease(
    onFile(file, () => openPlain(file)),
    (opened) => Effect.sync(() => opened.close()),
  );
  const applier = makeBatchApplier(db, yield* Clock.Clock);
  const unfinished = db.prepare(`
    SELECT u.parent AS topic, partition, p.position
    FROM unfinished u JOIN positions p USING (partition) WHERE p.topic = u.parent`);
  // The batch is empty, because the database has the rest of the event. A batch with the event would move a position that a
  // replay has set back.
  yield* onFileWhenFree(file, () => {
    const at = unfinished.get() as (TopicPartition & { readonly position: number }) | undefined;
    if (at !== undefined) applier.apply({ ...at, records: [], next: 0 }, at.position);
    return at === undefined;
  }).pipe(Effect.tap(yieldToEventLoop), Effect.repeat({ until: (isFinished) => isFinished }));
}, Effect.scoped);
