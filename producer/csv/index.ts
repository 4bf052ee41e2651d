/** Bytes as records: encoding, dialect, quotes, lines. */
export { noteSentence, READING_NOTES, type ReadingNote, type ReadingNoteCode } from "./notes.ts";
export { parseList } from "./parse-list.ts";
export { decideReading, decisionsOf, type Reading } from "./reading.ts";
export { DELIMITERS, type Delimiter, type Dialect } from "./records/dialect.ts";
export { commentNamed, delimiterNamed, lineCountNamed, quoteNamed } from "./records/dialect-names.ts";
export { RecordReader } from "./records/record-reader.ts";
export type { LastLine, RecordSink } from "./records/record-sink.ts";
export { splitRecord } from "./records/split-record.ts";
