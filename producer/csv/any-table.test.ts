/** Whatever the table, and however it is written: it is read as it was. */
import { existsSync, rmSync } from "node:fs";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Delimiter, Quote } from "./records/dialect.ts";
import { canEncode, encode, withMark } from "./testing/encode.ts";
import { decide, makeFiles, readAll, refusalOf } from "./testing/files.ts";

/** VENTES_TEST_SEEDS tries more. */
const runs = (few: number): number => Number(process.env.VENTES_TEST_SEEDS ?? few);

const files = makeFiles();
afterAll(files.remove);

interface Writing {
  readonly delimiter: Delimiter;
  readonly quote: Quote;
  readonly escape: Quote | "\\";
  readonly ends: readonly string[];
  readonly encoding: string;
  readonly marked: boolean;
  readonly quoteAll: boolean;
  readonly final: boolean;
  readonly said: boolean;
  readonly preamble: readonly string[];
}

const writing: fc.Arbitrary<Writing> = fc
  .record({
    delimiter: fc.constantFrom<Delimiter>(",", ";", "\t", "|"),
    escaped: fc.boolean(),
    quote: fc.constantFrom<Quote>('"', "'"),
    ends: fc.constantFrom(["\n"], ["\r\n"], ["\r"], ["\n", "\r\n"]),
    encoding: fc.constantFrom("utf-8", "utf-16le", "utf-16be", "windows-1252", "iso-8859-15", "macintosh"),
    marked: fc.boolean(),
    quoteAll: fc.boolean(),
    final: fc.boolean(),
    said: fc.boolean(),
    preamble: fc.array(fc.constantFrom("Magasins", "Export du 12/03/2026", "", "Société, SA; au capital"), {
      maxLength: 3,
    }),
  })
  .map(({ escaped, ...rest }) => ({
    ...rest,
    escape: escaped ? "\\" : rest.quote,
    // Only that tells single quotes from apostrophes.
    quoteAll: rest.quoteAll || rest.quote === "'",
  }));

const isWide = ({ encoding, marked }: Writing) =>
  encoding === "utf-8" || (encoding.startsWith("utf-16") && marked);

const WORDS = [
  "",
  "été",
  "Forêt",
  "Nîmes",
  "l'Haÿ-les-Roses",
  "« À côté »",
  "12 €",
  "Sacré-Cœur",
  " x ",
  "ça, là; où",
];
const PIECES = [
  ",",
  ";",
  "\t",
  "|",
  '"',
  "'",
  '""',
  "\\",
  '\\"',
  "\n",
  "\r\n",
  "\r",
  " ",
  "#",
  "\uFEFF",
  "\u2028",
];

/** What an encoding can say: any Unicode where it is known which it is, else words that tell it. */
const cellOf = (how: Writing): fc.Arbitrary<string> => {
  const piece = isWide(how)
    ? fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...PIECES), fc.constantFrom(...WORDS))
    : fc.constantFrom(...WORDS, ...PIECES);
  return fc
    .array(piece, { maxLength: 3 })
    .map((pieces) => pieces.join("").replaceAll("\0", ""))
    .filter((text) => canEncode(text, how.encoding));
};

