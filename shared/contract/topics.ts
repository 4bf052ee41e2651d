/** The topics and their settings. Names are without the namespace, which a layer puts before them. */
import type { EntityName } from "./entities/index.ts";

export type TopicName = EntityName | "rejets" | "sources" | "commits" | "status";

/** The topics of events: one for each entity, and `rejets`. They have equal numbers of partitions, and keep all records. */
export const EVENT_TOPICS = ["produits", "magasins", "ventes", "rejets"] as const;
export type EventTopic = (typeof EVENT_TOPICS)[number];

export interface TopicSpec {
  readonly name: TopicName;
  /** Number of partitions; "events": VENTES_PARTITIONS when the topic is created. */
  readonly partitions: number | "events";
  readonly cleanup: "delete" | "compact";
  /** Topic settings that are set at creation and checked at start. */
  readonly config: Readonly<Record<string, string>>;
  /** Topic settings that are set at creation only: the operator of the cluster may change them. */
  readonly tuning?: Readonly<Record<string, string>>;
  /** Its content, for `ventes topics`. */
  readonly holds: string;
}

/** Partitions of each topic of events when VENTES_PARTITIONS is not set. */
export const DEFAULT_EVENT_PARTITIONS = 3;

const DAY_MS = 86_400_000;

/** A rebuild reads the topics of events from their first record, so their records must not expire. */
const KEEP_ALL = { "cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1" };
/** Superseded records stay for a day, so a producer that was away finds the announcements of that time. */
const COMPACTED = { "cleanup.policy": "compact", "min.compaction.lag.ms": String(DAY_MS) };

/** All topics. A layer creates the missing ones, and refuses those whose settings differ. */
export const TOPICS: readonly TopicSpec[] = [
  {
    name: "produits",
    partitions: "events",
    cleanup: "delete",
    config: KEEP_ALL,
    holds: "events of products",
  },
  { name: "magasins", partitions: "events", cleanup: "delete", config: KEEP_ALL, holds: "events of shops" },
  { name: "ventes", partitions: "events", cleanup: "delete", config: KEEP_ALL, holds: "events of sales" },
  {
    name: "rejets",
    partitions: "events",
    cleanup: "delete",
    config: KEEP_ALL,
    holds: "rejected records, with their reason",
  },
  {
    name: "sources",
    partitions: 12,
    cleanup: "compact",
    config: COMPACTED,
    holds: "registrations of sources, and the announcements of their versions",
  },
  {
    name: "commits",
    partitions: 1,
    cleanup: "delete",
    config: { "cleanup.policy": "delete", "retention.ms": String(7 * DAY_MS) },
    holds: "commit events: each announces a commit of a database",
  },
  {
    name: "status",
    partitions: 1,
    cleanup: "compact",
    config: { "cleanup.policy": "compact", "min.compaction.lag.ms": "0" },
    // Kafka compacts only closed segments, by default after a week. With hundreds of sources, reading the statuses would
    // then mean reading gigabytes.
    tuning: { "segment.ms": "600000" },
    holds: "the state of each component, every 5 s",
  },
];
