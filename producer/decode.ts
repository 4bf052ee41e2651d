/**
 * A record of a file as a canonical row, or why it is set aside (rules 1 to 4). Compiled once a header; then plain
 * TypeScript, the hottest path of the producer. Whether a record is a reject depends on it alone.
 */

import { mapHeader } from "#shared/entities/header.ts";
import { type Entity, type EntityName, entityNamed } from "#shared/entities/index.ts";
import type { Values } from "#shared/event.ts";
import { saleStem, splitOrdinal } from "#shared/identity.ts";
import { type Details, REJECT_SENTENCES, type RejectCode } from "#shared/sentences.ts";
import type { SettingsShape } from "#shared/settings.ts";
import { SourceRefusal } from "./source-error.ts";
import { BusinessZone, cleanText, readDay, readDecimal, reading } from "./values.ts";

/** The extra in which the time of day of a date goes; a file may have a column of that name of its own. */
const TIME = "heure";
const OTHER_TIME = "heure (date)";
export const TIME_NAMES: ReadonlySet<string> = new Set([TIME, OTHER_TIME]);

/** Names sort by code unit everywhere. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface Slot {
  /** Its index in the record. */
  readonly at: number;
  readonly name: string;
  /** The name in the file, for sentences. */
  readonly published: string;
  readonly required: boolean;
  readonly kind: "id" | "text" | "day" | "decimal" | "extra";
  readonly currency: string | null;
  /** `"name":` */
  readonly label: string;
  readonly codes: {
    readonly missing: RejectCode;
    readonly notADate: RejectCode;
    readonly notANumber: RejectCode;
    readonly outOfRange: RejectCode;
    readonly wrongCurrency: RejectCode;
  };
}

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

export class Decoder {
  readonly entity: Entity;
  /** The header as published. */
  readonly header: readonly string[];
  /** Canonical names and extras, sorted. */
  readonly names: readonly string[];
  readonly hasDates: boolean;
  /** What `decode` found. Overwritten by the next call. */
  readonly decoded: Decoded = { key: "", ordinal: 0, derived: false, dated: "", rest: "", rounded: 0 };
  problem: Problem = { code: "record.wrong_length", details: {} };
  readonly #slots: readonly Slot[];
  readonly #extras: readonly Slot[];
  readonly #key: Slot | undefined;
  readonly #identity: readonly string[];
  readonly #zone: BusinessZone;
  readonly #values: (string | null)[];
  readonly #timeName: string;
  #time: string | null = null;

