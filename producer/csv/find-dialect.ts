/**
 * How a text is cut and what its header says, on evidence: the delimiter and the line under which an entity's
 * columns are found; quotes and escapes as its fields have them. Where several would do, the one under which most
 * records of the whole file have as many fields as the header.
 *
 * papaparse was tried for guessing delimiters, csv-parse's own guess too: both go by how often a character comes,
 * which decimal commas defeat. The header's names do not leave a choice.
 */

import { type EntityName, entityNamed } from "#shared/entities/index.ts";
import type { ReadingDecisions, ReadingOptions } from "#shared/event.ts";
import { type Mapping, mapEntities, mapHeader, recognizeHeader } from "../header/index.ts";
import { SourceRefusal } from "../source/index.ts";
import { splitRecord } from "./cutter.ts";
import { type Cut, DELIMITERS, type Delimiter, type Dialect, type Place, type Quote } from "./dialect.ts";
import { bytesOf, showEscaped } from "./escaped-bytes.ts";
import { type Head, type HeadRecord, placeIn, readHead, recordsOf, withoutFirstLine } from "./head.ts";
import { isBetter, measure } from "./measure.ts";
import { notRecognized } from "./not-recognized.ts";
import type { ReadingNote } from "./notes.ts";
import type { TextSurvey } from "./text-survey.ts";

/** The header is one of the first records. */
const HEADER_WITHIN = 50;
export const MAX_COLUMNS = 4096;
export const MAX_HEADER_BYTES = 256 * 1024;
/** Records after the header that are looked at for comments and trailing delimiters. */
const SAMPLE = 1000;
/** What stands inside single quotes, with doubled ones and with backslashes. */
const INSIDE_SINGLE = ["[^']|''", "[^'\\\\]|\\\\[\\s\\S]"];
/** Of the fields that begin with a single quote, how many are enclosed by two where those are quotes. */
const ENCLOSED = 0.9;

export interface DialectRequest {
  readonly options: ReadingOptions;
  readonly entities: readonly EntityName[] | undefined;
  readonly before: { readonly reading: ReadingDecisions; readonly header: readonly string[] } | null;
}

export interface FoundDialect {
  readonly dialect: Dialect;
  readonly notes: readonly ReadingNote[];
}

interface Text {
  readonly fd: number;
  readonly size: number;
  /** Bytes before the text. */
  readonly mark: number;
  readonly survey: TextSurvey;
}

/** A header under one way of cutting. */
interface Candidate {
  readonly cut: Cut;
  readonly record: HeadRecord | null;
  readonly header: readonly string[];
  readonly mappings: readonly Mapping[];
}

/** Reads the beginning; all of it where that leaves a choice. Yields between blocks. Throws SourceRefusal. */
export function* findDialect(text: Text, request: DialectRequest): Generator<void, FoundDialect> {
  const { options } = request;
  const notes: ReadingNote[] = [];
  let head = readHead(text.fd, text.size, text.mark);
  if (head.text === "" && !head.whole)
    throw new SourceRefusal("source.header_too_long", String(MAX_HEADER_BYTES));
  while (head.text.startsWith("\uFEFF"))
    head = { ...head, text: head.text.slice(1), from: { ...head.from, byte: head.from.byte + 3 } };
  if (head.whole && head.text.trim() === "") throw new SourceRefusal("source.empty");

  const said = /^"?sep=([,;\t|])"?[\t ]*(?:[\r\n]|$)/i.exec(head.text)?.[1] as Delimiter | undefined;
  if (said !== undefined) {
    head = withoutFirstLine(head);
    notes.push({ code: "delimiter.said", what: nameOf(said) });
  }
  const preferred = [said, request.before?.reading.delimiter as Delimiter | undefined, ...DELIMITERS];
  const delimiters = new Set(
    options.delimiter === undefined ? preferred.filter((d) => d !== undefined) : [options.delimiter],
  );
  const lineEnds = lineEndsOf(text.survey);
  const cuts = [...delimiters].flatMap((delimiter) => {
    const quotes = quotesIn(head.text, delimiter, text.survey, request.before?.reading);
    return lineEnds.flatMap((lineEnd) => quotes.map((quote): Cut => ({ delimiter, lineEnd, ...quote })));
  });

  const found =
    options.columns === undefined
      ? candidatesWithHeader(head, cuts, request)
      : candidatesWithout(head, cuts, options.columns, request);
  const context = { text, head, request };
  const chosen = yield* bestOf(
    found.map((candidate) => ({ candidate, dialect: dialectOf(candidate, candidate.cut, context) })),
    text.fd,
  );
  const cut = yield* withoutQuotes(chosen, context);
  const dialect = cut === chosen.candidate.cut ? chosen.dialect : dialectOf(chosen.candidate, cut, context);
  return { dialect, notes: [...notes, ...notesOn(dialect, chosen.candidate, context)] };
}

