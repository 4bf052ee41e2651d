/**
 * What an event does to its key (rules 8, 13, 15 and 17). A key holds one claim for each source that has a row for it
 * (for dated products one for each source and date_effet), and the withdrawals of claims.
 *
 * - An event below the highest offset that the key holds is superseded, so a replay changes nothing.
 * - An event that repeats its claim changes nothing, not even the offset, so repeated events give the same database.
 * - A withdrawal removes one claim; the row is then made of the other claims.
 */
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { PipelineEvent } from "#shared/contract/event.ts";
import { type Image, imageOf, mergeImages, sameImage } from "./image.ts";
import {
  afterDatedPrice,
  afterUndatedPrice,
  afterWithdrawal,
  NO_POINTS,
  type PricePoints,
} from "./price-points.ts";

/** The row of one source for a key; for dated products, at one date_effet. */
export interface Claim {
  readonly source: string;
  /** "" when undated. */
  readonly dateEffet: string;
  readonly image: Image;
  /** The line in the file, and the offset of the event, that last changed the claim. */
  readonly line: number;
  readonly offset: number;
}

/** A claim that its source withdrew. `offset` is that of the event. */
export interface Withdrawal {
  readonly source: string;
  /** "" when undated. */
  readonly dateEffet: string;
  readonly offset: number;
}

/** The whole state of one product, shop or sale. It is plain data: an engine may store it and read it back between two events. */
export interface KeyState {
  /** At most one for each source and date_effet, in any order. */
  readonly claims: readonly Claim[];
  /** At most one for each source and date_effet, and none where there is a claim. */
  readonly withdrawals: readonly Withdrawal[];
  /** The price points of a product; shops and sales have none. */
  readonly points: PricePoints;
}

/** The state of a key before its first event. */
export const NOTHING_HELD: KeyState = { claims: [], withdrawals: [], points: NO_POINTS };

export type RowEvent = Extract<PipelineEvent, { readonly kind: "row" }>;
export type DeleteEvent = Extract<PipelineEvent, { readonly kind: "delete" }>;

/**
 * - changed: the state of the key is another now.
 * - unchanged: the event repeats its claim, or withdraws a claim that does not exist.
 * - superseded: the key holds a later event.
 * - equal: the key holds this event already.
 */
export type Outcome = "changed" | "unchanged" | "superseded" | "equal";

export interface Step<State> {
  readonly outcome: Outcome;
  /** The same object when there is nothing to write. Another object with `equal` means that the state was damaged. */
  readonly state: State;
}

/** The outcome of the event at `offset` of its partition, and the state of its key afterwards. */
export function applyToKey(
  entity: EntityName,
  state: KeyState,
  event: RowEvent | DeleteEvent,
  offset: number,
): Step<KeyState> {
  const { source } = event;
  const dateEffet = entity === "produits" ? (event.row.date_effet ?? "") : "";
  const mine = state.claims.find((c) => c.source === source && c.dateEffet === dateEffet);
  if (mine?.offset === offset)
    return {
      outcome: "equal",
      state: event.kind === "delete" ? state : corrected(entity, state, mine, event),
    };
  let highest = -1;
  for (const withdrawal of state.withdrawals) {
    if (withdrawal.offset === offset) return { outcome: "equal", state };
    if (withdrawal.offset > highest) highest = withdrawal.offset;
  }
  for (const claim of state.claims) if (claim.offset > highest) highest = claim.offset;
  if (highest >= offset) return { outcome: "superseded", state };
  if (event.kind === "row") return claimed(entity, state, mine, event, dateEffet, offset);
  return mine === undefined
    ? { outcome: "unchanged", state }
    : { outcome: "changed", state: withdrawn(state, mine, offset) };
}

/** The number of events that a key holds: one for each claim and each withdrawal (invariant 1). */
export const eventsHeld = (state: KeyState): number => state.claims.length + state.withdrawals.length;

