/**
 * One state of a source, opened from the spool: how it is written is decided from all of it (reading.ts, survey.ts);
 * then its records are read for the diff, and again for the events that the diff decided on. Each record is a row of
 * every entity that the source publishes. Of a version that continues the one before only what was appended is read
 * (`tail`).
 */
import { closeSync, openSync, rmSync, statSync } from "node:fs";
import type { Entity, EntityName } from "#shared/entities/index.ts";
import type { Announcement, ReadingDecisions, ReadingOptions, Values } from "#shared/event.ts";
import { type Details, type RejectCode, sentenceOf } from "#shared/sentences.ts";
import type { SettingsShape } from "#shared/settings.ts";
import type { NewRecord } from "#shared/topic-log/topic-log.ts";
import type { Dialect, ReadingNote } from "../csv/index.ts";
import {
  decideReading,
  decisionsOf,
  type LastLine,
  type Reading,
  RecordReader,
  type RecordSink,
  splitRecord,
} from "../csv/index.ts";
import type { EntityDiff, LastVersion, VersionDiff } from "../diff/index.ts";
import {
  fingerprint,
  fingerprintReject,
  heldKey,
  keyOfClaim,
  MIXED,
  print,
  rejectStem,
  restOf,
  TIME_NAMES,
  withOrdinal,
} from "../diff/index.ts";
import type { EventWriter } from "../log/index.ts";
import {
  type ColumnFormats,
  ColumnSurvey,
  type Decoder,
  decodersOf,
  lostColumn,
  RecordFilter,
  RejectTally,
} from "../rows/index.ts";
import { DEFAULT_ROW_ROOM, fitsAnnouncement, fittingReject } from "../source/index.ts";

/** The version before, of which the file is the continuation: from its `end`, in its reading. */
export interface Tail extends LastVersion {
  readonly end: NonNullable<LastVersion["end"]>;
  readonly reading: ReadingDecisions;
}

export interface VersionOptions {
  /** In the spool; the caller removes it. Beside it, under another name, may stand a copy in UTF-8, until `close`. */
  readonly file: string;
  /** What it publishes, parents first; undefined: as its header tells. */
  readonly entities: readonly EntityName[] | undefined;
  /** How it is to be read, presets resolved. */
  readonly reading: ReadingOptions;
  readonly idScope?: string | undefined;
  /** What HTTP says of its encoding. */
  readonly charset: string | null;
  readonly source: string;
  readonly settings: SettingsShape;
  /** The source's last announced version: its identity, header and open line. */
  readonly before: Announcement | undefined;
  /** Whether a last line without a line end is a record. */
  readonly complete: boolean;
  readonly tail: Tail | null;
  /** Bytes that a row may take in its event. Default: what any log holds. */
  readonly room?: number;
}

export interface InspectedRow {
  readonly entity: EntityName;
  readonly line: number;
  readonly row: Values;
  readonly extras: Values;
}

export interface InspectedReject {
  readonly line: number;
  readonly raw: string;
  readonly code: RejectCode;
  readonly sentence: string;
}

export interface InspectSink {
  /** Rows are wanted of this many first records. */
  readonly rows: number;
  readonly row: (row: InspectedRow) => void;
  readonly reject: (reject: InspectedReject) => void;
}

/** The events of a version by topic, as they are written. */
export interface WrittenEvents {
  readonly rows: ReadonlyMap<EntityName, NewRecord[]>;
  readonly rejects: NewRecord[];
}

export class Version {
  /** One for each entity, parents first. */
  readonly decoders: readonly Decoder[];
  /** How the columns are written. */
  readonly formats: ColumnFormats;
  records = 0;
  rounded = 0;
  /** Records that --where leaves out. */
  filtered = 0;
  /** The last line without a line end, if it is one of the records. */
  open: LastLine | null = null;
  /** True when a last line without a line end was left. */
  left = false;
  /** Where a later version that only grew is read from. */
  end: LastVersion["end"] = null;
  readonly #options: VersionOptions;
  readonly #reading: Reading;
  readonly #fd: number;
  #notes: readonly ReadingNote[] = [];
  #continues = true;
  #derived = false;
  #extends = false;

