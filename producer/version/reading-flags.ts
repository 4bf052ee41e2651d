/**
 * Parses the flags of `sources add` that say how a source is read. A value that is not valid is refused with one line.
 * The names of columns in the file are checked later, when the file is read.
 */

import { ENTITIES } from "#shared/contract/entities/index.ts";
import type { ReadingOptions } from "#shared/contract/source-records.ts";
import { foldedName, namePair } from "#shared/runtime/same-name.ts";
import { commentNamed, delimiterNamed, lineCountNamed, quoteNamed } from "../csv/index.ts";
import { foldHeader } from "../header/index.ts";
import { parseCondition, presetNamed, type ReadingChange } from "../rows/index.ts";
import { listOf, SourceRefusal } from "../source/index.ts";

/** The flags as typed; undefined: not given. */
export interface ReadingFlags {
  readonly preset?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly encoding?: string | undefined;
  readonly quote?: string | undefined;
  readonly comment?: string | undefined;
  readonly skipLines?: string | undefined;
  readonly decimal?: string | undefined;
  readonly dateFormat?: string | undefined;
  readonly noHeader?: boolean | undefined;
  readonly columns?: string | undefined;
  /** `column=Header`, `column=value`, `Header=value`. */
  readonly map?: readonly string[] | undefined;
  readonly set?: readonly string[] | undefined;
  readonly same?: readonly string[] | undefined;
  readonly where?: readonly string[] | undefined;
  readonly fillDown?: readonly string[] | undefined;
  readonly key?: string | undefined;
  /** Names of columns of the file, with commas between. */
  readonly drop?: readonly string[] | undefined;
  readonly only?: readonly string[] | undefined;
  readonly keep?: readonly string[] | undefined;
  readonly prices?: boolean | undefined;
  readonly wholeIds?: boolean | undefined;
}

/** Removes an option: the program decides from the file again. */
const AUTO = "auto";

const refuse = (flag: string, value: string, takes: string): SourceRefusal =>
  new SourceRefusal("source.bad_option", `${flag} "${value}"`, takes);

function delimiterOf(text: string): ReadingOptions["delimiter"] | null {
  if (text === AUTO) return null;
  const found = delimiterNamed(text);
  if (found === undefined) throw refuse("--delimiter", text, `, ; | tab ${AUTO}`);
  return found;
}

/** Common names of encodings that TextDecoder does not know. */
const ENCODING_NAMES: Readonly<Record<string, string>> = {
  "mac-roman": "macintosh",
  macroman: "macintosh",
  utf8: "utf-8",
  "utf-16": "utf-16le",
  latin9: "iso-8859-15",
};

function encodingOf(text: string): string | null {
  const name = text.trim().toLowerCase();
  if (name === AUTO) return null;
  const label = ENCODING_NAMES[name] ?? name;
  try {
    new TextDecoder(label);
  } catch {
    throw refuse(
      "--encoding",
      text,
      `utf-8, utf-16le, utf-16be, windows-1252, iso-8859-1, iso-8859-15, macintosh, ${AUTO}`,
    );
  }
  return label;
}

function quoteOf(text: string): ReadingOptions["quote"] | null {
  const name = text.trim();
  if (name.toLowerCase() === AUTO) return null;
  const found = quoteNamed(name);
  if (found === undefined) throw refuse("--quote", text, `double single none ${AUTO}`);
  return found;
}

function commentOf(text: string): string | null {
  const mark = text.trim();
  if (mark === AUTO) return null;
  const found = commentNamed(mark);
  if (found === undefined) throw refuse("--comment", text, `# // none ${AUTO}`);
  return found;
}

/** 0 is no option. */
function skippedOf(text: string): number | null {
  const found = lineCountNamed(text.trim());
  if (found === undefined) throw refuse("--skip-lines", text, "0 1 2 ... 9999");
  return found || null;
}

function decimalOf(text: string): ReadingOptions["decimal"] | null {
  switch (text.toLowerCase()) {
    case AUTO:
      return null;
    case "point":
    case ".":
      return "point";
    case "comma":
    case "virgule":
    case ",":
      return "comma";
    default:
      throw refuse("--decimal", text, `point comma ${AUTO}`);
  }
}

const ORDERS = ["dmy", "mdy", "ymd"] as const;

/** `dmy`, or as people write it: JJ/MM/AAAA, M/D/YYYY, AAAAMMJJ. */
function dateFormatOf(text: string): ReadingOptions["dateFormat"] | null {
  const name = text.trim().toLowerCase();
  if (name === AUTO) return null;
  if (name === "excel") return "excel";
  const letters = name
    .replace(/[^a-z]/g, "")
    .replaceAll("j", "d")
    .replaceAll("a", "y");
  const order = [...new Set(letters)].join("");
  const found = ORDERS.find((o) => o === order);
  if (found === undefined)
    throw refuse("--date-format", text, `dmy mdy ymd excel ${AUTO} (JJ/MM/AAAA, M/D/YYYY, ...)`);
  return found;
}

const COLUMNS = [...new Set(ENTITIES.flatMap((entity) => entity.columns.map((column) => column.name)))];
const FIELDS = [...COLUMNS, ...ENTITIES.flatMap((entity) => entity.extras.map((extra) => extra.name))];

/** The columns whose values --same may write as one. */
const NAMED = ["id_produit", "nom", "id_magasin", "ville"];

/** Column -> its names; null: none any more. */
function namesByColumn(same: readonly string[]): Record<string, readonly string[] | null> {
  const found: Record<string, readonly string[] | null> = {};
  for (const text of same) {
    const [column, name] = pair("--same", text, "ville=Lyon");
    const named = canonical("--same", column, NAMED);
    if (namePair(name)?.includes("") === true) throw refuse("--same", text, "id_produit=Pomme=Pommes");
    found[named] = name === "" ? null : [...(found[named] ?? []), name];
  }
  return found;
}

