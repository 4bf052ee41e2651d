/**
 * Runs synchronous SQLite work as an Effect. Decides which errors are failures, which are defects, and when the work is
 * tried again. The work blocks the event loop while it runs. Give one statement or one transaction: work that ends in
 * SQLITE_BUSY is done again, so it must have stored nothing.
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { scheduleOf } from "../runtime/retry.ts";
import {
  DatabaseError,
  explain,
  type FileKind,
  isBusy,
  openReader,
  type Sqlite,
  type Statement,
} from "./sqlite.ts";

/** Runs `work` once. An error of the file or of the disk is a DatabaseError; any other one is a defect. */
export const onFile = <A>(file: string, work: () => A): Effect.Effect<A, DatabaseError> =>
  failingWith(attempt(work), databaseErrorOf(file));

/** As `onFile`, but tries again by the schedule `busy` while another process is in its transaction. */
export const onFileWhenFree = <A>(file: string, work: () => A): Effect.Effect<A, DatabaseError> =>
  whenFree(work, databaseErrorOf(file));

/** An existing file of this kind, open for reading until the scope closes. */
export const readerOf = (file: string, kind: FileKind): Effect.Effect<Sqlite, DatabaseError, Scope.Scope> =>
  Effect.acquireRelease(
    onFile(file, () => openReader(file, kind)),
    (db) => Effect.sync(() => db.close()),
  );

/**
 * Runs `work`, and tries again by the schedule `busy` while another process is in its transaction. Fails with the result
 * of `failureOf` for any other error; when that is undefined, the error is a defect.
 */
export const whenFree = <A, E>(
  work: () => A,
  failureOf: (error: unknown) => E | undefined,
): Effect.Effect<A, E> =>
  failingWith(attempt(work).pipe(Effect.retry({ schedule: scheduleOf("busy"), while: isBusy })), failureOf);

/**
 * Around a component whose work is full of single reads and writes of `file`: an error of the file or of the disk that
 * one of them throws is a DatabaseError. Any other defect stays one.
 */
export const withErrorsOf =
  (file: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | DatabaseError, R> =>
    effect.pipe(
      Effect.catchCause((cause): Effect.Effect<never, E | DatabaseError> => {
        const failures = cause.reasons
          .filter(Cause.isDieReason)
          .map(({ defect }) => databaseErrorOf(file)(defect));
        const failure = failures.find((one) => one !== undefined);
        return failure === undefined ? Effect.failCause(cause) : Effect.fail(failure);
      }),
    );

/**
 * Runs `work` on `file`, and throws its errors of the file or of the disk as DatabaseError, so that they name this file
 * although the caller works on another one.
 */
export function explained<A>(file: string, work: () => A): A {
  try {
    return work();
  } catch (error) {
    throw explain(file, error);
  }
}

/**
 * The same connection, whose calls and whose statements throw the DatabaseError of their own file: for a connection that is
 * used in the work of another file.
 */
export const naming = (db: Sqlite): Sqlite => throwing(db.name, db);

function throwing<T extends object>(file: string, target: T): T {
  const named: T = new Proxy(target, {
    get: (_, property) => {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      return (...args: readonly unknown[]): unknown => {
        const result: unknown = explained(file, () => Reflect.apply(value, target, args));
        if (result === target) return named;
        return property === "prepare" ? throwing(file, result as Statement) : result;
      };
    },
  });
  return named;
}

/** The DatabaseError for an error of work on `file`; undefined for an error that is not of the file or the disk. */
export const databaseErrorOf =
  (file: string) =>
  (error: unknown): DatabaseError | undefined => {
    const found = explain(file, error);
    return found instanceof DatabaseError ? found : undefined;
  };

const attempt = <A>(work: () => A): Effect.Effect<A, unknown> =>
  Effect.try({ try: work, catch: (error) => error });

/** Fails with the result of `failureOf` for an error of `effect`; when that is undefined, the error is a defect. */
export const failingWith = <A, E>(
  effect: Effect.Effect<A, unknown>,
  failureOf: (error: unknown) => E | undefined,
): Effect.Effect<A, E> =>
  effect.pipe(
    Effect.catch((error): Effect.Effect<never, E> => {
      const failure = failureOf(error);
      return failure === undefined ? Effect.die(error) : Effect.fail(failure);
    }),
  );
