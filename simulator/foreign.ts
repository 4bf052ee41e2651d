/**
 * Records that foreign programs (and other versions of ventes) write into the topics: each with the code of its reject,
 * or null when it is an event, however odd.
 */
import type { RejectCode } from "#shared/contract/sentences.ts";
import type { EventTopic } from "#shared/contract/topics.ts";

export interface ForeignRecord {
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly code: RejectCode | null;
}

const envelope = {
  v: 1,
  kind: "row",
  source: "http://elsewhere/x.csv",
  version: 1,
  line: 2,
  published: "2026-01-01T00:00:00.000Z",
  day: "2026-01-01",
};
const KEYS: Readonly<Record<EventTopic, string>> = {
  produits: "p",
  magasins: "m",
  ventes: "v1",
  rejets: "kx~1",
};
const rowOf = (topic: EventTopic, text: string): Readonly<Record<string, unknown>> =>
  ({
    produits: { id_produit: "p", nom: text, prix: "2" },
    magasins: { id_magasin: "m", ville: text },
    ventes: { id_vente: "v1", id_produit: "p", id_magasin: "m", date_vente: "2026-01-02", quantité: "1" },
    rejets: { entity: "ventes", raw: text, code: "a", details: { value: text } },
  })[topic];

type Make = (topic: EventTopic) => ForeignRecord;

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value), "utf8");
const event = (topic: EventTopic, more: object, text = "x"): Buffer =>
  json({ ...envelope, row: rowOf(topic, text), extras: {}, ...more });

/** By name, for steps and reports. */
export const FOREIGN: Readonly<Record<string, Make>> = {
  garbage: (topic) => ({
    key: KEYS[topic],
    value: Buffer.from([0, 255, 254, 123, 34, 1]),
    code: "event.not_json",
  }),
  "half an event": (topic) => ({
    key: KEYS[topic],
    value: event(topic, {}).subarray(0, 60),
    code: "event.not_json",
  }),
  "an older version": (topic) => ({
    key: KEYS[topic],
    value: event(topic, { v: 0 }),
    code: "event.unknown_version",
  }),
  "a newer version": (topic) => ({
    key: KEYS[topic],
    value: event(topic, { v: 2 }),
    code: "event.unknown_version",
  }),
  "no key": (topic) => ({ key: null, value: event(topic, {}), code: "event.no_key" }),
  "no value": (topic) => ({ key: KEYS[topic], value: null, code: "event.tombstone" }),
  "no event": (topic) => ({ key: KEYS[topic], value: json([1, 2, 3]), code: "event.not_an_event" }),
  null: (topic) => ({ key: KEYS[topic], value: Buffer.from("null"), code: "event.not_an_event" }),
  "a wrong type": (topic) => ({
    key: KEYS[topic],
    value: event(topic, { line: "two" }),
    code: "event.not_an_event",
  }),
  "an unknown field": (topic) => ({
    key: KEYS[topic],
    value: event(topic, { trace: "abc", extras: { vendeur: "Z" } }),
    code: null,
  }),
  "a large value": (topic) => ({
    key: KEYS[topic],
    value: Buffer.from(`"${"a".repeat(200_000)}"`),
    code: "event.not_an_event",
  }),
  "a lone surrogate": (topic) => ({
    key: KEYS[topic],
    value: event(topic, { extras: { "vend\udc00eur": "a\ud800" } }, "N\ud800m"),
    code: null,
  }),
  "a NUL": (topic) => ({
    key: KEYS[topic],
    value: event(topic, { extras: { vendeur: "a\u0000b" } }, "N\u0000m"),
    code: null,
  }),
};
export const FOREIGN_NAMES = Object.keys(FOREIGN);
