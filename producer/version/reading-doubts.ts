/**
 * What is unclear about how a version was read, compared with the version before (rule 10): much of it is unreadable, a
 * column is blank that was filled, --where keeps nothing, or nothing is left. It is decided on the counts of whole files,
 * so an appended part gives the same as the whole.
 */
import { sentenceOf } from "#shared/contract/sentences.ts";
import type { Announcement, ColumnGaps, VersionCounts } from "#shared/contract/source-records.ts";
import { conditionText, type UnclearMeanings } from "../rows/index.ts";
import { type Doubt, decisionOf } from "../source/index.ts";
import { meaningDoubts } from "./meaning-doubts.ts";
import type { Version } from "./version.ts";

/** What was read of a version. */
export interface Read {
  readonly counts: Pick<VersionCounts, "records" | "rejected" | "filtered">;
  readonly gaps: Readonly<Record<string, ColumnGaps>>;
  /** The header as published. */
  readonly header: readonly string[];
}

export interface ReadNow extends Read {
  /** The id of its source. */
  readonly source: string;
  /** The columns that the figures rest on. `published`: the name in the file. */
  readonly columns: readonly { readonly published: string; readonly extra: boolean }[];
  /** The conditions of --where, as an operator writes them. */
  readonly where: readonly string[];
  /** The first reject: its line and why; null: none was read now. */
  readonly reject: { readonly line: number; readonly says: string } | null;
  /** Fields that lines lack and the first line has, as where a group has them on its first line only. */
  readonly ofGroups: readonly string[];
  /** Lines that were rejected. */
  readonly examples: readonly string[];
  /** What is unclear about what its values mean. */
  readonly meanings: UnclearMeanings;
}

/** The thresholds of docs/rules.md, rule 10. Parts are of the records of a version. */
export const UNCLEAR = {
  /** A column that was filled in this part of the records and is blank in so much more of them, at least so many. */
  filled: { part: 0.95, more: 0.2, records: 2 },
  /** The same for a column that was filled in most of them. */
  mostlyFilled: { part: 0.5, more: 0.5, records: 5 },
  /** A required column that is empty in this part of the records, at least so many, needs attention. */
  missing: { part: 0.2, records: 2 },
  /** So many rejects for other reasons do, too. */
  rejected: { part: 1 / 3, records: 10 },
  /** So many records lost their value, */
  lost: 2,
  /** or so many came without one, in a column of the entity that had so many values. */
  came: { records: 5, values: 10 },
  /** --where keeps at most this part of the records, and of the share of lines, that it kept before, */
  kept: 0.5,
  /** when it kept at least so many. */
  keptRecords: 5,
  /** --where kept none of the lines that came, of which it would have kept so many before. */
  expected: 5,
} as const;

/** What was read of a version in its first pass. `counts` and the gaps are of the whole file. */
export function readOf(version: Version, counts: Read["counts"]): ReadNow {
  const { gaps, decoders, dialect, options } = version;
  const { reading, settings } = options;
  const [first] = gaps.examples;
  const ofGroups = version.groups.fields(dialect.header);
  return {
    counts,
    gaps: version.allGaps,
    header: dialect.header,
    source: options.source,
    columns: decoders.flatMap(({ columns }) => columns),
    where: (reading.where ?? []).map(conditionText),
    reject:
      first === undefined
        ? null
        : {
            line: first.line,
            says: sentenceOf(first.problem.code, first.problem.details, settings.language),
          },
    ofGroups: ofGroups.length === 0 ? [] : [...new Set([...(reading.fillDown ?? []), ...ofGroups])],
    examples: gaps.examples.map(({ raw }) => raw),
    meanings: version.meanings.unclear,
  };
}

/** What was read of the last announced version; null: there is none. */
export const readBefore = (before: Announcement | undefined): Read | null =>
  before === undefined || before.counts === null
    ? null
    : { counts: before.counts, gaps: before.gaps ?? {}, header: before.header ?? [] };

/** The doubts about a version. `before`: the last announced version; null: this is the first. */
export function readingDoubts(before: Read | null, now: ReadNow): readonly Doubt[] {
  // A version without records tells nothing about the next one.
  const last = before === null || before.counts.records === 0 ? null : before;
  const left = last === null ? undefined : nothingLeft(last, now);
  if (left !== undefined) return [left];
  const filter = filterKeepsLittle(last, now);
  if (filter !== undefined) return [filter];
  const blank = last === null ? [] : blankColumns(last, now);
  if (blank.length > 0) return blank;
  const meanings = meaningDoubts(now.meanings, now.where, now.source);
  const rejects = manyRejects(last, now);
  return rejects === undefined ? meanings : [...meanings, rejects];
}

const isMostlyRejected = ({ records, rejected }: Read["counts"]): boolean => rejected * 2 > records;

