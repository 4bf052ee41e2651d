/** Work that publishes events, on a database that is up to date, and that has those events afterwards. */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as Scope from "effect/Scope";
import { onFile } from "#shared/database/attempt.ts";
import type { Settings } from "#shared/runtime/settings.ts";
import { forgetMembers } from "#shared/topic-log/embedded/group.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import { Failed } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { directoryLock, heldBy } from "../settings/locks.ts";
import type { ComponentError } from "./components.ts";
import { readAndSettle } from "./once.ts";
import { whenSettled } from "./settled.ts";

/** How long it waits for the components that run in the directory, in ms. */
const WAIT_MS = 60_000;
const NO_SOURCES: ReadonlySet<string> = new Set();

/**
 * Runs `work` once the database has all events that are in the topics, then waits until it has those of `work` too.
 * Where nobody works in the data directory, this process applies the events; else it waits for those that do. Fails
 * with Failed when they do not apply them in time.
 */
export const applyNow = <A, E, R>(
  run: Invocation,
  work: Effect.Effect<A, E, R>,
): Effect.Effect<A, E | Failed | ComponentError, R | TopicLog | Settings | Scope.Scope> =>
  Effect.gen(function* () {
    const { data, kafka } = run.settings;
    const isFree = (yield* onFile(data, () => heldBy(data))) === "nobody";
    if (isFree) {
      yield* directoryLock(data, "exclusive");
      if (kafka === null) forgetMembers(data);
    }
    const settle = isFree
      ? Effect.asVoid(readAndSettle(run, WAIT_MS, NO_SOURCES))
      : whenSettled(() => undefined).pipe(
          Effect.timeoutOption(WAIT_MS),
          Effect.flatMap((settled) =>
            Option.isSome(settled)
              ? Effect.void
              : Effect.fail(new Failed({ message: run.texts.notAppliedYet() })),
          ),
        );
    yield* settle;
    const result = yield* work;
    yield* settle;
    return result;
  });
