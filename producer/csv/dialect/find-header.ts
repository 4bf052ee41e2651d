/**
 * Searches the beginning of a file for its header: under each cut, the first record whose fields name the columns of
 * an entity. Refuses a file that has none.
 */
import { type EntityName, entityNamed } from "#shared/contract/entities/index.ts";
import { mapHeader, namedColumns } from "../../header/index.ts";
import { BOUNDS, SourceRefusal } from "../../source/index.ts";
import type { Cut } from "../records/dialect.ts";
import { withoutTrailingEmpty } from "../records/empty-fields.ts";
import { bytesOf } from "../records/escaped-bytes.ts";
import { type Head, type HeadRecord, recordsOf, SAMPLE } from "./head.ts";
import { notRecognized } from "./not-recognized.ts";
import { recognize, recognizeAsWanted, wantedEntity } from "./recognize.ts";
import type { Candidate, DialectRequest } from "./search.ts";
import { refuseSeveralTables } from "./several-tables.ts";

/** The header is one of so many first records. */
const HEADER_WITHIN = 50;
/** How many characters of a text that is no table are shown. */
const SHOWN_TEXT = 60;
const MAX_HEADER_BYTES = 256 * 1024;

interface Likely {
  readonly cut: Cut;
  readonly record: HeadRecord;
  readonly header: readonly string[];
  /** How many of its fields are names of columns. */
  readonly named: number;
}

/** What the search has seen so far. */
interface Seen {
  /** Headers, one for each cut at most. */
  readonly found: Candidate[];
  /** A first record that is a header only because the operator named the entity: a list of bare references. */
  bare: Candidate | undefined;
  /** An entity that the operator did not name. */
  other: EntityName | undefined;
  /** The record that is most like a header: a message shows it as the one that was not recognized. */
  likely: Likely | undefined;
}

/** The headers of a file, one for each cut that has one. Throws SourceRefusal when there is none. */
export function headersIn(head: Head, cuts: readonly Cut[], request: DialectRequest): readonly Candidate[] {
  const seen: Seen = { found: [], bare: undefined, other: undefined, likely: undefined };
  for (const cut of cuts) searchUnder(cut, head, request, seen);
  const { found, bare, other, likely } = seen;
  if (found.length > 0) {
    if (found.some(({ record }) => bytesOf(record?.raw ?? "", head.escaped) > MAX_HEADER_BYTES))
      throw headerTooLong();
    return found;
  }
  refuseHugeFirstRecord(head, cuts);
  const wanted = wantedEntity(request);
  if (other !== undefined && wanted !== undefined)
    throw new SourceRefusal("source.wrong_entity", wanted, other);
  if (bare !== undefined) return [bare];
  const mayBeText = likely?.named === 0 && request.options.delimiter === undefined;
  if (mayBeText && !cuts.some((cut) => isTable(head, cut)))
    throw new SourceRefusal("source.no_table", likely.record.raw.trim().slice(0, SHOWN_TEXT));
  if (likely !== undefined && likely.named > 1)
    refuseSeveralTables(likely.record, recordsOf(head, likely.cut));
  throw notRecognized(likely?.header ?? [], request.entities, request.options);
}

function searchUnder(cut: Cut, head: Head, request: DialectRequest, seen: Seen): void {
  const wanted = wantedEntity(request);
  let n = 0;
  for (const record of recordsOf(head, cut)) {
    if (n++ === HEADER_WITHIN) return;
    const { fields } = record;
    if (fields === undefined || fields.length > BOUNDS.columns) continue;
    const header = withoutTrailingEmpty(fields);
    const likely = { cut, record, header, named: namedColumns(header) };
    if (isLikelier(likely, seen.likely)) seen.likely = likely;
    const mappings = recognize(header, request);
    if (mappings === undefined) {
      if (seen.bare !== undefined || header.length === 0 || (n > 1 && likely.named < 2)) continue;
      const asWanted = recognizeAsWanted(header, request);
      if (asWanted !== undefined) seen.bare = { cut, record, header: fields, mappings: asWanted };
    } else if (wanted !== undefined && mappings[0]?.entity !== wanted) {
      if (wanted !== "ventes" || !lacksOfSales(header, mappings[0], request))
        seen.other ??= mappings[0]?.entity;
    } else {
      seen.found.push({ cut, record, header: fields, mappings });
      return;
    }
  }
}

/**
 * Whether a record is more like a header than another one: more of its fields are names of columns. Where none is, the
 * first line of the file is, cut into most fields.
 */
function isLikelier(one: Likely, than: Likely | undefined): boolean {
  if (than === undefined || one.named !== than.named) return than === undefined || one.named > than.named;
  if (one.named > 0) return one.header.length > than.header.length && one.record.line <= than.record.line;
  return one.record.line === than.record.line && one.header.length > than.header.length;
}

/** Whether half of the first lines have as many fields, and more than one: then it is a table, of whatever. */
function isTable(head: Head, cut: Cut): boolean {
  const widths = new Map<number, number>();
  let lines = 0;
  for (const { fields } of recordsOf(head, cut)) {
    if (lines++ === SAMPLE) break;
    const width = fields?.length ?? 0;
    widths.set(width, (widths.get(width) ?? 0) + 1);
  }
  return [...widths].some(([width, count]) => width > 1 && count * 2 >= lines);
}

/** Whether a header that is whole as another entity has columns that only sales have: then it is of sales, and lacks the rest. */
function lacksOfSales(
  header: readonly string[],
  as: Candidate["mappings"][number] | undefined,
  { options }: DialectRequest,
): boolean {
  const { sources } = mapHeader(header, entityNamed("ventes"), options);
  return [...sources].some(([column, source]) => "at" in source && as?.sources.has(column) !== true);
}

/** Refuses a file whose first record has megabytes or a hundred thousand fields. */
function refuseHugeFirstRecord(head: Head, cuts: readonly Cut[]): void {
  for (const cut of cuts) {
    const first = recordsOf(head, cut).next().value;
    if (first === undefined) continue;
    if ((first.fields?.length ?? 0) > BOUNDS.columns)
      throw new SourceRefusal(
        "source.too_many_columns",
        String(first.fields?.length),
        String(BOUNDS.columns),
      );
    if (bytesOf(first.raw, head.escaped) > MAX_HEADER_BYTES) throw headerTooLong();
  }
}

export const headerTooLong = (): SourceRefusal =>
  new SourceRefusal("source.header_too_long", String(MAX_HEADER_BYTES));
