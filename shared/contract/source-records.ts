/** The records of the topic `sources`: registrations, catalogues, removals, and the announcements of versions. */
import * as Schema from "effect/Schema";
import { Day } from "./entities/columns.ts";

/** What the field of a record must be: a value, another one than `not`, or one of a list. An empty text is an empty field. */
export const Condition = Schema.Union([
  Schema.Struct({ column: Schema.String, value: Schema.String }),
  Schema.Struct({ column: Schema.String, not: Schema.String }),
  Schema.Struct({ column: Schema.String, in: Schema.Array(Schema.String) }),
]);
export type Condition = typeof Condition.Type;

/** The reading options that an operator has fixed. The producer decides the absent ones from the file, for each version. */
export const ReadingOptions = Schema.Struct({
  /** The name of a preset, the options of a known export. The options here override those of the preset. */
  preset: Schema.optionalKey(Schema.String),
  delimiter: Schema.optionalKey(Schema.Literals([",", ";", "\t", "|"])),
  encoding: Schema.optionalKey(Schema.String),
  /** What encloses fields; `none`: a quote is an ordinary character. */
  quote: Schema.optionalKey(Schema.Literals(['"', "'", "none"])),
  /** The text with which comments begin; empty: there are none. */
  comment: Schema.optionalKey(Schema.String),
  /** How many lines at the beginning of the file are left out, whatever they hold. */
  skipLines: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  decimal: Schema.optionalKey(Schema.Literals(["point", "comma"])),
  /** The order of day, month and year in numeric dates; `excel`: days since 1899-12-30. */
  dateFormat: Schema.optionalKey(Schema.Literals(["dmy", "mdy", "ymd", "excel"])),
  /** The file has no header: these are its columns. */
  columns: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Canonical column -> the header's name for it. */
  map: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  /** Canonical column -> the value that every record has. */
  set: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  /** Column -> names: a value that differs from one only by case, accents, spacing or St and Saint is written as that. */
  same: Schema.optionalKey(Schema.Record(Schema.String, Schema.Array(Schema.String))),
  /** Reads only the records that meet all of these conditions. */
  where: Schema.optionalKey(Schema.Array(Condition)),
  /** An empty value in these columns repeats the value of the line above. */
  fillDown: Schema.optionalKey(Schema.Array(Schema.String)),
  /** The columns that form the primary id together. */
  key: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Columns of the file that are not published. */
  drop: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Of the columns that no entity has, only these are published. */
  only: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Columns that are published although their names are of personal data. */
  keep: Schema.optionalKey(Schema.Array(Schema.String)),
  /** The unit price on the line of a sale is also a price of its product. */
  prices: Schema.optionalKey(Schema.Boolean),
  /** Ids and numbers of documents that are written 12.0 or 12,00 are 12. */
  wholeIds: Schema.optionalKey(Schema.Boolean),
});
export type ReadingOptions = typeof ReadingOptions.Type;

/** How a version was read: the fixed options, and the decisions. A decision holds until a later version contradicts it. */
export const ReadingDecisions = Schema.Struct({
  encoding: Schema.String,
  delimiter: Schema.String,
  /** Null: a quote is an ordinary character. */
  quote: Schema.NullOr(Schema.String),
  /** The character before a quote inside quotes: the quote itself, or a backslash. */
  escape: Schema.NullOr(Schema.String),
  /** The first character of comment lines; absent: there are none. */
  comment: Schema.optionalKey(Schema.String),
  /** The line of the header, from 1; 0: there is no header. */
  headerLine: Schema.Int,
  /** How many delimiters too many each line ends in; absent: none. */
  trailing: Schema.optionalKey(Schema.Int),
  /** Lines may lack empty fields at their end. */
  ragged: Schema.optionalKey(Schema.Literal(true)),
  /** Published name of a column -> the decided form of its numbers or dates; only for columns that allowed a choice. */
  columns: Schema.Record(Schema.String, Schema.String),
  /** Canonical column -> the index of its field in the header; an array: the fields of an address that is an id. */
  places: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Union([Schema.Int, Schema.Array(Schema.Int)])),
  ),
  /** Fields that are not published and never were (rule 24). */
  leftOut: Schema.optionalKey(Schema.Array(Schema.String)),
  /** The extras whose values are personal data (rule 24). */
  personal: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Remarks about the file, by code (producer/csv/notes.ts). */
  notes: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({
        code: Schema.String,
        what: Schema.optionalKey(Schema.String),
        more: Schema.optionalKey(Schema.String),
      }),
    ),
  ),
});
export type ReadingDecisions = typeof ReadingDecisions.Type;

