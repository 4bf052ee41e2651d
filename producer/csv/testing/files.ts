/** Files for the tests of reading: written to a folder of their own, read as a version would read them. */
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SourceRefusal } from "../../source/error.ts";
import { decideReading, type Reading, type ReadingRequest } from "../reading.ts";
import type { Dialect } from "../records/dialect.ts";
import { RecordReader } from "../records/record-reader.ts";
import type { LastLine, RecordPlace } from "../records/record-sink.ts";

export interface Files {
  /** A new file with this content. */
  readonly write: (content: string | Buffer) => string;
  /** A path that nothing else has. */
  readonly path: () => string;
  readonly remove: () => void;
}

export function makeFiles(): Files {
  const dir = mkdtempSync(join(tmpdir(), "ventes-csv-"));
  let n = 0;
  const path = () => join(dir, String(n++));
  return {
    path,
    write: (content) => {
      const file = path();
      writeFileSync(file, content);
      return file;
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

export type Asked = Partial<Omit<ReadingRequest, "file">>;

/** Decides how a file is read; what it throws is thrown. */
export function decide(files: Files, file: string, asked: Asked = {}): Reading {
  const deciding = decideReading({
    options: {},
    charset: null,
    entities: undefined,
    before: null,
    tail: false,
    copy: files.path(),
    ...asked,
    file,
  });
  for (;;) {
    const step = deciding.next();
    if (step.done === true) return step.value;
  }
}

export interface ReadAs {
  readonly keep?: boolean | ((last: LastLine) => boolean);
  readonly from?: RecordPlace | undefined;
  readonly blockBytes?: number;
}

export interface Seen {
  /** Line and fields of each record. */
  readonly records: readonly {
    readonly n: number;
    readonly line: number;
    readonly fields: readonly string[];
  }[];
  readonly rejects: readonly {
    readonly n: number;
    readonly line: number;
    readonly code: string;
    readonly raw: string;
  }[];
  readonly reader: RecordReader;
}

/** Every record of a file in UTF-8. */
export function readAll(
  file: string,
  dialect: Dialect,
  { keep = true, from, blockBytes }: ReadAs = {},
): Seen {
  const fd = openSync(file, "r");
  const records: { n: number; line: number; fields: string[] }[] = [];
  const rejects: { n: number; line: number; code: string; raw: string }[] = [];
  const reader = new RecordReader({
    fd,
    dialect,
    from,
    keepOpen: typeof keep === "function" ? keep : () => keep,
    ...(blockBytes === undefined ? {} : { blockBytes }),
  });
  const sink = {
    record: (n: number, fields: string[], line: number) => {
      records.push({ n, line, fields });
    },
    bad: (n: number, code: string, _: string, line: number, raw: string) => {
      rejects.push({ n, line, code, raw });
    },
  };
  while (reader.next(sink));
  closeSync(fd);
  return { records, rejects, reader };
}

/** The refusal that this throws; undefined when it throws none. */
export function refusalOf(work: () => unknown): SourceRefusal | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof SourceRefusal) return error;
    throw error;
  }
}
