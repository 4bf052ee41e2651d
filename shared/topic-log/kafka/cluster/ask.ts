/**
 * Requests to the cluster as Effects: how they fail, and which are tried again. `ask` tries once. `askPatiently` waits
 * some seconds for a leader or a lost broker and then fails; it is for `read`, `bounds` and finding the log's identity.
 * `publish` and `follow` wait without end, by loops of their own.
 */
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import { scheduleOf } from "../../../runtime/retry.ts";
import type { LogFailure } from "../../errors.ts";
import type { Connection } from "./connection.ts";
import { asLogFailure } from "./failures.ts";
import { onceLed } from "./led.ts";

/** How many times `askPatiently` tries again. */
const RETRIES = 4;

/** Fails with the LogFailure that an error is; an error that is none is a defect. `address`: the brokers asked. */
export const failWith = (error: unknown, address: string): Effect.Effect<never, LogFailure> => {
  const failure = asLogFailure(error, address);
  return failure === undefined ? Effect.die(error) : Effect.fail(failure);
};

export const ask = <A>(address: string, run: () => Promise<A>): Effect.Effect<A, LogFailure> =>
  Effect.tryPromise({ try: run, catch: (error) => error }).pipe(
    Effect.catch((error) => failWith(error, address)),
  );

/** `connection`: the one that `run` uses. After an error it is dropped, so that the next try connects again. */
export const askPatiently = <A>(
  address: string,
  connection: Connection,
  run: () => Promise<A>,
): Effect.Effect<A, LogFailure> =>
  ask(address, () =>
    onceLed(run, () => connection.refresh()).catch(async (error: unknown) => {
      await connection.drop();
      throw error;
    }),
  ).pipe(
    Effect.retry({
      schedule: scheduleOf("log").pipe(Schedule.upTo({ times: RETRIES })),
      while: (failure) => failure._tag === "LogUnavailable",
    }),
  );
