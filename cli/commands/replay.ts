/** `ventes replay`: reads the topics again from their start, repairs rows that differ, and refreshes the analyses. */
import { existsSync } from "node:fs";
import * as Effect from "effect/Effect";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { openVentesReader, ventesFile } from "#shared/database/ventes-db.ts";
import { Settings } from "#shared/runtime/settings.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { refreshAll } from "../../analyzer/run.ts";
import { replay as replayTopics } from "../../consumer/replay.ts";
import { withProgress } from "../output/progress.ts";
import { print } from "../output/stdout.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import { type Failed, WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { rebuild } from "./replay-rebuild.ts";

interface ReplayInput {
  readonly rebuild: boolean;
  readonly dryRun: boolean;
  readonly acceptLoss: boolean;
}

export const replay = (
  input: ReplayInput,
  run: Invocation,
): Effect.Effect<void, DatabaseError | LogFailure | Failed | WrongUsage> => {
  if (input.rebuild) return rebuild(input, run);
  const alone = input.dryRun ? "--dry-run" : input.acceptLoss ? "--accept-loss" : null;
  return alone === null
    ? replayInPlace(run)
    : Effect.fail(new WrongUsage({ message: run.texts.rebuildOnly(alone) }));
};

const replayInPlace = (run: Invocation): Effect.Effect<void, DatabaseError | LogFailure> =>
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
    // No analyzer may be running. Where one runs, there is nothing left to do.
    yield* Effect.provideService(refreshAll, Settings, settings);
    print(run.json ? JSON.stringify(report) : texts.replayed(report.events, report.repaired));
  });
