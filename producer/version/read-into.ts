/** The first pass over a version: decodes each record and puts it into the diff. */
import type { EntityName } from "#shared/contract/entities/index.ts";
import { splitRecord } from "../csv/index.ts";
import {
  type EntityDiff,
  fingerprint,
  fingerprintReject,
  heldKey,
  print,
  rejectStem,
  restOf,
  TIME_NAMES,
  type VersionDiff,
} from "../diff/index.ts";
import { type Decoder, RejectTally } from "../rows/index.ts";
import { fitsAnnouncement } from "../source/index.ts";
import { recordsOf } from "./records-of.ts";
import type { Version } from "./version.ts";

/**
 * Reads all records into the diff. Sets the counts and the end in the version. Yields between blocks. Returns false when
 * the appended part does not continue the version before; then the file must be read whole. Throws SourceRefusal.
 */
export function* readInto(version: Version, diff: VersionDiff): Generator<void, boolean> {
  const { before, tail } = version.options;
  const pass = new Pass(version, diff);
  const reader = version.newReader();
  const filter = version.newFilter();
  const tally = new RejectTally(before?.counts ?? null);
  const openLine = new OpenLine(version);
  version.filtered = yield* recordsOf(reader, filter, {
    record: (n, fields, line, raw) => {
      if (openLine.isAgain(line, raw)) return;
      version.records++;
      const failed = version.decoders.find((decoder) => !decoder.decode(fields, raw));
      if (failed === undefined) return pass.row(n, raw);
      tally.add(failed.problem);
      pass.reject(n, failed.entity.name, failed.problem.code, raw);
    },
    bad: (n, code, _, line, raw) => {
      if (openLine.isAgain(line, raw)) return;
      version.records++;
      pass.reject(n, version.main.entity.name, code, raw);
    },
  });
  tally.judge(version.records + (tail?.counts.records ?? 0));
  // An open line that is too long is not announced. The next version then finds by a whole read whether it was extended.
  const isTooLong = reader.open?.kept === true && !fitsAnnouncement(version.room, reader.open.raw);
  version.open = reader.open?.kept && !isTooLong ? { line: reader.open.line, raw: reader.open.raw } : null;
  version.left = reader.open?.kept === false;
  const isWholeNext = filter.stateful || reader.leftOut.totals > 0 || !reader.settled || isTooLong;
  version.end = isWholeNext ? null : version.endOf(reader);
  version.notice(reader);
  if (reader.open?.kept === false) openLine.isAgain(reader.open.line, reader.open.raw);
  if (pass.derived) version.main.requireIdentity();
  if (openLine.extended) withdrawOpenLine(version, diff);
  return openLine.continues;
}

/** Recognizes the open last line of the version before, unchanged or extended (rule 7). */
class OpenLine {
  /** Whether this version has the line with more text. */
  extended = false;
  /** Whether an appended part begins with the line. */
  continues = true;
  readonly #version: Version;

  constructor(version: Version) {
    this.#version = version;
  }

  /** Whether this line is the open line, unchanged, which the version before has counted. */
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
  readonly #keyless: boolean;
  readonly #pairs: readonly (readonly [Decoder, EntityDiff])[];

  constructor(version: Version, diff: VersionDiff) {
    this.#version = version;
    this.#diff = diff;
    this.#keyless = version.isKeyless;
    this.#pairs = version.decoders.map(
      (decoder) => [decoder, diff.of(decoder.entity.name) as EntityDiff] as const,
    );
  }

  /** Adds the record that each decoder has decoded. */
  row(n: number, raw: string): void {
    const version = this.#version;
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
      if (this.#keyless && decoded.derived) this.#diff.vanishing.saw(decoded.key.slice(0, 10));
    }
  }

  reject(n: number, entity: EntityName, code: string, raw: string): void {
    fingerprintReject(entity, code);
    this.#diff.rejects.add(n, rejectStem(this.#version.options.source, raw), print.a, print.b);
  }
}

/** Gives the diff the row of the open line of the version before (rule 7). */
function withdrawOpenLine(version: Version, diff: VersionDiff): void {
  const { before } = version.options;
  const header = before?.header ?? null;
  const open = before?.open ?? null;
  if (before === undefined || header === null || open === null) return;
  const fields = splitRecord(open.raw, version.dialect);
  if (fields === undefined) return;
  // Only the row of the last entity: other lines may repeat the row of a parent.
  const decoder = version.decodersFor(header, before.reading?.columns ?? version.formats).at(-1);
  // As the reader did: missing cells at the end are empty.
  while (fields.length < header.length) fields.push("");
  if (decoder === undefined || !decoder.decode(fields, open.raw)) return;
  const { row, extras } = decoder.rowOf();
  const columns = new Set([...(version.columns[decoder.entity.name] ?? []), ...TIME_NAMES]);
  const { key, ordinal, dated, derived } = decoder.decoded;
  // The emitted row has no new column, and a removed column is no longer compared.
  fingerprint(restOf(row, extras, decoder.entity.key, (name) => columns.has(name)));
  diff.main.extended = {
    key: heldKey(key, derived ? 1 : ordinal),
    ordinal,
    dated,
    derived,
    a: print.a,
    b: print.b,
  };
}
