/**
 * One state of a source, opened from the spool: its records read a first time for the diff, and a second time for
 * the events that the diff decided on.
 */
import { closeSync, openSync, rmSync } from "node:fs";
import type { EntityName } from "#shared/entities/index.ts";
import type { Announcement, Values } from "#shared/event.ts";
import { rejectStem, withOrdinal } from "#shared/identity.ts";
import { type Details, type RejectCode, sentenceOf } from "#shared/sentences.ts";
import type { SettingsShape } from "#shared/settings.ts";
import type { NewRecord } from "#shared/topic-log/topic-log.ts";
import { splitRecord } from "./csv/cutter.ts";
import type { Dialect } from "./csv/dialect.ts";
import { decideReading, type Reading } from "./csv/reading.ts";
import { type LastLine, RecordReader, type RecordSink } from "./csv/record-reader.ts";
import { Decoder, restOf, TIME_NAMES } from "./decode.ts";
import { MIXED, type VersionDiff } from "./diff/version-diff.ts";
import { type EventWriter, fingerprintReject, keyOfClaim } from "./events.ts";
import { fingerprint, print } from "./fingerprint.ts";

export interface VersionOptions {
  readonly file: string;
  readonly entity: EntityName | undefined;
  readonly source: string;
  readonly settings: SettingsShape;
  /** The source's last announced version: its identity, header and open line. */
  readonly before: Announcement | undefined;
  /** Whether a last line without a line end is a record. */
  readonly complete: boolean;
}

export interface InspectedRow {
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

export class Version {
  readonly dialect: Dialect;
  readonly decoder: Decoder;
  records = 0;
  rounded = 0;
  /** The last line without a line end, if it is one of the records. */
  open: LastLine | null = null;
  /** True when a last line without a line end was left. */
  left = false;
  readonly #options: VersionOptions;
  readonly #reading: Reading;
  readonly #fd: number;
  #derived = false;
  #extends = false;

  /** Throws SourceRefusal. */
  constructor(options: VersionOptions) {
    this.#options = options;
    this.#reading = readingOf(options);
    this.#fd = openSync(this.#reading.file, "r");
    try {
      this.dialect = this.#reading.dialect;
      this.decoder = new Decoder(
        this.dialect.entity,
        this.dialect.header,
        options.before?.identity ?? null,
        options.settings,
      );
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The columns that fingerprints of its rows are made over: sorted, without the key. */
  get columns(): readonly string[] {
    return this.decoder.names.filter((name) => name !== this.decoder.entity.key && !TIME_NAMES.has(name));
  }

  /** Reads all records into the diff. Yields between blocks. Throws SourceRefusal. */
  *readInto(diff: VersionDiff): Generator<void, void> {
    const { source, before } = this.#options;
    const { decoder } = this;
    const { decoded } = decoder;
    const entity = decoder.entity.name;
    const opened = before?.open ?? null;
    const reject = (n: number, code: string, raw: string) => {
      fingerprintReject(entity, code);
      diff.rejects.add({
        n,
        key: rejectStem(source, raw),
        ordinal: 0,
        derived: true,
        dated: "",
        a: print.a,
        b: print.b,
        stem: "",
      });
    };
    const reader = this.#reader();
    yield* this.#each(reader, {
      record: (n, fields, line, raw) => {
        if (opened !== null && line === opened.line) this.#compareOpen(opened.raw, raw);
        if (!decoder.decode(fields, raw)) return reject(n, decoder.problem.code, raw);
        fingerprint(decoded.rest);
        this.rounded += decoded.rounded;
        if (decoded.derived) this.#derived = true;
        let stem = "";
        if (decoder.hasDates) {
          if (decoded.dated !== "") diff.datedLines++;
          else {
            diff.undatedLines++;
            stem = rejectStem(source, raw);
          }
        }
        diff.rows.add({
          n,
          key: decoded.key,
          ordinal: decoded.ordinal,
          derived: decoded.derived,
          dated: decoded.dated,
          a: print.a,
          b: print.b,
          stem,
        });
      },
      bad: (n, code, _, line, raw) => {
        if (opened !== null && line === opened.line) this.#compareOpen(opened.raw, raw);
        reject(n, code, raw);
      },
    });
    this.records = diff.rows.count + diff.rejects.count;
    this.open = reader.open?.kept ? { line: reader.open.line, raw: reader.open.raw } : null;
    this.left = reader.open?.kept === false;
    if (opened !== null && reader.open?.kept === false && reader.open.line === opened.line)
      this.#compareOpen(opened.raw, reader.open.raw);
    if (this.#derived) decoder.requireIdentity();
    if (this.#extends && before !== undefined) this.#withdrawOpen(diff, before);
  }

  #compareOpen(before: string, now: string): void {
    if (now.length > before.length && now.startsWith(before)) this.#extends = true;
  }

  /** Tells the diff which row the open line of the version before had been (rule 7). */
  #withdrawOpen(diff: VersionDiff, before: Announcement): void {
    const { header, open, identity } = before;
    const fields = open === null ? undefined : splitRecord(open.raw, this.dialect);
    if (header === null || open === null || fields === undefined) return;
    const decoder = new Decoder(this.dialect.entity, header, identity, this.#options.settings);
    if (!decoder.decode(fields, open.raw)) return;
    const { row, extras } = decoder.rowOf();
    const columns = new Set([...this.columns, ...TIME_NAMES]);
    // A column that has come since is not in what was said of it; one that went is not compared any more.
    fingerprint(restOf(row, extras, decoder.entity.key, (name) => columns.has(name)));
    const { key, ordinal, dated, derived } = decoder.decoded;
    diff.extended = { key, ordinal, dated, derived, a: print.a, b: print.b };
  }

  /** Reads again and gives the events that were decided on. Yields between blocks. */
  *write(
    diff: VersionDiff,
    writer: EventWriter,
    rows: NewRecord[],
    rejects: NewRecord[],
  ): Generator<void, void> {
    const { source, settings } = this.#options;
    const { decoder } = this;
    const { decoded } = decoder;
    const entity = decoder.entity.name;
    const keyColumn = decoder.entity.key;
    const { decisions } = diff;
    const reject = (n: number, line: number, raw: string, code: RejectCode, sentence: string) => {
      const key = withOrdinal(rejectStem(source, raw), decisions.ordinal(n));
      rejects.push({ key, value: writer.reject(line, { entity, raw, code, sentence }) });
    };
    yield* this.#each(this.#reader(), {
      record: (n, fields, line, raw) => {
        if (!decisions.isEmitted(n)) return;
        if (!decoder.decode(fields, raw)) {
          const { code, details } = decoder.problem;
          return reject(n, line, raw, code, sentenceOf(code, details, settings.language));
        }
        if (decisions.isAside(n))
          return reject(n, line, raw, MIXED, sentenceOf(MIXED, { value: decoded.key }, settings.language));
        const ordinal = decoded.derived ? decisions.ordinal(n) : decoded.ordinal;
        const key = keyOfClaim({ key: decoded.key, ordinal });
        rows.push({ key, value: writer.row(keyColumn, key, line, decoded.rest) });
      },
      bad: (n, code, value, line, raw, more) => {
        if (decisions.isEmitted(n))
          reject(n, line, raw, code, sentenceOf(code, { value, more }, settings.language));
      },
    });
  }

