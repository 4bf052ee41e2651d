/**
 * The first pass over a version: it decodes each record and adds it to the diff. The second pass (write-events.ts)
 * writes the events that the diff decided on.
 *
 * An open line is a last line without a line end that was taken as a record all the same (rule 7). It may be the
 * beginning of a longer line that the next version has.
 */
import type { EntityName } from "#shared/contract/entities/index.ts";
import { splitRecord } from "../csv/index.ts";
import {
  type EntityDiff,
  fingerprintReject,
  fingerprintRow,
  heldKey,
  print,
  rejectStem,
  restOf,
  TIME_NAMES,
  type VersionDiff,
} from "../diff/index.ts";
import type { Decoder } from "../rows/index.ts";
import { decisionOf, fitsAnnouncement } from "../source/index.ts";
import { OtherCurrencies } from "./other-currencies.ts";
import { recordsOf } from "./records-of.ts";
import type { Version } from "./version.ts";

/** The number of fields of the lines is decided from so many of them at most. */
const FEWEST_LINES = 1000;

/**
 * Reads all records into the diff, and leaves in the version how many there were and where it ended. Yields between
 * blocks. False: the appended part does not continue the version before, so the whole content must be read. Throws
 * SourceRefusal.
 */
export function* readInto(version: Version, diff: VersionDiff): Generator<void, boolean> {
  const pass = new Pass(version, diff);
  const reader = version.newReader();
  const filter = version.newFilter();
  const currencies = new OtherCurrencies();
  const openLine = new OpenLine(version);
  const reading = recordsOf(reader, filter, {
    record: (n, fields, line, raw) => {
      if (openLine.isAgain(line, raw)) return;
      if (++version.records === 1) version.groups.begin(fields);
      const failed = version.decoders.find((decoder) => !decoder.decode(fields, raw));
      if (failed === undefined) {
        version.meanings.add(fields);
        return pass.row(n, line, raw, fields);
      }
      currencies.add(failed.problem);
      if (failed.problem.code.endsWith(".missing")) version.groups.lacks(fields);
      version.gaps.rejected(line, raw, failed.problem);
      pass.reject(n, failed.entity.name, failed.problem.code, raw);
    },
    leftOut: (n, fields) => pass.leftOut(n, fields),
    bad: (n, code, value, line, raw, more) => {
      if (openLine.isAgain(line, raw)) return;
      version.records++;
      version.gaps.rejected(line, raw, { code, details: { value, ...(more === undefined ? {} : { more }) } });
      pass.reject(n, version.main.entity.name, code, raw);
    },
  });
  let step = reading.next();
  for (; step.done !== true; step = reading.next()) {
    version.noticePlace(reader);
    yield;
  }
  version.filtered = step.value;
  version.gaps.decoded(version.decoders.map(({ columns }) => columns));
  // The announcement carries the open line, so that a later version can find out that it extends it. A line that is too
  // long for that, or has values that are not published, is left out, and the next version is read whole.
  const isUntold =
    reader.open?.kept === true && (version.leftOut.any || !fitsAnnouncement(version.room, reader.open.raw));
  version.open = reader.open?.kept && !isUntold ? { line: reader.open.line, raw: reader.open.raw } : null;
  version.left = reader.open?.kept === false;
  // With more lines, lines of another width may turn out to be written as the others are.
  const isYoung = reader.otherWidth > 0 && version.records < FEWEST_LINES;
  version.doubts.push(...currencies.doubts);
  const isWholeNext =
    filter.stateful ||
    currencies.count > 0 ||
    reader.leftOut.totals > 0 ||
    !reader.settled ||
    isUntold ||
    isYoung;
  version.end = isWholeNext ? null : version.endOf(reader);
  version.notice(reader);
  for (const { header, lines } of reader.aside)
    version.doubts.push({
      code: "lines.aside",
      decision: decisionOf("lines.aside", header.unknown),
      weight: "attention",
      details: { count: lines, what: String(header.line), examples: header.unknown },
      choices: [{ code: "leave" }],
    });
  // A last line that this pass left out may still show that the open line was extended.
  if (reader.open?.kept === false) openLine.isAgain(reader.open.line, reader.open.raw);
  if (pass.derived) version.main.requireIdentity();
  if (openLine.extended) withdrawOpenLine(version, diff);
  return openLine.continues;
}

/** The open line of the version before, and what this version makes of it. */
class OpenLine {
  /** Whether this version has the line with more text. */
  extended = false;
  /** Whether an appended part begins with the line. */
  continues = true;
  readonly #version: Version;

