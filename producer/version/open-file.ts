/** Opens a version. Two passes over the whole file decide how it is written: encoding and dialect, then values. */
import { closeSync, openSync, rmSync } from "node:fs";
import { ventes } from "#shared/contract/entities/index.ts";
import { decideReading } from "../csv/index.ts";
import { mapEntities } from "../header/index.ts";
import {
  ColumnSurvey,
  fitting,
  knownHeader,
  lostColumn,
  PersonalValues,
  RecordFilter,
  unaskedExtras,
} from "../rows/index.ts";
import { SourceRefusal } from "../source/index.ts";
import type { VersionOptions } from "./options.ts";
import { readerOf, recordsOf } from "./records-of.ts";
import { Version } from "./version.ts";

/**
 * Yields between blocks. Returns undefined when the file must be read whole: the appended part is written otherwise than the
 * part before, or is the first to show personal data in a column. Throws SourceRefusal.
 */
export function* openFile(given: VersionOptions): Generator<void, Version | undefined> {
  const { before, tail } = given;
  const options = { ...given, reading: { ...given.reading, known: knownHeader(before, given.reading) } };
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
    const fitted =
      options.shared === true ? { ...options, reading: fitting(options.reading, entities) } : options;
    const survey = new ColumnSurvey({
      header,
      entities,
      options: fitted.reading,
      before: known?.reading?.columns ?? null,
      tail: tail !== null,
    });
    const knownPersonal = known?.reading?.personal ?? [];
    const wide = mapEntities(header, entities, fitted.reading);
    const extras = unaskedExtras(header, wide, { ...fitted.reading, personal: knownPersonal });
    const values = new PersonalValues(extras);
    yield* recordsOf(readerOf(fd, reading, options), new RecordFilter(header, options.reading), {
      record: (_, fields, line) => {
        if (fields.length !== header.length) return;
        survey.record(fields, line);
        values.record(fields);
      },
      bad: () => {},
    });
    const personal = [...knownPersonal, ...values.found];
    const decided = { ...fitted, reading: { ...fitted.reading, personal } };
    const version = new Version(decided, reading, fd, survey.decide());
    if (options.replacesIds === true && version.formerIdAt === undefined)
      throw new SourceRefusal("source.not_rekeyed", ventes.key);
    if (tail === null || survey.contradicted.length + values.found.length === 0) return version;
    version.close();
    return undefined;
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    rmSync(copy, { force: true });
    throw lostColumn(error, before?.header ?? null);
  }
}