/** The names of a column after a change: a name takes the place of one that is the same. */
const changedNames = (
  before: readonly string[] | undefined,
  names: readonly string[] | null,
): readonly string[] | null => {
  if (names === null) return null;
  const folded = new Set(names.map(foldedName));
  return [...(before ?? []).filter((name) => !folded.has(foldedName(name))), ...new Set(names)].sort();
};

/** The canonical name of a column, with or without its accents. */
function canonical(flag: string, name: string, names: readonly string[]): string {
  const folded = foldHeader(name);
  const found = names.find((column) => foldHeader(column) === folded);
  if (found === undefined) throw refuse(flag, name, names.join(", "));
  return found;
}

function pair(flag: string, text: string, form: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw refuse(flag, text, form);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** The names that a repeated flag gives, each with commas between; without a name it removes the option. */
function listed(name: "drop" | "only" | "keep", given: readonly string[] = []): ReadingChange {
  const names = given.flatMap(listOf);
  return given.length === 0 ? {} : { [name]: names.length === 0 ? null : names };
}

/** Parses the flags. Throws SourceRefusal (bad_option, unknown_preset). */
export function parseReadingFlags(flags: ReadingFlags): ReadingChange {
  const { map = [], set = [], same = [], where = [], fillDown = [] } = flags;
  if (flags.preset !== undefined && flags.preset !== "" && flags.preset !== "none") presetNamed(flags.preset);
  if (flags.noHeader === true && flags.columns === undefined)
    throw refuse("--no-header", "", "--columns a,b,c");
  if (flags.columns !== undefined && flags.columns !== "" && flags.noHeader !== true)
    throw refuse("--columns", flags.columns, "--no-header");
  // A column without a name keeps its place: those behind it must not move.
  const names = flags.columns?.split(",").map((name) => name.trim());
  const columns = names?.every((name) => name === "") ? [] : names;
  const filled = fillDown.flatMap(listOf);
  const key = flags.key === undefined ? undefined : listOf(flags.key);
  return {
    ...(flags.preset === undefined
      ? {}
      : { preset: flags.preset === "" || flags.preset === "none" ? null : flags.preset }),
    ...(flags.delimiter === undefined ? {} : { delimiter: delimiterOf(flags.delimiter) ?? null }),
    ...(flags.encoding === undefined ? {} : { encoding: encodingOf(flags.encoding) }),
    ...(flags.quote === undefined ? {} : { quote: quoteOf(flags.quote) ?? null }),
    ...(flags.comment === undefined ? {} : { comment: commentOf(flags.comment) }),
    ...(flags.skipLines === undefined ? {} : { skipLines: skippedOf(flags.skipLines) }),
    ...(flags.decimal === undefined ? {} : { decimal: decimalOf(flags.decimal) ?? null }),
    ...(flags.dateFormat === undefined ? {} : { dateFormat: dateFormatOf(flags.dateFormat) ?? null }),
    ...(columns === undefined ? {} : { columns: columns.length === 0 ? null : columns }),
    ...(map.length === 0
      ? {}
      : {
          map: Object.fromEntries(
            map.map((text) => {
              const [column, field] = pair("--map", text, "id_produit=CodeArticle");
              return [canonical("--map", column, FIELDS), field];
            }),
          ),
        }),
    ...(set.length === 0
      ? {}
      : {
          set: Object.fromEntries(
            set.map((text) => {
              const [column, value] = pair("--set", text, "id_magasin=web");
              return [canonical("--set", column, COLUMNS), value === "" ? null : value];
            }),
          ),
        }),
    ...(same.length === 0 ? {} : { same: namesByColumn(same) }),
    ...(where.length === 0
      ? {}
      : {
          where: where.every((text) => text === "") ? null : where.map(parseCondition),
        }),
    ...(fillDown.length === 0 ? {} : { fillDown: filled.length === 0 ? null : filled }),
    ...(key === undefined ? {} : { key: key.length === 0 ? null : key }),
    ...listed("drop", flags.drop),
    ...listed("only", flags.only),
    ...listed("keep", flags.keep),
    ...(flags.prices === undefined ? {} : { prices: flags.prices ? true : null }),
    ...(flags.wholeIds === undefined ? {} : { wholeIds: flags.wholeIds ? true : null }),
  };
}

/** The options after a change: --map, --set and --same change column by column, the others as a whole. undefined: none left. */
export function changedReading(
  before: ReadingOptions | undefined,
  change: ReadingChange,
): ReadingOptions | undefined {
  const merged: Record<string, unknown> = { ...before, ...change };
  for (const name of ["map", "set"] as const) {
    const columns = Object.entries({ ...before?.[name], ...change[name] }).filter(([, v]) => v !== null);
    merged[name] = columns.length === 0 ? null : Object.fromEntries(columns.sort(byName));
  }
  const names = Object.entries(change.same ?? {}).map(
    ([column, named]) => [column, changedNames(before?.same?.[column], named)] as const,
  );
  const same = Object.entries({ ...before?.same, ...Object.fromEntries(names) }).filter(
    ([, v]) => v !== null,
  );
  merged.same = same.length === 0 ? null : Object.fromEntries(same.sort(byName));
  const kept = Object.entries(merged).filter(([, value]) => value !== null && value !== undefined);
  return kept.length === 0 ? undefined : (Object.fromEntries(kept.sort(byName)) as ReadingOptions);
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;
