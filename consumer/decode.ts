/** Decodes a record of a topic: the event, or the reason why it is none. Foreign programs may write to the topics. */
import "effect/schema/SchemaJITCompiler/enable";
import * as Schema from "effect/Schema";
import { entityNamed } from "#shared/contract/entities/index.ts";
import { EVENT_VERSION, EventSchemas, type PipelineEvent } from "#shared/contract/event.ts";
import type { Details, RejectCode } from "#shared/contract/sentences.ts";
import type { EventTopic } from "#shared/contract/topics.ts";
import type { LogRecord } from "#shared/topic-log/topic-log.ts";

export interface NotAnEvent {
  readonly code: RejectCode;
  readonly details: Details;
}

export type Decoded =
  | { readonly event: PipelineEvent; readonly key: string }
  | { readonly reject: NotAnEvent };

type Decoder = (record: LogRecord) => Decoded;

const reject = (code: RejectCode, details: Details = {}): Decoded => ({ reject: { code, details } });

function decoderOf(topic: EventTopic): Decoder {
  const isEvent = Schema.is(EventSchemas[topic]);
  const explain = Schema.decodeUnknownExit(EventSchemas[topic] as unknown as Schema.Codec<unknown>);
  // The key of a reject is a hash, which is not in its row.
  const keyColumn = topic === "rejets" ? undefined : entityNamed(topic).key;
  return ({ key, value, broken }) => {
    if (value === null)
      return broken === undefined
        ? reject("event.tombstone")
        : reject("event.broken_batch", { value: broken.reason, more: String(broken.until - 1) });
    if (key === null) return reject("event.no_key");
    let json: unknown;
    try {
      const text = value.toString("utf8");
      json = LONE_SURROGATE.test(text) ? JSON.parse(text, wellFormed) : JSON.parse(text);
    } catch (error) {
      return reject("event.not_json", { value: error instanceof Error ? error.message : String(error) });
    }
    if (!isEvent(json)) {
      const version = (json as { v?: unknown } | null)?.v;
      if (typeof version === "number" && version !== EVENT_VERSION)
        return reject("event.unknown_version", { value: String(version) });
      return reject("event.not_an_event", { value: firstLines(explain(json)) });
    }
    const event = json as unknown as PipelineEvent;
    if (event.kind !== "fence" && keyColumn !== undefined && event.row[keyColumn] !== key)
      return reject("event.wrong_key", { value: key, more: String(event.row[keyColumn] ?? "") });
    return { event, key };
  };
}

/** The JSON escape of a half of a surrogate pair. UTF-8 has no bytes for it. */
const LONE_SURROGATE = /\\u[dD][89a-fA-F]/;

/**
 * Replaces lone surrogates by U+FFFD, as SQLite does when it stores them: a replay compares a row with its event, so
 * both must be the same text. Names stay as they are, because they are stored as escaped JSON.
 */
const wellFormed = (_: string, value: unknown): unknown =>
  typeof value === "string" ? value.toWellFormed() : value;

const firstLines = (exit: unknown): string => String(exit).replaceAll(/\s+/g, " ").slice(0, 200);

const decoders: Readonly<Record<EventTopic, Decoder>> = {
  produits: decoderOf("produits"),
  magasins: decoderOf("magasins"),
  ventes: decoderOf("ventes"),
  rejets: decoderOf("rejets"),
};

export const decodeEvent = (topic: EventTopic, record: LogRecord): Decoded => decoders[topic](record);
