/** The rows of `analyses`: how a sum is stored, and how a row is read and written, with its history of each minute. */

import { storedSum } from "#shared/contract/numbers.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { Analysis } from "../analyses/analyses.ts";

/** The right value of a row of `analyses`, in millionths. Null: the sum of no rows; undefined: there must be no row. */
export type Result = bigint | null | undefined;

/** The stored value of a row. A number is the nearest double of a sum beyond 64 bits. */
export type Stored = number | Result;

export const asStored = (value: Result): Stored => (typeof value === "bigint" ? storedSum(value) : value);

export interface StoredResults {
  readonly value: (analysis: Analysis, cle: string) => Stored;
  /** Writes one row and its history, or deletes the row (undefined), inside the caller's transaction. */
  readonly put: (analysis: Analysis, cle: string, value: Result, commit: number, now: Date) => void;
}

/** Prepares the statements. */
export function openStoredResults(db: Sqlite): StoredResults {
  const value = db
    .prepare("SELECT millioniemes FROM analyses WHERE nom = ? AND cle = ?")
    .safeIntegers()
    .pluck();
  const put = db.prepare(`
    INSERT INTO analyses (nom, cle, millioniemes, unite, commit_id, date_analyse) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET millioniemes = excluded.millioniemes, unite = excluded.unite,
      commit_id = excluded.commit_id, date_analyse = excluded.date_analyse`);
  const withdraw = db.prepare("DELETE FROM analyses WHERE nom = ? AND cle = ?");
  const history = db.prepare(`
    INSERT INTO analyses_historique (nom, cle, minute, millioniemes, commit_id, date_analyse)
    VALUES (@nom, @cle, substr(@at, 1, 16), @value, @commit, @at)
    ON CONFLICT DO UPDATE SET millioniemes = excluded.millioniemes, commit_id = excluded.commit_id,
      date_analyse = excluded.date_analyse`);
  return {
    value: ({ nom }, cle) => value.get(nom, cle) as Stored,
    put: ({ nom, unite }, cle, result, commit, now) => {
      const at = now.toISOString();
      if (result === undefined) withdraw.run(nom, cle);
      else put.run(nom, cle, asStored(result), unite, commit, at);
      history.run({ nom, cle, value: asStored(result) ?? null, commit, at });
    },
  };
}

/** All rows of one analysis, by cle, on any connection to the file. */
export const readStored = (db: Sqlite, { nom }: Analysis): ReadonlyMap<string, Stored> =>
  new Map(
    db.prepare("SELECT cle, millioniemes FROM main.analyses WHERE nom = ?").safeIntegers().raw().all(nom) as [
      string,
      Stored,
    ][],
  );
