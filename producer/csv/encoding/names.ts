/** Names of encodings. The project's own name of an encoding is the one that TextDecoder gives it. */

/** A file that has nothing but ASCII: a version that continues it may be in any encoding. */
export const ASCII = "ascii";
export const UTF_8 = "utf-8";

/** The names to choose from, for messages. */
export const KNOWN_NAMES = "utf-8, utf-16le, utf-16be, windows-1252, iso-8859-1, iso-8859-15, macintosh";

/** Names that people use and TextDecoder does not know. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  ansi: "windows-1252",
  "latin-1": "windows-1252",
  latin9: "iso-8859-15",
  "latin-9": "iso-8859-15",
  "mac-roman": "macintosh",
  "mac roman": "macintosh",
  macroman: "macintosh",
  "utf-8-sig": "utf-8",
  "utf8-sig": "utf-8",
  "utf-16-le": "utf-16le",
  "utf-16-be": "utf-16be",
};

/** The name that TextDecoder gives the encoding that is named so; undefined when it does not know it. */
export function encodingNamed(name: string): string | undefined {
  const said = name.trim().toLowerCase();
  try {
    return new TextDecoder(OTHER_NAMES[said] ?? said).encoding;
  } catch {
    return undefined;
  }
}

/** Whether a name leaves open which of the two UTF-16 it is. */
export const isEitherUtf16 = (name: string): boolean => name.trim().toLowerCase() === "utf-16";
