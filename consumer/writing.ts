/** Work on the database beside other processes that write it. */
import * as Effect from "effect/Effect";
import { DatabaseError, explain, isBusy } from "#shared/database/sqlite.ts";
import { ventesFile } from "#shared/database/ventes-db.ts";
import { scheduleOf } from "#shared/retry.ts";

/** Runs a transaction, again and again while another process is in its own. What is no DatabaseError is a defect. */
export const writing = <A>(data: string, transaction: () => A): Effect.Effect<A, DatabaseError> =>
  Effect.try({ try: transaction, catch: (error) => explain(ventesFile(data), error) }).pipe(
    Effect.retry({ schedule: scheduleOf("busy"), while: isBusy }),
    Effect.catch((error) => (error instanceof DatabaseError ? Effect.fail(error) : Effect.die(error))),
  );
