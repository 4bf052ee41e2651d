/** The formats of numbers and dates, as decided for a version, for each column by its published name. */
import type { ReadingDecisions } from "#shared/contract/source-records.ts";
import { nameAt } from "../../header/index.ts";

/** Published column name -> DecimalFormat or DayFormat, for the columns where there was a choice. */
export type ColumnFormats = ReadingDecisions["columns"];

/** The format of a column; undefined: there was no choice. `label` may be any name, `constructor` too. */
export const formatOf = (formats: ColumnFormats | null | undefined, label: string): string | undefined =>
  formats != null && Object.hasOwn(formats, label) ? formats[label] : undefined;

/** The name of a field among the formats: its published name. If several fields have one name, the later are numbered. */
export function labelOf(header: readonly string[], at: number): string {
  const name = nameAt(header, at);
  const first = header.findIndex((field) => field.trim() === name);
  return name !== "" && first === at ? name : `${name} (${at + 1})`;
}