interface Table {
  readonly how: Writing;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const table: fc.Arbitrary<Table> = writing.chain((how) =>
  fc
    .record({
      extras: fc.array(cellOf(how), { maxLength: 2 }),
      rows: fc.array(fc.tuple(cellOf(how), cellOf(how), cellOf(how), cellOf(how)), {
        minLength: 1,
        maxLength: 12,
      }),
    })
    .map(({ extras, rows }) => {
      // A name that no other column has, and with it all of the header.
      const header = ["note", "id_magasin", "ville", ...extras.map((name, i) => `x${i}${name}y`)];
      const width = header.length;
      const all = rows.map((row, i) => [row[0], `m${i}${row[1]}`, ...row.slice(2)].slice(0, width));
      for (const row of all) while (row.length < width) row.push("z");
      // What tells an escape, an encoding and single quotes, once in the file.
      const telling = ["été", "m", `${how.quote}é${how.quote}, ${how.quote}à`, "", ""].slice(0, width);
      return { how, header, rows: [...all, telling] };
    }),
);

/** As a careful exporter writes it. */
function write({ how, header, rows }: Table): Buffer {
  const { delimiter, quote, ends, encoding, marked, quoteAll, said, preamble } = how;
  const special = new RegExp(`[${delimiter}"'\\\\\\r\\n]|^\\s|\\s$|^$`);
  const cell = (text: string, always: boolean) => {
    if (!always && !special.test(text)) return text;
    const inside =
      how.escape === "\\"
        ? text.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`)
        : text.replaceAll(quote, quote + quote);
    return quote + inside + quote;
  };
  const lines = [
    ...(said ? [`sep=${delimiter}`] : []),
    ...preamble,
    header.map((name) => cell(name, true)).join(delimiter),
    ...rows.map((row) => row.map((value) => cell(value, quoteAll)).join(delimiter)),
  ];
  const text = lines
    .map((line, i) => line + (i < lines.length - 1 || how.final ? ends[i % ends.length] : ""))
    .join("");
  return marked ? withMark(text, encoding) : encode(text, encoding);
}

it("any table, in any dialect and encoding, is read as it was, header included", () => {
  fc.assert(
    fc.property(table, fc.constantFrom(1, 7, 64, 64 * 1024), (one, blockBytes) => {
      const reading = decide(files, files.write(write(one)));
      const { records, rejects, reader } = readAll(reading.file, reading.dialect, { blockBytes });
      expect(rejects).toEqual([]);
      expect(reading.dialect.header).toEqual(one.header);
      expect(records.map(({ fields }) => fields)).toEqual(one.rows);
      expect(records.map(({ n }) => n)).toEqual(one.rows.map((_, i) => i));
      expect(reader.open?.kept ?? false).toBe(!one.how.final);
    }),
    { numRuns: runs(200) },
  );
});

/** Text as it comes: quotes that are never closed, bytes that are no text, half line ends. */
const messy = fc
  .array(
    fc.constantFrom(
      ...[
        '"',
        '"',
        "'",
        ",",
        ",",
        "\n",
        "\n",
        "\r\n",
        "\r",
        "a",
        "é",
        " ",
        "#",
        "\0",
        "\\",
        "Total",
        "1,2,3\n",
      ],
      ...['"x","y","z"\n', '"x\ny",2,3\n', "\uFEFF", "id_magasin,ville,note\n"],
      [0xff],
      [0xc3],
    ),
    { maxLength: 60 },
  )
  .map((parts) => Buffer.concat(parts.map((part) => Buffer.from(part as string))));

const cuts = fc.record({
  quote: fc.constantFrom<Quote | null>('"', "'", null),
  backslash: fc.boolean(),
  lineEnd: fc.constantFrom<"lf" | "any">("lf", "any"),
  comment: fc.constantFrom(null, "#"),
  trailing: fc.constantFrom(0, 0, 1),
  ragged: fc.boolean(),
});

const dialectOf = ({ quote, backslash, ...rest }: typeof cuts extends fc.Arbitrary<infer T> ? T : never) => ({
  ...rest,
  delimiter: "," as const,
  quote,
  escape: quote === null ? null : backslash ? ("\\" as const) : quote,
  header: ["id_magasin", "ville", "note"],
  columns: ["id_magasin", "ville", null],
  headerLine: 1,
  data: { byte: 0, line: 1 },
  entities: ["magasins" as const],
  entity: "magasins" as const,
  least: 2,
  labels: [0, 1],
});

describe("any bytes at all", () => {
  it("are read or refused, whatever comes before them, and leave no copy behind", () => {
    const before = fc.constantFrom(
      "id_magasin,ville,note\n",
      "id_magasin;ville\r",
      "'id_magasin'\t'ville'\n",
      "\uFEFFsep=|\nid_magasin|ville\r\n",
      "",
    );
    fc.assert(
      fc.property(
        before,
        messy,
        fc.constantFrom("utf-8", "utf-16le", "utf-16be"),
        (head, bytes, encoding) => {
          const rest = encoding === "utf-8" ? bytes : encode(bytes.toString("latin1"), encoding);
          const file = files.write(Buffer.concat([encode(head, encoding), rest]));
          const copy = files.path();
          const refusal = refusalOf(() => {
            const reading = decide(files, file, { copy });
            const { records, rejects, reader } = readAll(reading.file, reading.dialect);
            expect(records.length + rejects.length).toBe(reader.records);
            for (const { fields } of records) expect(fields.length).toBe(reading.dialect.header.length);
            rmSync(copy, { force: true });
          });
          if (refusal !== undefined) expect(refusal.toError("a", "en").sentence).not.toContain("undefined");
          expect(existsSync(copy)).toBe(false);
        },
      ),
      { numRuns: runs(400) },
    );
  });

  it.each([
    ...[",'", ',"', "'", '"', "''", '""', "'a,", '"a,', '\\"', "\r", "\0", ",", "#,", "Total,", " ", '"",'],
    ...[",''',", '"\n', '"a\n', ',"\r', "é", "\uFEFF"],
  ])("like %j, half a million of them, are done with in seconds", (unit) => {
    const text = unit.repeat(500_000 / unit.length);
    for (const end of ["", "\n"]) {
      const file = files.write(`id_magasin,ville,note\n1,Paris,x\n${text}${end}2,Lyon,y\n`);
      const reading = decide(files, file);
      expect(readAll(reading.file, reading.dialect).reader.records).toBeGreaterThan(0);
    }
  });

  it("give the same records however they are cut into blocks", () => {
    fc.assert(
      fc.property(messy, cuts, fc.integer({ min: 1, max: 40 }), (bytes, cut, blockBytes) => {
        const file = files.write(bytes);
        const whole = readAll(file, dialectOf(cut));
        const cutUp = readAll(file, dialectOf(cut), { blockBytes });
        expect(cutUp.records).toEqual(whole.records);
        expect(cutUp.rejects).toEqual(whole.rejects);
        expect(cutUp.reader.open).toEqual(whole.reader.open);
        expect(cutUp.reader.leftOut).toEqual(whole.reader.leftOut);
        expect(cutUp.reader.end).toEqual(whole.reader.end);
      }),
      { numRuns: runs(500) },
    );
  });

  it("that grow are gone on with where they ended: nothing twice, nothing lost, nothing otherwise", () => {
    fc.assert(
      fc.property(messy, messy, cuts, fc.boolean(), (first, then, cut, keep) => {
        const dialect = dialectOf(cut);
        const before = readAll(files.write(first), dialect, { keep });
        // Lines under another header are read from the start.
        if (before.reader.notes.some(({ code }) => code === "headers.other" || code === "headers.aside"))
          return;
        const grown = files.write(Buffer.concat([first, then]));
        const whole = readAll(grown, dialect);
        const { end } = before.reader;
        const rest = readAll(grown, dialect, { from: end });
        const told = (seen: typeof whole, after: boolean) => ({
          records: seen.records.filter(({ n }) => n >= end.record === after),
          rejects: seen.rejects.filter(({ n }) => n >= end.record === after),
        });
        expect(told(whole, true)).toEqual({ records: rest.records, rejects: rest.rejects });
        expect(told(whole, false)).toEqual(told(before, false));
        if (before.reader.settled)
          expect(before.records.length + before.rejects.length).toBeLessThanOrEqual(end.record + 1);
      }),
      { numRuns: runs(500) },
    );
  });
});
