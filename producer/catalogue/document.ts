/** Reads a catalogue's document. The content decides its form; its name and Content-Type do not matter. */
import { readFileSync } from "node:fs";
import { SourceRefusal } from "../source/index.ts";
import { readCsvList } from "./csv-list.ts";
import { readHtmlIndex } from "./html-index.ts";
import { readJsonList } from "./json-list.ts";
import type { Listing } from "./listing.ts";
import { readTextList } from "./text-list.ts";

/** `url`: the address of the document, after redirects. Throws SourceRefusal. Yields where the work is long. */
export function* readDocument(bytes: Buffer, url: string): Generator<void, Listing> {
  const text = decoded(bytes);
  if (/^\s*</.test(text)) return yield* readHtmlIndex(text, url);
  if (/^\s*[[{]/.test(text)) return readJsonList(text);
  return readCsvList(text) ?? readTextList(text);
}

export const readDocumentFile = (file: string, url: string): Generator<void, Listing> =>
  readDocument(readFileSync(file), url);

/** The text without its byte order mark. Throws SourceRefusal (catalogue.not_utf8). */
function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new SourceRefusal("catalogue.not_utf8");
  }
}
