/** Checks that the columns that options name are in the file. The refusal lists the columns that are. */

import type { EntityName } from "#shared/contract/entities/index.ts";
import type { ReadingOptions } from "#shared/contract/source-records.ts";
import { columnNames, fieldNamed, shownHeader } from "../../header/index.ts";
import { SourceRefusal } from "../../source/index.ts";

/** The options of files of several kinds, as they fit a file of these entities: without --map and --set of other columns. */
export function fitting<R extends ReadingOptions>(reading: R, entities: readonly EntityName[]): R {
  const columns = new Set(columnNames(entities));
  const fitted: Record<string, unknown> = { ...reading };
  for (const option of ["map", "set"] as const) {
    const kept = Object.entries(reading[option] ?? {}).filter(([column]) => columns.has(column));
    if (kept.length > 0) fitted[option] = Object.fromEntries(kept);
    else delete fitted[option];
  }
  return fitted as R;
}

/** The index of a field that an option names. Throws SourceRefusal (unknown_field). */
export function fieldOf(header: readonly string[], name: string, option: string): number {
  const at = fieldNamed(header, name);
  if (at < 0) throw new SourceRefusal("source.unknown_field", `${option} ${name}`, shownHeader(header));
  return at;
}

/** Throws SourceRefusal (unknown_column, unknown_field, key_of_several). */
export function checkOptions(
  options: ReadingOptions,
  header: readonly string[],
  entities: readonly EntityName[],
): void {
  const columns = columnNames(entities);
  for (const [option, values] of [
    ["--map", options.map],
    ["--set", options.set],
    ["--same", options.same],
  ] as const)
    for (const column of Object.keys(values ?? {}))
      if (!columns.includes(column))
        throw new SourceRefusal("source.unknown_column", `${option} ${column}`, columns.join(", "));
  for (const field of Object.values(options.map ?? {}))
    if (field.trim() !== "") fieldOf(header, field, "--map");
  for (const { column } of options.where ?? []) fieldOf(header, column, "--where");
  for (const column of options.fillDown ?? []) fieldOf(header, column, "--fill-down");
  if (options.key !== undefined && entities.length > 1 && !entities.includes("ventes"))
    throw new SourceRefusal("source.key_of_several", entities.join(", "));
  for (const column of options.key ?? []) if (!columns.includes(column)) fieldOf(header, column, "--key");
}
