/** `node read-file.ts FILE COPY`: decides and reads a file as a version would; prints counts and peak memory as JSON. */
import { closeSync, openSync } from "node:fs";
import { SourceRefusal } from "../../source/error.ts";
import { decideReading, type Reading } from "../reading.ts";
import { RecordReader } from "../records/record-reader.ts";

export interface ReadFile {
  readonly encoding?: string;
  readonly records?: number;
  readonly rejects?: readonly string[];
  readonly refused?: string;
  readonly peakMb: number;
}

const [file = "", copy = ""] = process.argv.slice(2);

const decide = (): Reading => {
  const deciding = decideReading({
    file,
    copy,
    options: {},
    charset: null,
    entities: undefined,
    before: null,
    tail: false,
  });
  for (;;) {
    const step = deciding.next();
    if (step.done === true) return step.value;
  }
};

const read = (): Omit<ReadFile, "peakMb"> => {
  const reading = decide();
  const fd = openSync(reading.file, "r");
  const reader = new RecordReader({ fd, dialect: reading.dialect, keepOpen: () => true });
  const rejects: string[] = [];
  let records = 0;
  const sink = {
    record: () => {
      records++;
    },
    bad: (_: number, code: string, __: string, line: number) => {
      rejects.push(`${line} ${code}`);
    },
  };
  while (reader.next(sink));
  closeSync(fd);
  return { encoding: reading.encoding, records, rejects };
};

const seen = (): Omit<ReadFile, "peakMb"> => {
  try {
    return read();
  } catch (error) {
    if (error instanceof SourceRefusal) return { refused: error.code };
    throw error;
  }
};

// In an object of its own: the peak is told when all is read.
const all = seen();
console.log(JSON.stringify({ ...all, peakMb: process.resourceUsage().maxRSS / 1024 } satisfies ReadFile));
