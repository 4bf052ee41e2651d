/** The records of the topic `sources`: registrations, catalogues, removals, and the announcements of versions. */
import * as Schema from "effect/Schema";
import { Day } from "./entities/columns.ts";

/** How a source is read where an operator fixed it. What is absent is decided on evidence, for each version. */
export const ReadingOptions = Schema.Struct({
  /** The name of a preset: the options of a known export, over which these are laid. */
  preset: Schema.optionalKey(Schema.String),
  delimiter: Schema.optionalKey(Schema.Literals([",", ";", "\t", "|"])),
  encoding: Schema.optionalKey(Schema.String),
  decimal: Schema.optionalKey(Schema.Literals(["point", "comma"])),
  /** The order of day, month and year in dates of digits, or `excel`: days since 1899-12-30. */
  dateFormat: Schema.optionalKey(Schema.Literals(["dmy", "mdy", "ymd", "excel"])),
  /** The file has no header: these are its columns. */
  columns: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Canonical column -> the header's name for it. */
  map: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  /** Canonical column -> the value that every record has. */
  set: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  /** Only records whose column has this value, all of them. */
  where: Schema.optionalKey(Schema.Array(Schema.Struct({ column: Schema.String, value: Schema.String }))),
  /** Columns that are empty where they repeat the line above. */
  fillDown: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Columns that are the primary id together. */
  key: Schema.optionalKey(Schema.Array(Schema.String)),
  /** The unit price on a line of sales is the product's price, too. */
  prices: Schema.optionalKey(Schema.Boolean),
});
export type ReadingOptions = typeof ReadingOptions.Type;

