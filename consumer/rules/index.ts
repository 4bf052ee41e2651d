/**
 * The rules of the data for one key, as pure functions: (state, event) -> (state, row). No SQL, no I/O, no clock, no
 * memory of their own, so that any engine which keeps the state of keys can run them as they are: here SQLite
 * (consumer/), in tests a fold in memory (consumer/testing/fold.ts). An engine does, for each event of a partition in
 * offset order:
 *
 * 1. fence: `isCurrent`, `raiseFence` (state: one number for each partition and source);
 * 2. step: `applyToKey` or `applyToReject` (state: `KeyState`, `RejectState`);
 * 3. row: `productOf`, `shopOf`, or `saleOf` its laid claims, and then `standingOf` the sale beside its parents, which
 *    is asked again whenever a product or a shop changes.
 */
export {
  applyToKey,
  type Claim,
  type DeleteEvent,
  eventsHeld,
  type KeyState,
  type Laid,
  layClaims,
  NOTHING_HELD,
  type Outcome,
  type RowEvent,
  type Step,
  sameClaim,
  type Withdrawal,
} from "./claims.ts";
export { type Fence, isCurrent, NO_FENCE, raiseFence } from "./fences.ts";
export { type Image, imageJson, parseImage } from "./image.ts";
export { NO_POINTS, type PricePoint, type PricePoints } from "./price-points.ts";
export { claimOfProduct, type Product, productOf } from "./products.ts";
export { applyToReject, NO_REJECT, type Reject, type RejectState, rejectEventsHeld } from "./rejects.ts";
export { listRevenue, type Origin, type Revenue } from "./revenue.ts";
export {
  claimOfSale,
  firstSaleOf,
  type Missing,
  type Parents,
  type Sale,
  type SourceEntry,
  type Stored,
  saleOf,
  standingOf,
  type Waiting,
} from "./sales.ts";
export { claimOfShop, type Shop, shopOf } from "./shops.ts";
