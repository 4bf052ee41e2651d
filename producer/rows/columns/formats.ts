/** How the numbers and dates of each column are written: what is decided for a version, by the column's published name. */
import type { ReadingDecisions } from "#shared/contract/source-records.ts";

/** Published column name -> a DecimalFormat or a DayFormat, where there was a choice. */
export type ColumnFormats = ReadingDecisions["columns"];

/** How a column is written; undefined: there was no choice. `label`: as a file named it, `constructor` perhaps. */
export const formatOf = (formats: ColumnFormats | null | undefined, label: string): string | undefined =>
  formats != null && Object.hasOwn(formats, label) ? formats[label] : undefined;

/** The name of a field among the formats: as published; of several of one name, the later ones with their place. */
export function labelOf(header: readonly string[], at: number): string {
  const name = (header[at] ?? "").trim();
  const first = header.findIndex((field) => field.trim() === name);
  return name !== "" && first === at ? name : `${name} (${at + 1})`;
}
