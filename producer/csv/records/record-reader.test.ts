import { afterAll, describe, expect, it } from "vitest";
import { makeFiles, type ReadAs, readAll } from "../testing/files.ts";
import { type Dialect, plainCut } from "./dialect.ts";
import { MAX_RECORD_BYTES } from "./record-length.ts";

const files = makeFiles();
afterAll(files.remove);

/** Shops with a remark: a record may lack the remark. */
const SHOPS: Dialect = {
  ...plainCut(","),
  comment: null,
  header: ["id_magasin", "ville", "note"],
  columns: ["id_magasin", "ville", null],
  headerLine: 1,
  data: { byte: 0, line: 1 },
  entities: ["magasins"],
  entity: "magasins",
  trailing: 0,
  ragged: true,
  least: 2,
  labels: [0, 1],
};

const read = (content: string | Buffer, options: ReadAs = {}, dialect: Partial<Dialect> = {}) =>
  readAll(files.write(content), { ...SHOPS, ...dialect }, options);

const seen = (content: string | Buffer, options: ReadAs = {}, dialect: Partial<Dialect> = {}) => {
  const { records, rejects } = read(content, options, dialect);
  return {
    records: records.map(({ line, fields }) => [line, ...fields]),
    rejects: rejects.map(({ line, code, raw }) => [line, code, raw]),
  };
};

describe("records of a CSV file", () => {
  it("have their line; blank lines and CR go", () =>
    expect(seen("1,Paris,x\r\n\r\n  \n;\n,,\n2,Lyon,\n")).toEqual({
      records: [
        [1, "1", "Paris", "x"],
        [6, "2", "Lyon", ""],
      ],
      rejects: [[4, "record.wrong_length", ";"]],
    }));

  it("span lines inside quotes", () =>
    expect(seen('1,"Aix\nen\nProvence","say ""hi"""\n2,Lyon,x\n').records).toEqual([
      [1, "1", "Aix\nen\nProvence", 'say "hi"'],
      [4, "2", "Lyon", "x"],
    ]));

  it("with bad quotes stop only their line; a quote inside a field is one like any other character", () =>
    expect(seen('1,Paris,5" tube\n2,"x"y,z\n3,"never closed,x\n4,Lyon,y\n')).toEqual({
      records: [
        [1, "1", "Paris", '5" tube'],
        [4, "4", "Lyon", "y"],
      ],
      rejects: [
        [2, "record.bad_quotes", '2,"x"y,z'],
        [3, "record.bad_quotes", '3,"never closed,x'],
      ],
    }));

  it("that would have another length over several lines are lines of their own", () =>
    expect(seen('1,"Paris,x\n2,Lyon,y\n3,Nice"\n')).toEqual({
      records: [
        [2, "2", "Lyon", "y"],
        [3, "3", 'Nice"', ""],
      ],
      rejects: [[1, "record.bad_quotes", '1,"Paris,x']],
    }));

  it("that are too long are set aside, and the next ones read", () => {
    const long = "x".repeat(MAX_RECORD_BYTES + 200_000);
    const { records, rejects } = seen(`1,Paris,a\n${long}\n2,Lyon,b\n"${long}",c\n3,Nice,d\n`);
    expect(records.map(([line]) => line)).toEqual([1, 3, 5]);
    expect(rejects.map(([line, code, raw]) => [line, code, String(raw).length])).toEqual([
      [2, "record.too_long", 1000],
      [4, "record.too_long", 1000],
    ]);
  });

  it("are as long as they may be, and not a byte longer, however the file is cut into blocks", () => {
    const fits = `1,Paris,${"é".repeat((MAX_RECORD_BYTES - 8) / 2)}`;
    expect(Buffer.byteLength(fits)).toBe(MAX_RECORD_BYTES);
    for (const blockBytes of [64 * 1024, 100_003, 3 * MAX_RECORD_BYTES])
      for (const end of ["\n", "\r\n", ""]) {
        const { records, rejects } = read(`${fits}${end}`, { blockBytes });
        expect([records.length, rejects.length]).toEqual([1, 0]);
        const longer = read(`${fits}x${end}`, { blockBytes });
        expect([longer.records.length, longer.rejects.map((r) => r.code)]).toEqual([0, ["record.too_long"]]);
      }
  });

  it("that are too long may end where a block ends", () => {
    const begun = `1,Paris,${"x".repeat(MAX_RECORD_BYTES)}`;
    for (const lineEnd of ["lf", "any"] as const)
      for (const end of ["\n", "\r\n", ...(lineEnd === "any" ? ["\r"] : [])])
        for (const more of [-1, 0, 1]) {
          const blockBytes = 32 * 1024;
          const blocks = Math.ceil(begun.length / blockBytes) + 1;
          const line = begun.padEnd(blocks * blockBytes - end.length + more, "x");
          const { records, rejects } = seen(`${line}${end}2,Lyon,y${end}`, { blockBytes }, { lineEnd });
          expect(records).toEqual([[2, "2", "Lyon", "y"]]);
          expect(rejects.map(([at, code]) => [at, code])).toEqual([[1, "record.too_long"]]);
        }
  });

  it("say whether the last line had a line end", () => {
    expect(read("1,Paris,").reader.open).toEqual({ line: 1, raw: "1,Paris,", kept: true });
    const left = read("1,Paris,x\n2,Ly", { keep: false });
    expect(left.reader.open).toEqual({ line: 2, raw: "2,Ly", kept: false });
    expect(left.records).toHaveLength(1);
    expect(read("1,Paris,x\n").reader.open).toBeUndefined();
    expect(read('1,Paris,"a\nb').reader.open).toEqual({ line: 2, raw: "b", kept: true });
    expect(read('1,Paris,"a\nb"').reader.open).toEqual({ line: 1, raw: '1,Paris,"a\nb"', kept: true });
  });

  it("with bytes that are no UTF-8, or NUL, are set aside alone, and shown", () => {
    const bytes = Buffer.concat([
      Buffer.from("1,Orléans,x\n2,N"),
      Buffer.from([0xe9]),
      Buffer.from("mes,ü\n3,Lyon,\0\n4,Nice,😀\n"),
    ]);
    expect(seen(bytes)).toEqual({
      records: [
        [1, "1", "Orléans", "x"],
        [4, "4", "Nice", "😀"],
      ],
      rejects: [
        [2, "record.not_utf8", "2,N\\xE9mes,ü"],
        [3, "record.nul", "3,Lyon,\\x00"],
      ],
    });
  });

  it("are told where the last one ends that nothing appended can change", () => {
    const end = (content: string, options: ReadAs = {}) => {
      const { reader } = read(content, options);
      return [reader.end.byte, reader.end.line, reader.end.record, reader.settled];
    };
    expect(end("1,Paris,é\n2,Lyon,x\n")).toEqual([20, 3, 2, true]);
    expect(end("1,Paris,é\n2,Lyon,x")).toEqual([11, 2, 1, true]);
    expect(end("1,Paris,é\n2,Lyon,x", { keep: false })).toEqual([11, 2, 1, true]);
    // The quote may be closed yet: two lines were given that may still be one record.
    expect(end('1,Paris,é\n2,Lyon,"x\n3,Nice,y\n')).toEqual([11, 2, 1, false]);
    // Neither is a record yet.
    expect(end("1,Paris,é\n  ")).toEqual([11, 2, 1, true]);
    expect(end("1,Paris,é\nTotal,,")).toEqual([11, 2, 1, true]);
    expect(end("")).toEqual([0, 1, 0, true]);
  });
});
