/** `ventes analyzer`: the analyses of a database, and its page, on Kafka. */
import * as Effect from "effect/Effect";
import type { HostRefused, PortTaken } from "../../analyzer/server/listen.ts";
import { analyze, analyzeBeside, type ComponentError } from "../run/components.ts";
import { needsKafka } from "../run/kafka.ts";
import { onLog } from "../run/log.ts";
import { notifying, notifySettings } from "../run/notifications.ts";
import { openPage, pageSettings } from "../run/page.ts";
import { saleEvents } from "../run/sale-event.ts";
import { followSources } from "../run/source-list.ts";
import { observing } from "../run/telemetry/observation.ts";
import { hooksOf, newView } from "../run/view.ts";
import type { Failed, WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { directoryLock } from "../settings/locks.ts";
import type { NotifyFlags } from "../settings/notify-settings.ts";
import type { PageFlags } from "../settings/settings.ts";

export const analyzer = (
  input: PageFlags & NotifyFlags & { readonly open: boolean },
  run: Invocation,
): Effect.Effect<void, WrongUsage | Failed | ComponentError | PortTaken | HostRefused> =>
  Effect.gen(function* () {
    yield* needsKafka("analyzer", run);
    const where = yield* pageSettings(input, run);
    const told = yield* notifySettings(input, run);
    yield* directoryLock(run.settings.data, "shared");
    const view = newView({ dir: run.settings.data, demo: false });
    yield* onLog(
      run,
      Number.POSITIVE_INFINITY,
    )(
      Effect.gen(function* () {
        view.eventOf = yield* saleEvents;
        const { url } = yield* openPage(where, view, run, input.open);
        yield* Effect.forkScoped(followSources(view, true, run.texts));
        yield* Effect.forkScoped(observing(view, run.texts));
        yield* Effect.forkScoped(notifying(told, view, run));
        yield* Effect.raceFirst(analyze(run, hooksOf(view, url)), analyzeBeside(run));
      }),
    );
  }).pipe(Effect.scoped);
