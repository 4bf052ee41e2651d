/** Random topics for property tests, as several sources, takeovers and repeated batches may leave them in a log. */
import type { PipelineEvent, Values } from "#shared/contract/event.ts";
import { partitionOf } from "#shared/contract/partitioner.ts";
import { EVENT_TOPICS, type EventTopic } from "#shared/contract/topics.ts";
import type { LogBatch } from "#shared/topic-log/topic-log.ts";
import type { ModelRecord } from "./canonical.model.ts";

/** mulberry32, a seeded generator: the same seed gives the same numbers. */
export function randomOf(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number) => Math.floor(next() * n);
  return {
    next,
    below,
    chance: (p: number) => next() < p,
    pick: <A>(items: readonly A[]): A => items[below(items.length)] as A,
  };
}
export type Random = ReturnType<typeof randomOf>;

const PARTITIONS = 2;
const SOURCES: Readonly<Record<EventTopic, readonly string[]>> = {
  produits: ["file:///pa.csv", "file:///pb.csv"],
  magasins: ["file:///ma.csv", "file:///mb.csv"],
  ventes: ["file:///va.csv", "file:///vb.csv"],
  rejets: ["file:///va.csv", "file:///vb.csv"],
};
const day = (r: Random) => `2026-01-0${1 + r.below(9)}`;

function rowOf(r: Random, topic: EventTopic, key: string): { row: Values; extras: Values } {
  const extras: Record<string, string | null> = r.chance(0.3) ? { vendeur: r.pick(["A", "B", null]) } : {};
  const maybe = (p: number, name: string, value: () => string | null) =>
    r.chance(p) ? { [name]: value() } : {};
  if (topic === "produits")
    return {
      row: {
        id_produit: key,
        ...maybe(0.6, "nom", () => r.pick(["x", "y", null])),
        ...maybe(0.8, "prix", () => r.pick(["1", "2.5", "3", "8", null])),
        ...maybe(0.3, "date_effet", () => day(r)),
      },
      extras,
    };
  if (topic === "magasins") return { row: { id_magasin: key, ville: r.pick(["Paris", "Lyon"]) }, extras };
  if (topic === "rejets")
    return {
      row: {
        entity: "ventes",
        raw: key.split("~")[0] ?? "",
        code: r.pick(["a", "b"]),
        details: r.pick([{}, { value: "v" }, { value: "v", column: "c" }, { column: "c", value: "v" }]),
      } as unknown as Values,
      extras: {},
    };
  return {
    row: {
      id_vente: key,
      id_produit: r.pick(["p", "q", "r"]),
      id_magasin: r.pick(["m", "n"]),
      date_vente: day(r),
      quantité: r.pick(["1", "2", "-1", "1.5"]),
      ...maybe(0.3, "prix", () => r.pick(["1", "7", null])),
      ...maybe(0.4, "chiffre_affaires", () => r.pick(["7", "9.99", null])),
    },
    extras,
  };
}

const KEYS = {
  produits: ["p", "q", "r"],
  magasins: ["m", "n"],
  rejets: ["k1~1", "k1~2", "k2~1"],
};

export type Topics = Map<EventTopic, ModelRecord[][]>;

/** The records from..to of a partition, as a log delivers them. */
export const batchOf = (
  topics: Topics,
  topic: EventTopic,
  partition: number,
  from: number,
  to: number,
): LogBatch => {
  const log = topics.get(topic)?.[partition] ?? [];
  return {
    topic,
    partition,
    records: log.slice(from, to).map(({ key, event }, i) => ({
      offset: from + i,
      key,
      value: Buffer.from(JSON.stringify(event)),
    })),
    next: Math.min(to, log.length),
  };
};

/**
 * Topics of about `size` events: corrections, withdrawals, prices, events below a fence, batches sent twice. `sales`: how
 * many ids of sales they are about.
 */
export function randomTopics(r: Random, size: number, sales = 6): Topics {
  const keys = { ...KEYS, ventes: Array.from({ length: sales }, (_, i) => `v${i + 1}`) };
  const topics: Topics = new Map(EVENT_TOPICS.map((t) => [t, Array.from({ length: PARTITIONS }, () => [])]));
  const version = new Map<string, number>();
  const publicationDay = new Map<string, number>();
  for (let i = 0; i < size; i++) {
    const topic = r.pick([...EVENT_TOPICS, "ventes", "ventes", "produits"] as const);
    const source = r.pick(SOURCES[topic]);
    const logs = topics.get(topic) as ModelRecord[][];
    const newest = (version.get(source) ?? 0) + (r.chance(0.3) ? 1 : 0);
    version.set(source, newest);
    const days = Math.min(9, (publicationDay.get(source) ?? 1) + (r.chance(0.2) ? 1 : 0));
    publicationDay.set(source, days);
    // Sometimes a producer that was paused goes on, and publishes an old version.
    const number = r.chance(0.1) ? Math.max(0, newest - 1 - r.below(3)) : newest;
    const envelope = {
      v: 1,
      source,
      version: number,
      line: 2 + r.below(9),
      published: "2026-01-01T00:00:00.000Z",
      day: `2026-01-0${days}`,
    } as const;
    if (r.chance(0.05)) {
      for (const log of logs) log.push({ key: source, event: { ...envelope, line: 0, kind: "fence" } });
      continue;
    }
    // The key of a reject is a hash over its source: two sources never share one.
    const key = topic === "rejets" ? `${source.at(-5)}${r.pick(KEYS.rejets)}` : r.pick(keys[topic]);
    const log = logs[partitionOf(key, PARTITIONS)] as ModelRecord[];
    const { row, extras } = rowOf(r, topic, key);
    const keyColumn = { produits: "id_produit", magasins: "id_magasin", ventes: "id_vente" } as const;
    const event: PipelineEvent = r.chance(0.2)
      ? {
          ...envelope,
          kind: "delete",
          row:
            topic === "rejets"
              ? {}
              : {
                  [keyColumn[topic]]: key,
                  ...("date_effet" in row ? { date_effet: row.date_effet ?? null } : {}),
                },
        }
      : { ...envelope, kind: "row", row, extras };
    log.push({ key, event });
    if (r.chance(0.05)) log.push({ key, event });
  }
  return topics;
}