  /** Decodes every record for a person to look at. Yields between blocks. */
  *inspect(sink: InspectSink): Generator<void, void> {
    const { decoder } = this;
    const { settings } = this.#options;
    const bad = (line: number, raw: string, code: RejectCode, details: Details) => {
      this.records++;
      sink.reject({ line, raw, code, sentence: sentenceOf(code, details, settings.language) });
    };
    yield* this.#each(this.#reader(), {
      record: (_, fields, line, raw) => {
        if (!decoder.decode(fields, raw))
          return bad(line, raw, decoder.problem.code, decoder.problem.details);
        this.records++;
        this.rounded += decoder.decoded.rounded;
        if (this.records > sink.rows) return;
        const { row, extras } = decoder.rowOf();
        const { key, derived, ordinal } = decoder.decoded;
        const id = keyOfClaim({ key, ordinal: derived ? 1 : ordinal });
        sink.row({ line, row: { [decoder.entity.key]: id, ...row }, extras });
      },
      bad: (_, code, value, line, raw, more) => bad(line, raw, code, { value, more }),
    });
  }

  #reader(): RecordReader {
    const { complete, before } = this.#options;
    const opened = before?.open ?? null;
    return new RecordReader({
      fd: this.#fd,
      dialect: this.dialect,
      // What was said already stays said.
      keepOpen: ({ line, raw }) =>
        complete || (opened !== null && opened.line === line && opened.raw === raw),
    });
  }

  *#each(reader: RecordReader, sink: RecordSink): Generator<void, void> {
    while (reader.next(sink)) yield;
  }

  close(): void {
    closeSync(this.#fd);
    rmSync(this.#reading.file, { force: true });
    rmSync(this.#options.file, { force: true });
  }
}

function readingOf({ file, entity }: VersionOptions): Reading {
  const deciding = decideReading({
    file,
    copy: `${file}.utf8`,
    options: {},
    charset: null,
    entities: entity === undefined ? undefined : [entity],
    before: null,
    tail: false,
  });
  try {
    for (;;) {
      const step = deciding.next();
      if (step.done === true) return step.value;
    }
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}
