/** Where ventes.db is: statements that write.ts and compare.ts have in common. */

/** The commit that the analyses reflect, and since when. */
export const PROGRESS = "SELECT commit_id, progressed_at FROM main.progress";

/** The end of the row ids that a commit had given. */
export const ROW_END = `
  SELECT IFNULL((SELECT MIN(row_from) FROM main.commits WHERE commit_id > ?),
    (SELECT value + 1 FROM main.counters WHERE name = 'row'))`;
