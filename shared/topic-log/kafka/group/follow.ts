/**
 * Following on Kafka: one session after another, until the follower is interrupted. A session ends when the brokers are
 * lost; the next one begins by the schedule `log`, without end, when it had not joined. After a session that had joined,
 * waits.ts says how long it waits. It calls `onState` when the log is lost and when it has joined again. Interrupted,
 * the member leaves the group, so that others take over its partitions at once.
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import { scheduleOf } from "../../../runtime/retry.ts";
import type { LogFailure } from "../../errors.ts";
import type { FollowOptions, LogState } from "../../topic-log.ts";
import type { OpenKafka } from "../cluster/open-kafka.ts";
import { deleteEmptyGroups } from "./former-groups.ts";
import { GroupMembership } from "./membership.ts";
import { Lost, session } from "./session.ts";
import { waitAfter } from "./waits.ts";

/** How long a member tries to leave the group. */
const LEAVE_MS = 2_000;
/** How long it looks for groups of former followers. */
const FORMER_MS = 5_000;

export function followTopics<E, R>(
  kafka: OpenKafka,
  options: FollowOptions<E, R>,
): Effect.Effect<never, E | LogFailure, R> {
  const { names, namespace, settings, shared } = kafka;
  const { alone } = options;
  const deleteFormer =
    alone === undefined ? async () => {} : () => deleteEmptyGroups(settings, `${namespace}.${alone}`);
  const membership = new GroupMembership(
    `${namespace}.${options.group}`,
    options.topics.map(names.full),
    (full) => {
      const name = names.logical(full);
      return name === undefined ? 0 : names.partitions(name);
    },
  );
  return Effect.promise(deleteFormer).pipe(
    Effect.timeoutOption(FORMER_MS),
    Effect.andThen(
      sessionsWithoutEnd(options.onState, (onJoined) => session(kafka, membership, options, onJoined)),
    ),
    Effect.ensuring(
      Effect.promise(() => membership.leave(shared).then(deleteFormer)).pipe(
        Effect.interruptible,
        Effect.timeoutOption(LEAVE_MS),
      ),
    ),
  );
}

/**
 * Runs `one`, a session, again and again. A session calls `onJoined` when it has joined, and ends with Lost, after which
 * the next one begins, or with a failure, which is returned.
 */
export function sessionsWithoutEnd<E, R>(
  onState: ((state: LogState) => void) | undefined,
  one: (onJoined: () => void) => Effect.Effect<never, E | LogFailure | Lost, R>,
): Effect.Effect<never, E | LogFailure, R> {
  const tell = onChange(onState);
  let shortOnes = 0;
  /** Succeeds when a session that had joined has ended, so that the waits of the schedule start again. */
  const untilLost = Effect.clockWith((clock) => {
    const began = clock.currentTimeMillisUnsafe();
    let joined = false;
    return one(() => {
      joined = true;
      tell({ state: "ok" });
    }).pipe(
      Effect.catch((error): Effect.Effect<void, E | LogFailure | Lost> => {
        if (!(error instanceof Lost)) return Effect.fail(error);
        tell({ state: "waiting", reason: error.failure.message });
        if (!joined) return Effect.fail(error);
        return Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const wait = waitAfter(now - began, shortOnes);
          shortOnes = wait.shortOnes;
          return Effect.sleep(wait.ms);
        });
      }),
    );
  }).pipe(
    Effect.retry({ schedule: scheduleOf("log"), while: (error) => error instanceof Lost }),
    Effect.mapError((error) => (error instanceof Lost ? error.failure : error)),
  );
  return Effect.forever(untilLost);
}

/** Calls `onState` when the state has changed. */
const onChange = (onState: ((state: LogState) => void) | undefined): ((next: LogState) => void) => {
  let last: LogState["state"] | undefined;
  return (next) => {
    if (next.state === last) return;
    last = next.state;
    onState?.(next);
  };
};
