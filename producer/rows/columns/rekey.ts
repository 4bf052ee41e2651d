/** Finds changes of options that would change ids of existing sales (rule 4), and handles `--rekey`. */

import { entityNamed } from "#shared/contract/entities/index.ts";
import type { Announcement, ReadingOptions, Registration } from "#shared/contract/source-records.ts";
import { type ColumnSource, extraAt, fieldNamed, type Mapping, mapEntities } from "../../header/index.ts";
import { formatOf, labelOf } from "./formats.ts";
import { knownHeader } from "./known-header.ts";
import { leftOut } from "./left-out.ts";

export interface Keyed {
  /** The options together with those of the preset. */
  readonly reading: ReadingOptions;
  readonly idScope: string | undefined;
}

export const SALE_KEY = "id_vente";

/** Whether the sales of a source have ids of their own. */
export const hasSaleIds = (announced: Pick<Announcement, "identity"> | undefined): boolean =>
  announced?.identity?.includes(SALE_KEY) === true;

/** The changed options and columns that would change ids, as a list for a sentence; undefined: none would. */
export function rekeyed(announced: Announcement | undefined, before: Keyed, now: Keyed): string | undefined {
  const { identity, header, entities = [] } = announced ?? {};
  if (identity == null || header == null || !entities.includes("ventes")) return undefined;
  const changes: string[] = [];
  if (before.idScope !== now.idScope) changes.push("--id-scope");
  const derived = !identity.includes(SALE_KEY);
  const key = ({ reading }: Keyed) => JSON.stringify(reading.key ?? []);
  if (key(before) !== key(now)) changes.push("--key");
  if (before.reading.wholeIds !== now.reading.wholeIds) changes.push("--whole-ids");
  const names = derived ? identity : [SALE_KEY];
  const known = knownHeader(announced, before.reading);
  const [then, next] = [before, now].map(({ reading }) => {
    const options = { ...reading, known };
    const { mappings } = mapEntities(header, entities, options, derived ? SALE_KEY : undefined);
    const sales = mappings.find(({ entity }) => entity === "ventes");
    return { sales };
  });
  const formats = announced?.reading?.columns ?? {};
  const columns = entityNamed("ventes").columns.map(({ name }) => name);
  for (const name of names.toSorted((a, b) => Number(columns.includes(b)) - Number(columns.includes(a)))) {
    // Another extra changes with the column that is read from its field now.
    if (changes.length > 0 && !columns.includes(name)) break;
    const [was, is] = [then, next].map((one) => sourceOf(header, one?.sales, name));
    if (derived && areWrittenOtherwise(name, is, before.reading, now.reading) && !changes.includes("--same"))
      changes.push("--same");
    const label = is !== undefined && "at" in is ? labelOf(header, is.at) : undefined;
    const decided = label === undefined ? undefined : formatOf(formats, label);
    const [wasWritten, isWritten] = [before, now].map(({ reading }) => written(reading, decided));
    // --map names a field that the announced header did not have: the column has a new name.
    const renamed = now.reading.map?.[name];
    if (is === undefined && renamed !== undefined && renamed !== "" && fieldNamed(header, renamed) < 0)
      continue;
    if (JSON.stringify(was) !== JSON.stringify(is) || (derived && wasWritten !== isWritten))
      changes.push(name);
  }
  return changes.length === 0 ? undefined : changes.join(", ");
}

/** Whether --same writes the values of a column otherwise. A shop without an id has its city as a part of one. */
function areWrittenOtherwise(
  name: string,
  source: ColumnSource | undefined,
  before: ReadingOptions,
  now: ReadingOptions,
): boolean {
  const column = source !== undefined && "parts" in source && source.by === "address" ? "ville" : name;
  return JSON.stringify(before.same?.[column]) !== JSON.stringify(now.same?.[column]);
}

/** Whether such a list has the day of the sales: nobody can tell then which sales the old ones were. */
export const changesDays = (changed: string): boolean => changed.split(", ").includes("date_vente");

/** The columns that the ids of its sales hold a hash of, although they are not published (rule 24). */
export function hiddenInIds(announced: Announcement | undefined, reading: ReadingOptions): readonly string[] {
  const { identity, header, entities = [] } = announced ?? {};
  if (identity == null || header == null || identity.includes(SALE_KEY)) return [];
  const wide = mapEntities(
    header,
    entities,
    { ...reading, known: knownHeader(announced, reading) },
    SALE_KEY,
  );
  const { personal = [] } = announced?.reading ?? {};
  return [...leftOut(header, wide, { ...reading, personal }).fields].flatMap((at) => {
    const extra = extraAt(wide.mappings.at(-1), at);
    return extra !== undefined && identity.includes(extra) ? [extra] : [];
  });
}

/** The source of a column; of another extra its field, unless a column is read from that. */
function sourceOf(
  header: readonly string[],
  sales: Mapping | undefined,
  name: string,
): ColumnSource | undefined {
  const source = sales?.sources.get(name);
  if (source !== undefined || entityNamed("ventes").columns.some((column) => column.name === name))
    return source;
  const at = fieldNamed(header, name);
  return extraAt(sales, at) === name ? { at } : undefined;
}

/** The format with which a column would be read. A column that needed no decision reads the same with any option. */
const written = (reading: ReadingOptions, decided: string | undefined): string | undefined => {
  if (decided === undefined) return undefined;
  const isNumber = decided === "point" || decided === "comma" || decided === "either";
  return (isNumber ? reading.decimal : reading.dateFormat) ?? decided;
};

/** The request for new ids (`--rekey`) that no version has fulfilled yet; undefined: there is none. */
export const rekeyOf = ({ rekey }: Registration, announced: Announcement | undefined): string | undefined =>
  announced === undefined || announced.rekeyed === rekey ? undefined : rekey;

/** The announcement without its identity columns, so that the next header decides them again. */
export const unkeyed = (announced: Announcement | undefined): Announcement | undefined =>
  announced === undefined ? undefined : { ...announced, identity: null, open: null };
