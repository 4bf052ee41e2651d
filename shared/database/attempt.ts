/**
 * Synchronous SQLite work as an Effect: which of its errors are failures, which are defects, and when it is tried
 * again. The work runs on the event loop: it blocks the process for as long as it takes. An attempt that ended in
 * SQLITE_BUSY must have stored nothing, because it is made again as it was: give one statement or one transaction.
 */
import * as Effect from "effect/Effect";
import { scheduleOf } from "../runtime/retry.ts";
import { DatabaseError, explain, isBusy } from "./sqlite.ts";

/** Runs `work` once. An error of the file or of the disk is a DatabaseError; any other one is a defect. */
export const onFile = <A>(file: string, work: () => A): Effect.Effect<A, DatabaseError> =>
  failingWith(attempt(work), databaseErrorOf(file));

/** The same, and again by the schedule `busy` while another process is in its transaction. */
export const onFileWhenFree = <A>(file: string, work: () => A): Effect.Effect<A, DatabaseError> =>
  whenFree(work, databaseErrorOf(file));

/**
 * Runs `work`, and again by the schedule `busy` while another process is in its transaction. Fails with what
 * `failureOf` makes of any other error; an error of which it makes nothing (undefined) is a defect.
 */
export const whenFree = <A, E>(
  work: () => A,
  failureOf: (error: unknown) => E | undefined,
): Effect.Effect<A, E> =>
  failingWith(attempt(work).pipe(Effect.retry({ schedule: scheduleOf("busy"), while: isBusy })), failureOf);

/** The DatabaseError that an error of work on `file` is; undefined when it is another error. */
export const databaseErrorOf =
  (file: string) =>
  (error: unknown): DatabaseError | undefined => {
    const explained = explain(file, error);
    return explained instanceof DatabaseError ? explained : undefined;
  };

const attempt = <A>(work: () => A): Effect.Effect<A, unknown> =>
  Effect.try({ try: work, catch: (error) => error });

const failingWith = <A, E>(
  effect: Effect.Effect<A, unknown>,
  failureOf: (error: unknown) => E | undefined,
): Effect.Effect<A, E> =>
  effect.pipe(
    Effect.catch((error): Effect.Effect<never, E> => {
      const failure = failureOf(error);
      return failure === undefined ? Effect.die(error) : Effect.fail(failure);
    }),
  );