function manyRejects(before: Read | null, now: ReadNow): Doubt | undefined {
  const { counts, gaps, reject, examples, ofGroups } = now;
  const [column = "", { empty, rejected } = { empty: 0, rejected: 0 }] =
    Object.entries(gaps).sort(([x, a], [y, b]) => b.rejected - a.rejected || (x < y ? -1 : 1))[0] ?? [];
  const missing = Math.min(empty, rejected);
  const isPart = (count: number, { part, records }: { readonly part: number; readonly records: number }) =>
    count >= records && count >= part * counts.records;
  const isMissing = isPart(missing, UNCLEAR.missing);
  const isMost = isMostlyRejected(counts);
  if (!isMost && !isMissing && !isPart(counts.rejected, UNCLEAR.rejected)) return undefined;
  const weight = isMost && before !== null && !isMostlyRejected(before.counts) ? "held" : "attention";
  return {
    code: "rejects.many",
    decision: decisionOf("rejects.many", [column]),
    weight,
    details: {
      count: counts.rejected,
      of: counts.records,
      examples,
      ...(reject === null ? {} : { what: reject.says, more: String(reject.line) }),
    },
    choices: [
      ...(isMissing && ofGroups.length > 0
        ? [{ code: "fillDown", options: ofGroups.flatMap((field) => ["--fill-down", field]) } as const]
        : []),
      { code: weight === "held" ? "accept" : "seen" },
    ],
  };
}

function blankColumns(before: Read, now: ReadNow): readonly Doubt[] {
  const was = new Set(before.header.map((name) => name.trim()));
  const is = new Set(now.header.map((name) => name.trim()));
  const doubts = new Map<string, Doubt>();
  for (const { published, extra } of now.columns) {
    // An id that is made of several columns has no name in a header.
    if (is.has(published) && !was.has(published)) continue;
    const then = { empty: before.gaps[published]?.empty ?? 0, records: before.counts.records };
    const blank = { empty: now.gaps[published]?.empty ?? 0, records: now.counts.records };
    if (!isBlankNow(then, blank, extra)) continue;
    doubts.set(published, {
      code: "column.blank",
      // The column, and how it was: if it is filled and blank again, that is another decision.
      decision: decisionOf("column.blank", [published, `${then.empty}/${then.records}`]),
      weight: "held",
      details: {
        what: JSON.stringify(published),
        count: blank.empty,
        of: blank.records,
        more: `${then.empty} / ${then.records}`,
      },
      choices: [{ code: "accept" }],
    });
  }
  return [...doubts.values()];
}

interface Blank {
  readonly empty: number;
  readonly records: number;
}

/** Whether a column that was filled is blank. `extra`: it is no column of the entity. */
function isBlankNow(then: Blank, now: Blank, extra: boolean): boolean {
  const values = then.records - then.empty;
  const rises = [UNCLEAR.filled, UNCLEAR.mostlyFilled].some(
    ({ part, more, records }) =>
      values >= part * then.records &&
      now.empty >= records &&
      now.empty * then.records - then.empty * now.records >= more * now.records * then.records,
  );
  const lost = values - (now.records - now.empty) >= UNCLEAR.lost;
  const { came } = UNCLEAR;
  return rises && (lost || (!extra && values >= came.values && now.empty - then.empty >= came.records));
}

function filterKeepsLittle(before: Read | null, now: ReadNow): Doubt | undefined {
  const { counts, where } = now;
  if (where.length === 0) return undefined;
  const kept = counts.records;
  const lines = kept + (counts.filtered ?? 0);
  const what = where.join(" --where ");
  if (kept === 0 && lines > 0) {
    const weight = before === null ? "attention" : "held";
    return {
      code: "filter.nothing",
      decision: decisionOf("filter.nothing", where),
      weight,
      details: { what, of: lines, ...(before === null ? {} : { more: String(before.counts.records) }) },
      choices: [{ code: weight === "held" ? "accept" : "seen" }],
    };
  }
  if (before === null) return undefined;
  const keptBefore = before.counts.records;
  const linesBefore = keptBefore + (before.counts.filtered ?? 0);
  const share = keptBefore / linesBefore;
  const fell =
    keptBefore >= UNCLEAR.keptRecords &&
    kept <= UNCLEAR.kept * keptBefore &&
    kept / lines <= UNCLEAR.kept * share;
  const keepsNoneOfNew = kept <= keptBefore && (lines - linesBefore) * share >= UNCLEAR.expected;
  if (!fell && !keepsNoneOfNew) return undefined;
  return {
    code: "filter.little",
    decision: decisionOf("filter.little", [...where, `${keptBefore}/${linesBefore}`]),
    weight: "held",
    details: { what, count: kept, of: lines, more: `${keptBefore} / ${linesBefore}` },
    choices: [{ code: "accept" }],
  };
}

function nothingLeft(before: Read, { counts }: ReadNow): Doubt | undefined {
  if (counts.records > 0 || (counts.filtered ?? 0) > 0) return undefined;
  const { records } = before.counts;
  return {
    code: "file.nothing_left",
    decision: decisionOf("file.nothing_left", [String(records)]),
    weight: "held",
    details: { of: records },
    choices: [{ code: "accept" }],
  };
}
