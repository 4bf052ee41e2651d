/**
 * The options of a source in a list or a request: columns of a catalogue or of the file of VENTES_SOURCES, members of a
 * JSON entry or of a request to register a source. The tables OF_THE_SOURCE and OF_READING have all of them.
 */

import * as Schema from "effect/Schema";
import { Condition, type ReadingOptions, type Registration } from "#shared/contract/source-records.ts";
import { millisecondsOf } from "#shared/runtime/duration.ts";
import { commentNamed, delimiterNamed, lineCountNamed, quoteNamed } from "../csv/index.ts";
import { foldHeader } from "../header/index.ts";
import { parseCondition } from "../rows/index.ts";
import { SourceRefusal } from "../source/index.ts";

export interface SourceOptions {
  readonly every?: number;
  readonly once?: boolean;
  readonly duplicates?: Registration["duplicates"];
  readonly vanished?: NonNullable<Registration["vanished"]>;
  readonly idScope?: string;
  readonly reading?: ReadingOptions;
}

/** A kind of value. `read` returns the parsed value, or undefined if it is not of this kind. */
interface Kind {
  readonly expected: string;
  readonly read: (value: unknown) => unknown;
}

const text: Kind = {
  expected: "a text",
  read: (value) => (typeof value === "string" && value.trim() !== "" ? value.trim() : undefined),
};
const oneOf = (...allowed: readonly string[]): Kind => ({
  expected: allowed.join(", "),
  read: (value) => allowed.find((one) => one === value),
});
const truth: Kind = {
  expected: "true, false",
  read: (value) =>
    value === true || value === "true" || value === "1" || value === "oui" || value === "yes"
      ? true
      : value === false || value === "false" || value === "0" || value === "non" || value === "no"
        ? false
        : undefined,
};
const duration: Kind = {
  expected: "200ms, 10s, 5m, 1h",
  read: (value) => (typeof value === "string" ? millisecondsOf(value) : undefined),
};
const delimiter: Kind = {
  expected: ", ; | tab",
  read: (value) => (typeof value === "string" ? delimiterNamed(value) : undefined),
};
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string" && one !== "");
const list: Kind = {
  expected: "a,b,c",
  read: (value) => {
    const names = typeof value === "string" ? value.split(",").map((one) => one.trim()) : value;
    return isTexts(names) ? names : undefined;
  },
};
/** A CSV column holds an object as JSON text. */
function asJson(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
const byName: Kind = {
  expected: '{"id_produit": "..."}',
  read: (text) => {
    const value = asJson(text);
    return typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      isTexts(Object.values(value))
      ? value
      : undefined;
  },
};
/** A name, or a list of them, for each column. */
const namesByColumn: Kind = {
  expected: '{"ville": ["..."]}',
  read: (text) => {
    const value = asJson(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const lists = Object.entries(value).map(
      ([column, one]) => [column, Array.isArray(one) ? one : [one]] as const,
    );
    return lists.every(([, names]) => isTexts(names)) ? Object.fromEntries(lists) : undefined;
  },
};
const isCondition = Schema.is(Condition);
/** Objects, or texts as --where takes them: one, or a list. */
const conditions: Kind = {
  expected:
    '["Status!=refunded"], [{"column": "...", "value": "..."}], {"...", "not": "..."}, {"...", "in": ["..."]}',
  read: (text) => {
    const value = asJson(text) ?? text;
    const all = Array.isArray(value) ? value : [value];
    const read = all.map((one) => (typeof one === "string" ? parseCondition(one) : one));
    return read.length > 0 && read.every((one) => isCondition(one)) ? read.map(conditionOf) : undefined;
  },
};
/** The members of a condition alone. */
const conditionOf = (one: Condition): Condition => {
  const { column } = one;
  if ("in" in one) return { column, in: one.in };
  return "not" in one ? { column, not: one.not } : { column, value: one.value };
};

const lineCount: Kind = { expected: "0, 1, 2, ...", read: (value) => lineCountNamed(String(value)) };
const quote: Kind = {
  expected: "double, single, none",
  read: (value) => (typeof value === "string" ? quoteNamed(value) : undefined),
};
const comment: Kind = {
  expected: "#, //, none",
  read: (value) => (typeof value === "string" ? commentNamed(value.trim()) : undefined),
};

const OF_THE_SOURCE: Readonly<Record<Exclude<keyof SourceOptions, "reading">, Kind>> = {
  every: duration,
  once: truth,
  duplicates: oneOf("keep", "drop"),
  vanished: oneOf("keep", "withdraw"),
  idScope: text,
};
const OF_READING: Readonly<Record<keyof ReadingOptions, Kind>> = {
  preset: text,
  delimiter,
  encoding: text,
  quote,
  comment,
  skipLines: lineCount,
  decimal: oneOf("point", "comma"),
  dateFormat: oneOf("dmy", "mdy", "ymd", "excel"),
  columns: list,
  map: byName,
  set: byName,
  same: namesByColumn,
  where: conditions,
  fillDown: list,
  key: list,
  drop: list,
  only: list,
  keep: list,
  prices: truth,
  wholeIds: truth,
};

/** Keyed by folded name, so that `date_format`, `date-format` and `dateFormat` are the same. */
const NAMES = new Map<string, { readonly name: string; readonly kind: Kind; readonly isReading: boolean }>([
  ...Object.entries(OF_THE_SOURCE).map(
    ([name, kind]) => [foldHeader(name), { name, kind, isReading: false }] as const,
  ),
  ...Object.entries(OF_READING).map(
    ([name, kind]) => [foldHeader(name), { name, kind, isReading: true }] as const,
  ),
]);

export const OPTION_NAMES: readonly string[] = [...NAMES.values()].map(({ name }) => name);

export const isOptionName = (name: string): boolean => NAMES.has(foldHeader(name));

/** Parses options. Throws SourceRefusal (unknown_option, bad_option). */
export function sourceOptions(written: Readonly<Record<string, unknown>>): SourceOptions {
  const options: Record<string, unknown> = {};
  const reading: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(written)) {
    const option = NAMES.get(foldHeader(name));
    if (option === undefined) throw new SourceRefusal("source.unknown_option", name, OPTION_NAMES.join(", "));
    const read = option.kind.read(value);
    if (read === undefined)
      throw new SourceRefusal(
        "source.bad_option",
        `${option.name} ${JSON.stringify(value)}`,
        option.kind.expected,
      );
    (option.isReading ? reading : options)[option.name] = read;
  }
  return Object.keys(reading).length === 0 ? options : { ...options, reading };
}
