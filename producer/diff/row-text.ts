/** The text of a row: the JSON that its event holds. The fingerprint is computed over it. */
import type { Values } from "#shared/contract/event.ts";

/** The extra column for the time of day of a date; `OTHER_TIME` if the file has a column of that name. */
export const TIME = "heure";

export const OTHER_TIME = "heure (date)";

export const TIME_NAMES: ReadonlySet<string> = new Set([TIME, OTHER_TIME]);

/** The order of names everywhere. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The JSON text behind the key of a row, from the row and extras of an event. `keep`: which columns to keep. */
export function restOf(
  row: Values,
  extras: Values,
  key: string,
  keep: ((name: string) => boolean) | undefined,
): string {
  const object = (values: Values, without: string | undefined) =>
    Object.keys(values)
      .filter((name) => name !== without && (keep === undefined || keep(name)))
      .sort(byCodeUnit)
      .map((name) => `${JSON.stringify(name)}:${JSON.stringify(values[name])}`);
  const columns = object(row, key);
  return `${columns.map((c) => `,${c}`).join("")}},"extras":{${object(extras, undefined).join(",")}}}`;
}
