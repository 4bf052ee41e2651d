/** A catalogue's document, read by what it holds, whatever its name and Content-Type say. */
import { readFileSync } from "node:fs";
import { SourceRefusal } from "../source/index.ts";
import { readCsvList } from "./csv-list.ts";
import { readHtmlIndex } from "./html-index.ts";
import { readJsonList } from "./json-list.ts";
import type { Listing } from "./listing.ts";
import { readTextList } from "./text-list.ts";

/** `url`: where it was found. Throws SourceRefusal. */
export function readDocument(bytes: Buffer, url: string): Listing {
  const text = decoded(bytes);
  if (/^\s*</.test(text)) return readHtmlIndex(text, url);
  if (/^\s*[[{]/.test(text)) return readJsonList(text);
  return readCsvList(text) ?? readTextList(text);
}

export const readDocumentFile = (file: string, url: string): Listing => readDocument(readFileSync(file), url);

/** Without its byte order mark. */
function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new SourceRefusal("catalogue.not_utf8");
  }
}