  /**
   * `identity`: the names of the first announced header, null when this is the first. Throws SourceRefusal
   * (identity_changed, id_lost).
   */
  constructor(
    entityName: EntityName,
    header: readonly string[],
    identity: readonly string[] | null,
    settings: Pick<SettingsShape, "timeZone" | "currency">,
  ) {
    const entity = entityNamed(entityName);
    this.entity = entity;
    this.header = header;
    this.#zone = new BusinessZone(settings.timeZone);
    // An id that comes after the first version is data: the sales have their ids already.
    const late = entity.derivedKey && identity !== null && !identity.includes(entity.key);
    const mapping = mapHeader(
      header,
      late ? { ...entity, columns: entity.columns.filter((c) => c.name !== entity.key) } : entity,
    );
    const slots: Slot[] = mapping.fields.map((field, at) => {
      const published = (header[at] ?? "").trim();
      const name = "column" in field ? field.column.name : extraName(field.extra, entity);
      const codes = {
        missing: code(name, "missing"),
        notADate: code(name, "not_a_date"),
        notANumber: code(name, "not_a_number"),
        outOfRange: code(name, "out_of_range"),
        wrongCurrency: code(name, "wrong_currency"),
      };
      return {
        at,
        name,
        published,
        required: "column" in field && field.column.required,
        kind: "column" in field ? field.column.kind : "extra",
        currency: codes.wrongCurrency.endsWith("wrong_currency") ? settings.currency : null,
        label: `${JSON.stringify(name)}:`,
        codes,
      };
    });
    const sorted = slots.toSorted((a, b) => byCodeUnit(a.name, b.name));
    this.names = sorted.map((s) => s.name);
    this.#timeName = this.names.includes(TIME) ? OTHER_TIME : TIME;
    this.#key = sorted.find((s) => s.kind !== "extra" && s.name === entity.key);
    this.#slots = sorted.filter((s) => s.kind !== "extra" && s !== this.#key);
    this.#extras = sorted.filter((s) => s.kind === "extra");
    this.#values = new Array(slots.length).fill(null);
    this.hasDates = this.#slots.some((s) => s.name === "date_effet");

    const first = identity ?? this.names;
    this.#identity = first.filter((name) => name !== entity.key).toSorted(byCodeUnit);
    if (identity !== null && entity.derivedKey) {
      if (!late && this.#key === undefined) throw new SourceRefusal("source.id_lost");
      if (late) this.requireIdentity();
    }
  }

  /** Throws SourceRefusal unless every column that identifies a sale without id is there. */
  requireIdentity(): void {
    const lost = this.#identity.filter((name) => !this.names.includes(name));
    if (lost.length > 0) throw new SourceRefusal("source.identity_changed", lost.join(", "));
  }

  /** Fills `decoded` and returns true, or `problem` and returns false. */
  decode(fields: readonly string[], raw: string): boolean {
    if (fields.length !== this.header.length)
      return this.#reject("record.wrong_length", String(fields.length), String(this.header.length));
    const { decoded } = this;
    const values = this.#values;
    const care = NEEDS_CARE.test(raw);
    decoded.rounded = 0;
    decoded.dated = "";
    this.#time = null;
    let rest = "";
    for (const slot of this.#slots) {
      const value = this.#read(slot, fields[slot.at] as string, care);
      if (value === undefined) return false;
      values[slot.at] = value;
      rest += `,${slot.label}${value === null ? "null" : jsonOf(value, care)}`;
      if (slot.name === "date_effet" && value !== null) decoded.dated = value;
    }
    rest += '},"extras":{';
    let first = true;
    let time: string | null = this.#time;
    for (const slot of this.#extras) {
      const value = this.#read(slot, fields[slot.at] as string, care) as string | null;
      values[slot.at] = value;
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
    return this.#identify(fields);
  }

  #identify(fields: readonly string[]): boolean {
    const { decoded } = this;
    const slot = this.#key;
    const id = slot === undefined ? "" : cleanText(fields[slot.at] as string);
    decoded.derived = false;
    decoded.ordinal = 0;
    if (id !== "") {
      decoded.key = id;
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
    const columns =
      this.#time === null ? this.#identity : [...this.#identity, this.#timeName].toSorted(byCodeUnit);
    decoded.key = saleStem(columns, row, extras);
    return true;
  }

  /** Each field of the header, and what it is read as; `column` null: kept in extras. */
  get mapping(): readonly {
    readonly field: string;
    readonly column: string | null;
    readonly name: string;
  }[] {
    return [...this.#slots, ...this.#extras, ...(this.#key === undefined ? [] : [this.#key])]
      .sort((a, b) => a.at - b.at)
      .map(({ published, kind, name }) => ({
        field: published,
        column: kind === "extra" ? null : name,
        name,
      }));
  }

  /** The row (without its key) and the extras of what was just decoded. */
  rowOf(): { readonly row: Values; readonly extras: Values } {
    const row: Record<string, string | null> = {};
    for (const slot of this.#slots) row[slot.name] = this.#values[slot.at] ?? null;
    const extras: Record<string, string | null> = {};
    for (const slot of this.#extras) extras[slot.name] = this.#values[slot.at] ?? null;
    if (this.#time !== null) extras[this.#timeName] = this.#time;
    return { row, extras };
  }

  /** null: present and empty. undefined: a reject. */
  #read(slot: Slot, field: string, care: boolean): string | null | undefined {
    const a = field.charCodeAt(0);
    const z = field.charCodeAt(field.length - 1);
    // ASCII at both ends and no care: nothing to strip, nothing to compose.
    const text = !care && a > 0x20 && a < 0x7f && z > 0x20 && z < 0x7f ? field : cleanText(field);
    if (text === "") {
      if (!slot.required) return null;
      this.#reject(slot.codes.missing, "", undefined, slot.published);
      return undefined;
    }
    switch (slot.kind) {
      case "decimal": {
        const decimal = readDecimal(text, slot.currency);
        if (decimal === undefined) {
          const { codes } = slot;
          const problem =
            reading.problem === "out_of_range"
              ? codes.outOfRange
              : reading.problem === "wrong_currency"
                ? codes.wrongCurrency
                : codes.notANumber;
          this.#reject(problem, field, slot.currency ?? undefined, slot.published);
          return undefined;
        }
        if (reading.rounded) this.decoded.rounded++;
        return decimal;
      }
      case "day": {
        const day = readDay(text, this.#zone);
        if (day === undefined) {
          this.#reject(slot.codes.notADate, field, undefined, slot.published);
          return undefined;
        }
        this.#time = reading.time;
        return day;
      }
      default:
        return text;
    }
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

/** An extra may not have the name of a canonical column: an image is both in one. */
const extraName = (name: string, entity: Entity): string =>
  entity.columns.some((c) => c.name === name) ? `${name} (2)` : name;

const DERIVED = /^\d{4}-\d{2}-\d{2}~[A-Za-z0-9_-]{22}~[1-9]\d{0,8}$/;

/** An id of the form of a derived one is held like one, wherever it comes from. */
export const splitDerived = (id: string): { readonly stem: string; readonly ordinal: number } | undefined =>
  DERIVED.test(id) ? splitOrdinal(id) : undefined;

/** `rest` of a row and extras that come from an event; `keep`: only these columns. */
export function restOf(
  row: Values,
  extras: Values,
  key: string,
  keep: ((name: string) => boolean) | undefined,
): string {
  const object = (values: Values, without: string | undefined) =>
    Object.keys(values)
      .filter((name) => name !== without && (keep === undefined || keep(name)))
      .sort(byCodeUnit)
      .map((name) => `${JSON.stringify(name)}:${JSON.stringify(values[name])}`);
  const columns = object(row, key);
  return `${columns.map((c) => `,${c}`).join("")}},"extras":{${object(extras, undefined).join(",")}}}`;
}
