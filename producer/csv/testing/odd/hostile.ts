import { withMark } from "../encode.ts";
import { lines, type OddFile, PARIS, SHOP } from "./odd-file.ts";

const kind = (
  name: string,
  refused: string,
  ...content: readonly (string | readonly number[])[]
): OddFile => ({
  name,
  content: Buffer.concat(
    content.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))),
  ),
  refused,
});

const ZIP = [0x50, 0x4b, 0x03, 0x04, 0x14, 0x00, 0x06, 0x00];

export const otherKinds: readonly OddFile[] = [
  kind("an Excel workbook", "source.workbook", ZIP, "[Content_Types].xml...", "xl/workbook.xml"),
  kind(
    "an Excel workbook of 1997",
    "source.workbook",
    [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0],
  ),
  kind(
    "an OpenDocument sheet",
    "source.workbook",
    ZIP,
    "mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
  ),
  kind("a Numbers workbook", "source.workbook", ZIP, "Index/Document.iwa"),
  kind(
    "an Excel 2003 XML workbook",
    "source.workbook",
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>',
  ),
  kind("a Word document", "source.document", ZIP, "[Content_Types].xml...", "word/document.xml"),
  kind("a zip of something else", "source.archive", ZIP, "ventes.csv"),
  kind("a PDF", "source.document", "%PDF-1.7\n"),
  kind("an RTF document", "source.document", "{\\rtf1\\ansi"),
  kind("gzip left as it is", "source.archive", [0x1f, 0x8b, 8, 0]),
  kind("bzip2", "source.archive", "BZh91AY&SY"),
  kind("xz", "source.archive", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]),
  kind("zstd", "source.archive", [0x28, 0xb5, 0x2f, 0xfd]),
  kind("7-Zip", "source.archive", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]),
  kind("RAR", "source.archive", "Rar!\x1a\x07\x01"),
  kind("a PNG", "source.image", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]),
  kind("a JPEG", "source.image", [0xff, 0xd8, 0xff, 0xe0]),
  kind("a GIF", "source.image", "GIF89a"),
  kind("a WebP", "source.image", "RIFF", [1, 2, 3, 4], "WEBPVP8 "),
  kind("a SQLite database", "source.database", "SQLite format 3\0"),
  kind("a Parquet file", "source.database", "PAR1", [0x15, 0]),
  kind("an HTML page", "source.html", "<!DOCTYPE html>\n<html>"),
  kind(
    "a page to log in",
    "source.login",
    `<!DOCTYPE html>\n<html><head>${" ".repeat(5000)}</head><form><input name="p" type="password">`,
  ),
  kind("a page whose title says so", "source.login", "<html><head><title>Connexion - Ma caisse</title>"),
  kind("an error of MySQL", "source.server_error", "ERROR 1045 (28000): Access denied for user 'x'@'y'"),
  kind("an error of PDO", "source.server_error", "SQLSTATE[HY000] [2002] Connection refused"),
  kind("an error of WordPress", "source.server_error", "\nError establishing a database connection\n"),
  kind(
    "an HTML page with a mark and a comment first",
    "source.html",
    "\uFEFF\n<!-- saved -->\n<html lang=fr>",
  ),
  kind("an HTML table that is called .xls", "source.html", "<table><tr><td>id_magasin"),
  { name: "an HTML page in UTF-16", content: withMark("<html>", "utf-16le"), refused: "source.html" },
  kind("an XHTML page", "source.html", '<?xml version="1.0"?>\n<!DOCTYPE x>\n<html xmlns="x">'),
  kind("XML", "source.xml", '<?xml version="1.0"?>\n<ventes>'),
  kind("XML without a declaration", "source.xml", "<Error><Code>AccessDenied</Code></Error>"),
  kind("a JSON object", "source.json", '{"error": "login"}'),
  kind("a JSON array of objects", "source.json", '[\n  {"id_magasin": 1}\n]'),
  kind("a JSON array of arrays", "source.json", '[["id_magasin","ville"],[1,"Paris"]]'),
  kind("JSON lines", "source.json", '{"id_magasin":1}\n{"id_magasin":2}\n'),
  kind("an empty JSON array", "source.json", "[]"),
  kind("plain text", "source.no_table", "Bonjour,\nveuillez trouver ci-joint\nles ventes\n"),
  {
    name: "names in brackets, which are no JSON",
    content: lines("[id_magasin],[ville]", "1,Paris"),
    decided: { header: ["[id_magasin]", "[ville]"] },
    records: [[2, "1", "Paris"]],
  },
];

const MEGABYTE = "x".repeat(1024 * 1024);

