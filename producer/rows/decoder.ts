/**
 * Decodes records into canonical rows of one entity, or finds why a record is a reject (rules 1 to 4). A decoder is made
 * once for each header. Decoding is the hottest path of the producer, so it is plain TypeScript. Whether a record is a
 * reject depends on that record alone (rule 11).
 */
import { type Entity, entityNamed } from "#shared/contract/entities/index.ts";
import { setValue, type Values } from "#shared/contract/event.ts";
import { LookAlikes } from "#shared/runtime/look-alikes.ts";
import {
  byCodeUnit,
  fingerprint,
  OTHER_TIME,
  print,
  saleStem,
  scopedId,
  splitDerived,
  TIME,
} from "../diff/index.ts";
import type { WideMapping } from "../header/index.ts";
import { DEFAULT_ROW_ROOM, excessOf, SourceRefusal } from "../source/index.ts";
import { type ColumnEmpty, emptyOf } from "./column-empty.ts";
import { lostIdentity } from "./columns/drift.ts";
import type { DecoderOptions } from "./decoder-options.ts";
import { type ReadField, readFields } from "./read-fields.ts";
import { RecordCurrency } from "./record-currency.ts";
import { SaleValues } from "./sale-values.ts";
import { codeOf, fieldOf, type Slot, slotsOf } from "./slots.ts";
import { type Problem, ValueReader, wholeOf } from "./value-reader.ts";
import { BusinessZone, cleanText, isErrorText } from "./values.ts";

