/** The columns that the operator gave for a file without a header, and the cuts that fit them. */
import { SourceRefusal } from "../../source/index.ts";
import type { Cut } from "../records/dialect.ts";
import { withoutTrailingEmpty } from "../records/empty-fields.ts";
import { type Head, recordsOf, SAMPLE } from "./head.ts";
import { notRecognized } from "./not-recognized.ts";
import { recognize, recognizeAsWanted, wantedEntity } from "./recognize.ts";
import type { Candidate, DialectRequest } from "./search.ts";

/**
 * The candidates whose cut gives most records as many fields as there are columns. Throws SourceRefusal when the
 * columns are not those of an entity that the operator wants.
 */
export function candidatesWithColumns(
  head: Head,
  cuts: readonly Cut[],
  columns: readonly string[],
  request: DialectRequest,
): readonly Candidate[] {
  const wanted = wantedEntity(request);
  const mappings = recognize(columns, request) ?? recognizeAsWanted(columns, request);
  if (mappings === undefined) throw notRecognized(columns, request.entities, request.options);
  const is = mappings[0]?.entity;
  if (wanted !== undefined && is !== undefined && is !== wanted)
    throw new SourceRefusal("source.wrong_entity", wanted, is);
  const fitting = cuts.map((cut) => ({ cut, fits: countOfLength(head, cut, columns.length) }));
  const most = Math.max(...fitting.map(({ fits }) => fits));
  return fitting
    .filter(({ fits }) => fits === most)
    .map(({ cut }) => ({ cut, record: null, header: columns, mappings }));
}

/** How many of the first records have so many fields, without the empty ones at the end. */
function countOfLength(head: Head, cut: Cut, length: number): number {
  let n = 0;
  let fits = 0;
  for (const { fields } of recordsOf(head, cut)) {
    if (n++ === SAMPLE) break;
    if (fields !== undefined && withoutTrailingEmpty(fields).length === length) fits++;
  }
  return fits;
}