  constructor(version: Version) {
    this.#version = version;
  }

  /**
   * Compares a line with the open line, and notes whether it is extended or continued. True: the line is the open line
   * and only a tail is read, so the version before has counted it already.
   */
  isAgain(line: number, raw: string): boolean {
    const { before, tail } = this.#version.options;
    const opened = before?.open ?? null;
    if (opened === null || line !== opened.line) return false;
    if (tail !== null) {
      if (raw !== opened.raw) this.continues = false;
      return true;
    }
    if (raw.length > opened.raw.length && raw.startsWith(opened.raw)) this.extended = true;
    return false;
  }
}

/** Adds decoded records and rejects to the diff. */
class Pass {
  /** Whether the pass has met a sale without id. */
  derived = false;
  readonly #version: Version;
  readonly #diff: VersionDiff;
  readonly #formerIdAt: number | undefined;
  readonly #pairs: readonly (readonly [Decoder, EntityDiff])[];

  constructor(version: Version, diff: VersionDiff) {
    this.#version = version;
    this.#diff = diff;
    this.#formerIdAt = version.formerIdAt;
    this.#pairs = version.decoders.map(
      (decoder) => [decoder, diff.of(decoder.entity.name) as EntityDiff] as const,
    );
  }

  /** Adds the rows of a record: each entity of the source has a decoder, and each has decoded this record. */
  row(n: number, line: number, raw: string, fields: readonly string[]): void {
    const version = this.#version;
    if (this.#formerIdAt !== undefined) {
      const { main } = version;
      const id = main.idIn(fields[this.#formerIdAt] ?? "");
      if (id !== "") this.#diff.main.addFormer(id, main.sale.what);
    }
    for (const [decoder, rows] of this.#pairs) {
      const { decoded } = decoder;
      version.rounded += decoder.rounded;
      if (decoded.derived) this.derived = true;
      let stem = "";
      if (decoder.hasDates) {
        if (decoded.dated !== "") rows.datedLines++;
        else {
          rows.undatedLines++;
          stem = rejectStem(version.options.source, raw);
        }
      }
      decoder.print();
      rows.rows.add({
        n,
        line,
        key: decoded.key,
        ordinal: decoded.ordinal,
        derived: decoded.derived,
        dated: decoded.dated,
        a: print.a,
        b: print.b,
        day: decoder.entity.derivedKey && !decoded.derived ? decoder.sale.day : "",
        stem,
      });
      if (decoder.entity.derivedKey) decoder.sale.addTo(this.#diff.sales);
    }
  }

  /** Of a sale with an id the file says that it is none any more; what has no id may be another one. */
  leftOut(n: number, fields: readonly string[]): void {
    const { main } = this.#version;
    if (!main.entity.derivedKey || !main.identify(fields)) return;
    this.#diff.main.addLeftOut(n, main.decoded.key, main.decoded.ordinal);
  }

  reject(n: number, entity: EntityName, code: string, raw: string): void {
    fingerprintReject(entity, code);
    this.#diff.rejects.add(n, rejectStem(this.#version.options.source, raw), print.a, print.b);
  }
}

/** Tells the diff which row was emitted for the open line of the version before, so that it is withdrawn (rule 7). */
function withdrawOpenLine(version: Version, diff: VersionDiff): void {
  const { before } = version.options;
  const header = before?.header ?? null;
  const open = before?.open ?? null;
  if (before === undefined || header === null || open === null) return;
  const fields = splitRecord(open.raw, version.dialect);
  if (fields === undefined) return;
  // The last decoder: the sale's. Other lines may state the same product or shop, so the rows of parents stay.
  const decoder = version.decodersFor(header, before.reading?.columns ?? version.formats).at(-1);
  // The reader takes cells that a line lacks at its end as empty.
  while (fields.length < header.length) fields.push("");
  if (decoder === undefined || !decoder.decode(fields, open.raw)) return;
  const { row, extras } = decoder.rowOf();
  const columns = new Set([...(version.columns[decoder.entity.name] ?? []), ...TIME_NAMES]);
  const { key, ordinal, dated, derived } = decoder.decoded;
  // The fingerprint of the emitted row, over the columns that both versions have.
  const text = restOf(row, extras, decoder.entity.key, (name) => columns.has(name));
  fingerprintRow(decoder.entity.name, derived ? 1 : ordinal, row, text);
  diff.main.extended = {
    key: heldKey(key, derived ? 1 : ordinal),
    ordinal,
    dated,
    derived,
    a: print.a,
    b: print.b,
  };
}
