/** Finds out which field of a header is which column. */

export { type Mapping, mapEntities, mapHeader, type WideMapping } from "./mapping.ts";
export type { ColumnSource } from "./match-columns.ts";
export { fieldNamed, foldHeader, isFrenchHeader, shownHeader } from "./names.ts";
export { columnNames, recognizeHeader } from "./recognize.ts";
