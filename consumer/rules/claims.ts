/**
 * What an event does to its key (rules 8, 13, 15 and 17). A key holds a claim for each source that speaks of it (of
 * dated products one for each date_effet) and remembers the claims that were withdrawn. An event below the highest
 * offset held is superseded, so that a replay changes nothing; one that says what its claim says moves nothing, its
 * offset included, so that repeated events give the same database; a withdrawal removes one claim, and what the
 * others say shows again.
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

/** What one source says of a key, for dated products at one date_effet. */
export interface Claim {
  readonly source: string;
  /** "" when undated. */
  readonly dateEffet: string;
  readonly image: Image;
  /** Line of the file and offset of the event that said it last. */
  readonly line: number;
  readonly offset: number;
}

/** A claim that its source took back, and the offset of the event that said so. */
export interface Withdrawal {
  readonly source: string;
  /** "" when undated. */
  readonly dateEffet: string;
  readonly offset: number;
}

/** All that is held of one product, shop or sale. Plain data: it may be put away and read back between two events. */
export interface KeyState {
  /** At most one for each source and date_effet, in any order. */
  readonly claims: readonly Claim[];
  /** At most one for each source and date_effet, and none where there is a claim. */
  readonly withdrawals: readonly Withdrawal[];
  /** Of a product; shops and sales have none. */
  readonly points: PricePoints;
}

/** Of a key that was never heard of. */
export const NOTHING_HELD: KeyState = { claims: [], withdrawals: [], points: NO_POINTS };

export type RowEvent = Extract<PipelineEvent, { readonly kind: "row" }>;
export type DeleteEvent = Extract<PipelineEvent, { readonly kind: "delete" }>;

/**
 * changed: the key holds something else now. unchanged: the event says what its claim says, or withdraws what is not
 * claimed. superseded: a later event holds. equal: the key holds this very event already.
 */
export type Outcome = "changed" | "unchanged" | "superseded" | "equal";

export interface Step<State> {
  readonly outcome: Outcome;
  /** The same object when nothing is to be written. Another one with `equal`: what was held was not the event's. */
  readonly state: State;
}

/** The state of a key after the event at `offset` of its partition. */
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
    return { outcome: "equal", state: event.kind === "delete" ? state : mended(entity, state, mine, event) };
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

/** How many events a key holds: each claim and each withdrawn claim is one (invariant 1). */
export const eventsHeld = (state: KeyState): number => state.claims.length + state.withdrawals.length;

/** A row event that is the key's newest: the claim of its source becomes what it says. */
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
  // When a source turns from undated to dated or back, the new kind takes the old one's place (rule 15).
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

/** Rule 13: an event without a price column says nothing of prices. */
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
    ? afterUndatedPrice(points, price, day, speaking(claims, source)?.image.prix)
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

/** The event of this very claim again: what is held must say all that the event says. */
function mended(entity: EntityName, state: KeyState, mine: Claim, event: RowEvent): KeyState {
  const image = mergeImages(mine.image, imageOf(entity, event.row, event.extras));
  if (sameImage(mine.image, image)) return state;
  return { ...state, claims: state.claims.map((c) => (c === mine ? { ...mine, image } : c)) };
}

/** The claim by which `source` speaks: that of its last date_effet (rule 15). */
function speaking(claims: readonly Claim[], source: string): Claim | undefined {
  let best: Claim | undefined;
  for (const claim of claims) {
    if (claim.source === source && (best === undefined || claim.dateEffet > best.dateEffet)) best = claim;
  }
  return best;
}

/** What the claims of a key say together: its row is made of this. */
export interface Laid {
  readonly image: Image;
  /** The claim that spoke last; the row has its source, line and offset. */
  readonly last: Claim;
}

/** The speaking claims laid over each other by offset (rule 8). undefined: no claim is left, and the row goes. */
export function layClaims(claims: readonly Claim[]): Laid | undefined {
  const only = claims[0];
  if (only === undefined) return undefined;
  if (claims.length === 1) return { image: only.image, last: only };
  const speakers = [...new Set(claims.map((c) => c.source))]
    .map((source) => speaking(claims, source))
    .filter((c) => c !== undefined)
    .sort((a, b) => a.offset - b.offset);
  let image: Image = {};
  for (const claim of speakers) image = mergeImages(image, claim.image);
  return { image, last: speakers[speakers.length - 1] ?? only };
}

export const sameClaim = (a: Claim, b: Claim): boolean =>
  a.source === b.source &&
  a.dateEffet === b.dateEffet &&
  a.line === b.line &&
  a.offset === b.offset &&
  sameImage(a.image, b.image);
