/**
 * What has been told and what is still to be sent: DIR/notified.json. It is written before a message is sent and after,
 * so a restart repeats nothing but a message that was being sent when the process was killed.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import { replaceFile } from "#shared/runtime/replace-file.ts";

export const KINDS = ["failed", "version", "rejects", "stale", "late", "component", "sale"] as const;
export type Kind = (typeof KINDS)[number];

/** One thing to tell. */
export const Change = Schema.Struct({
  event: Schema.Literals(["problem", "solved", "sale"]),
  kind: Schema.Literals(KINDS),
  /** What it is about: a source, a component; empty: the whole. */
  subject: Schema.String,
  says: Schema.String,
  /** When it began, and when it was noticed, ISO 8601. */
  since: Schema.String,
  at: Schema.String,
});
export type Change = typeof Change.Type;

/** A problem that is there now. */
export const Known = Schema.Struct({
  since: Schema.String,
  /** The `state` that was told last; null: nothing yet, for it may pass by itself. */
  told: Schema.NullOr(Schema.String),
  /** Since when nothing is known of it. */
  absent: Schema.optionalKey(Schema.String),
});
export type Known = typeof Known.Type;

/** What a destination is still to get, as one message. */
export const Outbox = Schema.Struct({
  changes: Schema.Array(Change),
  /** Changes that were left out because there were too many. */
  dropped: Schema.Int,
  /** Sends that failed one after the other. */
  tries: Schema.Int,
  /** The time of the next send, ISO 8601; null: at once. */
  next: Schema.NullOr(Schema.String),
  /** Keys of problems that the destination has not heard of: told before it was named, or in a message that was given up; absent: none. */
  owed: Schema.optionalKey(Schema.Array(Schema.String)),
});
export type Outbox = typeof Outbox.Type;
export const EMPTY_OUTBOX: Outbox = { changes: [], dropped: 0, tries: 0, next: null };

export const Memory = Schema.Struct({
  v: Schema.Literal(1),
  /** By the key of the problem. */
  known: Schema.Record(Schema.String, Known),
  /** By the id of the destination. */
  outboxes: Schema.Record(Schema.String, Outbox),
  /** The last sale that was looked at: the database and the rowid. */
  sale: Schema.NullOr(Schema.Struct({ database: Schema.String, row: Schema.Int })),
});
export type Memory = typeof Memory.Type;

const EMPTY: Memory = { v: 1, known: {}, outboxes: {}, sale: null };

const memoryFile = (dir: string): string => join(dir, "notified.json");
const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Memory));

/** Empty where there is none, or none that can be read: what is wrong now is then told again. */
export function readMemory(dir: string): Memory {
  try {
    return Option.getOrElse(decode(readFileSync(memoryFile(dir), "utf8")), () => EMPTY);
  } catch {
    return EMPTY;
  }
}

/** Replaces the file as a whole by a memory as JSON. Throws the error of the file system. */
export const writeMemory = (dir: string, memory: string): void => replaceFile(memoryFile(dir), memory);