/** Matches a raw line with a character that may need NFC or escaping in JSON. One test serves all values of the line. */
const NEEDS_CARE = /[^ !#-[\]-\u02ff]/;
/** The same where tabs separate the fields: a tab inside a field stands in quotes, single or double. */
const NEEDS_CARE_AMONG_TABS = /[^\t !#-&(-[\]-\u02ff]/;

const jsonOf = (text: string, care: boolean): string => (care ? JSON.stringify(text) : `"${text}"`);

export interface Decoded {
  /** The primary id, or `date_vente~hash` without the ordinal if `derived`. */
  key: string;
  /** The ordinal, if the id has the form of a derived one; otherwise 0. */
  ordinal: number;
  derived: boolean;
  /** date_effet of a dated product, else "". */
  dated: string;
  /**
   * The row without its key, and the extras, as the end of an event's JSON, with sorted columns. Equal texts are equal
   * rows, in any order of the file's columns.
   */
  rest: string;
}

export class Decoder {
  readonly entity: Entity;
  /** The header as published. */
  readonly header: readonly string[];
  /** Canonical names and extras, sorted. */
  readonly names: readonly string[];
  /** The identity columns to announce with the first version (rule 4). */
  readonly identity: readonly string[];
  readonly hasDates: boolean;
  /** The result of `decode`. The next call overwrites it. */
  readonly decoded: Decoded = { key: "", ordinal: 0, derived: false, dated: "", rest: "" };
  /** Ids of products or shops that look the same. For sales there would be too many ids. */
  readonly lookAlikes: LookAlikes | undefined;
  /** Of the last decoded record, if it is a sale. */
  readonly sale: SaleValues;
  readonly #reader: ValueReader;
  readonly #slots: readonly Slot[];
  readonly #extras: readonly Slot[];
  /** Extras that are read, and whose values are not published (rule 24). */
  readonly #unpublished: readonly Slot[];
  readonly #key: Slot | undefined;
  /** The columns that identify a sale without id. */
  readonly #identifying: readonly string[];
  readonly #scope: string | undefined;
  readonly #room: number;
  readonly #values: (string | null)[];
  readonly #timeName: string;
  /** Some values do not come from the raw line, so testing the line is not enough. */
  readonly #careful: boolean;
  readonly #needsCare: RegExp;
  readonly #currency: RecordCurrency;

  /** Throws SourceRefusal (bad_set, no_key_columns, unknown_field, id_lost, identity_changed). */
  constructor(mapping: WideMapping["mappings"][number], extras: readonly number[], plan: DecoderOptions) {
    const { header, identity, options = {}, formats = {}, settings, key, late } = plan;
    const entity = entityNamed(mapping.entity);
    const reader = new ValueReader(new BusinessZone(settings.timeZone));
    this.entity = entity;
    this.header = header;
    this.#reader = reader;
    this.#room = plan.room ?? DEFAULT_ROW_ROOM;
    this.#careful = (options.fillDown?.length ?? 0) > 0;
    this.#needsCare = plan.delimiter === "\t" ? NEEDS_CARE_AMONG_TABS : NEEDS_CARE;
    this.#scope = entity.derivedKey ? (plan.idScope ?? undefined) : undefined;
    this.lookAlikes = entity.derivedKey ? undefined : new LookAlikes();

    const { currency } = settings;
    const { hidden, cleared } = plan;
    const asked = { header, options, formats, currency, hidden, cleared };
    const slots = slotsOf(entity, mapping, extras, asked, (slot, value) => {
      const constant = reader.read(slot, value, true);
      if (constant == null) throw new SourceRefusal("source.bad_set", `${slot.name}=${value}`);
      return constant;
    });
    const sorted = slots.toSorted((a, b) => byCodeUnit(a.name, b.name));
    this.names = sorted.filter(({ shows }) => shows !== "nothing").map((slot) => slot.name);
    this.#timeName = this.names.includes(TIME) ? OTHER_TIME : TIME;
    this.#key = sorted.find((slot) => slot.kind !== "extra" && slot.name === entity.key);
    if (this.#key === undefined && !entity.derivedKey)
      throw new SourceRefusal("source.no_key_columns", header.join(", "), entity.key);
    this.#slots = sorted.filter((slot) => slot.kind !== "extra" && slot !== this.#key);
    this.#extras = sorted.filter((slot) => slot.kind === "extra");
    this.#unpublished = this.#extras.filter(({ shows }) => shows !== "value");
    const amount = this.names.includes("chiffre_affaires") || !this.names.includes("prix");
    this.#currency = new RecordCurrency(
      entity.name === "magasins" ? [] : this.#extras,
      amount && entity.derivedKey ? "chiffre_affaires.wrong_currency" : "prix.wrong_currency",
      currency,
      reader,
    );
    this.#values = new Array(slots.length).fill(null);
    this.sale = new SaleValues(this.#slots, this.#values);
    this.hasDates = this.#slots.some((slot) => slot.name === "date_effet");

    this.identity = this.#identityOf(key);
    this.#identifying = (identity ?? this.identity)
      .filter((name) => name !== entity.key)
      .toSorted(byCodeUnit);
    if (identity === null || !entity.derivedKey) return;
    if (!late && this.#key === undefined) throw new SourceRefusal("source.id_lost");
    if (late) this.requireIdentity();
  }

  /** The identity columns of its sales, if this is the first version. Throws SourceRefusal (unknown_field). */
  #identityOf(key: readonly string[] | undefined): readonly string[] {
    const emptied = new Set(this.#unpublished.map(({ name }) => name));
    const shown = this.names.filter((name) => !emptied.has(name));
    if (key === undefined || !this.entity.derivedKey || this.#key?.joined !== undefined) return shown;
    const absent = key.find((name) => !this.#read.has(name));
    if (absent !== undefined)
      throw new SourceRefusal("source.unknown_field", `--key ${absent}`, this.names.join(", "));
    return key.toSorted(byCodeUnit);
  }

  /** Throws SourceRefusal (identity_changed) when an identity column is missing. */
  requireIdentity(): void {
    const come = this.names.filter((name) => name !== this.entity.key);
    const refusal = lostIdentity(this.#identifying, this.#read, come);
    if (refusal !== undefined) throw refusal;
  }

  get #all(): readonly Slot[] {
    return [...this.#slots, ...this.#extras, ...(this.#key === undefined ? [] : [this.#key])];
  }

  /** The names of all columns that are read, published or not. */
  get #read(): ReadonlySet<string> {
    return new Set(this.#all.map(({ name }) => name));
  }

  /** The columns that the figures rest on: those of the entity, and those that identify a sale without id. */
  get columns(): readonly ColumnEmpty[] {
    return emptyOf(this.#all, this.#key === undefined ? this.#identifying : []);
  }

  /** Why the last record is a reject, after `decode` returned false. */
  get problem(): Problem {
    return this.#reader.problem;
  }

  /** How many decimals of the last record were rounded. */
  get rounded(): number {
    return this.#reader.rounded;
  }

  /** How many values of all records were written as formulas, `="007"`. */
  get unwrapped(): number {
    return this.#reader.unwrapped;
  }

  /** The times of day in a column of their own that were not understood. */
  get unreadTimes(): ValueReader["unreadTimes"] {
    return this.#reader.unreadTimes;
  }

  /** Decodes a record into `decoded`. Returns false when the record is a reject. */
  decode(fields: readonly string[], raw: string): boolean {
    const reader = this.#reader;
    if (fields.length !== this.header.length)
      return reader.reject("record.wrong_length", String(fields.length), String(this.header.length));
    const { decoded } = this;
    const care = this.#careful || this.#needsCare.test(raw);
    if (!this.#currency.isOurs(fields)) return false;
    reader.begin();
    decoded.dated = "";
    let rest = "";
    for (const slot of this.#slots) {
      const value = slot.constant ?? reader.read(slot, fieldOf(slot, fields), care);
      if (value === undefined) return false;
      this.#values[slot.index] = value;
      if (value === null || (slot.holdsText && isErrorText(value))) slot.empty++;
      rest += `,${slot.label}${slot.json ?? (value === null ? "null" : jsonOf(value, care || slot.at < 0))}`;
      if (slot.name === "date_effet" && value !== null) decoded.dated = value;
    }
    decoded.rest = `${rest}},"extras":{${this.#extrasOf(fields, care)}}}`;
    return this.#keyOf(fields) && this.#fits();
  }

  /** Puts the fingerprint of the last decoded record into `print`, as `fingerprintRow` does. */
  print(): void {
    const { derived, ordinal, rest } = this.decoded;
    fingerprint(rest);
    if (!derived && ordinal === 0 && this.entity.derivedKey) print.b = this.sale.what;
  }

  /** The id that a field holds; "": none. */
  idIn(field: string): string {
    return this.#reader.unwrap(cleanText(field));
  }

  /** The extras as the inside of a JSON object, the time of day among them, in the order of their names. */
  #extrasOf(fields: readonly string[], care: boolean): string {
    let text = "";
    let { time } = this.#reader;
    for (const slot of this.#extras) {
      const value = this.#reader.read(slot, fields[slot.at] as string, care) as string | null;
      this.#values[slot.index] = value;
      if (value === null || isErrorText(value)) slot.empty++;
      if (slot.shows === "nothing") continue;
      if (time !== null && slot.name > this.#timeName) {
        text += `${text === "" ? "" : ","}"${this.#timeName}":"${time}"`;
        time = null;
      }
      const shown = slot.shows === "value" ? value : null;
      text += `${text === "" ? "" : ","}${slot.label}${shown === null ? "null" : jsonOf(shown, care)}`;
    }
    return time === null ? text : `${text}${text === "" ? "" : ","}"${this.#timeName}":"${time}"`;
  }

  #fits(): boolean {
    const { key, rest } = this.decoded;
    const bytes = excessOf(this.#room, key, rest);
    return bytes === undefined || this.#reader.reject("record.too_large", String(bytes), String(this.#room));
  }

  /** Reads the id of a record, and nothing else of it, into `decoded`. False: it has none. */
  identify(fields: readonly string[]): boolean {
    const { decoded } = this;
    const slot = this.#key;
    let id = "";
    if (slot !== undefined) id = slot.constant ?? this.idIn(fieldOf(slot, fields));
    if (slot?.whole === true) id = wholeOf(id);
    decoded.derived = false;
    decoded.ordinal = 0;
    if (id === "") return false;
    if (this.#scope !== undefined) id = scopedId(this.#scope, id);
    decoded.key = id;
    const split = this.entity.derivedKey && id.includes("~") ? splitDerived(id) : undefined;
    if (split !== undefined) {
      decoded.key = split.stem;
      decoded.ordinal = split.ordinal;
    }
    return true;
  }

  /** Reads the id of a record, or makes one of its values, into `decoded`. False: it is a reject. */
  #keyOf(fields: readonly string[]): boolean {
    const { decoded } = this;
    if (this.identify(fields)) {
      this.lookAlikes?.see(decoded.key);
      return true;
    }
    const slot = this.#key;
    if (slot !== undefined && !this.entity.derivedKey)
      return this.#reader.reject(codeOf(slot, "missing"), "", undefined, slot.published);
    decoded.derived = true;
    if (slot !== undefined) slot.empty++;
    const { row, extras } = this.rowOf();
    for (const { name, index } of this.#unpublished) setValue(extras, name, this.#values[index] ?? null);
    const columns =
      this.#reader.time === null
        ? this.#identifying
        : [...this.#identifying, this.#timeName].toSorted(byCodeUnit);
    decoded.key = saleStem(columns, row, extras, this.#scope);
    return true;
  }

  /** The fields and their columns: see `readFields`. */
  get mapping(): readonly ReadField[] {
    return readFields(this.header, this.#all);
  }

  /** The row (without its key) and the extras of the last decoded record. */
  rowOf(): { readonly row: Values; readonly extras: Record<string, string | null> } {
    const row: Record<string, string | null> = {};
    for (const slot of this.#slots) row[slot.name] = this.#values[slot.index] ?? null;
    const extras: Record<string, string | null> = {};
    for (const { name, index, shows } of this.#extras)
      if (shows !== "nothing")
        setValue(extras, name, shows === "empty" ? null : (this.#values[index] ?? null));
    if (this.#reader.time !== null) extras[this.#timeName] = this.#reader.time;
    return { row, extras };
  }
}
