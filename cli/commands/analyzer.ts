/** `ventes analyzer`: the analyses of a database, and its page, on Kafka. */
import * as Effect from "effect/Effect";
import { directoryLock } from "#shared/database/locks.ts";
import type { HostRefused, PortTaken } from "../../analyzer/server/serve.ts";
import { analyze, type ComponentError } from "../components.ts";
import type { Failed, WrongUsage } from "../errors.ts";
import type { Invocation } from "../invocation.ts";
import { needsKafka } from "../kafka.ts";
import { onLog } from "../log.ts";
import { openPage, pageSettings, type View } from "../page.ts";
import type { PageFlags } from "../settings.ts";
import { followSources } from "../source-list.ts";

export const analyzer = (
  input: PageFlags & { readonly open: boolean },
  run: Invocation,
): Effect.Effect<void, WrongUsage | Failed | ComponentError | PortTaken | HostRefused> =>
  Effect.gen(function* () {
    yield* needsKafka("analyzer", run);
    const where = yield* pageSettings(input, run);
    yield* directoryLock(run.settings.data, "shared");
    const view: View = { shown: { dir: run.settings.data, demo: false }, sources: [], catalogues: [] };
    yield* onLog(
      run,
      Number.POSITIVE_INFINITY,
    )(
      Effect.gen(function* () {
        yield* openPage(where, view, run, input.open);
        yield* Effect.forkScoped(followSources(view));
        yield* analyze(run);
      }),
    );
  }).pipe(Effect.scoped);
