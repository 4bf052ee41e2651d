/**
 * A version: one state of a source, opened in the spool (open-file.ts). Its records are read once for the diff
 * (read-into.ts) and again for the events that the diff decided on (write-events.ts). Each record is a row of every
 * entity that the source publishes. If the version continues the one before, only the appended part is read (`tail`).
 */
import { closeSync, fstatSync, rmSync, statSync } from "node:fs";
import { type Entity, type EntityName, ventes } from "#shared/contract/entities/index.ts";
import type { ReadingDecisions } from "#shared/contract/source-records.ts";
import {
  type Dialect,
  decisionsOf,
  type LastLine,
  type Reading,
  type ReadingNote,
  type RecordReader,
} from "../csv/index.ts";
import { type LastVersion, TIME_NAMES } from "../diff/index.ts";
import { type KnownHeader, keptColumns, mapEntities, placesAgain, placesOf } from "../header/index.ts";
import {
  type ColumnFormats,
  type Decoder,
  decodersOf,
  Gaps,
  Groups,
  Meanings,
  RecordFilter,
} from "../rows/index.ts";
import { DEFAULT_ROW_ROOM, type Doubt, shortened } from "../source/index.ts";
import { LeftOutColumns } from "./left-out.ts";
import type { VersionOptions } from "./options.ts";
import { readerOf } from "./records-of.ts";

export class Version {
  readonly options: VersionOptions;
  /** One for each entity, parents first. */
  readonly decoders: readonly Decoder[];
  /** How the columns are written. */
  readonly formats: ColumnFormats;
  /** How many records the last pass has read so far. */
  records = 0;
  rounded = 0;
  /** How many records --where leaves out. */
  filtered = 0;
  /** The last line without a line end, if it is one of the records. */
  open: LastLine | null = null;
  /** Whether an open last line was left out. */
  left = false;
  /** How much of the file the first pass has read, from 0 to 1. */
  share = 0;
  /** Where to continue a later version that only grew; null: it must be read whole. */
  end: LastVersion["end"] = null;
  /** What its header means. */
  readonly known: KnownHeader;
  /** What the first pass could not read. */
  readonly gaps = new Gaps();
  /** The records that lack what the first line of their group has. */
  readonly groups = new Groups();
  /** Evidence of what its amounts and statuses mean. */
  readonly meanings: Meanings;
  /** What is unclear about its header and its rows, so far. */
  readonly doubts: Doubt[] = [];
  readonly #reading: Reading;
  readonly #fd: number;
  readonly #size: number;
  readonly #kept: readonly ReadingNote[];
  /** What is not published of its rows. */
  readonly leftOut: LeftOutColumns;
  #notes: readonly ReadingNote[] = [];

