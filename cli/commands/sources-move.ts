/** `ventes sources move`: a file has a new address; its rows, their ids and its prices stay. */
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { SourceError } from "../../producer/admin/index.ts";
import { moveSource } from "../../producer/admin/index.ts";
import { print, printJson } from "../output/stdout.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import { named } from "../run/register.ts";
import type { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { visibleSource } from "../texts/visible.ts";

export const moveOne = (
  input: { readonly from: string; readonly to: string },
  run: Invocation,
): Effect.Effect<void, WrongUsage | SourceError | DatabaseError | PublishFailure> =>
  Effect.gen(function* () {
    const from = yield* named(input.from, run);
    const to = yield* named(input.to, run);
    const moved = yield* onLog(run, SHORT_WAIT_MS)(moveSource(from.source, to.source));
    if (run.json) printJson(moved);
    else
      print(
        run.texts.sourceMoved(
          visibleSource(moved.from),
          visibleSource(moved.to),
          run.texts.count(moved.events),
        ),
      );
  });