interface Context {
  readonly text: Text;
  readonly head: Head;
  readonly request: DialectRequest;
}

/** LF, unless a CR stands alone somewhere: it may end a line, or be part of a text. */
const lineEndsOf = ({ lf, loneCr }: TextSurvey): readonly Cut["lineEnd"][] =>
  loneCr ? (lf ? ["lf", "any"] : ["any"]) : ["lf"];

// ---- the header

/** What a header publishes; undefined: nothing that is wanted. */
function recognize(
  header: readonly string[],
  { options, entities }: DialectRequest,
): readonly Mapping[] | undefined {
  if (entities !== undefined && entities.length > 1) {
    const { mappings } = mapEntities(header, entities, options);
    return mappings.every(isWhole) ? mappings : undefined;
  }
  const mapping = recognizeHeader(header, options);
  return mapping === undefined ? undefined : [mapping];
}

const isWhole = ({ missing, unknown }: Mapping): boolean => missing.length === 0 && unknown.length === 0;

/** How many columns of the header have a name that is known. */
const named = ({ mappings }: Candidate): number =>
  new Set(mappings.flatMap(({ fields }) => fields.flatMap((f, i) => ("column" in f ? [i] : [])))).size;

function candidatesWithHeader(
  head: Head,
  cuts: readonly Cut[],
  request: DialectRequest,
): readonly Candidate[] {
  const { entities, options } = request;
  const wanted = entities?.length === 1 ? entities[0] : undefined;
  const found: Candidate[] = [];
  let other: EntityName | undefined;
  let longest: readonly string[] = [];
  let bare: Candidate | undefined;
  for (const cut of cuts) {
    let n = 0;
    for (const record of recordsOf(head, cut)) {
      if (n++ === HEADER_WITHIN) break;
      const { fields } = record;
      if (fields === undefined || fields.length > MAX_COLUMNS) continue;
      const header = withoutTrailing(fields);
      if (header.length > longest.length) longest = header;
      const mappings = recognize(header, request);
      if (mappings === undefined) {
        // A list of bare references is a file of products when the operator says so.
        if (n > 1 || wanted === undefined || bare !== undefined || header.length === 0) continue;
        const mapping = mapHeader(header, entityNamed(wanted), options);
        if (isWhole(mapping)) bare = { cut, record, header: fields, mappings: [mapping] };
        continue;
      }
      if (wanted !== undefined && mappings[0]?.entity !== wanted) {
        other ??= mappings[0]?.entity;
        continue;
      }
      found.push({ cut, record, header: fields, mappings });
      break;
    }
  }
  const [first] = found;
  if (first !== undefined) {
    if (found.some(({ record }) => bytesOf(record?.raw ?? "", head.escaped) > MAX_HEADER_BYTES))
      throw new SourceRefusal("source.header_too_long", String(MAX_HEADER_BYTES));
    return found;
  }
  refuseMonster(head, cuts);
  if (other !== undefined && wanted !== undefined)
    throw new SourceRefusal("source.wrong_entity", wanted, other);
  if (bare !== undefined) return [bare];
  throw notRecognized(longest, entities, options);
}

/** A first line of megabytes or of a hundred thousand columns. */
function refuseMonster(head: Head, cuts: readonly Cut[]): void {
  for (const cut of cuts) {
    const first = recordsOf(head, cut).next().value;
    if (first === undefined) continue;
    if ((first.fields?.length ?? 0) > MAX_COLUMNS)
      throw new SourceRefusal("source.too_many_columns", String(first.fields?.length), String(MAX_COLUMNS));
    if (bytesOf(first.raw, head.escaped) > MAX_HEADER_BYTES)
      throw new SourceRefusal("source.header_too_long", String(MAX_HEADER_BYTES));
  }
}

/** The columns that were given: the delimiter is the one that gives as many fields. */
function candidatesWithout(
  head: Head,
  cuts: readonly Cut[],
  columns: readonly string[],
  request: DialectRequest,
): readonly Candidate[] {
  const { entities, options } = request;
  const wanted = entities?.length === 1 ? entities[0] : undefined;
  let mappings = recognize(columns, request);
  if (mappings === undefined && wanted !== undefined) {
    const mapping = mapHeader(columns, entityNamed(wanted), options);
    if (isWhole(mapping)) mappings = [mapping];
  }
  if (mappings === undefined) throw notRecognized(columns, entities, options);
  const is = mappings[0]?.entity;
  if (wanted !== undefined && is !== undefined && is !== wanted)
    throw new SourceRefusal("source.wrong_entity", wanted, is);
  const fitting = cuts.map((cut) => {
    let fits = 0;
    let n = 0;
    for (const { fields } of recordsOf(head, cut)) {
      if (n++ === SAMPLE) break;
      if (fields !== undefined && withoutTrailing(fields).length === columns.length) fits++;
    }
    return { cut, fits };
  });
  const most = Math.max(...fitting.map(({ fits }) => fits));
  return fitting
    .filter(({ fits }) => fits === most)
    .map(({ cut }) => ({ cut, record: null, header: columns, mappings }));
}

