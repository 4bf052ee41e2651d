/** `ventes sources remove`: stops following a source; with --withdraw undoes what it alone had brought. */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { masked } from "#shared/masked.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { SourceError } from "../../producer/source-error.ts";
import { removeSource } from "../../producer/sources.ts";
import type { WrongUsage } from "../errors.ts";
import type { Invocation } from "../invocation.ts";
import { onLog, SHORT_PATIENCE } from "../log.ts";
import { print } from "../output/stdout.ts";
import { visibleSource } from "../output/visible.ts";
import { registered } from "../register.ts";

export const removeOne = (
  input: { readonly url: string; readonly withdraw: boolean },
  run: Invocation,
): Effect.Effect<void, WrongUsage | SourceError | DatabaseError | PublishFailure> =>
  Effect.gen(function* () {
    const source = yield* registered(input.url, run);
    const removed = yield* onLog(run, SHORT_PATIENCE)(removeSource(source, { withdraw: input.withdraw }));
    print(
      run.json
        ? JSON.stringify({ ...removed, source: masked(removed.source) })
        : run.texts.sourceRemoved(
            visibleSource(removed.source),
            input.withdraw,
            run.texts.count(removed.withdrawn),
          ),
    );
  });
