/** Adds to doubts what the database of this directory knows of their rows. */
import { existsSync } from "node:fs";
import * as Effect from "effect/Effect";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import { onFile } from "#shared/database/attempt.ts";
import { withKnownRows } from "#shared/database/doubt-rows.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { openVentesReader, ventesFile } from "#shared/database/ventes-db.ts";

/** `data`: the data directory. Without a database the doubts stay as they are. */
export const knownDoubts = (
  data: string,
  doubts: readonly DoubtReport[],
): Effect.Effect<readonly DoubtReport[], DatabaseError> =>
  doubts.every(({ rows }) => rows === undefined) || !existsSync(ventesFile(data))
    ? Effect.succeed(doubts)
    : onFile(ventesFile(data), () => {
        const db = openVentesReader(data);
        try {
          return withKnownRows(db, doubts);
        } finally {
          db.close();
        }
      });

/** The status with what the database knows of the rows of its doubts. */
export const withKnownDoubts = <S extends { readonly doubts?: readonly DoubtReport[] }>(
  data: string,
  status: S,
): Effect.Effect<S, DatabaseError> =>
  status.doubts === undefined
    ? Effect.succeed(status)
    : Effect.map(knownDoubts(data, status.doubts), (doubts) => ({ ...status, doubts }));
