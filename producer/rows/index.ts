/** Turns records into canonical rows: values, formats of columns, reading options and presets. */

export { conditionText, parseCondition } from "./columns/conditions.ts";
export { ColumnSurvey } from "./columns/decide-formats.ts";
export { lostColumn } from "./columns/drift.ts";
export type { ColumnFormats } from "./columns/formats.ts";
export { Gaps } from "./columns/gaps.ts";
export { Groups } from "./columns/groups.ts";
export { knownHeader } from "./columns/known-header.ts";
export { checkLeftOut, clearedOf, leftOut, unaskedExtras } from "./columns/left-out.ts";
export { Meanings, type UnclearMeanings } from "./columns/meanings.ts";
export { fitting } from "./columns/options.ts";
export { isPersonalValue, PersonalValues } from "./columns/personal-values.ts";
export { RecordFilter } from "./columns/record-filter.ts";
export {
  changesDays,
  hasSaleIds,
  hiddenInIds,
  rekeyed,
  rekeyOf,
  SALE_KEY,
  unkeyed,
} from "./columns/rekey.ts";
export { flagList, flagsOf, type ReadingChange } from "./columns/written-options.ts";
export { Decoder } from "./decoder.ts";
export { decodersOf } from "./decoders.ts";
export { presetNamed, resolveReading } from "./presets/presets.ts";
export type { ReadField } from "./read-fields.ts";
export { type Problem, wholeOf } from "./value-reader.ts";
export { BusinessZone } from "./values.ts";