/** How a version was read: what was fixed and what was decided. Stays until the evidence says otherwise. */
export const ReadingDecisions = Schema.Struct({
  encoding: Schema.String,
  delimiter: Schema.String,
  /** null: a quote is a character like any other. */
  quote: Schema.NullOr(Schema.String),
  /** What makes a quote inside quotes one: the quote itself, or a backslash. */
  escape: Schema.NullOr(Schema.String),
  /** What begins a line that is left out; absent: nothing does. */
  comment: Schema.optionalKey(Schema.String),
  /** The line of the header, from 1; 0: there is none. */
  headerLine: Schema.Int,
  /** Published name of a column -> how its numbers or dates are written, where there was a choice. */
  columns: Schema.Record(Schema.String, Schema.String),
  /** What was noticed, by code (producer/csv/notes.ts). */
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

/** How an operator named a source. Key: the source's id. A tombstone removes it. */
export const Registration = Schema.Struct({
  v: Schema.Literal(1),
  kind: Schema.Literal("source"),
  source: Schema.String,
  /** What it publishes, as its header told when it was added. */
  entities: Schema.Array(Schema.Literals(["produits", "magasins", "ventes"])),
  /** Milliseconds between looks; null: the default of the producer. */
  every: Schema.NullOr(Schema.Int),
  /** Read once, then left. */
  once: Schema.Boolean,
  /** `drop`: identical lines count once (rule 5). */
  duplicates: Schema.Literals(["keep", "drop"]),
  reading: Schema.optionalKey(ReadingOptions),
  /** Overrides rule 9 for rows that vanish. */
  vanished: Schema.optionalKey(Schema.Literals(["keep", "withdraw"])),
  /** Keeps apart files that number or repeat their sales independently (rule 5). */
  idScope: Schema.optionalKey(Schema.String),
  /** SHA-256 of a content whose many withdrawals an operator confirmed (rule 10). */
  confirmed: Schema.optionalKey(Schema.String),
  /** The id of the catalogue that lists it: followed for as long as it does. */
  catalogue: Schema.optionalKey(Schema.String),
  /** Since when its catalogue does not list it any more: not fetched until it is listed again; its rows stay. */
  unlisted: Schema.optionalKey(Schema.String),
  /** Named through HTTP, not by an operator: public addresses only, unless private ones are allowed. */
  discovered: Schema.optionalKey(Schema.Literal(true)),
  /** Another one than at the last look: the source is read again whole, unchanged or not. */
  reread: Schema.optionalKey(Schema.String),
  /** Another one than announced: its sales get their ids anew, as its options are now (rule 4). */
  rekey: Schema.optionalKey(Schema.String),
  registered: Schema.String,
});
export type Registration = typeof Registration.Type;

const rowCounts = {
  emitted: Schema.Int,
  unchanged: Schema.Int,
  superseded: Schema.Int,
  /** Of the superseded: records that said something else of the same id (rule 6). */
  conflicts: Schema.optionalKey(Schema.Int),
  /** Rows that the source no longer has: kept, and withdrawn (rule 9). Not part of the sum. */
  vanished: Schema.Int,
  withdrawn: Schema.optionalKey(Schema.Int),
};

/**
 * What became of a version's records: records = emitted + unchanged + superseded + rejected (invariant 1). Of a source
 * of several entities each record is one row of each; the counts are of the last, its parents' beside them.
 */
export const VersionCounts = Schema.Struct({
  records: Schema.Int,
  ...rowCounts,
  rejected: Schema.Int,
  /** Values rounded to a millionth. Not part of the sum. */
  rounded: Schema.Int,
  /** Records that the source's own filter leaves out. Not part of the sum. */
  filtered: Schema.optionalKey(Schema.Int),
  parents: Schema.optionalKey(Schema.Record(Schema.String, Schema.Struct(rowCounts))),
});
export type VersionCounts = typeof VersionCounts.Type;

/** A document that lists sources, as an operator named it; what it says of its entries, each may say otherwise. Key: its id. */
export const Catalogue = Schema.Struct({
  v: Schema.Literal(1),
  kind: Schema.Literal("catalogue"),
  /** Its URL, or the file: URL of a document or folder. */
  catalogue: Schema.String,
  /** Milliseconds between looks at the document, and at each of its entries; null: the default of the producer. */
  every: Schema.NullOr(Schema.Int),
  /** Each entry is read once, then left; the document is still looked at. */
  once: Schema.Boolean,
  duplicates: Schema.Literals(["keep", "drop"]),
  reading: Schema.optionalKey(ReadingOptions),
  vanished: Schema.optionalKey(Schema.Literals(["keep", "withdraw"])),
  idScope: Schema.optionalKey(Schema.String),
  registered: Schema.String,
});
export type Catalogue = typeof Catalogue.Type;

/** An entry that an operator removed stays removed although its catalogue lists it. Key: the source's id. */
export const Removal = Schema.Struct({
  v: Schema.Literal(1),
  kind: Schema.Literal("removed"),
  source: Schema.String,
  catalogue: Schema.String,
  removed: Schema.String,
});
export type Removal = typeof Removal.Type;

/** One version of a source, or a takeover of it by another producer. Key: `versionKey(source)`. */
export const Announcement = Schema.Struct({
  v: Schema.Literal(1),
  kind: Schema.Literals(["version", "takeover"]),
  source: Schema.String,
  producer: Schema.String,
  published: Schema.String,
  entities: Schema.Array(Schema.Literals(["produits", "magasins", "ventes"])),
  /** The first announced header: canonical names and extras. Decides which columns identify a sale without id. */
  identity: Schema.NullOr(Schema.Array(Schema.String)),
  /** The registration's last `rekey` that is done. */
  rekeyed: Schema.optionalKey(Schema.String),
  /** The last header, as published. */
  header: Schema.NullOr(Schema.Array(Schema.String)),
  /** The last record when it had no line end: its line and raw text (rule 7). */
  open: Schema.NullOr(Schema.Struct({ line: Schema.Int, raw: Schema.String })),
  /** Day of publication in the business zone; never before the version before. */
  day: Schema.NullOr(Day),
  reading: Schema.optionalKey(ReadingDecisions),
  /** Of the last version. */
  counts: Schema.NullOr(VersionCounts),
});
export type Announcement = typeof Announcement.Type;

/** Announcements have another key than the registration, in the partition of the registration's key. */
export const versionKey = (source: string): string => `${source} version`;