/** What of a column could not be read. */
export const ColumnGaps = Schema.Struct({
  /** Values that were empty, or an error text of a spreadsheet. */
  empty: Schema.Int,
  /** Records that were rejected because of this column. */
  rejected: Schema.Int,
});
export type ColumnGaps = typeof ColumnGaps.Type;

/** A trace of what an operator decided about a source. */
export const Decided = Schema.Struct({
  at: Schema.String,
  decision: Schema.String,
  /** What was accepted, as it was told. */
  says: Schema.String,
});
export type Decided = typeof Decided.Type;

/** The registration of a source. Key: the id of the source. A tombstone removes it. */
export const Registration = Schema.Struct({
  v: Schema.Literal(1),
  kind: Schema.Literal("source"),
  source: Schema.String,
  /** The name that a person gave it. */
  name: Schema.optionalKey(Schema.String),
  /** The entities that it publishes, by its header when it was added. */
  entities: Schema.Array(Schema.Literals(["produits", "magasins", "ventes"])),
  /** Milliseconds between polls; null: the default of the producer. */
  every: Schema.NullOr(Schema.Int),
  /** True: the source is read once and not polled again. */
  once: Schema.Boolean,
  /** `drop`: identical lines count once (rule 5). */
  duplicates: Schema.Literals(["keep", "drop"]),
  reading: Schema.optionalKey(ReadingOptions),
  /** Overrides rule 9 for rows that vanish from the file. */
  vanished: Schema.optionalKey(Schema.Literals(["keep", "withdraw"])),
  /** A prefix for the ids of sales: for files whose ids or repeated lines are independent of those of other files (rule 5). */
  idScope: Schema.optionalKey(Schema.String),
  /** The decisions about unclear versions that an operator accepted, the last one last (rule 10). */
  accepted: Schema.optionalKey(Schema.Array(Schema.String)),
  /** When each of the last of them was accepted, and what it said. */
  decided: Schema.optionalKey(Schema.Array(Decided)),
  /** The decisions that its catalogue has for all its entries. */
  inherited: Schema.optionalKey(Schema.Array(Schema.String)),
  /** The id of the catalogue that lists it. The source is followed while it is listed. */
  catalogue: Schema.optionalKey(Schema.String),
  /** When its catalogue stopped listing it. It is not polled until it is listed again; its rows stay. */
  unlisted: Schema.optionalKey(Schema.String),
  /** True when a program named it, not an operator: it must be on a public address, unless private ones are allowed. */
  discovered: Schema.optionalKey(Schema.Literal(true)),
  /** When this value changes, the next poll reads the whole source again, even if it has not changed. */
  reread: Schema.optionalKey(Schema.String),
  /** When it differs from `rekeyed` of the announcement, sales get new derived ids by the current options (rule 4). */
  rekey: Schema.optionalKey(Schema.String),
  registered: Schema.String,
});
export type Registration = typeof Registration.Type;

const rowCounts = {
  emitted: Schema.Int,
  unchanged: Schema.Int,
  superseded: Schema.Int,
  /** The part of the superseded records that differ from the record of the same id that replaced them (rule 6). */
  conflicts: Schema.optionalKey(Schema.Int),
  /** Rows that the source no longer has: `vanished` were kept, `withdrawn` were withdrawn (rule 9). Not part of the sum. */
  vanished: Schema.Int,
  withdrawn: Schema.optionalKey(Schema.Int),
};

/**
 * The outcomes of a version's records: records = emitted + unchanged + superseded + rejected (invariant 1). In a wide
 * file each record is one row of each entity: the counts are those of the last entity, `parents` has the others.
 */
export const VersionCounts = Schema.Struct({
  records: Schema.Int,
  ...rowCounts,
  rejected: Schema.Int,
  /** Values rounded to a millionth. Not part of the sum. */
  rounded: Schema.Int,
  /** Records that `where` leaves out. Not part of the sum. */
  filtered: Schema.optionalKey(Schema.Int),
  parents: Schema.optionalKey(Schema.Record(Schema.String, Schema.Struct(rowCounts))),
});
export type VersionCounts = typeof VersionCounts.Type;

