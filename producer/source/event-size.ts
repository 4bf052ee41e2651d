/**
 * Whether a row fits into a record of the topic log. The limit is for the event, which may be larger than the line of
 * the file: JSON escapes text, and the event holds the key twice. Whether a row fits depends on the row alone, not on
 * the source's id, the version or the line number. So the answer is the same at each poll, and after a move.
 */
import type { RejectRow } from "#shared/contract/event.ts";
import { shortDetails } from "#shared/contract/sentences.ts";
import { EVENT_TOPICS } from "#shared/contract/topics.ts";
import { MAX_RECORD_BYTES, RECORD_OVERHEAD } from "#shared/topic-log/record-size.ts";
import type { TopicLog } from "#shared/topic-log/topic-log.ts";
import { BOUNDS } from "./bounds.ts";

/** Bytes for kind, version, line, time, day, ordinal, and their names. */
const ENVELOPE = 512;

/** The bytes of a record that are left for the row of its event. */
export const rowRoom = (recordBytes: number): number =>
  recordBytes - RECORD_OVERHEAD - ENVELOPE - Math.min(BOUNDS.idBytes, recordBytes >> 2);

export const DEFAULT_ROW_ROOM = rowRoom(MAX_RECORD_BYTES);

/** The smallest room of all topics, so that a row does not fit one topic and not another. */
export const roomIn = (log: Pick<TopicLog["Service"], "maxRecordBytes">): number =>
  rowRoom(Math.min(...EVENT_TOPICS.map((topic) => log.maxRecordBytes(topic))));

/**
 * Upper bounds, in bytes for each UTF-16 code unit: of a key six in JSON and three in the record's key; of `rest`, which
 * is JSON already, three.
 */
const MOST_OF_KEY = 9;
const MOST_OF_REST = 3;

/** The size in bytes of a row that does not fit; undefined: it fits. `rest`: the row's JSON, as the decoder makes it. */
export function excessOf(room: number, key: string, rest: string): number | undefined {
  if (key.length * MOST_OF_KEY + rest.length * MOST_OF_REST <= room) return undefined;
  const bytes = Buffer.byteLength(key) + Buffer.byteLength(JSON.stringify(key)) + Buffer.byteLength(rest);
  return bytes <= room ? undefined : bytes;
}

/** How many characters remain of a raw text that does not fit: enough for a person to recognize the line. */
const KEPT_OF_RAW = 1_000;

/** The reject with short details; if it does not fit, with the beginning of its raw text and the full length in bytes. */
export function fittingReject(room: number, long: RejectRow): RejectRow {
  const { raw } = long;
  const row = { ...long, details: { ...shortDetails(long.details) } };
  if (raw.length * 6 <= room - KEPT_OF_RAW * 6) return row;
  if (Buffer.byteLength(JSON.stringify(row)) <= room) return row;
  const last = raw.charCodeAt(KEPT_OF_RAW - 1);
  // Do not cut between two surrogates.
  const kept = raw.slice(0, last >= 0xd800 && last < 0xdc00 ? KEPT_OF_RAW - 1 : KEPT_OF_RAW);
  return { ...row, raw: `${kept}… [${Buffer.byteLength(raw)} bytes]` };
}

/** Whether an open last line fits into an announcement, beside the header. */
export const fitsAnnouncement = (room: number, raw: string): boolean =>
  raw.length * 6 <= room >> 2 || Buffer.byteLength(JSON.stringify(raw)) <= room >> 2;
