/**
 * Applies an event to its key in the database: reads the state of the key, calls the rules (rules/claims.ts), and
 * writes the row, the claims that the row cannot hold, and the withdrawals.
 */
import type { EntityName } from "#shared/contract/entities/index.ts";
import { type BatchState, noteRepair } from "./batch-state.ts";
import { PRODUCTS } from "./products.ts";
import {
  applyToKey,
  type Claim,
  type DeleteEvent,
  eventsHeld,
  imageJson,
  type KeyState,
  NO_POINTS,
  type Outcome,
  parseImage,
  type RowEvent,
  type Withdrawal,
} from "./rules/index.ts";
import { insertFirst, SALES } from "./sales.ts";
import { SHOPS } from "./shops.ts";
import type { EntityTable } from "./table.ts";

const TABLES: Readonly<Record<EntityName, EntityTable>> = {
  produits: PRODUCTS,
  magasins: SHOPS,
  ventes: SALES,
};

const NONE: readonly Withdrawal[] = [];

/** The state of one key as the database holds it. */
interface Held {
  readonly state: KeyState;
  /** True when the claims are in the table `claims`: several claims, or one that differs from its row. */
  readonly areStored: boolean;
}

function read(batch: BatchState, entity: EntityName, key: string): Held {
  const { sql, parentCache } = batch;
  const stored = sql.claims.all(entity, key) as (Omit<Claim, "image"> & { image: string })[];
  const withdrawals = batch.withdrawnExist ? (sql.withdrawals.all(entity, key) as Withdrawal[]) : NONE;
  const points = entity === "produits" ? parentCache.pricePoints(key) : NO_POINTS;
  if (stored.length > 0) {
    const claims = stored.map((c) => ({ ...c, image: parseImage(c.image) }));
    return { state: { claims, withdrawals, points }, areStored: true };
  }
  const claim = TABLES[entity].claimOfRow(batch, key);
  return { state: { claims: claim === undefined ? [] : [claim], withdrawals, points }, areStored: false };
}

function write(batch: BatchState, entity: EntityName, key: string, held: Held, after: KeyState): void {
  const { sql } = batch;
  const before = held.state;
  if (entity === "ventes") batch.between.claims(before.claims, after.claims);
  const rowIsClaim = TABLES[entity].write(batch, key, before, after);
  if (rowIsClaim) {
    if (held.areStored) sql.dropClaims.run(entity, key);
  } else writeClaims(batch, entity, key, held.areStored ? before.claims : [], after.claims);
  for (const w of before.withdrawals)
    if (!after.withdrawals.includes(w)) sql.dropWithdrawal.run(entity, key, w.source, w.dateEffet);
  for (const w of after.withdrawals) {
    if (before.withdrawals.includes(w)) continue;
    sql.putWithdrawal.run(entity, key, w.source, w.dateEffet, w.offset);
    batch.withdrawnExist = true;
  }
}

/** Writes the claims that changed: a key may have one of each of a thousand sources. */
function writeClaims(
  { sql }: BatchState,
  entity: EntityName,
  key: string,
  before: readonly Claim[],
  after: readonly Claim[],
): void {
  const kept = new Set(before);
  const now = new Set(after);
  for (const claim of kept)
    if (!now.has(claim)) sql.dropClaim.run(entity, key, claim.source, claim.dateEffet);
  for (const c of after)
    if (!kept.has(c))
      sql.putClaim.run(entity, key, c.source, c.dateEffet, imageJson(c.image), c.line, c.offset);
}

/**
 * Applies the first event of a source for a product or shop that several others have named: it lies over the row as it is
 * (rule 8), so their claims need not be read. False: the event is another, and nothing was done.
 */
function addClaim(
  batch: BatchState,
  entity: "produits" | "magasins",
  key: string,
  event: RowEvent,
  offset: number,
): boolean {
  const { sql, parentCache } = batch;
  if (event.row.date_effet != null) return false;
  const seen = sql.claimsSeen.get(event.source, entity, key) as Record<
    "highest" | "hasSource",
    number | null
  >;
  if (seen.highest === null || seen.hasSource === 1 || seen.highest >= offset) return false;
  if (batch.withdrawnExist && sql.withdrawals.all(entity, key).length > 0) return false;
  const row = TABLES[entity].claimOfRow(batch, key);
  if (row === undefined || row.source === event.source) return false;
  const points = entity === "produits" ? parentCache.pricePoints(key) : NO_POINTS;
  const before: KeyState = { claims: [row], withdrawals: NONE, points };
  const { outcome, state } = applyToKey(entity, before, event, offset);
  if (outcome !== "changed") return false;
  TABLES[entity].write(batch, key, before, state);
  writeClaims(batch, entity, key, before.claims, state.claims);
  return true;
}

/** Writes a key again, and counts it, when a replay finds it different from its event. */
function repair(
  batch: BatchState,
  entity: EntityName,
  key: string,
  held: Held,
  { state, offset }: { readonly state: KeyState; readonly offset: number },
): void {
  if (state === held.state && TABLES[entity].rowSays(batch, key, state)) return;
  write(batch, entity, key, held, state);
  noteRepair(batch, key, offset);
  batch.counts.changed++;
}

/** Applies one event at `offset` inside the transaction. Adds to `superseded`, `repaired` and `changed` of the counts. */
export function applyEvent(
  batch: BatchState,
  entity: EntityName,
  key: string,
  event: RowEvent | DeleteEvent,
  offset: number,
): Outcome {
  if (entity === "ventes" && event.kind === "row" && insertFirst(batch, key, event, offset)) return "changed";
  if (entity !== "ventes" && event.kind === "row" && addClaim(batch, entity, key, event, offset))
    return "changed";
  const held = read(batch, entity, key);
  const { outcome, state } = applyToKey(entity, held.state, event, offset);
  if (outcome === "changed") {
    batch.counts.superseded += eventsHeld(held.state) + 1 - eventsHeld(state);
    write(batch, entity, key, held, state);
  } else if (outcome === "equal" && event.kind === "row") repair(batch, entity, key, held, { state, offset });
  return outcome;
}
