/** Compares the rows of a version with the rows that the source's events already state, and keeps that state. */
export { type ClaimKey, dayOfStem, keyOfClaim, splitDerived } from "./claim-key.ts";
export { EntityDiff } from "./entity-diff.ts";
export {
  fingerprint,
  fingerprintReject,
  fingerprintRow,
  partOf,
  print,
  STATE_PARTS,
  whatOf,
} from "./fingerprint.ts";
export { areReused } from "./id-findings.ts";
export { joinIds, rejectStem, saleStem, scopedId, splitOrdinal, withOrdinal } from "./identity.ts";
export { MIXED } from "./reject-diff.ts";
export { byCodeUnit, OTHER_TIME, restOf, TIME, TIME_NAMES } from "./row-text.ts";
export { type DayPrints, joinDays, SaleDays, salePrint } from "./sale-days.ts";
export { areSameSales, mayShareKind, SaleMatch } from "./sale-match.ts";
export { type CommonDay, SameIds } from "./same-ids.ts";
export { Spill } from "./spill.ts";
export { encodeHeld, HeldPart, type HeldRow, heldKey, isHashed } from "./state/held-rows.ts";
export { openProducer, openScratchState, producerFile } from "./state/producer-db.ts";
export {
  type ColumnsByEntity,
  type LastVersion,
  type ReadBack,
  type Refused,
  type SourceState,
  State,
} from "./state/state.ts";
export { ALL_DELETED, ALL_ROLLED, type Answer, type Answers, type UnclearRows } from "./unclear-rows.ts";
export {
  NOTHING_BEFORE,
  type OrderBefore,
  Vanishing,
  type VanishingMode,
} from "./vanishing.ts";
export { VersionDiff } from "./version-diff.ts";
export { daysBetween, windowOf } from "./window.ts";
