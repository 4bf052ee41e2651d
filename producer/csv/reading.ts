/**
 * How a version's bytes are to be read: encoding, dialect, header, decided on evidence from the whole spool, in the
 * memory of a block. What an operator fixed is never decided; what was decided of the version before is kept where
 * the evidence leaves a choice. A file that is no CSV is refused with what to do instead.
 */
import { closeSync, fstatSync, openSync, rmSync } from "node:fs";
import type { EntityName } from "#shared/entities/index.ts";
import type { ReadingDecisions, ReadingOptions } from "#shared/event.ts";
import { SourceRefusal } from "../source/index.ts";
import type { Dialect } from "./dialect.ts";
import { ASCII, decideEncoding, UTF_8 } from "./encoding.ts";
import { refuseOtherKinds } from "./file-kind.ts";
import { continueDialect, findDialect } from "./find-dialect.ts";
import type { ReadingNote } from "./notes.ts";
import { transcode } from "./transcode.ts";

export interface Reading {
  /** In UTF-8: the spool itself, or a copy made of it (at `copy`), which is removed with the version. */
  readonly file: string;
  readonly encoding: string;
  readonly dialect: Dialect;
  /** What was noticed; what the records then show is in `RecordReader.notes`. */
  readonly notes: readonly ReadingNote[];
}

export interface ReadingRequest {
  /** The spool, in any encoding. */
  readonly file: string;
  /** A path that nothing else has. */
  readonly copy: string;
  /** What the operator fixed. */
  readonly options: ReadingOptions;
  /** What HTTP said: believed only if all decodes, and nothing speaks against it. */
  readonly charset: string | null;
  /** Which entities a header may publish; undefined: any. */
  readonly entities: readonly EntityName[] | undefined;
  /** How the version before was read, with its header; for a tail it is all there is. */
  readonly before: { readonly reading: ReadingDecisions; readonly header: readonly string[] } | null;
  /** The file is the continuation of the version before: no header, no preamble. */
  readonly tail: boolean;
}

/** Looks at the whole spool. Yields between blocks. Throws SourceRefusal; no copy is left then. */
export function* decideReading(request: ReadingRequest): Generator<void, Reading> {
  const { file, copy, options, before, tail } = request;
  const spool = openSync(file, "r");
  let opened = spool;
  let done = false;
  try {
    const { size } = fstatSync(spool);
    if (size === 0 && !tail) throw new SourceRefusal("source.empty");
    if (!tail) refuseOtherKinds(spool, size);
    const decided = yield* decideEncoding(spool, {
      fixed: options.encoding,
      charset: request.charset,
      before: before?.reading.encoding ?? null,
      tail,
    });
    const { encoding, notes } = decided;
    let text = { fd: spool, size, mark: decided.mark, survey: decided.survey };
    if (encoding !== ASCII && encoding !== UTF_8) {
      const survey = yield* transcode(spool, encoding, decided.mark, copy);
      opened = openSync(copy, "r");
      text = { fd: opened, size: fstatSync(opened).size, mark: 0, survey };
    }
    const found =
      tail && before !== null
        ? yield* continueDialect(text, { ...request, before })
        : yield* findDialect(text, request);
    done = true;
    return {
      file: opened === spool ? file : copy,
      encoding,
      dialect: found.dialect,
      notes: [...notes, ...changed(before?.reading.encoding, encoding), ...found.notes],
    };
  } finally {
    closeSync(spool);
    if (opened !== spool) {
      closeSync(opened);
      if (!done) rmSync(copy, { force: true });
    }
  }
}

/** What of a reading is announced; `columns` is decided from its records. */
export const decisionsOf = ({ encoding, dialect }: Reading): Omit<ReadingDecisions, "columns"> => ({
  encoding,
  delimiter: dialect.delimiter,
  quote: dialect.quote,
  escape: dialect.escape,
  ...(dialect.comment === null ? {} : { comment: dialect.comment }),
  headerLine: dialect.headerLine,
});

function changed(before: string | undefined, now: string): readonly ReadingNote[] {
  if (before === undefined || before === now || before === ASCII || now === ASCII) return [];
  return [{ code: "encoding.changed", what: before, more: now }];
}
