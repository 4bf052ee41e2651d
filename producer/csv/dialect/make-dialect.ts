/** Makes the dialect of a candidate: what comes before, in and after its header decides the rest. */
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { ReadingOptions } from "#shared/contract/source-records.ts";
import type { Cut, Dialect, Place } from "../records/dialect.ts";
import { areEmptyFrom, withoutTrailingEmpty } from "../records/empty-fields.ts";
import { showEscaped } from "../records/escaped-bytes.ts";
import { splitRecord } from "../records/split-record.ts";
import { isTotals } from "../records/totals.ts";
import { type Head, placeIn, recordsOf, SAMPLE } from "./head.ts";
import { lineWidths } from "./line-widths.ts";
import type { Candidate } from "./search.ts";

/** The beginning of a comment. */
const COMMENT = "#";

/** A record of the head that is valid CSV. */
interface Sampled {
  readonly raw: string;
  readonly fields: readonly string[];
}

/** The dialect of a candidate, read with this cut (the candidate's own, or one without quotes). */
export function makeDialect(
  { record, mappings, ...given }: Candidate,
  cut: Cut,
  head: Head,
  options: ReadingOptions,
): Dialect {
  const written =
    record === null ? given.header : (splitRecord(record.raw, cut)?.map(showEscaped) ?? given.header);
  const data: Place = record === null ? head.from : placeIn(head, record.end, record.next);
  const sample = sampleOf({ ...head, text: head.text.slice(record?.end ?? 0), from: data }, cut);
  const header = publishedHeader(written, sample);
  const preamble = head.text.slice(0, record?.start ?? 0);
  const named = mappings.flatMap(({ fields }) =>
    fields.flatMap((field, at) => ("column" in field ? [{ at, column: field.column }] : [])),
  );
  const entities = mappings.map(({ entity }) => entity);
  const comment =
    options.comment === undefined ? commentOf(preamble, sample, header.length) : options.comment || null;
  const labels = [...new Set(named.filter(({ column }) => column.kind !== "decimal").map(({ at }) => at))];
  const least = Math.max(0, ...named.filter(({ column }) => column.required).map(({ at }) => at + 1));
  const records = sample.filter(({ raw, fields }) => {
    if (comment !== null && raw.startsWith(comment)) return false;
    return !(
      areEmptyFrom(fields, 0) ||
      isTotals(fields, labels) ||
      header.every((name, i) => name === fields[i])
    );
  });
  const lines = records.map(({ fields }) => fields);
  return {
    ...cut,
    comment,
    header,
    ...lineWidths(lines, { width: header.length, written: written.length, least }),
    headerLine: record?.line ?? 0,
    data,
    columns: header.map((_, at) => nameAt(mappings, at)),
    entities,
    entity: entities[0] as EntityName,
    least,
    labels,
  };
}

/** The canonical name that a field has in one of the mappings; null: none. */
function nameAt(mappings: Candidate["mappings"], at: number): string | null {
  for (const { sources } of mappings)
    for (const [name, source] of sources) if ("at" in source && source.at === at) return name;
  return null;
}

/** The header without unnamed columns at the end, unless records have values in these columns. */
function publishedHeader(header: readonly string[], sample: readonly Sampled[]): readonly string[] {
  const named = withoutTrailingEmpty(header);
  // A longer line has a delimiter too many, which may have moved a value into such a column.
  const used = sample.some(
    ({ fields }) => fields.length === header.length && !areEmptyFrom(fields, named.length),
  );
  return used ? header : named;
}

function sampleOf(head: Head, cut: Cut): readonly Sampled[] {
  const sample: Sampled[] = [];
  for (const { raw, fields } of recordsOf(head, cut)) {
    if (sample.length === SAMPLE) break;
    if (fields !== undefined) sample.push({ raw, fields });
  }
  return sample;
}

/**
 * `#` begins comments when such lines come before the header, or when none of them has as many fields as a record.
 * It does not when most records begin with it, as the order numbers of some shops do.
 */
function commentOf(preamble: string, sample: readonly Sampled[], width: number): string | null {
  const marked = sample.filter(({ raw }) => raw.startsWith(COMMENT));
  const records = sample.filter(({ fields }) => fields.length === width);
  const both = records.filter(({ raw }) => raw.startsWith(COMMENT)).length;
  if (both * 2 > records.length) return null;
  if (/(?:^|[\r\n])#/.test(preamble)) return COMMENT;
  return marked.length > 0 && both === 0 ? COMMENT : null;
}
