/** Finds out which field of a header is which column. */

export {
  type AmountFields,
  amountFields,
  amountOf,
  type DocumentFields,
  discountFields,
  documentFields,
  listedPrices,
  type PricedFields,
  pricedFields,
  type QuantityFields,
  quantityFields,
  signedFields,
} from "./amounts.ts";
export { type KnownHeader, meaningOf, placesAgain } from "./known-header.ts";
export {
  extraAt,
  keptColumns,
  type Mapping,
  mapEntities,
  mapHeader,
  placesOf,
  type WideMapping,
} from "./mapping.ts";
export type { ColumnSource, ReadAs } from "./match-columns.ts";
export { fieldNamed, foldHeader, isFrenchHeader, isNameable, nameAt, shownHeader } from "./names.ts";
export { fieldsOfOtherKind } from "./other-kind.ts";
export { looksPersonal, namesOfPeople } from "./people.ts";
export { columnNames, entityOfHeader, isOfSales, namedColumns, recognizeHeader } from "./recognize.ts";
export { type StatusMeaning, statusReader } from "./statuses.ts";
