/**
 * A whole database in memory, made by the rules alone (consumer/rules): the smallest engine that keeps the state of
 * keys. Tests compare it with the model, which computes every key from all of its events, and with the database that
 * the consumer wrote. Where the three agree, the content of a row comes from the rules and not from SQL. A fold is
 * plain data: it may be stored and read back between any two events.
 */
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { PipelineEvent } from "#shared/contract/event.ts";
import type { EventTopic } from "#shared/contract/topics.ts";
import {
  applyToKey,
  applyToReject,
  eventsHeld,
  type Fence,
  isCurrent,
  type KeyState,
  layClaims,
  NO_FENCE,
  NO_POINTS,
  NO_REJECT,
  NOTHING_HELD,
  type Parents,
  placementOf,
  productOf,
  type RejectState,
  raiseFence,
  rejectEventsHeld,
  saleOf,
  shopOf,
} from "../rules/index.ts";
import { betweenSources, type CountedSale } from "./between-sources.ts";

/** The outcomes of the events of one partition (invariant 1): events = unchanged + superseded + the events that its keys hold. */
export interface FoldAccount {
  readonly events: number;
  readonly unchanged: number;
  readonly superseded: number;
}

const NO_EVENTS: FoldAccount = { events: 0, unchanged: 0, superseded: 0 };

export interface Fold {
  /** Key: topic, partition and source. */
  readonly fences: Map<string, Fence>;
  /** Key: topic and partition. */
  readonly accounts: Map<string, FoldAccount>;
  readonly keys: Readonly<Record<EntityName, Map<string, KeyState>>>;
  readonly rejects: Map<string, RejectState>;
}

export const emptyFold = (): Fold => ({
  fences: new Map(),
  accounts: new Map(),
  keys: { produits: new Map(), magasins: new Map(), ventes: new Map() },
  rejects: new Map(),
});

export interface Place {
  readonly topic: EventTopic;
  readonly partition: number;
  readonly offset: number;
}

export const accountOf = (fold: Fold, { topic, partition }: Omit<Place, "offset">): FoldAccount =>
  fold.accounts.get(`${topic}/${partition}`) ?? NO_EVENTS;

/** Applies the next event of its partition. Partitions may come in any interleaving. */
export function foldEvent(fold: Fold, place: Place, key: string, event: PipelineEvent): void {
  const { topic, partition, offset } = place;
  const fenced = `${topic}/${partition} ${event.source}`;
  const fence = fold.fences.get(fenced) ?? NO_FENCE;
  fold.fences.set(fenced, raiseFence(fence, event.version));
  if (event.kind === "fence") return;
  const account = accountOf(fold, place);
  const counted = (unchanged: number, superseded: number) =>
    fold.accounts.set(`${topic}/${partition}`, {
      events: account.events + 1,
      unchanged: account.unchanged + unchanged,
      superseded: account.superseded + superseded,
    });
  if (!isCurrent(fence, event.version)) {
    counted(0, 1);
    return;
  }
  if (topic === "rejets") {
    const before = fold.rejects.get(key) ?? NO_REJECT;
    const { outcome, state } = applyToReject(before, event, offset);
    fold.rejects.set(key, state);
    if (outcome === "unchanged") counted(1, 0);
    else counted(0, rejectEventsHeld(before) + 1 - rejectEventsHeld(state));
    return;
  }
  const before = fold.keys[topic].get(key) ?? NOTHING_HELD;
  const { outcome, state } = applyToKey(topic, before, event, offset);
  fold.keys[topic].set(key, state);
  if (outcome === "unchanged") counted(1, 0);
  else counted(0, eventsHeld(before) + 1 - eventsHeld(state));
}

type Line = readonly [order: string, row: readonly unknown[]];

const text = (table: string, lines: Line[]): string[] =>
  lines
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, row]) => {
      const cells = row.map((v) => (typeof v === "bigint" || typeof v === "number" ? String(v) : v));
      return `${table} ${JSON.stringify(cells)}`;
    });

