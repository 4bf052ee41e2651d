/**
 * One state of a source, opened from the spool: its records read a first time for the diff, and a second time for
 * the events that the diff decided on. Each record is a row of every entity that the source publishes. Of a version
 * that continues the one before only what was appended is read (`tail`).
 */
import { closeSync, openSync, rmSync } from "node:fs";
import type { Entity, EntityName } from "#shared/entities/index.ts";
import type { Announcement, ReadingOptions, Values } from "#shared/event.ts";
import { rejectStem, withOrdinal } from "#shared/identity.ts";
import { type Details, type RejectCode, sentenceOf } from "#shared/sentences.ts";
import type { SettingsShape } from "#shared/settings.ts";
import type { NewRecord } from "#shared/topic-log/topic-log.ts";
import { type Dialect, readDialect } from "./csv/dialect.ts";
import { type LastLine, RecordReader, type RecordSink, splitRecord } from "./csv/record-reader.ts";
import { Decoder, restOf, TIME_NAMES } from "./decode.ts";
import type { EntityDiff } from "./diff/entity-diff.ts";
import { MIXED } from "./diff/reject-diff.ts";
import type { VersionDiff } from "./diff/version-diff.ts";
import { type EventWriter, fingerprintReject, keyOfClaim } from "./events.ts";
import { fingerprint, print } from "./fingerprint.ts";
import { heldKey } from "./state/held-rows.ts";
import type { LastVersion } from "./state/state.ts";

/** What was appended to the version before. */
export interface Tail {
  /** Byte of the file where it begins. */
  readonly start: number;
  readonly last: LastVersion & { readonly end: NonNullable<LastVersion["end"]> };
}

export interface VersionOptions {
  readonly file: string;
  /** What it publishes, parents first; undefined: as its header tells. */
  readonly entities: readonly EntityName[] | undefined;
  readonly reading: ReadingOptions;
  readonly source: string;
  readonly settings: SettingsShape;
  /** The source's last announced version: its identity, header and open line. */
  readonly before: Announcement | undefined;
  /** Whether a last line without a line end is a record. */
  readonly complete: boolean;
  readonly tail: Tail | null;
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

/** The events of a version by topic, as they are written. */
export interface WrittenEvents {
  readonly rows: ReadonlyMap<EntityName, NewRecord[]>;
  readonly rejects: NewRecord[];
}

export class Version {
  readonly dialect: Dialect;
  /** One for each entity, parents first. */
  readonly decoders: readonly Decoder[];
  records = 0;
  rounded = 0;
  filtered = 0;
  /** The last line without a line end, if it is one of the records. */
  open: LastLine | null = null;
  /** True when a last line without a line end was left. */
  left = false;
  /** Where its last line with a line end ended: byte of the content, and line. */
  end: LastVersion["end"] = null;
  readonly #options: VersionOptions;
  readonly #fd: number;
  #derived = false;
  #extends = false;

