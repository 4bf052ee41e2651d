/** What DIR/ventes.db says of itself for monitoring, in one read transaction, without reading all sales. */
import { statfsSync, statSync } from "node:fs";
import type { EventTopic } from "#shared/contract/topics.ts";
import { missedCount } from "#shared/database/log-of-database.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { Position } from "#shared/topic-log/topic-log.ts";
import { furthestRead, storedPositions } from "../../../consumer/log-binding.ts";

/** The outcomes of the events of a topic that the database has read. */
export interface TopicOutcomes {
  readonly topic: EventTopic;
  readonly events: number;
  readonly unchanged: number;
  readonly superseded: number;
  readonly rejected: number;
}

export interface Progress {
  readonly positions: readonly Position[];
  /** The high watermarks: a replay lowers the positions, and the rows stay. */
  readonly furthest: readonly Position[];
  /** The newest commit, and the one that the analyses reflect. */
  readonly newest: number;
  readonly analysed: number;
  /** When the analyses reached it, and when the oldest commit after it was made; null: none was. ISO 8601. */
  readonly analysedAt: string | null;
  readonly pendingSince: string | null;
}

export interface DatabaseFigures extends Progress {
  readonly rows: { readonly produits: number; readonly magasins: number; readonly ventes: number };
  readonly waiting: number;
  readonly rejects: number;
  readonly repaired: number;
  readonly missed: number;
  readonly outcomes: readonly TopicOutcomes[];
}

const PROGRESS = `
  SELECT MAX(commit_id, IFNULL((SELECT MAX(commit_id) FROM commits), 0)) AS newest, commit_id AS analysed,
    IIF(commit_id = 0, NULL, progressed_at) AS analysedAt,
    (SELECT MIN(committed_at) FROM commits WHERE commits.commit_id > progress.commit_id) AS pendingSince
  FROM progress`;

/** sale_days has a row for each day and source, so it is far smaller than ventes. It counts the sales that wait too. */
const SALES = `
  SELECT CASE WHEN EXISTS (SELECT 1 FROM meta WHERE key = 'between sources' AND value = 'kept')
    THEN (SELECT IFNULL(SUM(sales), 0) FROM sale_days) - (SELECT COUNT(*) FROM orphelins)
    ELSE (SELECT COUNT(*) FROM ventes) END`;

const COUNTS = `
  SELECT (SELECT COUNT(*) FROM produits) AS produits, (SELECT COUNT(*) FROM magasins) AS magasins,
    (${SALES}) AS ventes, (SELECT COUNT(*) FROM orphelins) AS waiting, (SELECT COUNT(*) FROM rejets) AS rejects,
    (SELECT value FROM counters WHERE name = 'repaired') AS repaired`;

const OUTCOMES = `
  SELECT topic, SUM(events) AS events, SUM(unchanged) AS unchanged, SUM(superseded) AS superseded,
    SUM(rejected) AS rejected FROM positions GROUP BY topic ORDER BY topic`;

/** Throws the errors of SQLite. */
export const readProgress = (db: Sqlite): Progress =>
  db.transaction(() => ({
    ...(db.prepare(PROGRESS).get() as Omit<Progress, "positions" | "furthest">),
    positions: storedPositions(db),
    furthest: furthestRead(db),
  }))();

/** Throws the errors of SQLite. */
export const readFigures = (db: Sqlite): DatabaseFigures =>
  db.transaction(() => {
    const { produits, magasins, ventes, ...counts } = db.prepare(COUNTS).get() as Record<
      "produits" | "magasins" | "ventes" | "waiting" | "rejects" | "repaired",
      number
    >;
    return {
      ...readProgress(db),
      ...counts,
      rows: { produits, magasins, ventes },
      missed: missedCount(db),
      outcomes: db.prepare(OUTCOMES).all() as TopicOutcomes[],
    };
  })();

/** Bytes of a file; undefined: there is none. */
export const sizeOf = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.size;

/** Bytes that are free for this user on the disk of a directory; undefined: that cannot be told. */
export function freeOn(directory: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
