/**
 * A database file that is removed or replaced while it is open: the system keeps the old one for who has it open,
 * so work would go on, seen by nobody and lost at the end. Nothing of ours replaces it by name, so whoever finds
 * another file there, or none, stops and says so.
 */
import { statSync } from "node:fs";
import * as Effect from "effect/Effect";
import { DatabaseError } from "./sqlite.ts";

const LOOK_MS = 250;

/** What names a file whatever its name is; undefined when there is none. */
const nodeOf = (file: string): string | undefined => {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}/${found.ino}`;
};

/** Fails once `file`, which is open now, is no longer the same. Never succeeds. */
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
                  message: `${file} was removed or replaced while it was in use: start again, and what the topics hold is read into it anew`,
                }),
              ),
        ),
      ),
      Effect.forever,
    );
  });