  /** The version closes `fd`. */
  constructor(options: VersionOptions, reading: Reading, fd: number, formats: ColumnFormats) {
    this.options = options;
    this.#reading = reading;
    this.#fd = fd;
    this.#size = fstatSync(fd).size;
    this.formats = formats;
    const { header, entities } = reading.dialect;
    this.decoders = this.decodersFor(header, formats);
    const wide = mapEntities(header, entities, options.reading);
    this.known = { header, places: placesOf(wide.mappings) };
    const { reading: asked, settings, tail } = options;
    const written = { header, formats, currency: settings.currency };
    this.meanings = new Meanings({ ...written, wide, reading: asked, whole: tail === null });
    this.leftOut = new LeftOutColumns(reading.dialect, wide, options, this.decoders);
    this.#kept = keptColumns(header, entities, options.reading).map(({ column, field, instead }) => ({
      code: "columns.kept",
      what: `${column}=${instead}`,
      more: field,
    }));
  }

  /** The decoders for a header: this version's, or that of the version before. */
  decodersFor(header: readonly string[], formats: ColumnFormats): readonly Decoder[] {
    const { reading: options, idScope, settings, before } = this.options;
    const { entities, delimiter } = this.dialect;
    const identity = before?.identity ?? null;
    const plan = { entities, header, identity, options, formats, idScope, settings, delimiter, before };
    return decodersOf({ ...plan, room: this.room });
  }

  /** The most bytes of a row in its event. */
  get room(): number {
    return this.options.room ?? DEFAULT_ROW_ROOM;
  }

  get dialect(): Dialect {
    return this.#reading.dialect;
  }

  /** What the passes so far could not read of the whole file, also when only its appended part was read. */
  get allGaps(): ReturnType<Gaps["total"]> {
    const { tail, before } = this.options;
    return this.gaps.total(tail === null ? undefined : before?.gaps);
  }

  /** The reading decisions, and the notes of the passes so far. */
  get reading(): ReadingDecisions {
    const { personal = [] } = this.options.reading;
    const notes = [...this.#reading.notes, ...this.#kept, ...this.leftOut.notes, ...this.#notes];
    return {
      ...decisionsOf(this.#reading),
      columns: this.formats,
      places: this.known.places,
      ...(this.leftOut.never.length === 0 ? {} : { leftOut: this.leftOut.never }),
      ...(personal.length === 0 ? {} : { personal }),
      ...(notes.length === 0 ? {} : { notes }),
    };
  }

  get entities(): readonly Entity[] {
    return this.decoders.map((d) => d.entity);
  }

  /** The decoder of the last entity: each record is one row of it. */
  get main(): Decoder {
    return this.decoders.at(-1) as Decoder;
  }

  /** The identity columns to announce with the first version (rule 4). */
  get identity(): readonly string[] {
    return this.main.identity;
  }

  /** Whether its sales have no ids of their own (rule 4). */
  get isKeyless(): boolean {
    const { entity, identity } = this.main;
    return entity.derivedKey && !(this.options.before?.identity ?? identity).includes(entity.key);
  }

  /** The columns that the fingerprints of each entity cover: sorted, without the key. */
  get columns(): Readonly<Partial<Record<EntityName, readonly string[]>>> {
    return Object.fromEntries(
      this.decoders.map(({ names, entity }) => [
        entity.name,
        names.filter((name) => name !== entity.key && !TIME_NAMES.has(name)),
      ]),
    );
  }

  /** The field of the ids that `--rekey` replaces; undefined: it replaces none, or the file has lost them. */
  get formerIdAt(): number | undefined {
    const { replacesIds, reading } = this.options;
    if (replacesIds !== true || reading.known === undefined) return undefined;
    const at = placesAgain(this.dialect.header, reading.known).places.get(ventes.key);
    return typeof at === "number" ? at : undefined;
  }

  /** A reader at the first record. */
  newReader(): RecordReader {
    return readerOf(this.#fd, this.#reading, this.options);
  }

  /** Notes how far the first pass is. */
  noticePlace(reader: RecordReader): void {
    this.share = Math.min(1, reader.end.byte / Math.max(1, this.#size));
  }

  newFilter(): RecordFilter {
    return new RecordFilter(this.dialect.header, this.options.reading);
  }

  /** Keeps the results of this reader's pass that are not records. */
  notice(reader: RecordReader): void {
    this.#notes = [...reader.notes, ...notesOf(this.decoders)];
  }

  /** The position of the reader, in bytes of the content in its own encoding; null: it is not known. */
  endOf(reader: RecordReader): LastVersion["end"] {
    const { file, tail } = this.options;
    const { byte, line } = reader.end;
    const from = tail?.end.byte ?? 0;
    if (this.#reading.file === file) return { byte: from + byte, line };
    const atEnd = byte === statSync(this.#reading.file).size;
    return atEnd ? { byte: from + statSync(file).size, line } : null;
  }

  close(): void {
    closeSync(this.#fd);
    const { file } = this.#reading;
    if (file !== this.options.file) rmSync(file, { force: true });
  }
}

/** How many characters of a time that is not understood are shown. */
const SHOWN_TIME = 40;

/** Notes on the values: formulas, ids that look the same, and times that are not understood. */
function notesOf(decoders: readonly Decoder[]): ReadingNote[] {
  // One value may be read for several entities.
  const unwrapped = Math.max(...decoders.map((decoder) => decoder.unwrapped));
  const alike = decoders.flatMap(({ lookAlikes }) => (lookAlikes === undefined ? [] : [lookAlikes]));
  const pairs = alike.reduce((sum, { count }) => sum + count, 0);
  const notes: ReadingNote[] = [];
  if (unwrapped > 0) notes.push({ code: "values.unwrapped", what: String(unwrapped) });
  if (pairs > 0)
    notes.push({
      code: "ids.look_alike",
      what: String(pairs),
      more: alike.flatMap(({ examples }) => examples.map((pair) => pair.join(" / "))).join(", "),
    });
  const { count = 0, first = "" } = decoders.at(-1)?.unreadTimes ?? {};
  if (count > 0)
    notes.push({ code: "times.unread", what: String(count), more: shortened(first, SHOWN_TIME) });
  return notes;
}
