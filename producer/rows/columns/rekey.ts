/** Which change of options would change ids that the sales of a source already have (rule 4), and what lets it. */

import type { Announcement, ReadingOptions, Registration } from "#shared/contract/source-records.ts";
import { fieldNamed, mapEntities } from "../../header/index.ts";
import { formatOf, labelOf } from "./formats.ts";

export interface Keyed {
  /** Presets resolved. */
  readonly reading: ReadingOptions;
  readonly idScope: string | undefined;
}

export const SALE_KEY = "id_vente";

/** The options and columns that change ids; undefined when none does. */
export function rekeyed(announced: Announcement | undefined, before: Keyed, now: Keyed): string | undefined {
  const { identity, header, entities = [] } = announced ?? {};
  if (identity == null || header == null || !entities.includes("ventes")) return undefined;
  const changes: string[] = [];
  if (before.idScope !== now.idScope) changes.push("--id-scope");
  const derived = !identity.includes(SALE_KEY);
  const key = ({ reading }: Keyed) => JSON.stringify(reading.key ?? []);
  if (key(before) !== key(now)) changes.push("--key");
  const names = derived ? identity : [SALE_KEY];
  const [then, next] = [before, now].map(({ reading }) => {
    const { mappings } = mapEntities(header, entities, reading, derived ? SALE_KEY : undefined);
    const sales = mappings.find(({ entity }) => entity === "ventes");
    return { sales };
  });
  const formats = announced?.reading?.columns ?? {};
  for (const name of names) {
    const [was, is] = [then, next].map((one) => one?.sales?.sources.get(name));
    const label = is !== undefined && "at" in is ? labelOf(header, is.at) : undefined;
    const decided = label === undefined ? undefined : formatOf(formats, label);
    const [wasWritten, isWritten] = [before, now].map(({ reading }) => written(reading, decided));
    // A field that the announced header does not have is the same column under its new name.
    const renamed = now.reading.map?.[name];
    if (is === undefined && renamed !== undefined && renamed !== "" && fieldNamed(header, renamed) < 0)
      continue;
    if (JSON.stringify(was) !== JSON.stringify(is) || (derived && wasWritten !== isWritten))
      changes.push(name);
  }
  return changes.length === 0 ? undefined : changes.join(", ");
}

/** How a column is read that was decided so; what needed no decision reads the same with any option. */
const written = (reading: ReadingOptions, decided: string | undefined): string | undefined => {
  if (decided === undefined) return undefined;
  const isNumber = decided === "point" || decided === "comma" || decided === "either";
  return (isNumber ? reading.decimal : reading.dateFormat) ?? decided;
};

/** Set when an operator wants the sales of a source to get ids anew: which of the times. */
export const rekeyOf = ({ rekey }: Registration, announced: Announcement | undefined): string | undefined =>
  announced === undefined || announced.rekeyed === rekey ? undefined : rekey;

/** As if its first header had not been announced yet: it decides anew what its ids are. */
export const unkeyed = (announced: Announcement | undefined): Announcement | undefined =>
  announced === undefined ? undefined : { ...announced, identity: null, open: null };
