/** The state that the parts of a batch share: statements, commit number, counts, and the parent cache. */
import { pricePointOf, type StoredPricePoint } from "#shared/contract/price-points.ts";
import type { EventTopic } from "#shared/contract/topics.ts";
import type { PlainClock } from "#shared/runtime/time.ts";
import type { BetweenSources } from "./between-sources.ts";
import type { Parents, PricePoints } from "./rules/index.ts";
import type { Statements } from "./statements.ts";

/** Entries of each of the three maps of the parent cache, at most. */
const MAX_CACHED = 100_000;

export interface Counts {
  /** Fences are not counted. */
  events: number;
  /** Changed rows of all tables. */
  changed: number;
  unchanged: number;
  /** Events that a later event or a fence makes void. */
  superseded: number;
  rejected: number;
  /** Rows that a replay found different from the topics, and corrected. */
  repaired: number;
}

export const noCounts = (): Counts => ({
  events: 0,
  changed: 0,
  unchanged: 0,
  superseded: 0,
  rejected: 0,
  repaired: 0,
});

/** Counts a repair, and notes the event that a replay found different from its row. */
export function noteRepair({ sql, topic, partition, counts }: BatchState, key: string, offset: number): void {
  counts.repaired++;
  sql.putRepair.run(topic, partition, offset, key);
}

/** Which sales of which parent are still to be placed. */
export interface Placing {
  readonly parent: "produits" | "magasins";
  readonly id: string;
  /** `park`: its sales in ventes go to orphelins; `reprice`: those priced by the list get their amount, then `promote`:
   * its orphans come back, if they can. */
  readonly step: "park" | "reprice" | "promote";
  /** The last sale that was placed: its rowid, and its day where sales are read in the order of days. */
  readonly row: number;
  readonly day: string;
  /** How many sales were looked at, and how many there are to look at. */
  readonly done: number;
  readonly total: number;
}

/** The current batch: one object for each transaction. */
export interface BatchState {
  readonly sql: Statements;
  readonly clock: PlainClock;
  readonly parentCache: ParentCache;
  readonly between: BetweenSources;
  readonly topic: EventTopic;
  readonly partition: number;
  /** The number that the commit of this batch gets if a row changes. */
  readonly commit: number;
  /** The first rowid that this batch may give to a new sale, and the next one. */
  readonly firstRowId: number;
  nextRowId: number;
  /** The highest position that the partition ever had: an event below it was applied before. */
  readonly highWatermark: number;
  /** Whether the tables orphelins and withdrawals have any row (of this topic). Most have none, so look-ups are saved. */
  orphansExist: boolean;
  withdrawnExist: boolean;
  /** Rows of one page of the sales of a parent. */
  readonly pageRows: number;
  /** Whether the transaction has lasted long enough: what can wait is left to the next one. */
  readonly isLong: () => boolean;
  /** What the last event has left to place; null: nothing. Such an event ends the transaction. */
  placing: Placing | null;
  /** When the version of the first event was published; null: no event yet. */
  published: string | null;
  readonly counts: Counts;
}

/**
 * Products, shops and price points that this writer has read or written, kept between batches. The batch applier
 * empties it (`forget`) when another connection wrote to the file, and after a rollback.
 */
export interface ParentCache extends Parents {
  readonly setPricePoints: (id: string, points: PricePoints) => void;
  readonly dropProduct: (id: string) => void;
  readonly dropShop: (id: string) => void;
  readonly forget: () => void;
}

/** A copy for the cache: a text that is cut out of an event keeps the whole text of the event in memory. */
const copied = (id: string): string => Buffer.from(id, "utf8").toString("utf8");

/** An empty cache, which reads through `sql`. */
export function makeParentCache(sql: Statements): ParentCache {
  const products = new Set<string>();
  const shops = new Set<string>();
  const points = new Map<string, PricePoints>();
  const exists = (set: Set<string>, statement: Statements["hasProduct"]) => (id: string) => {
    if (set.has(id)) return true;
    if (statement.get(id) === undefined) return false;
    if (set.size >= MAX_CACHED) set.clear();
    set.add(copied(id));
    return true;
  };
  const setPricePoints = (id: string, value: PricePoints) => {
    if (points.size >= MAX_CACHED) points.clear();
    points.set(copied(id), value);
  };
  return {
    productExists: exists(products, sql.hasProduct),
    shopExists: exists(shops, sql.hasShop),
    pricePoints: (id) => {
      const cached = points.get(id);
      if (cached !== undefined) return cached;
      const read = (sql.pricePoints.all(id) as StoredPricePoint[]).map(pricePointOf);
      setPricePoints(id, read);
      return read;
    },
    setPricePoints,
    dropProduct: (id) => {
      products.delete(id);
      points.delete(id);
    },
    dropShop: (id) => shops.delete(id),
    forget: () => {
      products.clear();
      shops.clear();
      points.clear();
    },
  };
}
