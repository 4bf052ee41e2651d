/**
 * Searches the beginning of a file for its header: under each cut, the first record whose fields name the columns of
 * an entity. Refuses a file that has none.
 */
import type { EntityName } from "#shared/contract/entities/index.ts";
import { SourceRefusal } from "../../source/index.ts";
import type { Cut } from "../records/dialect.ts";
import { withoutTrailingEmpty } from "../records/empty-fields.ts";
import { bytesOf } from "../records/escaped-bytes.ts";
import { type Head, recordsOf } from "./head.ts";
import { notRecognized } from "./not-recognized.ts";
import { recognize, recognizeAsWanted, wantedEntity } from "./recognize.ts";
import type { Candidate, DialectRequest } from "./search.ts";

/** The header is one of so many first records. */
const HEADER_WITHIN = 50;
const MAX_COLUMNS = 4096;
const MAX_HEADER_BYTES = 256 * 1024;

/** What the search has seen so far. */
interface Seen {
  /** Headers, one for each cut at most. */
  readonly found: Candidate[];
  /** A first record that is a header only because the operator named the entity: a list of bare references. */
  bare: Candidate | undefined;
  /** An entity that the operator did not name. */
  other: EntityName | undefined;
  /** The longest record: a message shows it as the header that was not recognized. */
  longest: readonly string[];
}

/** The headers of a file, one for each cut that has one. Throws SourceRefusal when there is none. */
export function headersIn(head: Head, cuts: readonly Cut[], request: DialectRequest): readonly Candidate[] {
  const seen: Seen = { found: [], bare: undefined, other: undefined, longest: [] };
  for (const cut of cuts) searchUnder(cut, head, request, seen);
  const { found, bare, other, longest } = seen;
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
  throw notRecognized(longest, request.entities, request.options);
}

function searchUnder(cut: Cut, head: Head, request: DialectRequest, seen: Seen): void {
  const wanted = wantedEntity(request);
  let n = 0;
  for (const record of recordsOf(head, cut)) {
    if (n++ === HEADER_WITHIN) return;
    const { fields } = record;
    if (fields === undefined || fields.length > MAX_COLUMNS) continue;
    const header = withoutTrailingEmpty(fields);
    if (header.length > seen.longest.length) seen.longest = header;
    const mappings = recognize(header, request);
    if (mappings === undefined) {
      if (n > 1 || seen.bare !== undefined || header.length === 0) continue;
      const asWanted = recognizeAsWanted(header, request);
      if (asWanted !== undefined) seen.bare = { cut, record, header: fields, mappings: asWanted };
    } else if (wanted !== undefined && mappings[0]?.entity !== wanted) seen.other ??= mappings[0]?.entity;
    else {
      seen.found.push({ cut, record, header: fields, mappings });
      return;
    }
  }
}

/** Refuses a file whose first record has megabytes or a hundred thousand fields. */
function refuseHugeFirstRecord(head: Head, cuts: readonly Cut[]): void {
  for (const cut of cuts) {
    const first = recordsOf(head, cut).next().value;
    if (first === undefined) continue;
    if ((first.fields?.length ?? 0) > MAX_COLUMNS)
      throw new SourceRefusal("source.too_many_columns", String(first.fields?.length), String(MAX_COLUMNS));
    if (bytesOf(first.raw, head.escaped) > MAX_HEADER_BYTES) throw headerTooLong();
  }
}

export const headerTooLong = (): SourceRefusal =>
  new SourceRefusal("source.header_too_long", String(MAX_HEADER_BYTES));
