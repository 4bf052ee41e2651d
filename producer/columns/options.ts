/** What the options of a source name must be in its file: a name that is not is refused, with those that are. */
import { columnNames, fieldNamed, mapEntities } from "#shared/entities/header.ts";
import { ENTITY_NAMES, type EntityName } from "#shared/entities/index.ts";
import type { ReadingOptions } from "#shared/event.ts";
import { SourceRefusal } from "../source-error.ts";

const SHOWN_COLUMNS = 50;
const SHOWN_CHARACTERS = 1000;

/** As much of a header as a sentence can hold. */
function shownHeader(header: readonly string[]): string {
  const names = header.slice(0, SHOWN_COLUMNS).join(", ");
  const cut = names.length > SHOWN_CHARACTERS || header.length > SHOWN_COLUMNS;
  return cut ? `${names.slice(0, SHOWN_CHARACTERS)}…` : names;
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

/** Why a header is none of the entities that it should be: a column that --map names is not in it, or what it lacks. */
export function notRecognized(
  header: readonly string[],
  said: readonly EntityName[] | undefined,
  options: ReadingOptions,
): SourceRefusal {
  const absent = Object.values(options.map ?? {}).find(
    (field) => field.trim() !== "" && fieldNamed(header, field) < 0,
  );
  if (absent !== undefined)
    return new SourceRefusal("source.unknown_field", `--map ${absent}`, shownHeader(header));
  const read =
    said === undefined
      ? ENTITY_NAMES.flatMap((name) => mapEntities(header, [name], options).mappings)
      : mapEntities(header, said, options).mappings;
  const lacking = read.filter(({ missing }) => missing.length > 0);
  return new SourceRefusal(
    "source.no_key_columns",
    shownHeader(header),
    said?.length === 1
      ? lacking.flatMap(({ missing }) => missing).join(", ")
      : lacking.map(({ entity, missing }) => `${entity} (${missing.join(", ")})`).join(" / "),
  );
}
