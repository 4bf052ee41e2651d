/** Adds to doubts what the database of this directory knows of their rows. */
import { existsSync } from "node:fs";
import * as Effect from "effect/Effect";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import { onFile } from "#shared/database/attempt.ts";
import { isKnowable, withKnownRows } from "#shared/database/doubt-rows.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { openVentesReader, ventesFile } from "#shared/database/ventes-db.ts";

/**
 * The statuses with what the database knows of the rows of their doubts. `data`: the data directory; without a database
 * in it, and without doubts that name rows, the statuses stay as they are.
 */
export const withKnownDoubts = <S extends { readonly doubts?: readonly DoubtReport[] }>(
  data: string,
  statuses: readonly S[],
): Effect.Effect<readonly S[], DatabaseError> =>
  !statuses.some(isKnowable) || !existsSync(ventesFile(data))
    ? Effect.succeed(statuses)
    : onFile(ventesFile(data), () => {
        const db = openVentesReader(data);
        try {
          return withKnownRows(db, statuses);
        } finally {
          db.close();
        }
      });
