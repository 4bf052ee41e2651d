/** A version of a source: opens its file, and turns its records into rows and rejects. */
export { fetchVersion } from "./fetch-version.ts";
export { firstIds, type InspectedReject, type InspectedRow, inspectVersion } from "./inspect.ts";
export { openFile } from "./open-file.ts";
export type { Tail, VersionOptions } from "./options.ts";
export { readInto } from "./read-into.ts";
export { readBefore, readingDoubts, readOf } from "./reading-doubts.ts";
export { changedReading, parseReadingFlags, type ReadingFlags } from "./reading-flags.ts";
export type { Version } from "./version.ts";
export { writeEvents } from "./write-events.ts";
