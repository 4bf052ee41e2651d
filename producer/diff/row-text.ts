/** The text of a row: the JSON that stands in its event, and what its fingerprint is made of. */
import type { Values } from "#shared/contract/event.ts";

/** The extra in which the time of day of a date goes; a file may have a column of that name of its own. */
export const TIME = "heure";

export const OTHER_TIME = "heure (date)";

export const TIME_NAMES: ReadonlySet<string> = new Set([TIME, OTHER_TIME]);

/** Names sort by code unit everywhere. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `rest` of a row and extras that come from an event; `keep`: only these columns. */
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
