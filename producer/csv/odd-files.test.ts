/** Odd and hostile files, each a few lines: what is decided of them, what is read, what is set aside. */
import { existsSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { noteSentence } from "./notes.ts";
import { decide, makeFiles, readAll, refusalOf } from "./testing/files.ts";
import { dialects } from "./testing/odd/dialects.ts";
import { encodings } from "./testing/odd/encodings.ts";
import { headers } from "./testing/odd/headers.ts";
import { hostile, otherKinds } from "./testing/odd/hostile.ts";
import { oddLines } from "./testing/odd/lines.ts";
import type { OddFile } from "./testing/odd/odd-file.ts";

const files = makeFiles();
afterAll(files.remove);

const USUAL: Required<NonNullable<OddFile["decided"]>> = {
  encoding: "ascii",
  delimiter: ",",
  quote: '"',
  escape: '"',
  lineEnd: "lf",
  comment: null,
  headerLine: 1,
  header: [],
  entities: ["magasins"],
};

/** The same file may be read in blocks of any size. */
const BLOCKS = [64 * 1024, 97];
const LARGE = 100_000;

const check = ({ content, asked, refused, decided = {}, records, rejects = [], notes = [] }: OddFile) => {
  const file = files.write(content);
  const copy = files.path();
  if (refused !== undefined) {
    const refusal = refusalOf(() => decide(files, file, { ...asked, copy }));
    expect(refusal?.code).toBe(refused);
    for (const language of ["fr", "en"] as const)
      expect(refusal?.toError("http://a/b.csv", language).sentence).not.toMatch(/undefined|NaN/);
    expect(existsSync(copy), "nothing is left of a copy").toBe(false);
    return;
  }
  const reading = decide(files, file, { ...asked, copy });
  const { encoding, dialect } = reading;
  const is = { encoding, ...dialect };
  const expected = {
    ...USUAL,
    header: is.header,
    ...(asked?.tail ? { headerLine: asked.before?.reading.headerLine } : {}),
    ...decided,
  };
  expect(Object.fromEntries(Object.keys(expected).map((k) => [k, is[k as keyof typeof is]]))).toEqual(
    expected,
  );
  for (const note of reading.notes)
    for (const language of ["fr", "en"] as const)
      expect(noteSentence(note, language)).not.toMatch(/undefined|NaN/);
  expect(reading.file === copy).toBe(existsSync(copy));
  for (const blockBytes of BLOCKS) {
    if (blockBytes < 1000 && content.length > LARGE) continue;
    const seen = readAll(reading.file, dialect, { blockBytes });
    expect(seen.records.map(({ line, fields }) => [line, ...fields])).toEqual(records);
    expect(seen.rejects.map(({ line, code }) => [line, code])).toEqual(rejects);
    expect([...reading.notes, ...seen.reader.notes].map((n) => n.code)).toEqual(notes);
    // Every record has a number of its own, in the order of the file.
    const numbers = [...seen.records, ...seen.rejects].sort((a, b) => a.line - b.line).map(({ n }) => n);
    expect(numbers).toEqual(numbers.map((_, i) => i));
  }
};

describe.each([
  ["encodings", encodings],
  ["dialects", dialects],
  ["lines", oddLines],
  ["headers", headers],
  ["hostile", hostile],
  ["other kinds of files", otherKinds],
])("%s", (_, all) => {
  it.each(all.map((one) => [one.name, one] as const))("%s", (_, one) => check(one));
});

it("are more than 120, each with a name of its own", () => {
  const names = [...encodings, ...dialects, ...oddLines, ...headers, ...hostile, ...otherKinds].map(
    (f) => f.name,
  );
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(120);
});
