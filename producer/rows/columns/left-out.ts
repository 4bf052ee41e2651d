/**
 * The columns of a file that are not published with its rows (rule 24): those that the operator leaves out, and those
 * whose names or values are of personal data. Of the columns of an entity none is left out: they are what the figures are made of.
 */
import { magasins, ventes } from "#shared/contract/entities/index.ts";
import type { ReadingDecisions, ReadingOptions } from "#shared/contract/source-records.ts";
import {
  extraAt,
  fieldNamed,
  foldHeader,
  looksPersonal,
  nameAt,
  namesOfPeople,
  type ReadAs,
  shownHeader,
  type WideMapping,
} from "../../header/index.ts";
import { SourceRefusal } from "../../source/index.ts";

/** The extras of sales that have names of their own: document, line of it, time of day. */
const NAMED: ReadonlySet<string> = new Set(ventes.extras.map(({ name }) => name));

export interface LeftOut {
  /** The fields that are not published. */
  readonly fields: ReadonlySet<number>;
  /** Those of them whose names alone told so. */
  readonly personal: readonly string[];
  /** Those of them whose values told so. */
  readonly byValues: readonly string[];
}

type Options = Pick<ReadAs, "drop" | "only" | "keep" | "personal">;

/** Which of the extras of a header are not published. */
export function leftOut(header: readonly string[], wide: WideMapping, options: Options): LeftOut {
  const { mappings, extras } = wide;
  const { drop = [], only, personal: known = [] } = options;
  const fields = new Set<number>();
  const personal: string[] = [];
  const byValues: string[] = [];
  const ofShops = mappings.some(({ entity }) => entity === magasins.name);
  const isList = mappings.every(({ entity }) => entity === magasins.name);
  // What a shop is called is no name of a person.
  const people = isList ? new Set<number>() : namesOfPeople(header);
  for (const at of extras) {
    const extra = extraAt(mappings.at(-1), at) ?? "";
    const name = nameAt(header, at) || extra;
    const isKept = isAskedFor(header, wide, options, at);
    const byName = !isKept && (people.has(at) || looksPersonal(name, ofShops));
    const byValue = !isKept && !byName && known.includes(extra);
    if (byName) personal.push(name);
    if (byValue) byValues.push(name);
    const isDropped = isNamed(header, wide, drop, at) || (only !== undefined && !isKept);
    if (byName || byValue || isDropped) fields.add(at);
  }
  return { fields, personal, byValues };
}

/** The extras that are published and that no operator asked for: their values may be personal data. */
export function unaskedExtras(
  header: readonly string[],
  wide: WideMapping,
  options: Options,
): readonly { readonly at: number; readonly name: string }[] {
  const { fields } = leftOut(header, wide, options);
  return wide.extras.flatMap((at) => {
    const name = extraAt(wide.mappings.at(-1), at);
    if (name === undefined || fields.has(at)) return [];
    return isAskedFor(header, wide, options, at) ? [] : [{ at, name }];
  });
}

/** Whether an operator keeps the extra, or the program reads it under a name of its own. */
function isAskedFor(
  header: readonly string[],
  wide: WideMapping,
  { only = [], keep = [] }: Options,
  at: number,
): boolean {
  const hasName = NAMED.has(extraAt(wide.mappings.at(-1), at) ?? "");
  return hasName || isNamed(header, wide, keep, at) || isNamed(header, wide, only, at);
}

const isNamed = (
  header: readonly string[],
  { mappings }: WideMapping,
  names: readonly string[],
  at: number,
): boolean =>
  names.some(
    (name) => name === extraAt(mappings.at(-1), at) || foldHeader(name) === foldHeader(header[at] ?? ""),
  );

/** What the last announcement tells of the columns that its version published. */
export interface PublishedBefore {
  readonly header: readonly string[] | null;
  readonly reading?: Pick<ReadingDecisions, "leftOut">;
}

/** Those of the fields that an earlier version published: they are published as empty, so that their values go. */
export function clearedOf(
  header: readonly string[],
  fields: ReadonlySet<number>,
  before: PublishedBefore | undefined,
): ReadonlySet<number> {
  const never = new Set((before?.reading?.leftOut ?? []).map(foldHeader));
  const published = new Set((before?.header ?? []).map(foldHeader).filter((name) => !never.has(name)));
  return new Set([...fields].filter((at) => published.has(foldHeader(header[at] ?? ""))));
}

/**
 * Throws SourceRefusal (unknown_field, dropped_column) when such an option names a field that the file does not have, or
 * one that a column is read from.
 */
export function checkLeftOut(
  header: readonly string[],
  { mappings, extras }: WideMapping,
  { drop = [], only = [], keep = [] }: Pick<ReadingOptions, "drop" | "only" | "keep">,
): void {
  const isExtra = (name: string) => extras.some((at) => extraAt(mappings.at(-1), at) === name);
  for (const [option, names] of [
    ["--drop", drop],
    ["--only", only],
    ["--keep", keep],
  ] as const)
    for (const name of names) {
      const at = fieldNamed(header, name);
      if (at < 0 && !isExtra(name))
        throw new SourceRefusal("source.unknown_field", `${option} ${name}`, shownHeader(header));
      if (option === "--drop" && at >= 0 && !extras.includes(at))
        throw new SourceRefusal("source.dropped_column", name, columnOf(mappings, at));
    }
}

const columnOf = (mappings: WideMapping["mappings"], at: number): string => {
  for (const { fields } of mappings) {
    const field = fields[at];
    if (field !== undefined && "column" in field) return field.column.name;
  }
  return "";
};
