/**
 * Memory is a block and a record, whatever the file. VENTES_TEST_LONG=1 takes files of a gigabyte and of 300 MB.
 * Each file is read by a process of its own, beside a small one of the same kind.
 */
import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { makeFiles } from "./testing/files.ts";
import type { ReadFile } from "./testing/read-file.ts";

const LONG = process.env.VENTES_TEST_LONG !== undefined;
const SMALL_MB = 2;
/** What garbage may take before it is collected: it does not grow with the file. */
const MORE_MB = 60;
const RUNS = 3;

const files = makeFiles();
afterAll(files.remove);

const MB = 1024 * 1024;

/** `head`, then so many megabytes of `piece`, then `end`. */
function large(head: string, piece: string, megabytes: number, end: string): string {
  const file = files.write(Buffer.from(head, "latin1"));
  const bytes = Buffer.from(piece.repeat(Math.ceil(MB / piece.length)), "latin1");
  const fd = openSync(file, "a");
  for (let left = megabytes; left > 0; left--) writeSync(fd, bytes);
  writeSync(fd, end);
  closeSync(fd);
  return file;
}

const read = (file: string): ReadFile =>
  JSON.parse(
    execFileSync(process.execPath, [join(import.meta.dirname, "testing/read-file.ts"), file, files.path()], {
      encoding: "utf8",
    }),
  ) as ReadFile;

const HEADER = "id_magasin,ville,note\n1,Paris,x\n";

it.each([
  ["a line of nothing but text", LONG ? 1024 : 96, HEADER, "x", "\n2,Lyon,y\n", ["3 record.too_long"]],
  [
    "a quote that is never closed",
    LONG ? 300 : 64,
    `${HEADER}2,"Lyon,y\n`,
    "3,Nice,z\n",
    "",
    ["3 record.bad_quotes"],
  ],
  [
    "a line of nothing but doubled quotes",
    LONG ? 300 : 64,
    `${HEADER}2,"`,
    '""',
    "\n3,Nice,z\n",
    ["3 record.too_long"],
  ],
  ["one line in Windows-1252", LONG ? 300 : 64, HEADER, "\xe9t\xe9 ", "\n2,Lyon,y\n", ["3 record.too_long"]],
  ["lines in Windows-1252", LONG ? 300 : 64, HEADER, "1,N\xeemes,\xe9t\xe9\n", "", []],
])(
  "%s of %i MB takes no more than one of 2 MB",
  (_, megabytes, head, piece, end, rejects) => {
    const small = read(large(head, piece, SMALL_MB, end));
    const most = small.peakMb + MORE_MB;
    const file = large(head, piece, megabytes, end);
    let seen = read(file);
    // When garbage is collected varies with the machine's load: memory that grows with the file is over in each run.
    for (let run = 1; run < RUNS && seen.peakMb >= most; run++) seen = read(file);
    expect(seen.rejects).toEqual(rejects);
    expect(small.rejects).toEqual(rejects);
    const lines = piece.includes("\n") ? Math.ceil(MB / piece.length) * megabytes : 0;
    expect(seen.records).toBe(1 + lines + (end === "" ? 0 : 1));
    expect(seen.peakMb).toBeLessThan(most);
  },
  600_000,
);

it("a file of one line without an end is refused from its beginning", () => {
  const seen = read(large("", "x", LONG ? 1024 : 96, ""));
  expect(seen.refused).toBe("source.header_too_long");
}, 600_000);
