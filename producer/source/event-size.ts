/**
 * What must fit into a record is the event as it goes out, not the line that it comes from: JSON and the key, which
 * is in it twice, may make it larger. Whether a row fits depends on the row alone, not on the length of the source's
 * id, the number of the version or of the line: it is the same at each look, and after a move.
 */
import type { RejectRow } from "#shared/contract/event.ts";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { MAX_RECORD_BYTES, RECORD_OVERHEAD } from "#shared/topic-log/record-size.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import { MAX_ID_BYTES } from "./reference.ts";

/** Kind, version, line, instant, day, an ordinal, and their names. */
const ENVELOPE = 512;

/** What is left of a record for the row of an event. */
export const rowRoom = (recordBytes: number): number =>
  recordBytes - RECORD_OVERHEAD - ENVELOPE - Math.min(MAX_ID_BYTES, recordBytes >> 2);

export const DEFAULT_ROW_ROOM = rowRoom(MAX_RECORD_BYTES);

/** The same for all topics, so that what a record is depends on none of them. */
export const roomIn = (log: Pick<TopicLog["Service"], "maxRecordBytes">): number =>
  rowRoom(Math.min(...EVENT_TOPICS.map((topic) => log.maxRecordBytes(topic))));

/** A character of a key is at most six bytes of JSON and three of the record's key; one of `rest` at most three. */
const MOST_OF_KEY = 9;
const MOST_OF_REST = 3;

/** The bytes of a row when it does not fit, else undefined. `rest`: as the decoder gives it. */
export function excessOf(room: number, key: string, rest: string): number | undefined {
  if (key.length * MOST_OF_KEY + rest.length * MOST_OF_REST <= room) return undefined;
  const bytes = Buffer.byteLength(key) + Buffer.byteLength(JSON.stringify(key)) + Buffer.byteLength(rest);
  return bytes <= room ? undefined : bytes;
}

/** What is kept of a raw text that does not fit: what a person looks at. */
const KEPT_OF_RAW = 1_000;

/** The reject with its raw text, or with the beginning of it and how long it was. */
export function fittingReject(room: number, row: RejectRow): RejectRow {
  const { raw } = row;
  if (raw.length * 6 <= room - KEPT_OF_RAW * 6) return row;
  if (Buffer.byteLength(JSON.stringify(row)) <= room) return row;
  const last = raw.charCodeAt(KEPT_OF_RAW - 1);
  // Not between the halves of a character.
  const kept = raw.slice(0, last >= 0xd800 && last < 0xdc00 ? KEPT_OF_RAW - 1 : KEPT_OF_RAW);
  return { ...row, raw: `${kept}… [${Buffer.byteLength(raw)} bytes]` };
}

/** Whether a last line may be kept in an announcement, beside the header. */
export const fitsAnnouncement = (room: number, raw: string): boolean =>
  raw.length * 6 <= room >> 2 || Buffer.byteLength(JSON.stringify(raw)) <= room >> 2;
