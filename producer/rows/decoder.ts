/**
 * A record of a file as a canonical row, or why it is set aside (rules 1 to 4). Compiled once a header; then plain
 * TypeScript, the hottest path of the producer. Whether a record is a reject depends on it alone.
 */

import { type Entity, type EntityName, entityNamed } from "#shared/entities/index.ts";
import { type ReadingOptions, setValue, type Values } from "#shared/event.ts";
import { LookAlikes } from "#shared/look-alikes.ts";
import { type Details, REJECT_SENTENCES, type RejectCode } from "#shared/sentences.ts";
import type { SettingsShape } from "#shared/settings.ts";
import { byCodeUnit, joinIds, OTHER_TIME, saleStem, scopedId, splitDerived, TIME } from "../diff/index.ts";
import { type ColumnSource, fieldNamed, mapEntities, type WideMapping } from "../header/index.ts";
import { DEFAULT_ROW_ROOM, excessOf, SourceRefusal } from "../source/index.ts";
import { type DayFormat, readDay } from "./columns/days.ts";
import { type DecimalFormat, readDecimal } from "./columns/decimals.ts";
import { type ColumnFormats, formatOf, labelOf } from "./columns/formats.ts";
import { checkOptions } from "./columns/options.ts";
import { SALE_KEY } from "./columns/rekey.ts";
import { BusinessZone, cleanText, isNothing, reading, unwrapped } from "./values.ts";

interface Slot {
  /** Its index in the record; -1: it is of several fields, or the same in every record. */
  readonly at: number;
  /** Fields that are one value together. */
  readonly joined: Extract<ColumnSource, { readonly by: string }> | undefined;
  /** The value that every record has. */
  constant: string | undefined;
  /** Its place among the values of a record. */
  readonly index: number;
  readonly name: string;
  /** The name in the file, for sentences. */
  readonly published: string;
  readonly required: boolean;
  readonly kind: "id" | "text" | "day" | "decimal" | "extra";
  readonly currency: string | null;
  /** How its column is written, as decided or fixed. */
  readonly decimal: DecimalFormat | undefined;
  readonly day: DayFormat | undefined;
  /** `"name":` */
  readonly label: string;
  readonly codes: {
    readonly missing: RejectCode;
    readonly notADate: RejectCode;
    readonly notANumber: RejectCode;
    readonly outOfRange: RejectCode;
    readonly wrongCurrency: RejectCode;
    readonly scientific: RejectCode;
    readonly ambiguous: RejectCode;
    readonly otherDecimal: RejectCode;
  };
}

const DECIMAL_CODES = {
  not_a_number: "notANumber",
  out_of_range: "outOfRange",
  wrong_currency: "wrongCurrency",
  scientific: "scientific",
  ambiguous: "ambiguous",
  other_decimal: "otherDecimal",
} as const satisfies Record<typeof reading.problem, keyof Slot["codes"]>;

/** Codes of the table name columns without accents. */
const codeName = (column: string): string => column.normalize("NFD").replace(/\p{M}/gu, "");

const code = (column: string, problem: string): RejectCode => {
  const name = `${codeName(column)}.${problem}`;
  return name in REJECT_SENTENCES ? (name as RejectCode) : "record.wrong_length";
};

