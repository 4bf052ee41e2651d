import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { MAX_RECORD_BYTES, RecordReader } from "./record-reader.ts";

const dir = mkdtempSync(join(tmpdir(), "ventes-csv-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let files = 0;

type Seen = readonly ["ok", number, readonly string[]] | readonly ["bad", number, string, string];

function read(content: string | Buffer, keep = true): { seen: Seen[]; reader: RecordReader } {
  const file = join(dir, `${files++}.csv`);
  writeFileSync(file, content);
  const fd = openSync(file, "r");
  const seen: Seen[] = [];
  const reader = new RecordReader({ fd, delimiter: ",", keepOpen: () => keep });
  while (
    reader.next({
      record: (_, fields, line) => seen.push(["ok", line, fields]),
      bad: (_, code, __, line, raw) => seen.push(["bad", line, code, raw]),
    })
  );
  closeSync(fd);
  return { seen, reader };
}

describe("records of a CSV file", () => {
  it("have their line; blank lines, BOM and CR go", () =>
    expect(read("\uFEFFa,b\r\n\r\n  \n1,2\n").seen).toEqual([
      ["ok", 1, ["a", "b"]],
      ["ok", 4, ["1", "2"]],
    ]));

  it("span lines inside quotes", () =>
    expect(read('a,b\n"x\ny","say ""hi"""\n3,4\n').seen).toEqual([
      ["ok", 1, ["a", "b"]],
      ["ok", 2, ["x\ny", 'say "hi"']],
      ["ok", 4, ["3", "4"]],
    ]));

  it("with bad quotes stop only their line", () =>
    expect(read('a,b\n1,5" tube\n"x"y,2\n"never closed,3\n4,5\n').seen).toEqual([
      ["ok", 1, ["a", "b"]],
      ["bad", 2, "record.bad_quotes", '1,5" tube'],
      ["bad", 3, "record.bad_quotes", '"x"y,2'],
      ["bad", 4, "record.bad_quotes", '"never closed,3'],
      ["ok", 5, ["4", "5"]],
    ]));

  it("that are too long are set aside, and the next ones read", () => {
    const { seen } = read(`a\n${"x".repeat(MAX_RECORD_BYTES + 200_000)}\nb\n`);
    expect(seen.map((s) => s.slice(0, 3))).toEqual([
      ["ok", 1, ["a"]],
      ["bad", 2, "record.too_long"],
      ["ok", 3, ["b"]],
    ]);
  });

  it("say whether the last line had a line end", () => {
    expect(read("a\nb").reader.open).toEqual({ line: 2, raw: "b", kept: true });
    const left = read("a\nb", false);
    expect(left.reader.open).toEqual({ line: 2, raw: "b", kept: false });
    expect(left.seen).toHaveLength(1);
    expect(read("a\nb\n").reader.open).toBeUndefined();
  });

  it("refuse what is not UTF-8", () =>
    expect(() => read(Buffer.from([0x61, 0x0a, 0xe9, 0x0a]))).toThrow("source.not_utf8"));
});

it("any table written as CSV is read as it was, whatever lies on the borders of blocks", () => {
  const cell = fc.oneof(fc.string(), fc.constantFrom("", '"', "\n", ",", "é", "\r\n", " x "));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 }),
      fc.boolean(),
      fc.integer({ min: 0, max: 40 }),
      (rows, end, shift) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const pad = `${"p".repeat(64 * 1024 - 20 - shift)},q\n`;
        const text = pad + rows.map((r) => r.map(quote).join(",")).join("\n") + (end ? "\n" : "");
        const got = read(text)
          .seen.slice(1)
          .map((s) => s[2]);
        expect(got).toEqual(rows);
      },
    ),
    { numRuns: 60 },
  );
});
