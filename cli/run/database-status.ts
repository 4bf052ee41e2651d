/** The part of `ventes status` about the database. */
import { type Applying, applyingIn } from "#shared/database/applying.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { Bounds } from "#shared/topic-log/topic-log.ts";
import { lagOf } from "../../consumer/log-binding.ts";
import { namesAndPrices, type Results, readResults, waitingLines } from "../output/results.ts";
import type { Texts } from "../texts/texts.ts";
import { analysesPending } from "./settled.ts";

export interface DatabaseStatus extends Results {
  /** Events between the positions and the ends of the log; null: there is no log. */
  readonly lag: number | null;
  /** Whether a commit is not yet in the analyses. */
  readonly pending: boolean;
  readonly applying: Applying | null;
}

export const readDatabase = (db: Sqlite, bounds: readonly Bounds[] | null): DatabaseStatus => ({
  ...readResults(db),
  lag: bounds === null ? null : lagOf(db, bounds),
  pending: analysesPending(db),
  applying: applyingIn(db),
});

export const databaseJson = (database: DatabaseStatus) => ({
  commit: database.commit,
  at: database.at,
  lag: database.lag,
  pending: database.pending,
  applying: database.applying,
  ...database.rows,
  rejects: database.rejects,
  orphans: database.waiting.sales,
  waiting: database.waiting,
  missed: database.missed,
  noticed: database.noticed,
});

export function databaseLines(database: DatabaseStatus, texts: Texts): readonly string[] {
  const { rows, applying, lag, rejects } = database;
  const { count } = texts;
  return [
    texts.statusRows(count(rows.produits), count(rows.magasins), count(rows.ventes)),
    texts.statusAnalyses(count(database.commit), database.at, database.pending),
    ...(applying === null
      ? []
      : [texts.statusApplying(applying.entity, applying.id, count(applying.done), count(applying.total))]),
    ...(lag === null ? [] : [texts.statusLag(count(lag))]),
    ...(rejects > 0 ? [texts.rejected(count(rejects))] : []),
    ...waitingLines(database.waiting, texts),
    ...namesAndPrices(database.noticed, texts),
  ];
}
