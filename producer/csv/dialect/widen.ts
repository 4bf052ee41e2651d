/**
 * Tells whether a header of sales is a wide one, that of products or shops too: it must name what only they have, and no
 * product may have two names in the first lines, nor a shop two cities. A city that changes from line to line is the
 * customer's.
 */
import { type EntityName, entityNamed } from "#shared/contract/entities/index.ts";
import { type ColumnSource, mapEntities, mapHeader } from "../../header/index.ts";
import type { ReadingNote } from "../notes.ts";
import type { Cut } from "../records/dialect.ts";
import { type Head, placeIn, recordsOf, SAMPLE } from "./head.ts";
import { makeDialect } from "./make-dialect.ts";
import { isWhole } from "./recognize.ts";
import type { Choice, Search } from "./search.ts";

/** The column by which a header shows that it holds parents of the sales. */
const SHOWN_BY = [
  ["produits", "nom"],
  ["magasins", "ville"],
] as const satisfies readonly (readonly [EntityName, string])[];

export interface Widened {
  readonly choice: Choice;
  readonly notes: readonly ReadingNote[];
}

/** The choice read as all entities that its header shows, when nobody named its entities; the notes say what is left. */
export function widened(choice: Choice, { head, request }: Search): Widened {
  const { candidate } = choice;
  const { header, cut, mappings, record } = candidate;
  const sales = mappings[0];
  if (request.entities !== undefined || sales?.entity !== "ventes" || record === null)
    return { choice, notes: [] };
  const lines = { ...head, text: head.text.slice(record.end), from: placeIn(head, record.end, record.next) };
  const names: EntityName[] = [];
  const notes: ReadingNote[] = [];
  for (const [name, column] of SHOWN_BY) {
    const parent = mapHeader(header, entityNamed(name), request.options);
    const says = parent.sources.get(column);
    const id = sales.sources.get(entityNamed(name).key);
    if (!isWhole(parent) || says === undefined || id === undefined) continue;
    // All shops may be in one city, but not all products have one name.
    if (name === "produits" && "value" in says) continue;
    const two = secondValue(lines, cut, id, says);
    if (two === undefined) names.push(name);
    else notes.push({ code: "header.not_wide", what: `${name}: ${fieldOf(header, says)}`, more: two });
  }
  if (names.length === 0) return { choice, notes };
  const wide = mapEntities(header, [...names, "ventes"], request.options).mappings;
  if (!wide.every(isWhole)) return { choice, notes };
  const read = { ...candidate, mappings: wide };
  return { choice: { candidate: read, dialect: makeDialect(read, cut, head, request.options) }, notes };
}

const fieldOf = (header: readonly string[], source: ColumnSource): string =>
  "at" in source ? (header[source.at] ?? "") : "";

/** An id that has two values in the first lines, with both; undefined: there is none. */
function secondValue(lines: Head, cut: Cut, id: ColumnSource, says: ColumnSource): string | undefined {
  if (!("at" in id) || !("at" in says)) return undefined;
  const first = new Map<string, string>();
  let n = 0;
  for (const { fields } of recordsOf(lines, cut)) {
    if (n++ === SAMPLE) break;
    const key = fields?.[id.at]?.trim() ?? "";
    const value = fields?.[says.at]?.trim() ?? "";
    if (key === "" || value === "") continue;
    const before = first.get(key);
    if (before === undefined) first.set(key, value);
    else if (before.toLowerCase() !== value.toLowerCase()) return `${key}: ${before}, ${value}`;
  }
  return undefined;
}