  /** Decides how it is read, from all of it. Yields between blocks. Throws SourceRefusal. */
  static *open(options: VersionOptions): Generator<void, Version> {
    const { before, tail } = options;
    const known = tail ?? (before?.reading === undefined ? null : before);
    const copy = `${options.file}.utf8`;
    let fd: number | undefined;
    try {
      const reading = yield* decideReading({
        file: options.file,
        copy,
        options: options.reading,
        charset: options.charset,
        entities: options.entities,
        before:
          known?.reading == null || known.header === null
            ? null
            : { reading: known.reading, header: known.header },
        tail: tail !== null,
      });
      fd = openSync(reading.file, "r");
      const { header, entities } = reading.dialect;
      const survey = new ColumnSurvey({
        header,
        entities,
        options: options.reading,
        before: known?.reading?.columns ?? null,
        tail: tail !== null,
      });
      yield* recordsOf(readerOf(fd, reading, options), new RecordFilter(header, options.reading), {
        record: (_, fields, line) => survey.record(fields, line),
        bad: () => {},
      });
      const version = new Version(options, reading, fd, survey.decide());
      // Written otherwise than what it goes on with: all of its values decide anew.
      version.#continues = tail === null || survey.contradicted.length === 0;
      return version;
    } catch (error) {
      if (fd !== undefined) closeSync(fd);
      rmSync(copy, { force: true });
      throw lostColumn(error, before?.header ?? null);
    }
  }

  private constructor(options: VersionOptions, reading: Reading, fd: number, formats: ColumnFormats) {
    this.#options = options;
    this.#reading = reading;
    this.#fd = fd;
    this.formats = formats;
    this.decoders = this.#decodersOf(reading.dialect.header, formats);
  }

