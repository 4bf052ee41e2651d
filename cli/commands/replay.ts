/** `ventes replay`: reads the topics again from their start, repairs rows that differ, and refreshes the analyses. */
import { existsSync } from "node:fs";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import { onFile, onFileWhenFree } from "#shared/database/attempt.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { openVentesReader, ventesFile, ventesOf } from "#shared/database/ventes-db.ts";
import { instantOf } from "#shared/runtime/time.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { makeRefresher } from "../../analyzer/refresh/refresh.ts";
import { replay as replayTopics } from "../../consumer/replay.ts";
import { withProgress } from "../output/progress.ts";
import { print } from "../output/stdout.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import type { Invocation } from "../settings/invocation.ts";

export const replay = (_input: object, run: Invocation): Effect.Effect<void, DatabaseError | LogFailure> =>
  Effect.gen(function* () {
    const { settings, texts } = run;
    const file = ventesFile(settings.data);
    // Without a database there is nothing to replay into: opening it for reading fails with the right message.
    if (!existsSync(file)) yield* onFile(file, () => openVentesReader(settings.data).close());
    const report = yield* withProgress(texts, (progress) =>
      onLog(
        run,
        SHORT_WAIT_MS,
      )(replayTopics({ onProgress: ({ read }) => progress.update({ events: read }) })),
    );
    yield* refreshAll(settings.data);
    print(run.json ? JSON.stringify(report) : texts.replayed(report.events, report.repaired));
  });

/** Refreshes the analyses here, because no analyzer may be running. Where one runs, there is nothing left to do. */
const refreshAll = (data: string): Effect.Effect<void, DatabaseError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const db = yield* ventesOf(data);
      const clock = yield* Clock.Clock;
      const refresher = yield* Effect.acquireRelease(
        onFile(ventesFile(data), () => makeRefresher(db)),
        (made) => Effect.sync(() => made.close()),
      );
      let more = true;
      while (more)
        more = (yield* onFileWhenFree(ventesFile(data), () => refresher.refresh(instantOf(clock)))).more;
    }),
  );
