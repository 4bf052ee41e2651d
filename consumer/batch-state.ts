/** What the parts of a batch share: its statements, its commit, its counts, and what is remembered of parents. */
import type { EventTopic } from "#shared/contract/topics.ts";
import type { Parents, PricePoint, PricePoints } from "./rules/index.ts";
import type { Statements } from "./statements.ts";

/** Parents and prices remembered between batches, at most. */
const MAX_CACHED = 100_000;

export interface Counts {
  /** Marks are not events. */
  events: number;
  /** Rows changed, of any table. */
  changed: number;
  unchanged: number;
  /** Events that are not, or no longer, what their key holds. */
  superseded: number;
  rejected: number;
  /** Rows that a replay found different from what the topics say, and mended. */
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

/** The batch in hand: one object for each transaction. */
export interface BatchState {
  readonly sql: Statements;
  readonly known: Known;
  readonly topic: EventTopic;
  readonly partition: number;
  /** The number that this batch's commit will have. */
  readonly commit: number;
  /** The rowids it may give start here; the next to give. */
  readonly firstRang: number;
  nextRang: number;
  /** The highest position ever: an event below it was applied before. */
  readonly haut: number;
  /** Whether the tables have any row at all: most databases have none, and look-ups are spared. */
  orphansExist: boolean;
  withdrawnExist: boolean;
  readonly counts: Counts;
}

/** Parents and their prices as this writer knows them. Forgotten when another writer made a commit. */
export interface Known extends Parents {
  readonly setPricePoints: (id: string, points: PricePoints) => void;
  readonly dropProduct: (id: string) => void;
  readonly dropShop: (id: string) => void;
  readonly forget: () => void;
}

export function makeKnown(sql: Statements): Known {
  const products = new Set<string>();
  const shops = new Set<string>();
  const points = new Map<string, PricePoints>();
  const exists = (set: Set<string>, statement: Statements["hasProduct"]) => (id: string) => {
    if (set.has(id)) return true;
    if (statement.get(id) === undefined) return false;
    if (set.size >= MAX_CACHED) set.clear();
    set.add(id);
    return true;
  };
  const setPricePoints = (id: string, value: PricePoints) => {
    if (points.size >= MAX_CACHED) points.clear();
    points.set(id, value);
  };
  return {
    productExists: exists(products, sql.hasProduct),
    shopExists: exists(shops, sql.hasShop),
    pricePoints: (id) => {
      const cached = points.get(id);
      if (cached !== undefined) return cached;
      const rows = sql.pricePoints.all(id) as (Omit<PricePoint, "offset" | "dated"> & {
        offset: bigint;
        dated: bigint;
      })[];
      const read = rows.map((r) => ({ ...r, offset: Number(r.offset), dated: r.dated === 1n }));
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
