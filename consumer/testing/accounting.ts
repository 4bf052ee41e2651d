/**
 * Checks invariant 1 from the tables alone, for tests and the simulator. For one partition up to its position,
 * events = unchanged + superseded + rejected + current, and current = claims + withdrawals. An event that was applied
 * twice makes the sum too large, a lost event makes it too small.
 */

import { partitionOf } from "#shared/contract/partitioner.ts";
import type { EventTopic } from "#shared/contract/topics.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";

export interface Account {
  readonly position: number;
  readonly events: number;
  readonly unchanged: number;
  readonly superseded: number;
  readonly rejected: number;
  /** The claims and the withdrawals of its keys. */
  readonly current: number;
}

const CLAIMS: Readonly<Record<EventTopic, string>> = {
  produits:
    "SELECT id_produit FROM produits WHERE id_produit NOT IN (SELECT key FROM claims WHERE entity = 'produits')",
  magasins:
    "SELECT id_magasin FROM magasins WHERE id_magasin NOT IN (SELECT key FROM claims WHERE entity = 'magasins')",
  ventes: `
    SELECT id_vente FROM ventes WHERE id_vente NOT IN (SELECT key FROM claims WHERE entity = 'ventes')
    UNION ALL
    SELECT id_vente FROM orphelins WHERE id_vente NOT IN (SELECT key FROM claims WHERE entity = 'ventes')`,
  // Records that are no events have an empty source: they count as rejected.
  rejets: "SELECT id FROM rejets WHERE source <> ''",
};

type Counted = Omit<Account, "current"> & { readonly partition: number };

/** One account for each partition of a topic. A partition without a position has zeros. */
export function accountsOf(db: Sqlite, topic: EventTopic, partitions: number): readonly Account[] {
  const current = new Array<number>(partitions).fill(0);
  const keys = db
    .prepare(`
      ${CLAIMS[topic]}
      UNION ALL SELECT key FROM claims WHERE entity = @topic
      UNION ALL SELECT key FROM withdrawals WHERE entity = @topic`)
    .pluck()
    .all({ topic }) as string[];
  for (const key of keys)
    current[partitionOf(key, partitions)] = (current[partitionOf(key, partitions)] ?? 0) + 1;
  const counted = db
    .prepare(
      "SELECT partition, position, events, unchanged, superseded, rejected FROM positions WHERE topic = ?",
    )
    .all(topic) as Counted[];
  return current.map((n, partition) => {
    const { partition: _, ...counts } = counted.find((c) => c.partition === partition) ?? {
      ...NOTHING,
      partition,
    };
    return { ...counts, current: n };
  });
}

const NOTHING = { position: 0, events: 0, unchanged: 0, superseded: 0, rejected: 0 };

export const explained = ({ unchanged, superseded, rejected, current }: Account): number =>
  unchanged + superseded + rejected + current;
