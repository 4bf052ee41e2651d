/** Conditions on the records of a file: the texts of --where, and what they ask of a field. */
import type { Condition } from "#shared/contract/source-records.ts";
import { SourceRefusal } from "../../source/index.ts";
import { cleanText } from "../values.ts";

/** All forms, as a refusal names them. */
const FORMS =
  "'Status=paid', 'Status!=refunded', 'Status in (paid, shipped)', 'Status empty', 'Status not empty'; several --where must all hold";

const LIST = /^(.+?)\s+(?:in|dans)\s*\((.*)\)$/isu;
const EMPTY = /^(.+?)\s+(?:is\s+|est\s+)?(?:empty|vide)$/isu;
const NOT_EMPTY = /^(.+?)\s+(?:(?:is\s+)?not\s+empty|(?:est\s+)?non\s+vide|n'est\s+pas\s+vide)$/isu;
const EQUALS = /^([^=]+?)\s*(!=|=)(.*)$/su;
/** Signs of other comparisons at the end of a column's name or at the beginning of a value. */
const OTHER_BEFORE = /[<>~!*^$:]$|\s(?:not|like)$/iu;
const OTHER_AFTER = /^[=~<>]/u;
/** Another comparison behind `and` or `or`. */
const SEVERAL = /(?:&&|\|\||\s(?:and|or|et|ou)\s)[^=]*(?:=|\s(?:in|dans)\s|\sempty$|\svide$)/iu;

/** A value of a list. */
const ITEM = /\s*(?:"[^"]*"|'[^']*')\s*(?=,|$)|[^,]+/gu;
const QUOTED = /^(["'])(.*)\1$/su;

/** A value without the quotes around it. */
const bare = (text: string): string => QUOTED.exec(text.trim())?.[2] ?? text.trim();

/** Parses a text of --where. Throws SourceRefusal (bad_option). */
export function parseCondition(text: string): Condition {
  const refused = new SourceRefusal("source.bad_option", `--where "${text}"`, FORMS);
  if (SEVERAL.test(text)) throw refused;
  const name = (column = ""): string => {
    if (OTHER_BEFORE.test(column.trim())) throw refused;
    return column.trim();
  };
  const list = LIST.exec(text);
  if (list !== null) {
    const values = ((list[2] ?? "").match(ITEM) ?? []).map(bare).filter((value) => value !== "");
    if (values.length === 0) throw refused;
    return { column: name(list[1]), in: values };
  }
  const equals = EQUALS.exec(text);
  if (equals !== null) {
    const [, column, sign, value = ""] = equals;
    if (OTHER_AFTER.test(value.trim())) throw refused;
    return sign === "="
      ? { column: name(column), value: bare(value) }
      : { column: name(column), not: bare(value) };
  }
  const filled = NOT_EMPTY.exec(text);
  if (filled !== null) return { column: name(filled[1]), not: "" };
  const empty = EMPTY.exec(text);
  if (empty !== null) return { column: name(empty[1]), value: "" };
  throw refused;
}

/** A value in quotes where it could be read otherwise. */
const written = (value: string): string =>
  /^["'=~<>\s]|[,\s"']$|,|\s(?:and|or|et|ou)\s/iu.test(value)
    ? value.includes('"')
      ? `'${value}'`
      : `"${value}"`
    : value;

/** A condition as `--where` takes it: the inverse of `parseCondition`. */
export function conditionText(condition: Condition): string {
  const { column } = condition;
  if ("in" in condition) return `${column} in (${condition.in.map(written).join(", ")})`;
  if ("not" in condition)
    return condition.not === "" ? `${column} not empty` : `${column}!=${written(condition.not)}`;
  return condition.value === "" ? `${column} empty` : `${column}=${written(condition.value)}`;
}

/** Whether a field meets a condition. */
export function testOf(condition: Condition): (field: string) => boolean {
  if ("in" in condition) {
    const values = new Set(condition.in.map(cleanText));
    return (field) => values.has(cleanText(field));
  }
  if ("not" in condition) {
    const not = cleanText(condition.not);
    return (field) => cleanText(field) !== not;
  }
  const value = cleanText(condition.value);
  return (field) => cleanText(field) === value;
}
