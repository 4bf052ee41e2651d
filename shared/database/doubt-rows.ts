/** What a database knows of the rows that doubts name: how many, what they are worth, and the first of them. */
import type { DoubtReport } from "../contract/doubt.ts";
import type { Sqlite } from "./sqlite.ts";

const SHOWN = 5;

/** Sales of a day and later ones that count; those that wait are in no figure. */
const SALES = `
  SELECT COUNT(*) AS found, SUM(ca_millioniemes) AS millionths
  FROM ventes WHERE id_vente IN (SELECT value FROM json_each(:keys)) AND date_vente >= :from`;
const FIRST = `
  SELECT concat_ws(' ', date_vente, id_produit, id_magasin, quantité, chiffre_affaires)
  FROM ventes WHERE id_vente IN (SELECT value FROM json_each(:keys))
  ORDER BY date_vente, id_vente LIMIT ${SHOWN}`;
const TOTAL = "SELECT SUM(ca_millioniemes) FROM ventes";

/** What carries doubts: the status of a source. */
interface Doubted {
  readonly doubts?: readonly DoubtReport[];
}

/**
 * Adds `known` to the doubts that name sales. One read transaction, in which the total revenue is computed once, whatever
 * the number of sources. Throws the errors of SQLite.
 */
export const withKnownRows = <S extends Doubted>(db: Sqlite, statuses: readonly S[]): readonly S[] =>
  statuses.some(hasRows) ? db.transaction(() => withKnown(db, statuses))() : statuses;

/** Whether a database may know more of the doubts of a status. */
export const hasRows = ({ doubts = [] }: Doubted): boolean => doubts.some(namesSales);

const namesSales = ({ rows, entity }: DoubtReport): boolean => rows !== undefined && entity === "ventes";

interface Found {
  readonly found: number;
  readonly millionths: number | null;
}

function withKnown<S extends Doubted>(db: Sqlite, statuses: readonly S[]): readonly S[] {
  const [sales, first] = [db.prepare(SALES), db.prepare(FIRST).pluck()];
  const total = ((db.prepare(TOTAL).pluck().get() as number | null) ?? 0) / 1e6;
  const known = (doubt: DoubtReport): DoubtReport => {
    if (!namesSales(doubt)) return doubt;
    const keys = { keys: JSON.stringify(doubt.rows) };
    const since = (from: string) => {
      const { found, millionths } = sales.get({ ...keys, from }) as Found;
      return { rows: found, amount: (millionths ?? 0) / 1e6 };
    };
    const choices = doubt.choices.map((choice) =>
      choice.from === undefined ? choice : { ...choice, known: since(choice.from) },
    );
    return { ...doubt, choices, known: { ...since(""), total, first: first.all(keys) as string[] } };
  };
  return statuses.map((one) => (one.doubts === undefined ? one : { ...one, doubts: one.doubts.map(known) }));
}
