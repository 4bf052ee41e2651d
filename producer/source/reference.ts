/**
 * How a source is named: its id is its URL; a path is its absolute file: URL (contract). `assertId` checks an id where
 * it comes in (command line, request, list, topic); behind it every function here takes it without an error.
 */
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { SourceRefusal } from "./error.ts";
import { shareLinkOf } from "./share-links.ts";

const PROTOCOLS = new Set(["http:", "https:", "file:"]);

/** A file of a zip is named behind it, `url#entry.csv`; any other fragment is of a page and goes. */
const ENTRY_NAME = /\.(csv|tsv|tab|txt)$/i;
const ZIP_NAME = /\.zip$/i;

/**
 * The id of a source from a URL or a path (relative to `cwd`). Throws SourceRefusal: for what is neither, for
 * credentials in a URL, which would stand in topics, and for links that are known to lead to a page.
 */
export function sourceId(reference: string, cwd = process.cwd()): string {
  const id = namedSource(reference, cwd);
  assertId(id);
  const url = new URL(id);
  if (url.username !== "" || url.password !== "") throw new SourceRefusal("source.credentials_in_url");
  // From the text: what comes behind the # says which sheet.
  const page = shareLinkOf(reference.trim());
  if (page?.certain === true) throw new SourceRefusal("source.share_link", page.service, page.file);
  return id;
}

/** Longest id, in bytes: servers take no longer URL, and each event of a source has it. */
export const MAX_ID_BYTES = 8 * 1024;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_IN_IDS = /[\s\u0000-\u001f\u007f-\u009f]/;

/** Throws SourceRefusal for what is no URL that can be asked for, or no path of this machine. */
export function assertId(id: string): void {
  if (Buffer.byteLength(id) > MAX_ID_BYTES)
    throw new SourceRefusal("source.id_too_long", String(Buffer.byteLength(id)), String(MAX_ID_BYTES));
  const url = !NOT_IN_IDS.test(id) && URL.canParse(id) ? new URL(id) : undefined;
  // `FILE:` is `file:` to a URL, and not to who compares ids.
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

/** The id that a reference has or once had, where nothing is going to be registered or read. */
export function namedSource(reference: string, cwd = process.cwd()): string {
  const text = reference.trim();
  if (text === "") throw new SourceRefusal("source.bad_reference");
  // A scheme of one letter is a drive of Windows.
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

/** The file of a zip that a source names, or null. */
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
/** Somebody else's server is not asked more often than this. */
export const LEAST_REMOTE_MS = 5_000;

/** Whether a URL is of a server on this machine. */
export const isLoopback = (source: string): boolean => LOOPBACK.test(new URL(source).hostname);

/** The shortest time between two looks (contract): none for paths and loopback, 5 s otherwise. */
export const leastEvery = (source: string): number =>
  isFileSource(source) || isLoopback(source) ? 0 : LEAST_REMOTE_MS;

export const pathOfSource = (source: string): string => fileURLToPath(source);
