/** What is unclear about a version of a source, as the status of the source tells it. */
import * as Schema from "effect/Schema";

/** Sales of one product in one shop that would count. */
export const ComingSales = Schema.Struct({
  product: Schema.String,
  shop: Schema.String,
  sales: Schema.Int,
  /** A decimal. With `day` their quantity on that day, which the price of the product makes an amount; else their amount. */
  sum: Schema.String,
  day: Schema.optionalKey(Schema.String),
});
export type ComingSales = typeof ComingSales.Type;

/** A product or shop that would be deleted, added or changed. */
export const ComingParent = Schema.Struct({
  id: Schema.String,
  gone: Schema.optionalKey(Schema.Literal(true)),
  /** The price that is stated of a product; null: none any more; absent: the file has no prices. A decimal. */
  price: Schema.optionalKey(Schema.NullOr(Schema.String)),
  /** The day from which that price holds; absent: `day` of the effect. */
  from: Schema.optionalKey(Schema.String),
});
export type ComingParent = typeof ComingParent.Type;

/** What a choice would do to the rows of the source, by the version that is held back. A database adds the money. */
export const ChoiceEffect = Schema.Struct({
  entity: Schema.Literals(["produits", "magasins", "ventes"]),
  /** How many rows it deletes, adds and changes. */
  deletes: Schema.Int,
  adds: Schema.Int,
  changes: Schema.Int,
  /** The code of the doubt for which the version would then wait; absent: it would be applied. */
  waitsFor: Schema.optionalKey(Schema.String),
  /**
   * Why no money is told. others: sales that are published depend on it. many: there are too many rows. Absent: a database
   * can tell it.
   */
  unpriced: Schema.optionalKey(Schema.Literals(["others", "many"])),
  /** Ids of sales that are deleted, and of those that another row replaces, at most 1,000 together. */
  deleted: Schema.optionalKey(Schema.Array(Schema.String)),
  replaced: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Instead of these, the ids of the source's other sales: all but these are deleted or replaced. */
  kept: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Sources whose sales are deleted. */
  without: Schema.optionalKey(Schema.Array(Schema.String)),
  /** The sales that come, those that replace others too. */
  coming: Schema.optionalKey(Schema.Array(ComingSales)),
  /** The `rows` of the doubt count once more, each as often as it is named there. */
  again: Schema.optionalKey(Schema.Literal(true)),
  /** The products or shops of a list, and the day of its publication. */
  parents: Schema.optionalKey(Schema.Array(ComingParent)),
  day: Schema.optionalKey(Schema.String),
  /** Entities that the file brings itself. */
  brings: Schema.optionalKey(Schema.Array(Schema.String)),
});
export type ChoiceEffect = typeof ChoiceEffect.Type;

/** What an effect says to a person, without the rows that a database makes the money of. */
export const withoutEvidence = ({
  entity,
  deletes,
  adds,
  changes,
  waitsFor,
  unpriced,
}: ChoiceEffect): ChoiceEffect => ({
  entity,
  deletes,
  adds,
  changes,
  ...(waitsFor === undefined ? {} : { waitsFor }),
  ...(unpriced === undefined ? {} : { unpriced }),
});

/** What a choice makes of the total revenue, by a database. In its currency. */
export const ChoiceMoney = Schema.Struct({
  now: Schema.Finite,
  after: Schema.Finite,
  /** How many of the sales that come would wait for their product, shop or price: they are not in it. */
  waiting: Schema.Int,
});
export type ChoiceMoney = typeof ChoiceMoney.Type;

/** One way to decide a doubt. */
export const DoubtChoice = Schema.Struct({
  /** What the choice does, in the language of the producer. */
  says: Schema.String,
  /** The command that makes it, ready to paste into a shell. */
  command: Schema.String,
  /** What `ventes sources confirm` writes into the registration for it; absent: the command is another. */
  accepts: Schema.optionalKey(Schema.String),
  /** What it does; absent: nothing tells it. */
  effect: Schema.optionalKey(ChoiceEffect),
  /** Added by a program that has the database; not in topics. */
  money: Schema.optionalKey(ChoiceMoney),
});
export type DoubtChoice = typeof DoubtChoice.Type;

/** What a database knows of the rows. Amounts are in its currency. */
const KnownRows = Schema.Struct({
  rows: Schema.Int,
  amount: Schema.Finite,
  /** Total revenue now. */
  total: Schema.Finite,
  /** The first of them, as text: date, product, shop, quantity, amount. */
  first: Schema.Array(Schema.String),
});

/** One thing that is unclear, with its evidence and the ways to decide it. */
export const DoubtReport = Schema.Struct({
  code: Schema.String,
  /** Names what is decided, `CODE:HASH`. `ventes sources confirm` writes it into the registration. */
  decision: Schema.String,
  /**
   * held: no event of the version is published. attention: the version is applied, but a person must know. noticed: it
   * is applied, and nobody needs to act.
   */
  weight: Schema.Literals(["held", "attention", "noticed"]),
  /** The sentence, in the language of the producer. */
  says: Schema.String,
  /** At most 5 lines or values of the file. */
  examples: Schema.Array(Schema.String),
  choices: Schema.Array(DoubtChoice),
  /** Primary ids of rows of `entity` that the choices differ in, at most 1,000. A database has their amounts. */
  rows: Schema.optionalKey(Schema.Array(Schema.String)),
  entity: Schema.optionalKey(Schema.Literals(["produits", "magasins", "ventes"])),
  /** Added by a program that has the database; not in topics. */
  known: Schema.optionalKey(KnownRows),
});
export type DoubtReport = typeof DoubtReport.Type;

/** Whether a person must act on a doubt. */
export const isOpen = ({ weight }: Pick<DoubtReport, "weight">): boolean => weight !== "noticed";