  #decodersOf(header: readonly string[], formats: ColumnFormats): readonly Decoder[] {
    const { reading: options, idScope, settings, before } = this.#options;
    const { entities } = this.dialect;
    return decodersOf({
      entities,
      header,
      identity: before?.identity ?? null,
      options,
      formats,
      idScope,
      settings,
      room: this.#room,
    });
  }

  get #room(): number {
    return this.#options.room ?? DEFAULT_ROW_ROOM;
  }

  get dialect(): Dialect {
    return this.#reading.dialect;
  }

  /** How it was read, and what was noticed. */
  get reading(): ReadingDecisions {
    const notes = [...this.#reading.notes, ...this.#notes];
    return {
      ...decisionsOf(this.#reading),
      columns: this.formats,
      ...(notes.length === 0 ? {} : { notes }),
    };
  }

  get entities(): readonly Entity[] {
    return this.decoders.map((d) => d.entity);
  }

  /** The decoder of the entity that each record is one of. */
  get #main(): Decoder {
    return this.decoders.at(-1) as Decoder;
  }

  /** What to announce as the identity of the first version (rule 4). */
  get identity(): readonly string[] {
    return this.#main.identity;
  }

  /** Whether its sales have no ids of their own, and a version speaks for days (rule 9). */
  get isKeyless(): boolean {
    const { entity, identity } = this.#main;
    return entity.derivedKey && !(this.#options.before?.identity ?? identity).includes(entity.key);
  }

  /** The columns that fingerprints of the rows of each entity are made over: sorted, without the key. */
  get columns(): Readonly<Partial<Record<EntityName, readonly string[]>>> {
    return Object.fromEntries(
      this.decoders.map(({ names, entity }) => [
        entity.name,
        names.filter((name) => name !== entity.key && !TIME_NAMES.has(name)),
      ]),
    );
  }

  /**
   * Reads all records into the diff. Yields between blocks. False when a tail does not continue the version before:
   * it is to be read whole. Throws SourceRefusal.
   */
  *readInto(diff: VersionDiff): Generator<void, boolean> {
    const { source, before, tail } = this.#options;
    const opened = before?.open ?? null;
    const { rejects, vanishing } = diff;
    const keyless = this.isKeyless;
    if (!this.#continues) return false;
    let continues = true;
    const reject = (n: number, entity: EntityName, code: string, raw: string) => {
      fingerprintReject(entity, code);
      rejects.add(n, rejectStem(source, raw), print.a, print.b);
    };
    const pairs = this.decoders.map(
      (decoder) => [decoder, diff.of(decoder.entity.name) as EntityDiff] as const,
    );
    const reader = this.#reader();
    const filter = this.#filter();
    const tally = new RejectTally(before?.counts ?? null);
    /** The open line of the version before: told again, or extended. */
    const isAgain = (line: number, raw: string): boolean => {
      if (opened === null || line !== opened.line) return false;
      if (tail === null) this.#compareOpen(opened.raw, raw);
      else if (raw !== opened.raw) continues = false;
      return tail !== null;
    };
    this.filtered = yield* recordsOf(reader, filter, {
      record: (n, fields, line, raw) => {
        if (isAgain(line, raw)) return;
        this.records++;
        const failed = this.decoders.find((decoder) => !decoder.decode(fields, raw));
        if (failed !== undefined) {
          tally.add(failed.problem);
          return reject(n, failed.entity.name, failed.problem.code, raw);
        }
        for (const [decoder, rows] of pairs) {
          const { decoded } = decoder;
          this.rounded += decoder.rounded;
          if (decoded.derived) this.#derived = true;
          let stem = "";
          if (decoder.hasDates) {
            if (decoded.dated !== "") rows.datedLines++;
            else {
              rows.undatedLines++;
              stem = rejectStem(source, raw);
            }
          }
          fingerprint(decoded.rest);
          rows.rows.add({
            n,
            key: decoded.key,
            ordinal: decoded.ordinal,
            derived: decoded.derived,
            dated: decoded.dated,
            a: print.a,
            b: print.b,
            stem,
          });
          if (keyless && decoded.derived) vanishing.saw(decoded.key.slice(0, 10));
        }
      },
      bad: (n, code, _, line, raw) => {
        if (isAgain(line, raw)) return;
        this.records++;
        reject(n, this.#main.entity.name, code, raw);
      },
    });
    tally.judge(this.records + (tail?.counts.records ?? 0));
    // Too long to be said: what comes after it is found by reading the whole.
    const isTooLong = reader.open?.kept === true && !fitsAnnouncement(this.#room, reader.open.raw);
    this.open = reader.open?.kept && !isTooLong ? { line: reader.open.line, raw: reader.open.raw } : null;
    this.left = reader.open?.kept === false;
    const isWholeNext = filter.stateful || reader.leftOut.totals > 0 || !reader.settled || isTooLong;
    this.end = isWholeNext ? null : this.#endOf(reader);
    this.#notes = [...reader.notes, ...this.#noticed()];
    if (opened !== null && reader.open?.kept === false && reader.open.line === opened.line)
      isAgain(opened.line, reader.open.raw);
    if (this.#derived) this.#main.requireIdentity();
    if (this.#extends && before !== undefined) this.#withdrawOpen(diff, before);
    return continues;
  }

  /** In bytes of the content, whatever its encoding; null where that is not known. */
  #endOf(reader: RecordReader): LastVersion["end"] {
    const { file, tail } = this.#options;
    const { byte, line } = reader.end;
    const from = tail?.end.byte ?? 0;
    if (this.#reading.file === file) return { byte: from + byte, line };
    const atEnd = byte === statSync(this.#reading.file).size;
    return atEnd ? { byte: from + statSync(file).size, line } : null;
  }

  /** What the values showed. */
  #noticed(): ReadingNote[] {
    // One value may be read for several entities.
    const unwrapped = Math.max(...this.decoders.map((decoder) => decoder.unwrapped));
    const alike = this.decoders.flatMap(({ lookAlikes }) => (lookAlikes === undefined ? [] : [lookAlikes]));
    const pairs = alike.reduce((sum, { count }) => sum + count, 0);
    const notes: ReadingNote[] = [];
    if (unwrapped > 0) notes.push({ code: "values.unwrapped", what: String(unwrapped) });
    if (pairs > 0)
      notes.push({
        code: "ids.look_alike",
        what: String(pairs),
        more: alike.flatMap(({ examples }) => examples.map((pair) => pair.join(" / "))).join(", "),
      });
    return notes;
  }

  #compareOpen(before: string, now: string): void {
    if (now.length > before.length && now.startsWith(before)) this.#extends = true;
  }

  /** Tells the diff which rows the open line of the version before had been (rule 7). */
  #withdrawOpen(diff: VersionDiff, before: Announcement): void {
    const { header, open } = before;
    const fields = open === null ? undefined : splitRecord(open.raw, this.dialect);
    if (header === null || open === null || fields === undefined) return;
    // What a parent repeats from line to line is not withdrawn with one of them.
    const decoder = this.#decodersOf(header, before.reading?.columns ?? this.formats).at(-1);
    // As the reader took it: cells that it lacked at its end are empty.
    while (fields.length < header.length) fields.push("");
    if (decoder === undefined || !decoder.decode(fields, open.raw)) return;
    const { row, extras } = decoder.rowOf();
    const columns = new Set([...(this.columns[decoder.entity.name] ?? []), ...TIME_NAMES]);
    const { key, ordinal, dated, derived } = decoder.decoded;
    const held = heldKey(key, derived ? 1 : ordinal);
    // A column that has come since is not in what was said of it; one that went is not compared any more.
    fingerprint(restOf(row, extras, decoder.entity.key, (name) => columns.has(name)));
    diff.main.extended = { key: held, ordinal, dated, derived, a: print.a, b: print.b };
  }

  /** Reads again and gives the events that were decided on. Yields between blocks. */
  *write(diff: VersionDiff, writer: EventWriter, to: WrittenEvents): Generator<void, void> {
    const { source, settings } = this.#options;
    const { decisions: rejected } = diff.rejects;
    const pairs = this.decoders.map((decoder) => ({
      decoder,
      decisions: (diff.of(decoder.entity.name) as EntityDiff).decisions,
      keyColumn: decoder.entity.key,
      rows: to.rows.get(decoder.entity.name) as NewRecord[],
    }));
    const reject = (
      n: number,
      entity: EntityName,
      line: number,
      raw: string,
      code: RejectCode,
      sentence: string,
    ) => {
      const key = withOrdinal(rejectStem(source, raw), rejected.ordinal(n));
      const row = fittingReject(this.#room, { entity, raw, code, sentence });
      to.rejects.push({ key, value: writer.reject(line, row) });
    };
    yield* recordsOf(this.#reader(), this.#filter(), {
      record: (n, fields, line, raw) => {
        const isRejected = rejected.isEmitted(n);
        if (!isRejected && !pairs.some(({ decisions }) => decisions.isEmitted(n))) return;
        const failed = this.decoders.find((decoder) => !decoder.decode(fields, raw));
        if (failed !== undefined) {
          const { code, details } = failed.problem;
          return reject(n, failed.entity.name, line, raw, code, sentenceOf(code, details, settings.language));
        }
        for (const { decoder, decisions, keyColumn, rows } of pairs) {
          const { decoded } = decoder;
          if (isRejected && decisions.isAside(n)) {
            const details = { value: decoded.key };
            reject(n, decoder.entity.name, line, raw, MIXED, sentenceOf(MIXED, details, settings.language));
          } else if (decisions.isEmitted(n)) {
            const ordinal = decoded.derived ? decisions.ordinal(n) : decoded.ordinal;
            const key = keyOfClaim({ key: decoded.key, ordinal });
            rows.push({ key, value: writer.row(keyColumn, key, line, decoded.rest) });
          }
        }
      },
      bad: (n, code, value, line, raw, more) => {
        const { name } = this.#main.entity;
        if (rejected.isEmitted(n))
          reject(n, name, line, raw, code, sentenceOf(code, { value, more }, settings.language));
      },
    });
  }

  /** Decodes every record for a person to look at. Yields between blocks. */
  *inspect(sink: InspectSink): Generator<void, void> {
    const { settings } = this.#options;
    const bad = (line: number, raw: string, code: RejectCode, details: Details) => {
      this.records++;
      sink.reject({ line, raw, code, sentence: sentenceOf(code, details, settings.language) });
    };
    const reader = this.#reader();
    this.filtered = yield* recordsOf(reader, this.#filter(), {
      record: (_, fields, line, raw) => {
        const failed = this.decoders.find((decoder) => !decoder.decode(fields, raw));
        if (failed !== undefined) return bad(line, raw, failed.problem.code, failed.problem.details);
        this.records++;
        for (const { rounded } of this.decoders) this.rounded += rounded;
        if (this.records > sink.rows) return;
        for (const decoder of this.decoders) {
          const { row, extras } = decoder.rowOf();
          const { key, derived, ordinal } = decoder.decoded;
          const id = keyOfClaim({ key, ordinal: derived ? 1 : ordinal });
          sink.row({ entity: decoder.entity.name, line, row: { [decoder.entity.key]: id, ...row }, extras });
        }
      },
      bad: (_, code, value, line, raw, more) => bad(line, raw, code, { value, more }),
    });
    this.#notes = [...reader.notes, ...this.#noticed()];
  }

  /** Ids of the first rows of its main entity, at most so many. Yields between blocks. */
  *firstIds(most: number): Generator<void, readonly string[]> {
    const ids: string[] = [];
    const { name, key } = this.#main.entity;
    const work = this.inspect({
      rows: most,
      row: ({ entity, row }) => {
        if (entity === name) ids.push(row[key] ?? "");
      },
      reject: () => {},
    });
    while (ids.length < most && work.next().done !== true) yield;
    return ids.slice(0, most);
  }

  #reader(): RecordReader {
    return readerOf(this.#fd, this.#reading, this.#options);
  }

  #filter(): RecordFilter {
    return new RecordFilter(this.dialect.header, this.#options.reading);
  }

  close(): void {
    closeSync(this.#fd);
    const { file } = this.#reading;
    if (file !== this.#options.file) rmSync(file, { force: true });
  }
}

function readerOf(
  fd: number,
  { dialect }: Reading,
  { complete, before, tail }: Pick<VersionOptions, "complete" | "before" | "tail">,
): RecordReader {
  const opened = before?.open ?? null;
  return new RecordReader({
    fd,
    dialect,
    from: tail === null ? undefined : { byte: 0, line: tail.end.line, record: 0 },
    // What was said already stays said.
    keepOpen: ({ line, raw }) => complete || (opened !== null && opened.line === line && opened.raw === raw),
  });
}

/** The records that are wanted; returns how many were not. Yields between blocks. */
function* recordsOf(reader: RecordReader, filter: RecordFilter, sink: RecordSink): Generator<void, number> {
  let filtered = 0;
  const wanted: RecordSink = {
    ...sink,
    record: (n, fields, line, raw) => {
      const prepared = filter.prepare(fields);
      if (prepared === "skip") filtered++;
      else sink.record(n, prepared as string[], line, raw);
    },
  };
  while (reader.next(wanted)) yield;
  return filtered;
}