/** Values that need neither NFC nor escaping in JSON, told from the raw line once for all of them. */
const NEEDS_CARE = /[^\t !#-[\]-\u02ff]/;

const jsonOf = (text: string, care: boolean): string => (care ? JSON.stringify(text) : `"${text}"`);

export interface Decoded {
  /** The primary id, or `date_vente~hash` without its ordinal when `derived`. */
  key: string;
  /** The ordinal of an id that has the form of a derived one; 0 for others. */
  ordinal: number;
  derived: boolean;
  /** date_effet of a dated product, else "". */
  dated: string;
  /**
   * The row without its key, and the extras, as the end of an event's JSON; columns sorted. Equal text: equal
   * row, whatever the order of columns in the file.
   */
  rest: string;
  rounded: number;
}

export interface Problem {
  code: RejectCode;
  details: Details;
}

export interface DecodersOptions {
  readonly entities: readonly EntityName[];
  readonly header: readonly string[];
  /** The names of the first announced header; null when this is the first. */
  readonly identity: readonly string[] | null;
  readonly options?: ReadingOptions;
  readonly formats?: ColumnFormats;
  /** Enters the ids of sales (rule 5). */
  readonly idScope?: string | null | undefined;
  readonly settings: Pick<SettingsShape, "timeZone" | "currency">;
  /** Bytes that a row may take in its event. Default: what any log holds. */
  readonly room?: number;
}

/**
 * One decoder for each entity of the source, parents first; a file of one entity has one. A record that one of them
 * sets aside is set aside whole. Throws SourceRefusal (identity_changed, id_lost, and what options name that is not
 * there).
 */
export function decodersOf(o: DecodersOptions): readonly Decoder[] {
  checkOptions(o.options ?? {}, o.header, o.entities);
  // An id that comes after the first version is data: the sales have their ids already. So it is when other columns
  // were said to identify them.
  const { identity } = o;
  const key = keyColumns(o);
  const late =
    o.entities.includes("ventes") &&
    (identity === null ? key !== undefined && !key.includes(SALE_KEY) : !identity.includes(SALE_KEY));
  const wide = mapEntities(o.header, o.entities, o.options, late ? SALE_KEY : undefined);
  const last = wide.mappings.at(-1)?.entity;
  return wide.mappings.map(
    (mapping) =>
      new Decoder(mapping, mapping.entity === last ? wide.extras : [], {
        ...o,
        key: mapping.entity === last ? key : undefined,
        late,
        wide,
      }),
  );
}

/** The columns of --key: canonical where the header names one, else as the header names it. */
function keyColumns({ options, header, entities }: DecodersOptions): readonly string[] | undefined {
  if (options?.key === undefined || options.key.length === 0) return undefined;
  const { mappings } = mapEntities(header, entities, options);
  return options.key.map((name) => {
    for (const { sources } of mappings.toReversed()) {
      if (sources.has(name)) return name;
      const at = fieldNamed(header, name);
      for (const [column, source] of sources) if ("at" in source && source.at === at) return column;
    }
    return header[fieldNamed(header, name)]?.normalize("NFC").trim() ?? name;
  });
}

interface DecoderPlan extends DecodersOptions {
  readonly key: readonly string[] | undefined;
  /** The file has ids that are data. */
  readonly late: boolean;
  readonly wide: WideMapping;
}

export class Decoder {
  readonly entity: Entity;
  /** The header as published. */
  readonly header: readonly string[];
  /** Canonical names and extras, sorted. */
  readonly names: readonly string[];
  /** What to announce as the identity of the first version: see rule 4. */
  readonly identity: readonly string[];
  readonly hasDates: boolean;
  /** What `decode` found. Overwritten by the next call. */
  readonly decoded: Decoded = { key: "", ordinal: 0, derived: false, dated: "", rest: "", rounded: 0 };
  problem: Problem = { code: "record.wrong_length", details: {} };
  /** Values that were wrapped as formulas, `="007"`. */
  unwrapped = 0;
  /** Ids of products or shops that look the same; of sales there are too many. */
  readonly lookAlikes: LookAlikes | undefined;
  readonly #slots: readonly Slot[];
  readonly #extras: readonly Slot[];
  readonly #key: Slot | undefined;
  readonly #hash: readonly string[];
  readonly #scope: string | undefined;
  readonly #room: number;
  readonly #zone: BusinessZone;
  readonly #values: (string | null)[];
  readonly #timeName: string;
  /** Values may come from elsewhere than the raw line. */
  readonly #careful: boolean;
  #time: string | null = null;

  constructor(mapping: WideMapping["mappings"][number], extras: readonly number[], plan: DecoderPlan) {
    const { header, identity, options = {}, formats = {}, settings, key, late } = plan;
    const entity = entityNamed(mapping.entity);
    this.entity = entity;
    this.header = header;
    this.#zone = new BusinessZone(settings.timeZone);
    this.#room = plan.room ?? DEFAULT_ROW_ROOM;
    this.#careful = (options.fillDown?.length ?? 0) > 0;
    this.#scope = entity.derivedKey ? (plan.idScope ?? undefined) : undefined;
    this.lookAlikes = entity.derivedKey ? undefined : new LookAlikes();

    const slots: Slot[] = [];
    const slotOf = (
      name: string,
      kind: Slot["kind"],
      required: boolean,
      source: ColumnSource,
      published: string,
    ): Slot => {
      const at = "at" in source ? source.at : -1;
      const format = at < 0 ? undefined : formatOf(formats, labelOf(header, at));
      const codes = {
        missing: code(name, "missing"),
        notADate: code(name, "not_a_date"),
        notANumber: code(name, "not_a_number"),
        outOfRange: code(name, "out_of_range"),
        wrongCurrency: code(name, "wrong_currency"),
        scientific: code(name, "scientific"),
        ambiguous: code(name, "ambiguous"),
        otherDecimal: code(name, "other_decimal"),
      };
      return {
        at,
        joined: "parts" in source ? source : undefined,
        constant: undefined,
        index: slots.length,
        name,
        published,
        required,
        kind,
        currency: codes.wrongCurrency.endsWith("wrong_currency") ? settings.currency : null,
        decimal: kind === "decimal" ? ((format as DecimalFormat | undefined) ?? options.decimal) : undefined,
        day: kind === "day" ? ((format as DayFormat | undefined) ?? options.dateFormat) : undefined,
        label: `${JSON.stringify(name)}:`,
        codes,
      };
    };
    for (const column of entity.columns) {
      const source = mapping.sources.get(column.name);
      if (source === undefined) continue;
      const published = "at" in source ? (header[source.at] ?? "").trim() : column.name;
      const slot = slotOf(column.name, column.kind, column.required, source, published);
      slots.push(slot);
      if ("value" in source) {
        const constant = this.#read(slot, source.value, true);
        if (constant === undefined || constant === null)
          throw new SourceRefusal("source.bad_set", `${column.name}=${source.value}`);
        slot.constant = constant;
      }
    }
    for (const at of extras) {
      const field = mapping.fields[at];
      if (field === undefined || !("extra" in field)) continue;
      slots.push(slotOf(extraName(field.extra, entity), "extra", false, { at }, (header[at] ?? "").trim()));
    }
    const sorted = slots.toSorted((a, b) => byCodeUnit(a.name, b.name));
    this.names = sorted.map((s) => s.name);
    this.#timeName = this.names.includes(TIME) ? OTHER_TIME : TIME;
    this.#key = sorted.find((s) => s.kind !== "extra" && s.name === entity.key);
    this.#slots = sorted.filter((s) => s.kind !== "extra" && s !== this.#key);
    this.#extras = sorted.filter((s) => s.kind === "extra");
    this.#values = new Array(slots.length).fill(null);
    this.hasDates = this.#slots.some((s) => s.name === "date_effet");

    this.identity =
      key !== undefined && entity.derivedKey && this.#key?.joined === undefined
        ? key.toSorted(byCodeUnit)
        : this.names;
    const absent = this.identity.find((name) => !this.names.includes(name));
    if (absent !== undefined)
      throw new SourceRefusal("source.unknown_field", `--key ${absent}`, this.names.join(", "));
    const first = identity ?? this.identity;
    this.#hash = first.filter((name) => name !== entity.key).toSorted(byCodeUnit);
    if (identity !== null && entity.derivedKey) {
      if (!late && this.#key === undefined) throw new SourceRefusal("source.id_lost");
      if (late) this.requireIdentity();
    }
  }

  /** Throws SourceRefusal unless every column that identifies a sale without id is there. */
  requireIdentity(): void {
    const lost = this.#hash.filter((name) => !this.names.includes(name));
    if (lost.length === 0) return;
    // What was not there before may be what is missed, under another name.
    const come = this.names.filter((name) => !this.#hash.includes(name) && name !== this.entity.key);
    throw new SourceRefusal("source.identity_changed", lost.join(", "), come.join(", ") || undefined);
  }

  /** Fills `decoded` and returns true, or `problem` and returns false. */
  decode(fields: readonly string[], raw: string): boolean {
    if (fields.length !== this.header.length)
      return this.#reject("record.wrong_length", String(fields.length), String(this.header.length));
    const { decoded } = this;
    const values = this.#values;
    const care = this.#careful || NEEDS_CARE.test(raw);
    decoded.rounded = 0;
    decoded.dated = "";
    this.#time = null;
    let rest = "";
    for (const slot of this.#slots) {
      const value = slot.constant ?? this.#read(slot, fieldOf(slot, fields), care);
      if (value === undefined) return false;
      values[slot.index] = value;
      rest += `,${slot.label}${value === null ? "null" : jsonOf(value, care)}`;
      if (slot.name === "date_effet" && value !== null) decoded.dated = value;
    }
    rest += '},"extras":{';
    let first = true;
    let time: string | null = this.#time;
    for (const slot of this.#extras) {
      const value = this.#read(slot, fields[slot.at] as string, care) as string | null;
      values[slot.index] = value;
      if (time !== null && slot.name > this.#timeName) {
        rest += `${first ? "" : ","}"${this.#timeName}":"${time}"`;
        first = false;
        time = null;
      }
      rest += `${first ? "" : ","}${slot.label}${value === null ? "null" : jsonOf(value, care)}`;
      first = false;
    }
    if (time !== null) rest += `${first ? "" : ","}"${this.#timeName}":"${time}"`;
    decoded.rest = `${rest}}}`;
    return this.#identify(fields) && this.#fits();
  }

  #fits(): boolean {
    const { key, rest } = this.decoded;
    const bytes = excessOf(this.#room, key, rest);
    return bytes === undefined || this.#reject("record.too_large", String(bytes), String(this.#room));
  }

  #identify(fields: readonly string[]): boolean {
    const { decoded } = this;
    const slot = this.#key;
    let id = "";
    if (slot !== undefined) {
      id = slot.constant ?? cleanText(fieldOf(slot, fields));
      if (id.charCodeAt(0) === EQUALS) id = this.#unwrap(id);
    }
    decoded.derived = false;
    decoded.ordinal = 0;
    if (id !== "") {
      if (this.#scope !== undefined) id = scopedId(this.#scope, id);
      decoded.key = id;
      this.lookAlikes?.see(id);
      const split = this.entity.derivedKey && id.includes("~") ? splitDerived(id) : undefined;
      if (split !== undefined) {
        decoded.key = split.stem;
        decoded.ordinal = split.ordinal;
      }
      return true;
    }
    if (!this.entity.derivedKey)
      return this.#reject(slot?.codes.missing ?? "record.wrong_length", "", undefined, slot?.published);
    decoded.derived = true;
    const { row, extras } = this.rowOf();
    const columns = this.#time === null ? this.#hash : [...this.#hash, this.#timeName].toSorted(byCodeUnit);
    decoded.key = saleStem(columns, row, extras, this.#scope);
    return true;
  }

  #unwrap(text: string): string {
    const inner = unwrapped(text);
    if (inner === undefined) return text;
    this.unwrapped++;
    return cleanText(inner);
  }

  /**
   * Each field that it reads, and what it is read as, in the order of the header; `column` null: kept in extras. What
   * the operator gives to every record is last, with its value for a field.
   */
  get mapping(): readonly ReadField[] {
    const slots = [...this.#slots, ...this.#extras, ...(this.#key === undefined ? [] : [this.#key])];
    const order = (slot: Slot) => (slot.at < 0 ? this.header.length : slot.at);
    return slots
      .sort((a, b) => order(a) - order(b))
      .map((slot) => ({
        field:
          slot.constant !== undefined
            ? `= ${slot.constant}`
            : (slot.joined?.parts
                .map((part) => ("at" in part ? this.header[part.at] : part.value))
                .join(" + ") ?? slot.published),
        column: slot.kind === "extra" ? null : slot.name,
        name: slot.name,
        format: slot.decimal ?? slot.day ?? null,
      }));
  }

  /** The row (without its key) and the extras of what was just decoded. */
  rowOf(): { readonly row: Values; readonly extras: Values } {
    const row: Record<string, string | null> = {};
    for (const slot of this.#slots) row[slot.name] = this.#values[slot.index] ?? null;
    const extras: Record<string, string | null> = {};
    for (const slot of this.#extras) setValue(extras, slot.name, this.#values[slot.index] ?? null);
    if (this.#time !== null) extras[this.#timeName] = this.#time;
    return { row, extras };
  }

  /** null: present and empty. undefined: a reject. */
  #read(slot: Slot, field: string, care: boolean): string | null | undefined {
    const a = field.charCodeAt(0);
    const z = field.charCodeAt(field.length - 1);
    // ASCII at both ends and no care: nothing to strip, nothing to compose.
    const plain = !care && a > 0x20 && a < 0x7f && z > 0x20 && z < 0x7f && a !== EQUALS;
    let text = plain ? field : cleanText(field);
    if (!plain) {
      if (slot.kind === "extra") return text === "" ? null : text;
      if (text.charCodeAt(0) === EQUALS) text = this.#unwrap(text);
      if (text === "") return this.#empty(slot);
    }
    switch (slot.kind) {
      case "decimal": {
        const decimal = readDecimal(text, slot.currency, slot.decimal);
        if (decimal === undefined) {
          if (isNothing(text)) return this.#empty(slot);
          const more = reading.problem === "wrong_currency" ? (slot.currency ?? undefined) : slot.decimal;
          this.#reject(slot.codes[DECIMAL_CODES[reading.problem]], field, more, slot.published);
          return undefined;
        }
        if (reading.rounded) this.decoded.rounded++;
        return decimal;
      }
      case "day": {
        const day = readDay(text, this.#zone, slot.day);
        if (day === undefined) {
          if (isNothing(text)) return this.#empty(slot);
          const problem = reading.dayProblem === "ambiguous" ? slot.codes.ambiguous : slot.codes.notADate;
          this.#reject(problem, field, slot.day, slot.published);
          return undefined;
        }
        this.#time = reading.time;
        return day;
      }
      case "text":
        return isNothing(text) ? this.#empty(slot) : text;
      default:
        return text;
    }
  }

  #empty(slot: Slot): null | undefined {
    if (!slot.required) return null;
    this.#reject(slot.codes.missing, "", undefined, slot.published);
    return undefined;
  }

  #reject(rejectCode: RejectCode, value: string, more?: string, column?: string): false {
    const details = {
      value,
      ...(more === undefined ? {} : { more }),
      ...(column === undefined ? {} : { column }),
    };
    this.problem = { code: rejectCode, details };
    return false;
  }
}

export interface ReadField {
  /** In the file. */
  readonly field: string;
  readonly column: string | null;
  readonly name: string;
  /** How its numbers or dates are written, where there was a choice. */
  readonly format: string | null;
}

const EQUALS = 0x3d;

/** The text of a slot in a record. */
const fieldOf = (slot: Slot, fields: readonly string[]): string =>
  slot.at >= 0 ? (fields[slot.at] as string) : joinedOf(slot, fields);

/** A key of several columns needs them all; a city and an address are an id without the one that is empty. */
function joinedOf({ joined }: Slot, fields: readonly string[]): string {
  if (joined === undefined) return "";
  const texts = joined.parts.map((part) => ("at" in part ? cleanText(fields[part.at] ?? "") : part.value));
  if (joined.by === "address") return texts.filter((text) => text !== "").join(", ");
  return texts.every((text) => text !== "") ? joinIds(texts) : "";
}

/** An extra may not have the name of a canonical column: an image is both in one. */
const extraName = (name: string, entity: Entity): string =>
  entity.columns.some((c) => c.name === name) ? `${name} (2)` : name;
