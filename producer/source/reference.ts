/**
 * The id of a source is its URL; the id of a path is its absolute file: URL. `assertId` checks an id from outside
 * (command line, request, list, topic). The other functions expect an id that it has accepted.
 */
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { HAND_PRICES } from "#shared/contract/hand-prices.ts";
import { BOUNDS } from "./bounds.ts";
import { SourceRefusal } from "./error.ts";
import { shareLinkOf } from "./share-links.ts";

const PROTOCOLS = new Set(["http:", "https:", "file:"]);

/** A fragment names a file in a zip, `url#entry.csv`. Any other fragment points into a page, and `sourceId` drops it. */
const ENTRY_NAME = /\.(csv|tsv|tab|txt)$/i;
const ZIP_NAME = /\.zip$/i;

/**
 * The id of a source from a URL or a path (relative to `cwd`). Throws SourceRefusal when the text is neither, when the
 * URL holds credentials (they would be in the topics), and when the link is known to lead to a page.
 */
export function sourceId(reference: string, cwd = process.cwd()): string {
  const id = namedSource(reference, cwd);
  assertId(id);
  const url = new URL(id);
  if (url.username !== "" || url.password !== "") throw new SourceRefusal("source.credentials_in_url");
  // From the text, because its fragment names the sheet, and the id has lost it.
  const page = shareLinkOf(reference.trim());
  if (page?.certain === true) throw new SourceRefusal("source.share_link", page.service, page.file);
  return id;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: ids must not hold control characters
const NOT_IN_IDS = /[\s\u0000-\u001f\u007f-\u009f]/;

/** Throws SourceRefusal when the id is no http, https or file URL, too long, or no path of this machine. */
export function assertId(id: string): void {
  if (Buffer.byteLength(id) > BOUNDS.idBytes)
    throw new SourceRefusal("source.id_too_long", String(Buffer.byteLength(id)), String(BOUNDS.idBytes));
  const url = !NOT_IN_IDS.test(id) && URL.canParse(id) ? new URL(id) : undefined;
  // The URL parser accepts `FILE:` as `file:`, but the program compares ids as text.
  if (url === undefined || !PROTOCOLS.has(url.protocol) || !id.startsWith(url.protocol))
    throw new SourceRefusal("source.bad_reference");
  if (url.protocol === "file:") assertPath(url);
}

function assertPath(url: URL): void {
  let path: string;
  try {
    path = fileURLToPath(url);
  } catch (error) {
    throw new SourceRefusal("source.bad_file_url", error instanceof Error ? error.message : String(error));
  }
  if (path.includes("\0")) throw new SourceRefusal("source.bad_file_url", "%00");
}

/**
 * The id of a source that is to be found or removed, not read or registered. It accepts ids that `sourceId` refuses.
 * Throws SourceRefusal when the text is neither a path nor a URL.
 */
export function namedSource(reference: string, cwd = process.cwd()): string {
  const text = reference.trim();
  if (text === "") throw new SourceRefusal("source.bad_reference");
  if (text === HAND_PRICES) return text;
  // A scheme of one letter is a Windows drive, so the text is a path.
  if (!/^[a-z][a-z0-9+.-]+:/i.test(text)) {
    const [, zip, entry] = /^(.*\.zip)#(.+)$/i.exec(text) ?? [];
    const url = pathToFileURL(resolve(cwd, zip ?? text));
    if (entry !== undefined) url.hash = encodeURIComponent(entry).replaceAll("%2F", "/");
    return url.href;
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !PROTOCOLS.has(url.protocol)) throw new SourceRefusal("source.bad_reference");
  if (!ZIP_NAME.test(url.pathname) && !ENTRY_NAME.test(url.hash)) url.hash = "";
  return url.href;
}

/** The name of the file in the zip that the id names, or null. */
export function entryOfSource(source: string): string | null {
  const fragment = new URL(source).hash.slice(1);
  if (fragment === "") return null;
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

export const isFileSource = (source: string): boolean => source.startsWith("file:");

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;
/** The shortest time between two polls of a server on another machine. */
export const LEAST_REMOTE_MS = 5_000;

/** Whether the host of a URL is this machine. */
export const isLoopback = (source: string): boolean => LOOPBACK.test(new URL(source).hostname);

/** The shortest time between two polls, in milliseconds: 0 for paths and loopback, otherwise `LEAST_REMOTE_MS`. */
export const leastEvery = (source: string): number =>
  isFileSource(source) || isLoopback(source) ? 0 : LEAST_REMOTE_MS;

export const pathOfSource = (source: string): string => fileURLToPath(source);
