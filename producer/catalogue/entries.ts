/**
 * What a listing lists, resolved: each entry is a source with what the list says of it, or is refused with its
 * reason. The same file listed twice in the same way is one entry.
 */
import { dirname, resolve } from "node:path";
import type { EntityName } from "#shared/contract/entities/index.ts";
import type { Language } from "#shared/runtime/settings.ts";
import { isFileSource, parseEntities, pathOfSource, SourceRefusal, sourceId } from "../source/index.ts";
import { type Listed, type Listing, MAX_ENTRIES } from "./listing.ts";
import { type SourceOptions, sourceOptions } from "./options.ts";

export interface Entry {
  /** The source's id. */
  readonly source: string;
  /** What the list says it holds. */
  readonly entities: readonly EntityName[] | undefined;
  readonly options: SourceOptions;
}

export interface RefusedEntry {
  /** Its id, or the reference as listed where it has none. */
  readonly source: string;
  readonly reason: string;
}

export interface Entries {
  readonly entries: readonly Entry[];
  readonly refused: readonly RefusedEntry[];
}

/** `url`: where the document was found. Throws SourceRefusal when there are too many. */
export function entriesOf(
  { listed, refused: unlisted = [], base }: Listing,
  url: string,
  language: Language,
): Entries {
  const count = listed.length + unlisted.length;
  if (count > MAX_ENTRIES) throw new SourceRefusal("catalogue.too_many", String(count), String(MAX_ENTRIES));
  const entries = new Map<string, Entry>();
  const refused = new Map<string, RefusedEntry>();
  for (const { reference, refusal } of unlisted) {
    const source = sourceId(reference);
    refused.set(source, { source, reason: refusal.toError(source, language).sentence });
  }
  for (const one of listed) {
    let source = one.reference;
    try {
      source = resolved(one, base ?? url);
      const entry: Entry = {
        source,
        entities:
          one.entity === undefined ? undefined : parseEntities(one.entity.normalize("NFC").toLowerCase()),
        options: sourceOptions(one.options),
      };
      const before = entries.get(source);
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(entry))
        throw new SourceRefusal("catalogue.contradicts");
      entries.set(source, entry);
    } catch (error) {
      if (!(error instanceof SourceRefusal)) throw error;
      refused.set(source, { source, reason: error.toError(source, language).sentence });
    }
  }
  // What is refused once is not taken up by another line.
  for (const source of refused.keys()) entries.delete(source);
  return { entries: [...entries.values()], refused: [...refused.values()] };
}

/** A scheme of one letter is a drive of Windows. */
const SCHEME = /^[a-z][a-z0-9+.-]+:/i;

/** Throws SourceRefusal. */
function resolved({ reference, isPath }: Listed, base: string): string {
  const text = reference.trim();
  if (text === "") throw new SourceRefusal("source.bad_reference");
  if (isPath && isFileSource(base) && !SCHEME.test(text))
    return sourceId(resolve(dirname(pathOfSource(base)), text));
  if (!URL.canParse(text, base)) throw new SourceRefusal("source.bad_reference");
  const url = new URL(text, base);
  if (url.username !== "" || url.password !== "") throw new SourceRefusal("catalogue.credentials");
  return sourceId(url.href);
}
