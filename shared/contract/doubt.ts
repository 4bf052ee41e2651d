/** What is unclear about a version of a source, as the status of the source tells it. */
import * as Schema from "effect/Schema";

/** One way to decide a doubt. */
export const DoubtChoice = Schema.Struct({
  /** What the choice does, in the language of the producer. */
  says: Schema.String,
  /** The command that makes it, ready to paste into a shell. */
  command: Schema.String,
  /** What `ventes sources confirm` writes into the registration for it; absent: the command is another. */
  accepts: Schema.optionalKey(Schema.String),
  /** A day: of the doubt's `rows` it deletes those of this day and later ones. Absent: all, if it deletes some. */
  from: Schema.optionalKey(Schema.String),
  /** What a database knows of the rows since `from`. Added with the doubt's `known`. */
  known: Schema.optionalKey(Schema.Struct({ rows: Schema.Int, amount: Schema.Finite })),
  /** How many rows it deletes. */
  withdraws: Schema.optionalKey(Schema.Int),
  /** How many rows it adds. */
  adds: Schema.optionalKey(Schema.Int),
  /** How many of the doubt's `rows` count once more. */
  repeats: Schema.optionalKey(Schema.Int),
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
