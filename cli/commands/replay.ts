/** `ventes replay`: reads the topics again from their start, repairs rows that differ, and audits the results. */
import { existsSync } from "node:fs";
import * as Effect from "effect/Effect";
import { EVENT_TOPICS, type EventTopic } from "#shared/contract/topics.ts";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { openVentesReader, ventesFile } from "#shared/database/ventes-db.ts";
import { Settings } from "#shared/runtime/settings.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { replay as replayTopics } from "../../consumer/replay.ts";
import { withProgress } from "../output/progress.ts";
import { print, printJson, say } from "../output/stdout.ts";
import { auditResults } from "../run/audit.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import { type Failed, WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { visibleSource } from "../texts/visible.ts";
import { rebuild } from "./replay-rebuild.ts";

interface ReplayInput {
  readonly topic: string | undefined;
  readonly rebuild: boolean;
  readonly dryRun: boolean;
  readonly acceptLoss: boolean;
}

export const replay = (
  input: ReplayInput,
  run: Invocation,
): Effect.Effect<void, DatabaseError | LogFailure | Failed | WrongUsage> => {
  const { topic } = input;
  if (input.rebuild)
    return topic === undefined
      ? rebuild(input, run)
      : Effect.fail(new WrongUsage({ message: run.texts.replayOfTopic() }));
  const topics = EVENT_TOPICS.filter((one) => topic === undefined || one === topic);
  if (topics.length === 0)
    return Effect.fail(
      new WrongUsage({ message: `--topic is "${topic}": give one of ${EVENT_TOPICS.join(", ")}` }),
    );
  const alone = input.dryRun ? "--dry-run" : input.acceptLoss ? "--accept-loss" : null;
  return alone === null
    ? replayInPlace(topics, run)
    : Effect.fail(new WrongUsage({ message: run.texts.rebuildOnly(alone) }));
};

const replayInPlace = (
  topics: readonly EventTopic[],
  run: Invocation,
): Effect.Effect<void, DatabaseError | LogFailure> =>
  Effect.gen(function* () {
    const { settings, texts } = run;
    const file = ventesFile(settings.data);
    // Without a database there is nothing to replay into: opening it for reading fails with the right message.
    if (!existsSync(file)) yield* onFile(file, () => openVentesReader(settings.data).close());
    const report = yield* withProgress(texts, (progress) =>
      onLog(
        run,
        SHORT_WAIT_MS,
      )(replayTopics({ topics, onProgress: ({ read }) => progress.update({ events: read }) })),
    );
    yield* Effect.provideService(auditResults(texts, say), Settings, settings);
    if (run.json) printJson(report);
    else {
      for (const { topic, partition, offset, key } of report.repairs)
        print(
          texts.repaired(`${topic} '${visibleSource(key)}'`, `${topic}/${partition}`, texts.count(offset)),
        );
      print(texts.replayed(report.events, report.repaired));
    }
  });
