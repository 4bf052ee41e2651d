/** The name that a query meant, when SQLite does not know the one that it has. */
import leven from "leven";
import type { Sqlite } from "../sqlite.ts";
import { tablesIn } from "./tables-in.ts";

const UNKNOWN = /^no such (table|column): (.+)$/;
/** Names are compared without accents, case and underscores: `quantite` is `quantité`. */
const folded = (name: string): string =>
  name
    .normalize("NFKD")
    .replace(/[\p{M}_]/gu, "")
    .toLowerCase();

/** Internal tables, which no query means. */
const INTERNAL = /^(?:analyse|old)_/;

/**
 * The most similar name of a table, or of a column of a table that the query names; undefined: the message is about
 * something else, or no name is similar.
 */
export function nearestName(db: Sqlite, sql: string, message: string): string | undefined {
  const [, what, qualified] = UNKNOWN.exec(message) ?? [];
  if (qualified === undefined) return undefined;
  const unknown = qualified.split(".").at(-1) ?? qualified;
  const tables = tablesIn(db).filter(({ name }) => !INTERNAL.test(name));
  if (what === "table") return nearest(unknown, new Set(tables.map(({ name }) => name)));
  const words = new Set((sql.match(/[\p{L}\p{N}_]+/gu) ?? []).map(folded));
  const named = tables.filter(({ name }) => words.has(folded(name)));
  return nearest(unknown, new Set(named.flatMap(({ columns }) => columns.map(({ name }) => name))));
}

function nearest(unknown: string, names: ReadonlySet<string>): string | undefined {
  const most = Math.max(1, Math.floor(unknown.length / 3));
  const [first] = [...names]
    .map((name) => ({ name, distance: leven(folded(name), folded(unknown)) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance);
  return first?.name;
}