/** A string that sorts as its parts do, one after the other. Offsets have equal width. */
const order = (...parts: readonly (string | number)[]): string =>
  parts.map((p) => (typeof p === "number" ? String(p).padStart(16, "0") : p)).join("\u0001");

/** The lines of `canonicalDump`, without those of `analyses`. */
export function foldedDump({ keys, rejects }: Fold): string[] {
  const { produits, magasins, ventes } = keys;
  const of = (map: Map<string, KeyState>, key: string) => map.get(key) ?? NOTHING_HELD;
  const parents: Parents = {
    productExists: (id) => of(produits, id).claims.length > 0,
    shopExists: (id) => of(magasins, id).claims.length > 0,
    pricePoints: (id) => produits.get(id)?.points ?? NO_POINTS,
  };
  const products: Line[] = [];
  const points: Line[] = [];
  for (const [id, state] of produits) {
    const row = productOf(state);
    if (row !== undefined)
      products.push([
        id,
        [id, row.nom, row.price, row.dateEffet, row.extras, row.source, row.line, row.offset],
      ]);
    for (const p of state.points)
      points.push([
        order(id, p.dateEffet, p.offset),
        [id, p.dateEffet, p.offset, p.price, p.dated ? 1 : 0, p.source],
      ]);
  }
  const shops: Line[] = [];
  for (const [id, state] of magasins) {
    const row = shopOf(state);
    if (row !== undefined) shops.push([id, [id, row.ville, row.extras, row.source, row.line, row.offset]]);
  }
  const [stored, waiting] = salesOf(ventes, parents);
  const { saleDays, sharedIds } = betweenSources(countedSales(ventes));
  return [
    ...text("produits", products),
    ...text("magasins", shops),
    ...text("ventes", stored),
    ...text("orphelins", waiting),
    ...text("prix", points),
    ...text("withdrawals", withdrawalsOf(keys, rejects)),
    ...text("rejets", rejectsOf(rejects)),
    ...text("sale_days", [...saleDays]),
    ...text("shared_ids", [...sharedIds]),
  ];
}

const countedSales = (ventes: Map<string, KeyState>): readonly CountedSale[] =>
  [...ventes.values()].flatMap(({ claims }) => {
    const laid = layClaims(claims);
    return laid === undefined ? [] : [{ ...saleOf(laid), claims }];
  });

function salesOf(ventes: Map<string, KeyState>, parents: Parents): readonly [Line[], Line[]] {
  const stored: Line[] = [];
  const waiting: Line[] = [];
  for (const [id, { claims }] of ventes) {
    const laid = layClaims(claims);
    if (laid === undefined) continue;
    const sale = saleOf(laid);
    const placement = placementOf(sale, parents);
    const { idProduit, idMagasin, day, quantity, unitPrice, ownRevenue } = sale;
    const head = [id, idProduit, idMagasin, day, quantity];
    const tail = [sale.extras, sale.source, sale.line, sale.offset];
    if (placement.value === null) waiting.push([id, [...head, ownRevenue, unitPrice, ...tail]]);
    else stored.push([id, [...head, placement.value, unitPrice, placement.origin, ...tail]]);
  }
  return [stored, waiting];
}

function withdrawalsOf(keys: Fold["keys"], rejects: Fold["rejects"]): Line[] {
  const lines: Line[] = [];
  const put = (entity: string, key: string, w: KeyState["withdrawals"][number]) =>
    lines.push([order(entity, key, w.source, w.dateEffet), [entity, key, w.source, w.dateEffet, w.offset]]);
  for (const entity of ["produits", "magasins", "ventes"] as const)
    for (const [key, { withdrawals }] of keys[entity]) for (const w of withdrawals) put(entity, key, w);
  for (const [key, { withdrawal }] of rejects) if (withdrawal !== undefined) put("rejets", key, withdrawal);
  return lines;
}

function rejectsOf(rejects: Fold["rejects"]): Line[] {
  const lines: Line[] = [];
  for (const [id, { row }] of rejects) {
    if (row === undefined) continue;
    const { entity, source, version, line, raw, code, details, offset } = row;
    lines.push([id, [id, entity, source, version, line, raw, code, details, offset]]);
  }
  return lines;
}
