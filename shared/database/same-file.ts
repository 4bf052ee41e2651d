/**
 * Notices that a database file is removed or replaced while it is open. A process keeps the old file while it has it
 * open: its work would go on unseen, and would be lost at its end. ventes itself never replaces the file, so a process
 * that finds another file there, or none, stops with an error.
 */
import { statSync } from "node:fs";
import * as Effect from "effect/Effect";
import { DatabaseError } from "./sqlite.ts";

const LOOK_MS = 250;

/** The device and inode of a file: they stay the same when it is renamed. Undefined when there is no file. */
const nodeOf = (file: string): string | undefined => {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}/${found.ino}`;
};

/** Fails with DatabaseError when `file`, which is open now, is removed or replaced. Never succeeds. */
export const whileSameFile = (file: string): Effect.Effect<never, DatabaseError> =>
  Effect.suspend(() => {
    const opened = nodeOf(file);
    return Effect.sleep(LOOK_MS).pipe(
      Effect.andThen(
        Effect.suspend(() =>
          nodeOf(file) === opened
            ? Effect.void
            : Effect.fail(
                new DatabaseError({
                  file,
                  reason: "missing",
                  message: `${file} was removed or replaced while it was in use: start again, and a new database is filled from the topics`,
                }),
              ),
        ),
      ),
      Effect.forever,
    );
  });
