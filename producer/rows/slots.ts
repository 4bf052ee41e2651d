/**
 * A slot says, for one column or extra, where its text is in a record, how it is read, and with which code a record is
 * rejected that has no readable value there. Slots are made once for each header.
 */
import { type Entity, type magasins, type produits, ventes } from "#shared/contract/entities/index.ts";
import { REJECT_SENTENCES, type RejectCode } from "#shared/contract/sentences.ts";
import type { ReadingOptions } from "#shared/contract/source-records.ts";
import { foldedId, foldedName, SameNames } from "#shared/runtime/same-name.ts";
import { joinIds, OTHER_TIME, TIME } from "../diff/index.ts";
import { type ColumnSource, extraAt, nameAt, type WideMapping } from "../header/index.ts";
import type { DayFormat } from "./columns/days.ts";
import type { DecimalFormat } from "./columns/decimals.ts";
import { type ColumnFormats, formatOf, labelOf } from "./columns/formats.ts";
import { cleanText, type DayProblem, type DecimalProblem } from "./values.ts";

export interface Slot {
  /** The index of its field in the record; -1: it has several fields, or the same value in every record. */
  readonly at: number;
  /** The fields that make one value together. */
  readonly joined: Extract<ColumnSource, { readonly by: string }> | undefined;
  /** The value that every record has. */
  constant: string | undefined;
  /** The JSON of that value. */
  json: string | undefined;
  /** How many of its values so far were empty, or an error text of a spreadsheet. */
  empty: number;
  /** Whether such an error text can be its value: a number or a day cannot be one. */
  readonly holdsText: boolean;
  /** Its index among the values of a record. */
  readonly index: number;
  readonly name: string;
  /** The name in the file, for sentences. */
  readonly published: string;
  readonly required: boolean;
  readonly kind: "id" | "text" | "day" | "decimal" | "extra";
  /** What an event has of it: an extra that is left out is empty in it, or not there (rule 24). */
  readonly shows: "value" | "empty" | "nothing";
  readonly currency: string | null;
  /** It is an id, and one that is written 12.0 is 12. */
  readonly whole: boolean;
  /** It is the time of day of a sale, in a column of its own. */
  readonly isTime: boolean;
  /** The names that its values are written as; undefined: as published. Of an address: the names of its city. */
  readonly same: SameNames | undefined;
  /** The format of its column, decided or given by the operator. */
  readonly decimal: DecimalFormat | undefined;
  readonly day: DayFormat | undefined;
  /** `"name":` */
  readonly label: string;
}

/** Reject codes name columns without accents. */
type Unaccented<Name extends string> = Name extends `${infer A}é${infer B}` ? `${A}e${Unaccented<B>}` : Name;
const unaccented = (column: string): string => column.normalize("NFD").replace(/\p{M}/gu, "");

type NumberProblem = Exclude<DecimalProblem, "wrong_currency">;
type ColumnProblem = "missing" | DayProblem | DecimalProblem;

type Columns = (typeof produits | typeof magasins | typeof ventes)["columns"][number];
type Problems<C extends Columns> =
  | (C extends { readonly required: true } ? "missing" : never)
  | (C extends { readonly kind: "day" } ? DayProblem : never)
  | (C extends { readonly kind: "decimal" } ? NumberProblem : never);
/** The code of each problem that a column may have. A column whose codes have no sentences is an error of types here. */
type ColumnCode = { [C in Columns as C["name"]]: `${Unaccented<C["name"]>}.${Problems<C>}` }[Columns["name"]];
const columnCode = (code: ColumnCode): RejectCode => code;

/** The code of a record whose value in this column has a problem. */
export const codeOf = ({ name }: Pick<Slot, "name">, problem: ColumnProblem): RejectCode =>
  columnCode(`${unaccented(name)}.${problem}` as ColumnCode);

/** The options of all slots of a header. */
export interface SlotOptions {
  readonly header: readonly string[];
  readonly options: ReadingOptions;
  readonly formats: ColumnFormats;
  readonly hidden?: ReadonlySet<number> | undefined;
  readonly cleared?: ReadonlySet<number> | undefined;
  /** The one currency of the database. */
  readonly currency: string;
}

const DOCUMENT: ReadonlySet<string> = new Set(
  ventes.extras.map(({ name }) => name).filter((name) => name !== TIME),
);