function withoutTrailing(fields: readonly string[]): readonly string[] {
  let end = fields.length;
  while (end > 0 && (fields[end - 1] as string).trim() === "") end--;
  return end === fields.length ? fields : fields.slice(0, end);
}

// ---- the choice

interface Choice {
  readonly candidate: Candidate;
  readonly dialect: Dialect;
}

/** The one with the most columns that are known; of several the one that reads the most of the file. */
function* bestOf(all: readonly Choice[], fd: number): Generator<void, Choice> {
  const most = Math.max(...all.map(({ candidate }) => named(candidate)));
  const equal = all.filter(({ candidate }) => named(candidate) === most);
  let best = equal[0] as Choice;
  if (equal.length === 1) return best;
  let found = yield* measure(fd, best.dialect);
  for (const one of equal.slice(1)) {
    const other = yield* measure(fd, one.dialect);
    if (!isBetter(other, found)) continue;
    best = one;
    found = other;
  }
  return best;
}

/** The quotes and escapes that its fields may have; the first is taken where all read as well. */
function quotesIn(
  text: string,
  delimiter: Delimiter,
  survey: TextSurvey,
  before: ReadingDecisions | undefined,
) {
  const { single, double } = quotesOf(text, delimiter);
  const quotes: readonly Quote[] =
    single || (!double && before?.quote === "'") ? (double ? ['"', "'"] : ["'"]) : ['"'];
  return quotes.flatMap((quote): readonly Pick<Cut, "quote" | "escape">[] => {
    const plain = { quote, escape: quote };
    if (!survey.backslashedQuote) return [plain];
    const backslash = { quote, escape: "\\" as const };
    // What the version before had stays where nothing speaks against it.
    return before?.escape === "\\" ? [backslash, plain] : [plain, backslash];
  });
}

/** Quotes that enclose no field of the whole file are none. */
function* withoutQuotes({ candidate, dialect }: Choice, context: Context): Generator<void, Cut> {
  const { cut } = candidate;
  const { text, head } = context;
  if (!hasUnclosed(head.text, cut)) return cut;
  const quoted = yield* measure(text.fd, dialect);
  if (quoted.quoted > 0 || quoted.bad < 2) return cut;
  const plain: Cut = { ...cut, quote: null, escape: null };
  const none = yield* measure(text.fd, dialectOf(candidate, plain, context));
  return none.right > quoted.right ? plain : cut;
}

/** Which quotes stand at the beginning of fields; single ones only count where they enclose nearly all such fields. */
function quotesOf(
  text: string,
  delimiter: Delimiter,
): { readonly single: boolean; readonly double: boolean } {
  const begins = `(?<=^|[\\r\\n${delimiter}])`;
  const double = new RegExp(`${begins} *"`).test(text);
  if (!text.includes("'")) return { single: false, double };
  const single = INSIDE_SINGLE.some((inside) => {
    const field = `'(?:${inside})*'(?=[\\r\\n${delimiter}]|$)`;
    const opened = text.match(new RegExp(`${begins}(?:${field}|')`, "g")) ?? [];
    const enclosed = opened.filter(({ length }) => length > 1).length;
    return enclosed >= 2 && enclosed >= ENCLOSED * opened.length;
  });
  return { single, double };
}

/** Whether a record of the head has a quote at the beginning of a field that does not enclose it. */
function hasUnclosed(text: string, { delimiter, quote }: Cut): boolean {
  return new RegExp(
    `(?<=^|[\\r\\n${delimiter}])${quote}[^${quote}\\r\\n]*${quote} *[^${quote}${delimiter}\\r\\n ]`,
  ).test(text);
}

// ---- the dialect

