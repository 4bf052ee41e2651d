/** The topics, and how each is kept (contract). Names are logical: a layer puts the namespace before them. */
import type { EntityName } from "./entities/index.ts";

export type TopicName = EntityName | "rejets" | "sources" | "commits" | "etat";

/** What carries rows: events of the entities, and rejects. Each has the same partitions and keeps everything. */
export const EVENT_TOPICS = ["produits", "magasins", "ventes", "rejets"] as const;
export type EventTopic = (typeof EVENT_TOPICS)[number];

export interface TopicSpec {
  readonly name: TopicName;
  /** Number of partitions; "events": VENTES_PARTITIONS when the topic is created. */
  readonly partitions: number | "events";
  readonly cleanup: "delete" | "compact";
  /** Topic settings that are set at creation and checked at start. */
  readonly config: Readonly<Record<string, string>>;
  /** Set at creation only: whoever runs the cluster may choose otherwise. */
  readonly tuning?: Readonly<Record<string, string>>;
  readonly holds: string;
}

export const DEFAULT_EVENT_PARTITIONS = 3;

const DAY_MS = 86_400_000;

/** A rebuild reads entity topics from their first event, so nothing in them may expire. */
const KEEP_ALL = { "cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1" };
/** A day's lag leaves a producer that comes back the announcements that came between. */
const COMPACTED = { "cleanup.policy": "compact", "min.compaction.lag.ms": String(DAY_MS) };

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
    holds: "records set aside, with their reason",
  },
  {
    name: "sources",
    partitions: 12,
    cleanup: "compact",
    config: COMPACTED,
    holds: "sources and the versions announced of each",
  },
  {
    name: "commits",
    partitions: 1,
    cleanup: "delete",
    config: { "cleanup.policy": "delete", "retention.ms": String(7 * DAY_MS) },
    holds: "commit events: which commit of which database has been made",
  },
  {
    name: "etat",
    partitions: 1,
    cleanup: "compact",
    config: { "cleanup.policy": "compact", "min.compaction.lag.ms": "0" },
    // Only closed segments are compacted, by default after a week: with hundreds of sources, gigabytes to read for
    // one look at the states.
    tuning: { "segment.ms": "600000" },
    holds: "the state of each component, every 5 s",
  },
];
