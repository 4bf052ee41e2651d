/** Which field of a header is which column. */
export {
  type ColumnSource,
  columnNames,
  fieldNamed,
  foldHeader,
  isFrenchHeader,
  type Mapping,
  mapEntities,
  mapHeader,
  recognizeHeader,
  shownHeader,
  type WideMapping,
} from "./header.ts";
