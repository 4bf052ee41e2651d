/**
 * Recognizes files that are not CSV by their first bytes. The refusal of each kind has its own sentence, which says
 * what to do instead.
 */
import { readSync } from "node:fs";
import { type SourceErrorCode, SourceRefusal } from "../source/index.ts";

/** How many bytes at the beginning decide. */
const LOOKED_AT = 4096;
/** How many bytes at the end of a zip are searched for the names of its files. */
const ZIP_END = 64 * 1024;

interface Kind {
  readonly code: SourceErrorCode;
  readonly what?: string;
}

/** The first bytes of each kind; `null` stands for any byte. */
const SIGNATURES: readonly (Kind & { readonly bytes: string | readonly (number | null)[] })[] = [
  { bytes: "%PDF-", code: "source.document", what: "PDF" },
  { bytes: "{\\rtf", code: "source.document", what: "RTF" },
  { bytes: "%!PS", code: "source.document", what: "PostScript" },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], code: "source.workbook", what: "Excel 97-2003" },
  { bytes: [0x09, 0x08, null, 0x00, null, 0x00], code: "source.workbook", what: "Excel 5" },
  { bytes: [0x1f, 0x8b], code: "source.archive", what: "gzip" },
  { bytes: "BZh", code: "source.archive", what: "bzip2" },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], code: "source.archive", what: "xz" },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], code: "source.archive", what: "zstd" },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], code: "source.archive", what: "7-Zip" },
  { bytes: "Rar!\x1a\x07", code: "source.archive", what: "RAR" },
  { bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], code: "source.image", what: "PNG" },
  { bytes: [0xff, 0xd8, 0xff], code: "source.image", what: "JPEG" },
  { bytes: "GIF87a", code: "source.image", what: "GIF" },
  { bytes: "GIF89a", code: "source.image", what: "GIF" },
  { bytes: [0x52, 0x49, 0x46, 0x46, null, null, null, null, 0x57, 0x45], code: "source.image", what: "WebP" },
  { bytes: [0x49, 0x49, 0x2a, 0x00], code: "source.image", what: "TIFF" },
  { bytes: [0x4d, 0x4d, 0x00, 0x2a], code: "source.image", what: "TIFF" },
  { bytes: "SQLite format 3\0", code: "source.database", what: "SQLite" },
  { bytes: "PAR1", code: "source.database", what: "Parquet" },
  {
    bytes: [0, 1, 0, 0, 0x53, 0x74, 0x61, 0x6e, 0x64, 0x61, 0x72, 0x64],
    code: "source.database",
    what: "Access",
  },
];

/** The kinds of files that are zips, by a name that one of the files in the zip has. */
const ZIPS: readonly (Kind & { readonly holds: string })[] = [
  { holds: "xl/", code: "source.workbook", what: "Excel" },
  { holds: "opendocument.spreadsheet", code: "source.workbook", what: "OpenDocument" },
  { holds: "Index/Document.iwa", code: "source.workbook", what: "Numbers" },
  { holds: "word/", code: "source.document", what: "Word" },
  { holds: "opendocument", code: "source.document", what: "OpenDocument" },
];

const WORKBOOK_XML = /progid="Excel\.Sheet"|urn:schemas-microsoft-com:office:spreadsheet/;
const HTML =
  /^\s*(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|div|script|style|title)\b/i;
