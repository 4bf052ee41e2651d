/** Text as bytes of an encoding, for tests: Node itself writes only UTF-8 and UTF-16LE. */

const tables = new Map<string, ReadonlyMap<string, number>>();

function tableOf(encoding: string): ReadonlyMap<string, number> {
  let table = tables.get(encoding);
  if (table === undefined) {
    const decoder = new TextDecoder(encoding);
    table = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]));
    tables.set(encoding, table);
  }
  return table;
}

/** Whether each character of the text has a byte, or bytes, in the encoding. */
export const canEncode = (text: string, encoding: string): boolean =>
  encoding.startsWith("utf-") ? text.isWellFormed() : Array.from(text).every((c) => tableOf(encoding).has(c));

export function encode(text: string, encoding: string): Buffer {
  switch (encoding) {
    case "utf-8":
      return Buffer.from(text, "utf8");
    case "utf-16le":
      return Buffer.from(text, "utf16le");
    case "utf-16be":
      return Buffer.from(text, "utf16le").swap16();
    default:
      return Buffer.from(
        Array.from(text, (c) => {
          const byte = tableOf(encoding).get(c);
          if (byte === undefined) throw new Error(`${JSON.stringify(c)} is not in ${encoding}`);
          return byte;
        }),
      );
  }
}

const MARKS: Readonly<Record<string, readonly number[]>> = {
  "utf-8": [0xef, 0xbb, 0xbf],
  "utf-16le": [0xff, 0xfe],
  "utf-16be": [0xfe, 0xff],
};

export const withMark = (text: string, encoding: string): Buffer =>
  Buffer.concat([Buffer.from(MARKS[encoding] ?? []), encode(text, encoding)]);

/** Text and bytes, one behind the other. */
export const joined = (...parts: readonly (string | readonly number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));
