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
 * columns are not those of an entity that the operator wants (`source.wrong_entity`), or when most records have another
 * number of fields (`source.other_count`).
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
  if (cuts.every((cut) => !fitsMost(head, cut, columns.length)))
    throw new SourceRefusal("source.other_count", String(columns.length), String(widthOf(head, cuts)));
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

/** Whether at least half of the first records have so many fields, or fewer and empty ones up to there. */
function fitsMost(head: Head, cut: Cut, length: number): boolean {
  const sample = fieldsOf(head, cut);
  const fit = sample.filter(
    (fields) => fields.length >= length && withoutTrailingEmpty(fields).length <= length,
  );
  return fit.length * 2 >= sample.length;
}

/** How many fields most of the first records have, under the cut that cuts them into most. */
function widthOf(head: Head, cuts: readonly Cut[]): number {
  const widths = cuts.map((cut) => {
    const counts = new Map<number, number>();
    for (const { length } of fieldsOf(head, cut)) counts.set(length, (counts.get(length) ?? 0) + 1);
    return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
  });
  return Math.max(...widths);
}

function fieldsOf(head: Head, cut: Cut): readonly (readonly string[])[] {
  const sample: (readonly string[])[] = [];
  for (const { fields } of recordsOf(head, cut)) {
    if (sample.length === SAMPLE) break;
    if (fields !== undefined) sample.push(fields);
  }
  return sample;
}
