/**
 * Decodes records of topics: the event, or the reason why it is none. Foreign programs may write to the topics. Most
 * events differ from the one before in their values alone: known-shape.ts reads these without JSON.parse.
 */
import "effect/schema/SchemaJITCompiler/enable";
import * as Schema from "effect/Schema";
import { magasins, produits, ventes } from "#shared/contract/entities/index.ts";
import { EVENT_VERSION, EventSchemas, type PipelineEvent } from "#shared/contract/event.ts";
import type { Details, RejectCode } from "#shared/contract/sentences.ts";
import type { EventTopic } from "#shared/contract/topics.ts";
import type { LogRecord } from "#shared/topic-log/topic-log.ts";
import { type Checks, KnownShape } from "./known-shape.ts";

export interface NotAnEvent {
  readonly code: RejectCode;
  readonly details: Details;
}

export type Decoded =
  | { readonly event: PipelineEvent; readonly key: string }
  | { readonly reject: NotAnEvent };

type Decoder = (record: LogRecord) => Decoded;

/** Decodes a record of a topic. */
export type DecodeEvent = (topic: EventTopic, record: LogRecord) => Decoded;

const reject = (code: RejectCode, details: Details = {}): Decoded => ({ reject: { code, details } });

/** The rules of one topic, which all its decoders share. */
interface Rules {
  readonly isEvent: (json: unknown) => boolean;
  readonly explain: (json: unknown) => unknown;
  /** Undefined: the key of a reject is a hash, which is not in its row. */
  readonly keyColumn: string | undefined;
  /** Undefined: rows of the topic have values that are no texts, which KnownShape cannot read. */
  readonly checks: Checks | undefined;
}

const ENTITIES = { produits, magasins, ventes } as const;

function rulesOf(topic: EventTopic): Rules {
  const entity = topic === "rejets" ? undefined : ENTITIES[topic];
  return {
    isEvent: Schema.is(EventSchemas[topic]),
    explain: Schema.decodeUnknownExit(EventSchemas[topic] as unknown as Schema.Codec<unknown>),
    keyColumn: entity?.key,
    checks:
      entity &&
      new Map(
        Object.entries(entity.Row.fields).map(([name, field]) => [name, Schema.is(field as Schema.Top)]),
      ),
  };
}

const RULES: Readonly<Record<EventTopic, Rules>> = {
  produits: rulesOf("produits"),
  magasins: rulesOf("magasins"),
  ventes: rulesOf("ventes"),
  rejets: rulesOf("rejets"),
};

function decoderOf({ isEvent, explain, keyColumn, checks }: Rules): Decoder {
  let shape: KnownShape | undefined;
  /** The last event that `shape` did not read. */
  let last: PipelineEvent | undefined;
  /** Learns a shape when two events of one version follow each other: more of that version are likely. */
  const learn = (event: PipelineEvent, text: string) => {
    const isNext = event.kind === "row" && last?.source === event.source && last.version === event.version;
    if (checks !== undefined && isNext) shape = KnownShape.of(event, text, checks) ?? shape;
    last = event;
  };
  return ({ key, value, broken }) => {
    if (value === null)
      return broken === undefined
        ? reject("event.tombstone")
        : reject("event.broken_batch", { value: broken.reason, more: String(broken.until - 1) });
    if (key === null) return reject("event.no_key");
    const text = value.toString("utf8");
    let event: PipelineEvent | undefined = shape?.read(text);
    if (event === undefined) {
      let json: unknown;
      try {
        json = LONE_SURROGATE.test(text) ? JSON.parse(text, wellFormed) : JSON.parse(text);
      } catch (error) {
        return reject("event.not_json", { value: error instanceof Error ? error.message : String(error) });
      }
      if (!isEvent(json)) return notAnEvent(json, explain);
      event = json as PipelineEvent;
      learn(event, text);
    }
    if (event.kind !== "fence" && keyColumn !== undefined && event.row[keyColumn] !== key)
      return reject("event.wrong_key", { value: key, more: String(event.row[keyColumn] ?? "") });
    return { event, key };
  };
}

function notAnEvent(json: unknown, explain: Rules["explain"]): Decoded {
  const version = (json as { v?: unknown } | null)?.v;
  if (typeof version === "number" && version !== EVENT_VERSION)
    return reject("event.unknown_version", { value: String(version) });
  return reject("event.not_an_event", { value: firstLines(explain(json)) });
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

/** Makes the decoders of all topics. They remember the shape of the last events, so each caller makes its own. */
export function makeEventDecoder(): DecodeEvent {
  const decoders = {
    produits: decoderOf(RULES.produits),
    magasins: decoderOf(RULES.magasins),
    ventes: decoderOf(RULES.ventes),
    rejets: decoderOf(RULES.rejets),
  };
  return (topic, record) => decoders[topic](record);
}
