/** Bytes as records: encoding, dialect, quotes, lines. */
export { splitRecord } from "./cutter.ts";
export { DELIMITERS, type Delimiter, type Dialect } from "./dialect.ts";
export { noteSentence, READING_NOTES, type ReadingNote, type ReadingNoteCode } from "./notes.ts";
export { parseList } from "./parse-list.ts";
export { decideReading, decisionsOf, type Reading } from "./reading.ts";
export { type LastLine, RecordReader, type RecordSink } from "./record-reader.ts";
