/** Reading options as the flags of `sources add`, for commands in messages. */
import type { Condition, ReadingOptions } from "#shared/contract/source-records.ts";
import { shellArgument } from "#shared/runtime/command.ts";
import { conditionText } from "./conditions.ts";

/** The options that change; null removes an option. */
export type ReadingChange = {
  readonly [K in Exclude<keyof ReadingOptions, "map" | "set" | "same">]?: ReadingOptions[K] | null;
} & {
  readonly map?: Readonly<Record<string, string>>;
  readonly set?: Readonly<Record<string, string | null>>;
  /** null removes the names of a column; others come in addition. */
  readonly same?: Readonly<Record<string, readonly string[] | null>>;
};

const DELIMITERS: Readonly<Record<string, string>> = { "\t": "tab" };
const QUOTES: Readonly<Record<string, string>> = { '"': "double", "'": "single" };

const flag = (name: string, value: string): string => `--${name} ${shellArgument(value)}`;
const orAuto = (name: string) => (value: unknown) => [flag(name, value === null ? "auto" : String(value))];
const list = (name: string) => (value: unknown) => [
  flag(name, value === null ? "" : (value as readonly string[]).join(",")),
];
const toggle = (name: string) => (value: unknown) => [value === true ? `--${name}` : `--no-${name}`];
const pairs = (name: string) => (value: unknown) =>
  Object.entries(value as Readonly<Record<string, string | null>>).map(([column, one]) =>
    flag(name, `${column}=${one ?? ""}`),
  );

const WRITTEN: Readonly<Record<keyof ReadingOptions, (value: unknown) => readonly string[]>> = {
  preset: (value) => [flag("preset", value === null ? "none" : String(value))],
  delimiter: (value) => orAuto("delimiter")(DELIMITERS[String(value)] ?? value),
  encoding: orAuto("encoding"),
  quote: (value) => orAuto("quote")(QUOTES[String(value)] ?? value),
  comment: (value) => orAuto("comment")(value === "" ? "none" : value),
  skipLines: (value) => [flag("skip-lines", String(value ?? 0))],
  decimal: orAuto("decimal"),
  dateFormat: orAuto("date-format"),
  columns: (value) => (value === null ? [flag("columns", "")] : ["--no-header", ...list("columns")(value)]),
  map: pairs("map"),
  set: pairs("set"),
  same: (value) =>
    Object.entries(value as NonNullable<ReadingChange["same"]>).flatMap(([column, names]) =>
      names === null ? [flag("same", `${column}=`)] : names.map((name) => flag("same", `${column}=${name}`)),
    ),
  where: (value) =>
    value === null
      ? [flag("where", "")]
      : (value as readonly Condition[]).map((one) => flag("where", conditionText(one))),
  fillDown: (value) =>
    value === null
      ? [flag("fill-down", "")]
      : (value as readonly string[]).map((name) => flag("fill-down", name)),
  key: list("key"),
  drop: list("drop"),
  only: list("only"),
  keep: list("keep"),
  prices: toggle("prices"),
  wholeIds: toggle("whole-ids"),
};

/** The flags that give these options, quoted for a shell: the inverse of `parseReadingFlags`. null resets an option. */
export const flagsOf = (change: ReadingChange, idScope?: string | null): string =>
  flagList(change, idScope).join(" ");

/** The same, one by one. */
export function flagList(change: ReadingChange, idScope?: string | null): readonly string[] {
  return [
    ...Object.entries(WRITTEN).flatMap(([name, written]) => {
      const value = change[name as keyof ReadingOptions];
      return value === undefined ? [] : written(value);
    }),
    ...(idScope === undefined ? [] : [flag("id-scope", idScope ?? "")]),
  ];
}
