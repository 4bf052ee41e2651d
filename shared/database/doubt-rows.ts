/** What a database knows of the rows that doubts name: how many, what they are worth, and the first of them. */
import type { DoubtReport } from "../contract/doubt.ts";
import type { Sqlite } from "./sqlite.ts";

const SHOWN = 5;

/** Sales that count; those that wait are in no figure. */
const SALES = `
  SELECT COUNT(*) AS found, SUM(ca_millioniemes) AS millionths
  FROM ventes WHERE id_vente IN (SELECT value FROM json_each(:keys))`;
const FIRST = `
  SELECT concat_ws(' ', date_vente, id_produit, id_magasin, quantité, chiffre_affaires)
  FROM ventes WHERE id_vente IN (SELECT value FROM json_each(:keys))
  ORDER BY date_vente, id_vente LIMIT ${SHOWN}`;
const TOTAL = "SELECT SUM(ca_millioniemes) FROM ventes";

/** The doubts with `known` for those that name sales. One read transaction. */
export const withKnownRows = (db: Sqlite, doubts: readonly DoubtReport[]): readonly DoubtReport[] =>
  db.transaction(() => doubts.map((doubt) => withKnown(db, doubt)))();

function withKnown(db: Sqlite, doubt: DoubtReport): DoubtReport {
  const { rows, entity } = doubt;
  if (rows === undefined || entity !== "ventes") return doubt;
  const keys = { keys: JSON.stringify(rows) };
  const { found, millionths } = db.prepare(SALES).get(keys) as { found: number; millionths: number | null };
  const total = (db.prepare(TOTAL).pluck().get() as number | null) ?? 0;
  return {
    ...doubt,
    known: {
      rows: found,
      amount: (millionths ?? 0) / 1e6,
      total: total / 1e6,
      first: db.prepare(FIRST).pluck().all(keys) as string[],
    },
  };
}
