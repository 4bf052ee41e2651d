/** Whether a disk has room for copies of databases. */
import { existsSync, statfsSync, statSync } from "node:fs";
import * as Effect from "effect/Effect";
import { onFile } from "#shared/database/attempt.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { Failed } from "../settings/errors.ts";

/**
 * Fails with the sentence of `sentenceOf` (the directory, bytes needed, bytes free) when the disk of the directory `to` has
 * no room for copies of these databases. A copy takes at most the size of its file and of its WAL.
 */
export const assertRoom = (
  to: string,
  files: readonly string[],
  sentenceOf: (dir: string, needed: number, free: number) => string,
): Effect.Effect<void, DatabaseError | Failed> =>
  Effect.flatMap(
    onFile(to, () => {
      const { bavail, bsize } = statfsSync(to);
      const needed = files
        .flatMap((file) => [file, `${file}-wal`])
        .filter((file) => existsSync(file))
        .reduce((sum, file) => sum + statSync(file).size, 0);
      return { free: bavail * bsize, needed };
    }),
    ({ free, needed }) =>
      free > needed ? Effect.void : Effect.fail(new Failed({ message: sentenceOf(to, needed, free) })),
  );
