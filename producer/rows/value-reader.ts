/**
 * Reads a field as the value of its column (text, day or decimal), or finds why the record is a reject. This is the
 * hottest code of the producer: it returns the value alone, and keeps further results in its own fields.
 */
import type { Details, RejectCode } from "#shared/contract/sentences.ts";
import { readDay, readTime } from "./columns/days.ts";
import { readDecimal } from "./columns/decimals.ts";
import { codeOf, type Slot } from "./slots.ts";
import { type BusinessZone, cleanText, isNothing, reading, unwrapped } from "./values.ts";

/** What the sentence of a decimal's problem needs besides the value. */
const moreOf = (problem: typeof reading.problem, { currency, decimal }: Slot): string | undefined => {
  if (problem === "wrong_currency") return currency ?? undefined;
  return problem === "other_decimal" ? decimal : undefined;
};

/** Why a record is a reject. */
export interface Problem {
  code: RejectCode;
  details: Details;
}

const EQUALS = 0x3d;

/** `12` for `12.0` and `12,00`; any other text as it is. */
export const wholeOf = (id: string): string => id.replace(/^(\d+)[.,]0+$/, "$1");

export class ValueReader {
  /** Why the last record was a reject. */
  problem: Problem = { code: "record.wrong_length", details: {} };
  /** How many decimals of the current record were rounded. */
  rounded = 0;
  /** The time of day beside the day of the current record. */
  time: string | null = null;
  /** How many values of all records were written as formulas, `="007"`. */
  unwrapped = 0;
  /** How many times of day of all records were not understood, and the first of them. */
  readonly unreadTimes = { count: 0, first: "" };
  readonly #zone: BusinessZone;

  constructor(zone: BusinessZone) {
    this.#zone = zone;
  }

  /** Call before each record. */
  begin(): void {
    this.rounded = 0;
    this.time = null;
  }

  /** The value of a field; null: it is empty; undefined: the record is a reject. */
  read(slot: Slot, field: string, care: boolean): string | null | undefined {
    const a = field.charCodeAt(0);
    const z = field.charCodeAt(field.length - 1);
    // ASCII at both ends, and nothing else to care for: there is nothing to trim or to compose.
    const plain = !care && a > 0x20 && a < 0x7f && z > 0x20 && z < 0x7f && a !== EQUALS;
    let text = plain ? field : cleanText(field);
    if (!plain) {
      if (slot.kind === "extra" && text === "") return null;
      if (slot.isTime) return this.#timeIn(text);
      if (slot.kind === "extra") return slot.whole ? wholeOf(text) : text;
      text = this.unwrap(text);
      if (text === "") return this.#empty(slot);
    }
    switch (slot.kind) {
      case "decimal": {
        const decimal = readDecimal(text, slot.currency, slot.decimal);
        if (decimal === undefined) {
          if (isNothing(text)) return this.#empty(slot);
          const more = moreOf(reading.problem, slot);
          this.reject(codeOf(slot, reading.problem), field, more, slot.published);
          return undefined;
        }
        if (reading.rounded) this.rounded++;
        return decimal;
      }
      case "day": {
        const day = readDay(text, this.#zone, slot.day);
        if (day === undefined) {
          if (isNothing(text)) return this.#empty(slot);
          const { dayProblem } = reading;
          const more = dayProblem === "not_a_date" ? slot.day : undefined;
          this.reject(codeOf(slot, dayProblem), field, more, slot.published);
          return undefined;
        }
        this.time = reading.time;
        return day;
      }
      case "text":
        return isNothing(text) ? this.#empty(slot) : (slot.same?.written(text) ?? text);
      default: {
        if (slot.isTime) return this.#timeIn(text);
        const id = slot.whole ? wholeOf(text) : text;
        return slot.same?.written(id) ?? id;
      }
    }
  }

  /** A time of day in a column of its own. One that is not understood stays as it is written, and is counted. */
  #timeIn(text: string): string | null {
    if (isNothing(text)) return null;
    const time = readTime(text);
    if (time === undefined && this.unreadTimes.count++ === 0) this.unreadTimes.first = text;
    return time ?? text;
  }

  #empty(slot: Slot): null | undefined {
    if (!slot.required) return null;
    this.reject(codeOf(slot, "missing"), "", undefined, slot.published);
    return undefined;
  }

  /** The text in `="text"`, cleaned; any other text as it is. */
  unwrap(text: string): string {
    if (text.charCodeAt(0) !== EQUALS) return text;
    const inner = unwrapped(text);
    if (inner === undefined) return text;
    this.unwrapped++;
    return cleanText(inner);
  }

  /** Sets `problem`. */
  reject(code: RejectCode, value: string, more?: string, column?: string): false {
    const details = {
      value,
      ...(more === undefined ? {} : { more }),
      ...(column === undefined ? {} : { column }),
    };
    this.problem = { code, details };
    return false;
  }
}