function dialectOf(candidate: Candidate, cut: Cut, context: Context): Dialect {
  const { record, mappings } = candidate;
  const { head } = context;
  const header =
    record === null ? candidate.header : (splitRecord(record.raw, cut)?.map(showEscaped) ?? candidate.header);
  const data: Place = record === null ? head.from : placeIn(head, record.end, record.next);
  const rest = { ...head, text: head.text.slice(record?.end ?? 0), from: data };
  const rows = sampleOf(rest, cut);
  const trimmed = withoutTrailing(header);
  // What stands below an unnamed column at the end is data after all.
  const used = rows.some(({ fields }) =>
    fields.slice(trimmed.length, header.length).some((f) => f.trim() !== ""),
  );
  const published = used ? header : trimmed;
  const before = { ...head, text: head.text.slice(0, record?.start ?? 0) };
  const roles = mappings.flatMap(({ fields }) =>
    fields.flatMap((field, at) => ("column" in field ? [{ at, column: field.column }] : [])),
  );
  const entities = mappings.map(({ entity }) => entity);
  return {
    ...cut,
    comment: commentOf(before.text, rows, published.length),
    header: published,
    headerLine: record?.line ?? 0,
    data,
    entities,
    entity: entities[0] as EntityName,
    least: Math.max(0, ...roles.filter(({ column }) => column.required).map(({ at }) => at + 1)),
    labels: [...new Set(roles.filter(({ column }) => column.kind !== "decimal").map(({ at }) => at))],
  };
}

/** The continuation of a version, which is all that is known of it. Yields between blocks. */
export function* continueDialect(
  text: Text,
  { options, entities, before }: DialectRequest & { readonly before: NonNullable<DialectRequest["before"]> },
): Generator<void, FoundDialect> {
  const { reading, header } = before;
  const recognized = recognize(header, { options, entities, before });
  const [wanted, ...more] = entities ?? [];
  const mappings =
    wanted === undefined || more.length > 0 || recognized?.[0]?.entity === wanted
      ? (recognized ?? [])
      : mapEntities(header, [wanted], options).mappings;
  if (mappings.length === 0 || !mappings.every(isWhole)) throw notRecognized(header, entities, options);
  const context = { text, head: readHead(text.fd, text.size, 0), request: { options, entities, before } };
  const lineEnds = lineEndsOf(text.survey);
  const all = lineEnds.map((lineEnd) => {
    const cut: Cut = {
      delimiter: reading.delimiter as Delimiter,
      quote: reading.quote as Quote | null,
      escape: reading.escape as Cut["escape"],
      lineEnd,
    };
    const candidate: Candidate = { cut, record: null, header, mappings };
    const dialect = dialectOf(candidate, cut, context);
    const { comment = null, headerLine } = reading;
    return { candidate, dialect: { ...dialect, header, comment, headerLine } };
  });
  const { dialect } = yield* bestOf(all, text.fd);
  return { dialect, notes: [] };
}

function sampleOf(head: Head, cut: Cut): { readonly raw: string; readonly fields: readonly string[] }[] {
  const rows: { raw: string; fields: readonly string[] }[] = [];
  for (const { raw, fields } of recordsOf(head, cut)) {
    if (rows.length === SAMPLE) break;
    if (fields !== undefined) rows.push({ raw, fields });
  }
  return rows;
}

const COMMENT = "#";

/**
 * `#` begins comments where such lines come before the header, or where none of them is as long as a record; not
 * where most records begin with it, as the order numbers of some shops do.
 */
function commentOf(
  preamble: string,
  rows: readonly { readonly raw: string; readonly fields: readonly string[] }[],
  width: number,
): string | null {
  const marked = rows.filter(({ raw }) => raw.startsWith(COMMENT));
  const records = rows.filter(({ fields }) => fields.length === width);
  const both = records.filter(({ raw }) => raw.startsWith(COMMENT)).length;
  if (both * 2 > records.length) return null;
  if (/(?:^|[\r\n])#/.test(preamble)) return COMMENT;
  return marked.length > 0 && both === 0 ? COMMENT : null;
}

const NAMES: Readonly<Record<Delimiter, string>> = { ",": ",", ";": ";", "\t": "tab", "|": "|" };

const nameOf = (delimiter: string): string => NAMES[delimiter as Delimiter] ?? delimiter;

function notesOn(
  dialect: Dialect,
  { record, header }: Candidate,
  { text, head, request }: Context,
): ReadingNote[] {
  const notes: ReadingNote[] = [];
  const before = request.before?.reading.delimiter;
  if (before !== undefined && before !== dialect.delimiter)
    notes.push({ code: "delimiter.changed", what: nameOf(before), more: nameOf(dialect.delimiter) });
  if (dialect.quote === "'") notes.push({ code: "quote.single" });
  if (dialect.quote === null) notes.push({ code: "quote.none" });
  if (dialect.escape === "\\") notes.push({ code: "escape.backslash" });
  if (dialect.lineEnd === "any") notes.push({ code: text.survey.lf ? "line_ends.mixed" : "line_ends.cr" });
  if (record === null) notes.push({ code: "header.none" });
  else if (head.text.slice(0, record.start).trim() !== "")
    notes.push({ code: "header.preamble", what: String(record.line) });
  const trailing = header.length - dialect.header.length;
  if (trailing > 0) notes.push({ code: "header.trailing_delimiters", what: String(trailing) });
  return notes;
}
