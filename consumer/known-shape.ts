/**
 * Reads row events of one version that follow each other: they differ in the line and in the values alone. It compares the
 * text between the values, cuts the values out, and checks each with the schema of its column. This costs a third of
 * JSON.parse with a check of the whole event. It does not read an event that is written in another way (an escape in a
 * value, a space, another order of names): the caller parses that as JSON.
 */
import { type PipelineEvent, setValue, type Values } from "#shared/contract/event.ts";

type Value = string | null;
type RowEvent = Extract<PipelineEvent, { readonly kind: "row" }>;

/** By the name of a column of `row`: tells whether a value of it is right. */
export type Checks = ReadonlyMap<string, (value: Value) => boolean>;

interface Slot {
  readonly name: string;
  /** The text between the previous value, or the line, and this value. */
  readonly before: string;
  readonly isRight: (value: Value) => boolean;
  /** The last value that was right. It often comes again, and then needs no check. */
  known: Value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** A string of JSON has no character below it. */
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
const NULL = "null";
/** An integer of so many digits is exact. */
const MOST_DIGITS = 15;
const isAny = (): boolean => true;

export class KnownShape {
  readonly #event: RowEvent;
  readonly #head: string;
  readonly #row: readonly Slot[];
  readonly #extras: readonly Slot[];
  readonly #tail: string;
  /** The index in the text at which `read` goes on; -1: the text has another shape. */
  #at = 0;

  private constructor(event: RowEvent, checks: Checks) {
    const { v, kind, source, version, published, day } = event;
    this.#event = event;
    this.#head = `${JSON.stringify({ v, kind, source, version }).slice(0, -1)},"line":`;
    let before = `,${JSON.stringify({ published, day }).slice(1, -1)},"row":{`;
    const slotsOf = (values: Values, checkOf: (name: string) => Slot["isRight"]) =>
      Object.entries(values).map(([name, known]): Slot => {
        const slot = { name, before: `${before}${JSON.stringify(name)}:`, isRight: checkOf(name), known };
        before = ",";
        return slot;
      });
    this.#row = slotsOf(event.row, (name) => checks.get(name) as Slot["isRight"]);
    before = `${this.#row.length === 0 ? before : ""}},"extras":{`;
    this.#extras = slotsOf(event.extras, () => isAny);
    this.#tail = `${this.#extras.length === 0 ? before : ""}}}`;
  }

  /** The shape of a valid event. Undefined: `read` cannot read the way in which its text is written. */
  static of(event: RowEvent, text: string, checks: Checks): KnownShape | undefined {
    if (!Object.keys(event.row).every((name) => checks.has(name))) return undefined;
    const shape = new KnownShape(event, checks);
    return shape.read(text) === undefined ? undefined : shape;
  }

  /** The event of a text. Undefined: the text has another shape, or may be no valid event. */
  read(text: string): RowEvent | undefined {
    if (!text.startsWith(this.#head)) return undefined;
    const line = this.#readLine(text);
    const row = this.#readValues(text, this.#row);
    const extras = this.#readValues(text, this.#extras);
    const end = this.#at + this.#tail.length;
    if (this.#at < 0 || end !== text.length || !text.startsWith(this.#tail, this.#at)) return undefined;
    const { v, kind, source, version, published, day } = this.#event;
    return { v, kind, source, version, line, published, day, row, extras };
  }

  #readLine(text: string): number {
    const from = this.#head.length;
    let at = from;
    let line = 0;
    for (let c = text.charCodeAt(at); c >= ZERO && c <= NINE; c = text.charCodeAt(++at))
      line = line * 10 + (c - ZERO);
    const digits = at - from;
    const isInteger = digits > 0 && digits <= MOST_DIGITS && (digits === 1 || text.charCodeAt(from) !== ZERO);
    this.#at = isInteger ? at : -1;
    return line;
  }

  #readValues(text: string, slots: readonly Slot[]): Values {
    const values: Record<string, Value> = {};
    for (const slot of slots) {
      if (this.#at < 0) return values;
      const value = this.#readValue(text, slot.before);
      if (value === undefined) this.#at = -1;
      else if (value === slot.known || slot.isRight(value)) {
        slot.known = value;
        setValue(values, slot.name, value);
      } else this.#at = -1;
    }
    return values;
  }

  /** Reads `before` and the value after it, and moves `#at` behind the value. Undefined: the text has something else there. */
  #readValue(text: string, before: string): Value | undefined {
    if (!text.startsWith(before, this.#at)) return undefined;
    const from = this.#at + before.length;
    if (text.charCodeAt(from) !== QUOTE) {
      this.#at = from + NULL.length;
      return text.startsWith(NULL, from) ? null : undefined;
    }
    let end = from + 1;
    for (let c = text.charCodeAt(end); c !== QUOTE; c = text.charCodeAt(++end))
      // At the end of the text `c` is NaN.
      if (!(c >= SPACE) || c === BACKSLASH) return undefined;
    this.#at = end + 1;
    return text.slice(from + 1, end);
  }
}
