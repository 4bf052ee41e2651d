/**
 * The rules of the data for one key, as pure functions: (state, event) -> (state, row). They use no SQL, no I/O, no
 * clock and no module state, so any engine that stores the state of keys can run them as they are: here SQLite
 * (consumer/), in tests a fold in memory (consumer/testing/fold.ts). For each event of a partition, in offset order, an
 * engine does this:
 *
 * 1. Fence: `isCurrent` and `raiseFence`. The state is one number for each partition and source.
 * 2. Step: `applyToKey` or `applyToReject`. The state is a `KeyState` or a `RejectState`.
 * 3. Row: `productOf`, `shopOf`, or `saleOf` of the laid claims. A sale then needs `placementOf`, and again each time its
 *    product or its shop changes.
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
export { type Correction, corrected, type PriceStep, priceSteps } from "./price-correction.ts";
export {
  NO_POINTS,
  type PricePoint,
  type PricePoints,
  pointOn,
  priceOn,
  samePrices,
} from "./price-points.ts";
export { claimOfProduct, type Product, productOf } from "./products.ts";
export {
  applyToReject,
  detailsJson,
  NO_REJECT,
  type Reject,
  type RejectState,
  rejectEventsHeld,
} from "./rejects.ts";
export { listRevenue, type Origin, type Revenue } from "./revenue.ts";
export { namesOtherSale, type SaleNames, salePrint } from "./sale-print.ts";
export {
  claimOfSale,
  firstSaleOf,
  type Missing,
  type Parents,
  type Placement,
  placementOf,
  type Sale,
  type Stored,
  saleOf,
  type Waiting,
} from "./sales.ts";
export { claimOfShop, type Shop, shopOf } from "./shops.ts";