  /** Throws SourceRefusal. */
  constructor(options: VersionOptions) {
    this.#options = options;
    this.#fd = openSync(options.file, "r");
    try {
      this.dialect =
        options.tail === null
          ? readDialect(this.#fd, options.entities?.[0])
          : {
              delimiter: (options.tail.last.reading?.delimiter ?? ",") as Dialect["delimiter"],
              header: options.tail.last.header,
              entity: options.entities?.[0] as EntityName,
            };
      this.decoders = this.#decodersOf(this.dialect.header);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #decodersOf(header: readonly string[]): readonly Decoder[] {
    const { before, settings } = this.#options;
    return [new Decoder(this.dialect.entity, header, before?.identity ?? null, settings)];
  }

  get entities(): readonly Entity[] {
    return this.decoders.map((d) => d.entity);
  }

  /** The decoder of the entity that each record is one of. */
  get #main(): Decoder {
    return this.decoders.at(-1) as Decoder;
  }

  /** The names of the first header of its main entity: they decide which columns identify a sale without id. */
  get names(): readonly string[] {
    return this.#main.names;
  }

  /** Whether its sales have no ids of their own, and a version speaks for days (rule 9). */
  get isKeyless(): boolean {
    const { entity, names } = this.#main;
    return entity.derivedKey && !(this.#options.before?.identity ?? names).includes(entity.key);
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
    let continues = true;
    const reject = (n: number, entity: EntityName, code: string, raw: string) => {
      fingerprintReject(entity, code);
      rejects.add(n, rejectStem(source, raw), print.a, print.b);
    };
    const pairs = this.decoders.map(
      (decoder) => [decoder, diff.of(decoder.entity.name) as EntityDiff] as const,
    );
    const reader = this.#reader();
    /** The open line of the version before: told again, or extended. */
    const isAgain = (line: number, raw: string): boolean => {
      if (opened === null || line !== opened.line) return false;
      if (tail === null) this.#compareOpen(opened.raw, raw);
      else if (raw !== opened.raw) continues = false;
      return tail !== null;
    };
    yield* this.#each(reader, {
      record: (n, fields, line, raw) => {
        if (isAgain(line, raw)) return;
        this.records++;
        const failed = this.decoders.find((decoder) => !decoder.decode(fields, raw));
        if (failed !== undefined) return reject(n, failed.entity.name, failed.problem.code, raw);
        for (const [decoder, rows] of pairs) {
          const { decoded } = decoder;
          this.rounded += decoded.rounded;
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
    this.open = reader.open?.kept ? { line: reader.open.line, raw: reader.open.raw } : null;
    this.left = reader.open?.kept === false;
    const { byte, line } = reader.end;
    this.end = { byte: tail === null ? byte : tail.last.end.byte + byte - tail.start, line };
    if (opened !== null && reader.open?.kept === false && reader.open.line === opened.line)
      isAgain(opened.line, reader.open.raw);
    if (this.#derived) this.#main.requireIdentity();
    if (this.#extends && before !== undefined) this.#withdrawOpen(diff, before);
    return continues;
  }

  #compareOpen(before: string, now: string): void {
    if (now.length > before.length && now.startsWith(before)) this.#extends = true;
  }

  /** Tells the diff which rows the open line of the version before had been (rule 7). */
  #withdrawOpen(diff: VersionDiff, before: Announcement): void {
    const { header, open } = before;
    const fields = open === null ? undefined : splitRecord(open.raw, this.dialect.delimiter);
    if (header === null || open === null || fields === undefined) return;
    // What a parent repeats from line to line is not withdrawn with one of them.
    const decoder = this.#decodersOf(header).at(-1);
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
      to.rejects.push({ key, value: writer.reject(line, { entity, raw, code, sentence }) });
    };
    yield* this.#each(this.#reader(), {
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
      bad: (n, code, value, line, raw) => {
        const { name } = this.#main.entity;
        if (rejected.isEmitted(n))
          reject(n, name, line, raw, code, sentenceOf(code, { value, more: value }, settings.language));
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
    yield* this.#each(this.#reader(), {
      record: (_, fields, line, raw) => {
        const failed = this.decoders.find((decoder) => !decoder.decode(fields, raw));
        if (failed !== undefined) return bad(line, raw, failed.problem.code, failed.problem.details);
        this.records++;
        for (const { decoded } of this.decoders) this.rounded += decoded.rounded;
        if (this.records > sink.rows) return;
        let row: Values = {};
        let extras: Values = {};
        for (const decoder of this.decoders) {
          const { key, derived, ordinal } = decoder.decoded;
          const found = decoder.rowOf();
          const id = keyOfClaim({ key, ordinal: derived ? 1 : ordinal });
          row = { ...row, [decoder.entity.key]: id, ...found.row };
          extras = { ...extras, ...found.extras };
        }
        sink.row({ line, row, extras });
      },
      bad: (_, code, value, line, raw) => bad(line, raw, code, { value, more: value }),
    });
  }

  #reader(): RecordReader {
    const { complete, before, tail } = this.#options;
    const opened = before?.open ?? null;
    return new RecordReader({
      fd: this.#fd,
      delimiter: this.dialect.delimiter,
      ...(tail === null ? {} : { from: { byte: tail.start, line: tail.last.end.line } }),
      // What was said already stays said.
      keepOpen: ({ line, raw }) =>
        complete || (opened !== null && opened.line === line && opened.raw === raw),
    });
  }

  /** All records but the header. */
  *#each(reader: RecordReader, sink: RecordSink): Generator<void, void> {
    const header = this.#options.tail === null ? 1 : 0;
    const records: RecordSink = {
      record: (n, fields, line, raw) => {
        if (n >= header) sink.record(n, fields, line, raw);
      },
      bad: (n, code, value, line, raw) => {
        if (n >= header) sink.bad(n, code, value, line, raw);
      },
    };
    while (reader.next(records)) yield;
  }

  close(): void {
    closeSync(this.#fd);
    rmSync(this.#options.file, { force: true });
  }
}
