/** The name that keeps the ids of a source apart from those of others: `--id-scope` (rules 5, 6). */
import { hash } from "node:crypto";
import { posix } from "node:path";

/** In an id scope: the name of the source's file. So each file of a catalogue has ids of its own. */
export const FILE_SCOPE = "{file}";
const HASH_CHARACTERS = 8;

/** The scope of a source: `{file}` in it is the name of its file. */
export const scopeNamed = (idScope: string, source: string): string =>
  idScope.includes(FILE_SCOPE) ? idScope.replaceAll(FILE_SCOPE, () => fileOf(source)) : idScope;

/** A scope for a source that has `taken` already, as another source does. */
export const otherScope = (taken: string | undefined, source: string): string => {
  const name = fileOf(source);
  return name === taken ? `${name}-${shortHash(source)}` : name;
};

const shortHash = (text: string): string => hash("sha256", text, "hex").slice(0, HASH_CHARACTERS);

/**
 * The name of the file without its ending, of a file in a zip with that of the zip. A query may hold a secret, so it
 * is a hash.
 */
function fileOf(source: string): string {
  const { pathname, search, hash: entry } = new URL(source);
  const names = [posix.basename(decoded(pathname)), ...(entry === "" ? [] : [decoded(entry.slice(1))])];
  const name = names.map((one) => one.replace(/\.(?:csv|txt|tsv|tab|zip)(?:\.gz)?$/i, "")).join("-");
  const plain = name.replace(/[^\p{L}\p{N}_-]+/gu, "-") || "b";
  return search === "" ? plain : `${plain}-${shortHash(search)}`;
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