const XML = /^\s*<(?:\?xml|!--|!doctype|[a-z][\w:.-]*[\s>/])/i;
/** A page of HTML has its form within so many bytes. */
const PAGE = 64 * 1024;
const LOGIN =
  /<input\b[^>]{0,300}\btype\s*=\s*["']?password|<title[^>]{0,100}>[^<]{0,300}(?:log[ -]?in|sign[ -]?in|connexion|identifi|anmeld)/i;
const PHP_ERROR =
  "(?:Warning|Notice|Deprecated|(?:Recoverable |Catchable )?[Ff]atal error|Parse error|Strict Standards)";
/** What PHP writes above the output of a script: as HTML, and as text. */
const PHP = new RegExp(`<b>${PHP_ERROR}</b>:`);
const PHP_LINE = new RegExp(`^\\s*(?:(?:<br\\s*/?>\\s*)*|.*${PHP.source}.*)$`);
const PHP_TEXT = new RegExp(`^\\s*(?:PHP )?${PHP_ERROR}:\\s[\\s\\S]{0,2000}? on line \\d+`);
const PHP_TEXT_END = / on line \d+\s*$/;
/** What a database, or the program that asks it, says instead of rows. */
const DATABASE_ERROR =
  /SQLSTATE\[|\bORA-\d{5}\b|\bERROR \d{4} \(\w+\)|\bmysqli?_connect\b|\bpg_connect\b|PDOException|You have an error in your SQL syntax|Access denied for user|Error establishing a database connection|could not connect to server|connexion (?:à|a) la base de donn|^(?:Unable to|Could not|Cannot|Failed to) connect to (?:the )?(?:database|MySQL)/i;
const SHOWN_ERROR = 200;
const JSON_TEXT = /^\s*(?:\{\s*["}]|\[\s*(?:[[{\]"]|-?\d+\s*[,\]]))/;

const matches = (start: Buffer, bytes: string | readonly (number | null)[]): boolean =>
  typeof bytes === "string"
    ? start.toString("latin1", 0, bytes.length) === bytes
    : bytes.every((byte, i) => byte === null || start[i] === byte);

/**
 * Throws SourceRefusal when the file is of a kind that is not CSV. `size`: of the file, in bytes; `skipped`: how many lines
 * at its beginning the operator leaves out.
 */
export function refuseOtherKinds(fd: number, size: number, skipped = 0): void {
  const start = readAt(fd, 0, LOOKED_AT);
  const page = () => readAt(fd, 0, PAGE);
  const kind =
    SIGNATURES.find(({ bytes }) => matches(start, bytes)) ??
    zipKind(fd, size, start) ??
    textKind(start, page, skipped);
  if (kind !== undefined) throw new SourceRefusal(kind.code, kind.what);
}

function readAt(fd: number, position: number, most: number): Buffer {
  const bytes = Buffer.alloc(most);
  return bytes.subarray(0, readSync(fd, bytes, 0, most, position));
}

function zipKind(fd: number, size: number, start: Buffer): Kind | undefined {
  if (!matches(start, [0x50, 0x4b, 0x03, 0x04]) && !matches(start, [0x50, 0x4b, 0x05, 0x06]))
    return undefined;
  const names =
    start.toString("latin1") + readAt(fd, Math.max(0, size - ZIP_END), ZIP_END).toString("latin1");
  return ZIPS.find(({ holds }) => names.includes(holds)) ?? { code: "source.archive", what: "zip" };
}

/** `page`: more of the beginning. */
function textKind(start: Buffer, page: () => Buffer, skipped: number): Kind | undefined {
  const wide =
    start[0] === 0xff || start[1] === 0
      ? "utf-16le"
      : start[0] === 0xfe || start[0] === 0
        ? "utf-16be"
        : "utf-8";
  const decode = (bytes: Buffer) => new TextDecoder(wide).decode(bytes);
  const lines = decode(start).split("\n").slice(skipped);
  const text = lines.join("\n");
  if (/^\s*</.test(text) && PHP.test(text)) {
    const after = lines.findIndex((line) => !PHP_LINE.test(line));
    return { code: "source.php", what: String(skipped + Math.max(1, after)) };
  }
  if (PHP_TEXT.test(text)) {
    const last = lines.findLastIndex((line) => PHP_TEXT_END.test(line));
    const after = lines.findIndex((line, at) => at > last && line.trim() !== "");
    return { code: "source.php", what: String(skipped + Math.max(1, after)) };
  }
  const [first = ""] = text.trimStart().split("\n", 1);
  if (!/^\s*</.test(text) && DATABASE_ERROR.test(first))
    return { code: "source.server_error", what: first.trim().slice(0, SHOWN_ERROR) };
  if (HTML.test(text) || (XML.test(text) && /<html[\s>]/i.test(text)))
    return { code: LOGIN.test(decode(page())) ? "source.login" : "source.html" };
  if (XML.test(text))
    return WORKBOOK_XML.test(text)
      ? { code: "source.workbook", what: "Excel 2003 XML" }
      : { code: "source.xml" };
  return JSON_TEXT.test(text) ? { code: "source.json" } : undefined;
}
