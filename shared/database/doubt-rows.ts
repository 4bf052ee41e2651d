/** What a database knows of doubts: the rows that they name, and what their choices make of the total revenue. */
import { type ChoiceEffect, type ChoiceMoney, type DoubtReport, withoutEvidence } from "../contract/doubt.ts";
import { choiceMoneyIn } from "./choice-money.ts";
import type { Sqlite } from "./sqlite.ts";

const SHOWN = 5;

/** Sales that count; those that wait are in no figure. A sale that is named twice counts twice. */
const SALES = `
  SELECT COUNT(*) AS found, SUM(ca_millioniemes) AS millionths
  FROM json_each(:keys) AS named JOIN ventes ON id_vente = named.value`;
const FIRST = `
  SELECT concat_ws(' ', date_vente, id_produit, id_magasin, quantité, chiffre_affaires)
  FROM ventes WHERE id_vente IN (SELECT value FROM json_each(:keys))
  ORDER BY date_vente, id_vente LIMIT ${SHOWN}`;
const TOTAL = "SELECT IFNULL(SUM(ca_millioniemes), 0) FROM ventes";

/** What carries doubts: the status of a source. Without `source` nothing is known of the effects of choices. */
interface Doubted {
  readonly source?: string;
  readonly doubts?: readonly DoubtReport[];
}

/**
 * Adds `known` to the doubts that name sales, and `money` to the choices with an effect. One read transaction, in which the
 * total revenue is computed once, whatever the number of sources. Throws the errors of SQLite.
 */
export const withKnownRows = <S extends Doubted>(db: Sqlite, statuses: readonly S[]): readonly S[] =>
  statuses.some(isKnowable) ? db.transaction(() => withKnown(db, statuses))() : statuses;

/** Whether a database may know more of the doubts of a status. */
export const isKnowable = ({ doubts = [] }: Doubted): boolean =>
  doubts.some((doubt) => namesSales(doubt) || doubt.choices.some(({ effect }) => effect !== undefined));

const namesSales = ({ rows, entity }: DoubtReport): boolean => rows !== undefined && entity === "ventes";

/** The rows of the doubt count once more, if the database has all of them. */
const again = ({ adds }: ChoiceEffect, known: DoubtReport["known"]): ChoiceMoney | undefined =>
  known === undefined || known.rows !== adds
    ? undefined
    : { now: known.total, after: known.total + known.amount, waiting: 0 };

interface Found {
  readonly found: number;
  readonly millionths: number | null;
}

function withKnown<S extends Doubted>(db: Sqlite, statuses: readonly S[]): readonly S[] {
  const [sales, first] = [db.prepare(SALES), db.prepare(FIRST).pluck()];
  const moneyOf = choiceMoneyIn(db);
  const total = db.prepare(TOTAL).safeIntegers().pluck().get() as bigint;
  const knownOf = ({ rows }: DoubtReport): NonNullable<DoubtReport["known"]> => {
    const keys = { keys: JSON.stringify(rows) };
    const { found, millionths } = sales.get(keys) as Found;
    return {
      rows: found,
      amount: (millionths ?? 0) / 1e6,
      total: Number(total) / 1e6,
      first: first.all(keys) as string[],
    };
  };
  const told =
    (source: string | undefined) =>
    (doubt: DoubtReport): DoubtReport => {
      const known = namesSales(doubt) ? knownOf(doubt) : undefined;
      const choices = doubt.choices.map((choice) => {
        const { effect } = choice;
        if (effect === undefined || source === undefined) return choice;
        const money = effect.again === true ? again(effect, known) : moneyOf(source, effect, total);
        return { ...choice, effect: withoutEvidence(effect), ...(money === undefined ? {} : { money }) };
      });
      return { ...doubt, choices, ...(known === undefined ? {} : { known }) };
    };
  return statuses.map((one) =>
    one.doubts === undefined ? one : { ...one, doubts: one.doubts.map(told(one.source)) },
  );
}