/**
 * The registration of a catalogue. Its options are the defaults of its entries; an entry may override them. Key: the id
 * of the catalogue.
 */
export const Catalogue = Schema.Struct({
  v: Schema.Literal(1),
  kind: Schema.Literal("catalogue"),
  /** Its URL; for a local document or folder a file: URL. */
  catalogue: Schema.String,
  /** Milliseconds between polls of the document, and of each entry; null: the default of the producer. */
  every: Schema.NullOr(Schema.Int),
  /** True: each entry is read once; the document itself is still polled. */
  once: Schema.Boolean,
  duplicates: Schema.Literals(["keep", "drop"]),
  reading: Schema.optionalKey(ReadingOptions),
  vanished: Schema.optionalKey(Schema.Literals(["keep", "withdraw"])),
  idScope: Schema.optionalKey(Schema.String),
  /** The decisions that hold for each entry, later ones too, and when each of the last was accepted (rule 10). */
  accepted: Schema.optionalKey(Schema.Array(Schema.String)),
  decided: Schema.optionalKey(Schema.Array(Decided)),
  /**
   * Its address was a private one when an operator registered it. Only then may its entries be at private addresses: who
   * owns the name of a public address may give it a private one at any time.
   */
  private: Schema.optionalKey(Schema.Boolean),
  /** The entities of each entry that the document names none for; absent: the header of the entry decides. */
  entities: Schema.optionalKey(Schema.Array(Schema.Literals(["produits", "magasins", "ventes"]))),
  registered: Schema.String,
});
export type Catalogue = typeof Catalogue.Type;

/** An entry that an operator removed: it stays removed although its catalogue lists it. Key: the id of the source. */
export const Removal = Schema.Struct({
  v: Schema.Literal(1),
  kind: Schema.Literal("removed"),
  source: Schema.String,
  catalogue: Schema.String,
  removed: Schema.String,
});
export type Removal = typeof Removal.Type;

/** The announcement of a version, or of a takeover by another producer. Key: `versionKey(source)`. */
export const Announcement = Schema.Struct({
  v: Schema.Literal(1),
  kind: Schema.Literals(["version", "takeover"]),
  source: Schema.String,
  producer: Schema.String,
  published: Schema.String,
  entities: Schema.Array(Schema.Literals(["produits", "magasins", "ventes"])),
  /** The first announced header, as canonical names and extras. It fixes the identity columns of sales without id. */
  identity: Schema.NullOr(Schema.Array(Schema.String)),
  /** The last `rekey` of the registration that was carried out. */
  rekeyed: Schema.optionalKey(Schema.String),
  /** When an operator withdrew all rows of the source, and how many events that took. */
  withdrawn: Schema.optionalKey(Schema.Struct({ at: Schema.String, events: Schema.Int })),
  /** The last header, as published. */
  header: Schema.NullOr(Schema.Array(Schema.String)),
  /** The line and the raw text of the last record, when that had no line end (rule 7). */
  open: Schema.NullOr(Schema.Struct({ line: Schema.Int, raw: Schema.String })),
  /** Day of publication in the business time zone; never earlier than that of the previous version. */
  day: Schema.NullOr(Day),
  reading: Schema.optionalKey(ReadingDecisions),
  /** The counts of the last version. */
  counts: Schema.NullOr(VersionCounts),
  /** How a file of sales without id behaved so far (rule 9): how many versions brought lines at its beginning and at its
   * end, how many lacked lines that had rolled off, how many of those had as many lines as before, and whether one of them lacked
   * a part of a day. `ended`: how often the answers about its rows ended (rule 10); absent: never. */
  habit: Schema.optionalKey(
    Schema.Struct({
      first: Schema.Int,
      last: Schema.Int,
      rolled: Schema.Int,
      full: Schema.Int,
      split: Schema.Boolean,
      ended: Schema.optionalKey(Schema.Int),
    }),
  ),
  /** By the name of the column in the file, "" for lines that are no record. Columns that were read whole are absent. */
  gaps: Schema.optionalKey(Schema.Record(Schema.String, ColumnGaps)),
});
export type Announcement = typeof Announcement.Type;

/** The key of announcements. It differs from that of the registration, but they are in the partition of that key. */
export const versionKey = (source: string): string => `${source} version`;
