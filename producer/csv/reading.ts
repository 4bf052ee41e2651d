/**
 * Decides how the bytes of a version are read: its encoding, its dialect, its header. The whole spool is the
 * evidence, read in the memory of a block. An operator's option overrides the evidence. Where the evidence leaves a
 * choice, the decision on the version before stands. A file that is not CSV is refused, and the refusal says what to
 * do instead.
 */
import { closeSync, fstatSync, openSync, rmSync } from "node:fs";
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { ReadingDecisions } from "#shared/contract/source-records.ts";
import type { ReadAs } from "../header/index.ts";
import { SourceRefusal } from "../source/index.ts";
import { continueDialect } from "./dialect/continue-dialect.ts";
import { findDialect } from "./dialect/find-dialect.ts";
import { decideEncoding } from "./encoding/decide-encoding.ts";
import { ASCII, UTF_8 } from "./encoding/names.ts";
import { transcode } from "./encoding/transcode.ts";
import { refuseOtherKinds } from "./file-kind.ts";
import type { ReadingNote } from "./notes.ts";
import type { Dialect } from "./records/dialect.ts";

export interface Reading {
  /** A file in UTF-8: the spool itself, or the copy at `copy`, which the caller removes with the version. */
  readonly file: string;
  readonly encoding: string;
  readonly dialect: Dialect;
  /** What was noticed before the records were read; `RecordReader.notes` has what they show. */
  readonly notes: readonly ReadingNote[];
}

export interface ReadingRequest {
  /** The spool, in any encoding. */
  readonly file: string;
  /** A path that no other file has, for a copy in UTF-8. */
  readonly copy: string;
  /** What the operator fixed. */
  readonly options: ReadAs;
  /** The charset that HTTP gave. It decides only if the whole file decodes and its content does not contradict it. */
  readonly charset: string | null;
  /** The entities that the header may publish; undefined: any one. */
  readonly entities: readonly EntityName[] | undefined;
  /** How the version before was read, and its header. A tail is read in the same way. */
  readonly before: { readonly reading: ReadingDecisions; readonly header: readonly string[] } | null;
  /** Whether the file only continues the version before: it has no header and no preamble. */
  readonly tail: boolean;
}

/** Reads the whole spool. Yields between blocks. Throws SourceRefusal, and then removes the copy. */
export function* decideReading(request: ReadingRequest): Generator<void, Reading> {
  const { file, copy, options, before, tail } = request;
  const spool = openSync(file, "r");
  let opened = spool;
  let done = false;
  try {
    const { size } = fstatSync(spool);
    if (size === 0 && !tail) throw new SourceRefusal("source.empty");
    if (!tail) refuseOtherKinds(spool, size, options.skipLines);
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
      notes: [...notes, ...encodingChanged(before?.reading.encoding, encoding), ...found.notes],
    };
  } finally {
    closeSync(spool);
    if (opened !== spool) {
      closeSync(opened);
      if (!done) rmSync(copy, { force: true });
    }
  }
}

/** The decisions that a version announces, but for `columns`, which its records decide. */
export const decisionsOf = ({ encoding, dialect }: Reading): Omit<ReadingDecisions, "columns"> => ({
  encoding,
  delimiter: dialect.delimiter,
  quote: dialect.quote,
  escape: dialect.escape,
  ...(dialect.comment === null ? {} : { comment: dialect.comment }),
  headerLine: dialect.headerLine,
  ...(dialect.trailing === 0 ? {} : { trailing: dialect.trailing }),
  ...(dialect.ragged ? { ragged: true as const } : {}),
});

/** The note that the encoding differs from that of the version before. ASCII is no difference. */
function encodingChanged(before: string | undefined, now: string): readonly ReadingNote[] {
  if (before === undefined || before === now || before === ASCII || now === ASCII) return [];
  return [{ code: "encoding.changed", what: before, more: now }];
}