const shownAs = ({ hidden, cleared }: SlotOptions, at: number): Slot["shows"] =>
  hidden?.has(at) === true ? "nothing" : cleared?.has(at) === true ? "empty" : "value";

function slotOf(
  o: SlotOptions,
  slot: Pick<Slot, "index" | "name" | "kind" | "required" | "published">,
  source: ColumnSource,
): Slot {
  const { name, kind } = slot;
  const at = "at" in source ? source.at : -1;
  const format = at < 0 ? undefined : formatOf(o.formats, labelOf(o.header, at));
  return {
    ...slot,
    at,
    shows: kind === "extra" ? shownAs(o, at) : "value",
    joined: "parts" in source ? source : undefined,
    constant: undefined,
    same: sameOf(o, "parts" in source && source.by === "address" ? "ville" : name),
    isTime: "extra" in source && name === TIME,
    whole: o.options.wholeIds === true && (kind === "id" || DOCUMENT.has(name)),
    empty: 0,
    holdsText: kind === "id" || kind === "text",
    json: undefined,
    currency: Object.hasOwn(REJECT_SENTENCES, codeOf(slot, "wrong_currency")) ? o.currency : null,
    decimal: kind === "decimal" ? ((format as DecimalFormat | undefined) ?? o.options.decimal) : undefined,
    day: kind === "day" ? ((format as DayFormat | undefined) ?? o.options.dateFormat) : undefined,
    label: `${JSON.stringify(name)}:`,
  };
}

const sameOf = ({ options }: SlotOptions, column: string): SameNames | undefined => {
  const names = options.same?.[column];
  if (names === undefined) return undefined;
  return new SameNames(names, column === "id_produit" || column === "id_magasin" ? foldedId : foldedName);
};

/**
 * The slots of an entity, in the order of its columns, then of the extras. `given` is called for a value that the
 * operator gives to every record, with the slot and the value as typed. It returns the canonical value.
 */
export function slotsOf(
  entity: Entity,
  mapping: WideMapping["mappings"][number],
  extras: readonly number[],
  o: SlotOptions,
  given: (slot: Slot, value: string) => string,
): readonly Slot[] {
  const slots: Slot[] = [];
  for (const { name, kind, required } of entity.columns) {
    const source = mapping.sources.get(name);
    if (source === undefined) continue;
    const published = "at" in source ? nameAt(o.header, source.at) : name;
    const slot = slotOf(o, { index: slots.length, name, kind, required, published }, source);
    slots.push(slot);
    if (!("value" in source)) continue;
    slot.constant = given(slot, source.value);
    slot.json = JSON.stringify(slot.constant);
  }
  const names = new Set(extras.map((at) => extraAt(mapping, at)).filter((name) => name !== undefined));
  for (const at of extras) {
    const extra = extraAt(mapping, at);
    if (extra === undefined) continue;
    const name = extraName(extra, entity, names);
    const published = nameAt(o.header, at);
    const named = mapping.sources.get(extra);
    const source = named !== undefined && "extra" in named ? named : { at };
    slots.push(slotOf(o, { index: slots.length, name, kind: "extra", required: false, published }, source));
  }
  return slots;
}

/** The text of a slot in a record. */
export const fieldOf = (slot: Slot, fields: readonly string[]): string =>
  slot.at >= 0 ? (fields[slot.at] as string) : joinedOf(slot, fields);

/** A key of several columns needs all of them. An id made of city and address leaves out an empty one. */
function joinedOf({ joined, same }: Slot, fields: readonly string[]): string {
  if (joined === undefined) return "";
  const texts = joined.parts.map((part) => ("at" in part ? cleanText(fields[part.at] ?? "") : part.value));
  if (joined.by === "address") {
    const [city = "", ...rest] = texts;
    return [same?.written(city) ?? city, ...rest].filter((text) => text !== "").join(", ");
  }
  return texts.every((text) => text !== "") ? joinIds(texts) : "";
}

/**
 * An extra must not have the name of a canonical column, because an image holds both by name. Nor that of the time of
 * day. `names`: those of all extras.
 */
function extraName(name: string, entity: Entity, names: ReadonlySet<string>): string {
  const isFree = name === OTHER_TIME ? !names.has(TIME) : entity.columns.every((c) => c.name !== name);
  if (isFree) return name;
  let n = 2;
  while (names.has(`${name} (${n})`)) n++;
  return `${name} (${n})`;
}