/** Applies a row event that is the newest of its key: it replaces the claim of its source. */
function claimed(
  entity: EntityName,
  state: KeyState,
  mine: Claim | undefined,
  event: RowEvent,
  dateEffet: string,
  offset: number,
): Step<KeyState> {
  const { source, line } = event;
  const said = imageOf(entity, event.row, event.extras);
  const image = mine === undefined ? said : mergeImages(mine.image, said);
  if (mine !== undefined && sameImage(mine.image, image)) return { outcome: "unchanged", state };
  // Dated claims of a source replace its undated claim, and the reverse (rule 15).
  const others = state.claims.filter(
    (c) => c !== mine && !(c.source === source && (c.dateEffet === "") !== (dateEffet === "")),
  );
  const withdrawals = state.withdrawals.filter((w) => w.source !== source || w.dateEffet !== dateEffet);
  return {
    outcome: "changed",
    state: {
      claims: [...others, { source, dateEffet, image, line, offset }],
      withdrawals,
      points: entity === "produits" ? pointsAfter(state, said, event, dateEffet, offset) : state.points,
    },
  };
}

/** An event without a price column leaves the price points as they are (rule 13). */
function pointsAfter(
  { claims, points }: KeyState,
  said: Image,
  { source, day }: RowEvent,
  dateEffet: string,
  offset: number,
): PricePoints {
  if (!("prix" in said)) return points;
  const price = { source, offset, text: said.prix ?? null };
  return dateEffet === ""
    ? afterUndatedPrice(points, price, day, currentClaim(claims, source)?.image.prix)
    : afterDatedPrice(points, price, dateEffet);
}

function withdrawn(state: KeyState, mine: Claim, offset: number): KeyState {
  const { source, dateEffet } = mine;
  const left = state.claims.filter((c) => c !== mine);
  return {
    claims: left,
    withdrawals: [...state.withdrawals, { source, dateEffet, offset }],
    points: afterWithdrawal(state.points, source, dateEffet, (of) => left.some((c) => c.source === of)),
  };
}

/** Compares a claim with its own event, which has come again, and corrects the claim if it differs. */
function corrected(entity: EntityName, state: KeyState, mine: Claim, event: RowEvent): KeyState {
  const image = mergeImages(mine.image, imageOf(entity, event.row, event.extras));
  if (sameImage(mine.image, image)) return state;
  return { ...state, claims: state.claims.map((c) => (c === mine ? { ...mine, image } : c)) };
}

/** The claim of `source` that counts for the row: that of its last date_effet (rule 15). */
function currentClaim(claims: readonly Claim[], source: string): Claim | undefined {
  let best: Claim | undefined;
  for (const claim of claims) {
    if (claim.source === source && (best === undefined || claim.dateEffet > best.dateEffet)) best = claim;
  }
  return best;
}

/** The claims of a key merged into one: its row is made of this. */
export interface Laid {
  readonly image: Image;
  /** The claim with the highest offset: the row has its source, line and offset. */
  readonly last: Claim;
}

/** The current claim of each source, laid over each other by offset (rule 8). Undefined when no claim is left: there is no row. */
export function layClaims(claims: readonly Claim[]): Laid | undefined {
  const only = claims[0];
  if (only === undefined) return undefined;
  if (claims.length === 1) return { image: only.image, last: only };
  const current = [...new Set(claims.map((c) => c.source))]
    .map((source) => currentClaim(claims, source))
    .filter((c) => c !== undefined)
    .sort((a, b) => a.offset - b.offset);
  let image: Image = {};
  for (const claim of current) image = mergeImages(image, claim.image);
  return { image, last: current[current.length - 1] ?? only };
}

export const sameClaim = (a: Claim, b: Claim): boolean =>
  a.source === b.source &&
  a.dateEffet === b.dateEffet &&
  a.line === b.line &&
  a.offset === b.offset &&
  sameImage(a.image, b.image);
