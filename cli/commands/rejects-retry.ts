/**
 * `ventes rejects retry`: reads the files that have rejects again, as a whole, changed or not. After a correction of
 * options or settings, lines that have become readable become rows, and their rejects are withdrawn (rule 11: rejects
 * are diffed like rows). A running producer does it, on a request in the registration; without one, this command does.
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { ComponentState } from "#shared/contract/status.ts";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { Settings } from "#shared/runtime/settings.ts";
import { forgetMembers } from "#shared/topic-log/embedded/group.ts";
import type { LogFailure } from "#shared/topic-log/errors.ts";
import { TopicLog } from "#shared/topic-log/topic-log.ts";
import { askReread } from "../../producer/admin/index.ts";
import { withProgress } from "../output/progress.ts";
import { print } from "../output/stdout.ts";
import { isLost, isRunning, readStates, States } from "../run/component-state.ts";
import { type ComponentError, produceOnce } from "../run/components.ts";
import { answeringDirectory, openForReading } from "../run/database.ts";
import { onLog, SHORT_WAIT_MS } from "../run/log.ts";
import { readAndSettle } from "../run/once.ts";
import { named } from "../run/register.ts";
import { whenSettled } from "../run/settled.ts";
import { Failed, type WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { directoryLock, heldBy, producerLock } from "../settings/locks.ts";
import { parseDuration } from "../settings/settings.ts";
import { rejectedSource } from "./rejects.ts";

const DEFAULT_TIMEOUT = "10m";
const CHECK_EVERY_MS = 200;

interface RetryInput {
  readonly source: string | undefined;
  readonly timeout: string | undefined;
}

export const retryRejects = (
  input: RetryInput,
  run: Invocation,
): Effect.Effect<void, WrongUsage | Failed | ComponentError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { texts } = run;
      const within = yield* Effect.try({
        try: () => parseDuration(input.timeout ?? DEFAULT_TIMEOUT, "--timeout"),
        catch: (error) => error as WrongUsage,
      });
      const only = input.source === undefined ? null : (yield* named(input.source, run)).source;
      const before = yield* rejectIds(run, only);
      // Rejects of the demo are not read again.
      const isDemo = answeringDirectory(run.settings.data) !== run.settings.data;
      const names = isDemo ? [] : [...new Set(before.values())];
      if (names.length === 0) {
        print(run.json ? JSON.stringify(report(0, 0, 0)) : texts.nothingToRetry());
        return;
      }
      const { asked, failed } = yield* onLog(run, SHORT_WAIT_MS)(reread(run, names, within));
      if (asked.length === 0) {
        print(run.json ? JSON.stringify(report(0, 0, before.size)) : texts.nothingToRetry());
        return;
      }
      const after = yield* rejectIds(run, only);
      const resolved = [...before.keys()].filter((id) => !after.has(id)).length;
      print(
        run.json
          ? JSON.stringify(report(asked.length, resolved, after.size))
          : texts.retried(asked.length, resolved, after.size),
      );
      if (failed.length > 0) return yield* new Failed({ message: failed.join("; ") });
    }),
  );

const report = (sources: number, resolved: number, remaining: number) => ({ sources, resolved, remaining });

/** Id -> source of the rejects, of one source or of all. */
const rejectIds = (
  run: Invocation,
  source: string | null,
): Effect.Effect<ReadonlyMap<string, string>, DatabaseError, Scope.Scope> =>
  Effect.flatMap(openForReading(run), (db) =>
    onFile(db.name, () => {
      const only = source === null ? null : rejectedSource(db, source);
      const rows = db
        .prepare("SELECT id, source FROM rejets WHERE ? IS NULL OR source = ?")
        .raw()
        .all(only, only);
      return new Map(rows as [string, string][]);
    }),
  );

interface Reread {
  /** The sources that are read again. */
  readonly asked: readonly string[];
  /** Why some could not be. */
  readonly failed: readonly string[];
}

const reread = (
  run: Invocation,
  sources: readonly string[],
  within: number,
): Effect.Effect<Reread, Failed | ComponentError, TopicLog | Settings | Scope.Scope> =>
  Effect.gen(function* () {
    const { data, kafka } = run.settings;
    const holder = yield* onFile(data, () => heldBy(data));
    const isElsewhere =
      kafka !== null && (yield* readStates).some(isProducing(yield* Clock.currentTimeMillis));
    if (holder === "start" || isElsewhere) return yield* byTheRunning(run, sources, within, holder);
    yield* directoryLock(data, holder === "nobody" ? "exclusive" : "shared");
    yield* producerLock(data);
    if (kafka === null && holder === "nobody") forgetMembers(data);
    const { asked } = yield* askReread(sources);
    if (asked.length === 0) return { asked, failed: [] };
    const only = new Set(asked);
    // Where a consumer and an analyzer run, they do the rest.
    const read =
      holder === "nobody"
        ? (yield* readAndSettle(run, within, only)).sources
        : yield* withProgress(run.texts, (progress) => produceOnce(progress, run, { only })).pipe(
            Effect.tap(() =>
              inTime(
                run,
                within,
                asked,
                whenSettled(() => undefined),
              ),
            ),
          );
    return { asked, failed: read.filter(({ state }) => state === "parked").map(({ reason }) => reason) };
  });

const isProducing =
  (now: number) =>
  (state: ComponentState): boolean =>
    state.component === "producer" && isRunning(state) && !isLost(state, now);

/** Requests the reading, waits until each source was polled since, and until the result is in the database. */
const byTheRunning = Effect.fnUntraced(function* (
  run: Invocation,
  sources: readonly string[],
  within: number,
  holder: ReturnType<typeof heldBy>,
): Effect.fn.Return<Reread, Failed | LogFailure | ComponentError, TopicLog | Settings | Scope.Scope> {
  const { reread, asked } = yield* askReread(sources);
  if (asked.length === 0) return { asked, failed: [] };
  const failed = new Map<string, string>();
  const left = new Set(asked);
  const states = new States(yield* TopicLog);
  const done = Effect.gen(function* () {
    while (left.size > 0) {
      yield* states.refresh();
      for (const { sources: statuses } of states.all())
        for (const one of statuses ?? []) {
          if (one.reread !== reread) continue;
          left.delete(one.source);
          if (one.state === "parked") failed.set(one.source, one.reason);
        }
      if (left.size > 0) yield* Effect.sleep(CHECK_EVERY_MS);
    }
    // Where no consumer runs on this database, the published events wait for one.
    if (holder !== "nobody") yield* whenSettled(() => undefined);
  });
  yield* inTime(run, within, left, done);
  return { asked, failed: [...failed.values()] };
});

const inTime = <E, R>(
  run: Invocation,
  within: number,
  sources: Iterable<string>,
  work: Effect.Effect<void, E, R>,
): Effect.Effect<void, E | Failed, R> =>
  Effect.timeoutOrElse(work, {
    duration: within,
    orElse: () =>
      Effect.fail(
        new Failed({ message: run.texts.retryTimedOut(`${within / 1_000} s`, [...sources].join(", ")) }),
      ),
  });
