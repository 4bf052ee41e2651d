/** `ventes notify`: sends a test message to each destination, and says which took it. */
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import { Settings } from "#shared/runtime/settings.ts";
import { isoNow } from "#shared/runtime/time.ts";
import { makeSend } from "../../notify/send.ts";
import { sentencesIn } from "../../notify/sentences.ts";
import { print } from "../output/stdout.ts";
import { notifySettings } from "../run/notifications.ts";
import { Failed, WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import type { NotifyFlags } from "../settings/notify-settings.ts";

export const notify = (flags: NotifyFlags, run: Invocation): Effect.Effect<void, WrongUsage | Failed> =>
  Effect.gen(function* () {
    const { texts, settings } = run;
    const { destinations } = yield* notifySettings(flags, run);
    if (destinations.length === 0) return yield* new WrongUsage({ message: texts.noDestinations() });
    const send = yield* makeSend;
    const said = sentencesIn(settings);
    const message = {
      title: said.testTitle(),
      text: said.test(),
      isProblem: false,
      at: yield* isoNow,
      changes: [],
    };
    const results = yield* Effect.forEach(
      destinations,
      (destination) =>
        Effect.map(Effect.result(send(destination, message)), (result) => ({
          destination: destination.shown,
          problem: Result.isSuccess(result) ? null : result.failure.reason,
        })),
      { concurrency: 8 },
    );
    if (run.json) print(JSON.stringify(results));
    else
      for (const { destination, problem } of results)
        print(problem === null ? texts.testTaken(destination) : `${destination}: ${problem}`);
    const failed = results.filter(({ problem }) => problem !== null).length;
    if (failed > 0) return yield* new Failed({ message: texts.testsRefused(failed) });
  }).pipe(Effect.scoped, Effect.provideService(Settings, run.settings));