export const hostile: readonly OddFile[] = [
  {
    name: "NUL bytes in a line",
    content: lines(SHOP, "1,Paris,x", "2,Ly\0on,y", '3,"Ni\0ce",z', "4,Brest,w"),
    records: [PARIS, [5, "4", "Brest", "w"]],
    rejects: [
      [3, "record.nul"],
      [4, "record.nul"],
    ],
  },
  {
    name: "NUL bytes at the end, as a disk that filled up leaves them",
    content: `${lines(SHOP, "1,Paris,x")}${"\0".repeat(5000)}`,
    records: [PARIS],
    rejects: [[3, "record.nul"]],
  },
  {
    name: "terminal escapes and formulas are text",
    content: lines(SHOP, "1,\x1b[31mParis\x1b[0m,=cmd|' /C calc'!A0", "2,Lyon,\x07\x08"),
    records: [
      [2, "1", "\x1b[31mParis\x1b[0m", "=cmd|' /C calc'!A0"],
      [3, "2", "Lyon", "\x07\x08"],
    ],
  },
  {
    name: "look-alikes stay apart",
    content: lines(SHOP, "A,Paris,x", "А,Paris,x", "Ａ,Paris,x", "A\u200b,Paris,x"),
    decided: { encoding: "utf-8" },
    records: [
      [2, "A", "Paris", "x"],
      [3, "А", "Paris", "x"],
      [4, "Ａ", "Paris", "x"],
      [5, "A\u200b", "Paris", "x"],
    ],
  },
  {
    name: "a quote that is never closed, in the first line of data",
    content: lines(SHOP, '1,"Paris,x', "2,Lyon,y", "3,Nice,z"),
    records: [
      [3, "2", "Lyon", "y"],
      [4, "3", "Nice", "z"],
    ],
    rejects: [[2, "record.bad_quotes"]],
  },
  {
    name: "a quote that is never closed, with quoted cells after it",
    content: lines(SHOP, '1,"Paris,x', '2,"Lyon, Rhône",y', "3,Nice,z"),
    decided: { encoding: "utf-8" },
    records: [
      [3, "2", "Lyon, Rhône", "y"],
      [4, "3", "Nice", "z"],
    ],
    rejects: [[2, "record.bad_quotes"]],
  },
  {
    name: "a quote that is never closed, and more than a megabyte after it",
    content: `${SHOP}\n1,"Paris,x\n${"2,Lyon,y\n".repeat(200_000)}3,"Ni\nce",z\n`,
    records: [
      ...Array.from({ length: 200_000 }, (_, i) => [i + 3, "2", "Lyon", "y"] as const),
      [200_003, "3", "Ni\nce", "z"],
    ],
    rejects: [[2, "record.bad_quotes"]],
  },
  {
    name: "a quote that is never closed, in the last line",
    content: lines(SHOP, "1,Paris,x", '2,Lyon,"y'),
    records: [PARIS],
    rejects: [[3, "record.bad_quotes"]],
  },
  {
    name: "a quote that is never closed, in the last line, without its line end",
    content: `${SHOP}\n1,Paris,x\n2,Lyon,"y`,
    records: [PARIS],
    rejects: [[3, "record.bad_quotes"]],
  },
  {
    name: "a cell of more than a megabyte",
    content: lines(SHOP, "1,Paris,x", `2,Lyon,${MEGABYTE}`, "3,Nice,z"),
    records: [PARIS, [4, "3", "Nice", "z"]],
    rejects: [[3, "record.too_long"]],
  },
  {
    name: "a quoted cell of more than a megabyte",
    content: lines(SHOP, "1,Paris,x", `2,Lyon,"${MEGABYTE}"`, "3,Nice,z"),
    records: [PARIS, [4, "3", "Nice", "z"]],
    rejects: [[3, "record.too_long"]],
  },
  {
    name: "a quoted cell of more than a megabyte in many lines",
    content: lines(SHOP, "1,Paris,x", `2,Lyon,"${"abcdefghi\n".repeat(110_000)}"`, "3,Nice,z"),
    records: [PARIS, [110_004, "3", "Nice", "z"]],
    rejects: [
      [3, "record.bad_quotes"],
      ...Array.from({ length: 109_999 }, (_, i) => [i + 4, "record.wrong_length"] as const),
      [110_003, "record.bad_quotes"],
    ],
  },
  { name: "one line of megabytes", content: MEGABYTE, refused: "source.header_too_long" },
  {
    name: "a header of megabytes",
    content: `id_magasin,ville,${MEGABYTE}\n1,Paris,x\n`,
    refused: "source.header_too_long",
  },
  {
    name: "a header of 300,000 bytes",
    content: `id_magasin,ville,${"x".repeat(300_000)}\n1,Paris,x\n`,
    refused: "source.header_too_long",
  },
  {
    name: "a hundred thousand columns",
    content: `id_magasin,ville${",c".repeat(100_000)}\n`,
    refused: "source.too_many_columns",
  },
  {
    name: "a hundred thousand columns in a record",
    content: lines(SHOP, `1,Paris${",x".repeat(100_000)}`, "2,Lyon,y"),
    records: [[3, "2", "Lyon", "y"]],
    rejects: [[2, "record.wrong_length"]],
  },
  {
    name: "nothing but quotes",
    content: lines(SHOP, '"'.repeat(10_001), "1,Paris,x"),
    records: [[3, "1", "Paris", "x"]],
    rejects: [[2, "record.bad_quotes"]],
  },
  {
    name: "nothing but delimiters",
    content: lines(SHOP, ",".repeat(100_000), "1,Paris,x"),
    records: [[3, "1", "Paris", "x"]],
  },
  {
    name: "nothing but CRs",
    content: `${SHOP}\n1,Paris,x${"\r".repeat(100_000)}\n`,
    records: [PARIS],
  },
];
