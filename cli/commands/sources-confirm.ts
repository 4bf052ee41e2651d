/** `ventes sources confirm`: accepts a version that is held back because it would delete many rows (rule 10). */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { masked } from "#shared/runtime/masked.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { SourceError } from "../../producer/admin/index.ts";
import { confirmSource } from "../../producer/admin/index.ts";
import { print } from "../output/stdout.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import { registered } from "../run/register.ts";
import type { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { visibleSource } from "../texts/visible.ts";

export const confirmOne = (
  input: { readonly url: string },
  run: Invocation,
): Effect.Effect<void, WrongUsage | SourceError | DatabaseError | PublishFailure> =>
  Effect.gen(function* () {
    const source = yield* registered(input.url, run);
    const confirmed = yield* onLog(run, SHORT_WAIT_MS)(confirmSource(source));
    print(
      run.json
        ? JSON.stringify({ ...confirmed, source: masked(source) })
        : run.texts.sourceConfirmed(visibleSource(source)),
    );
  });
