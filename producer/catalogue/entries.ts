/**
 * Resolves a listing: each reference becomes an entry (a source with its options), or is refused with a reason. A file
 * that is listed twice with the same options is one entry.
 */
import { dirname, resolve } from "node:path";
import type { EntityName } from "#shared/contract/entities/index.ts";
import { masked } from "#shared/runtime/masked.ts";
import type { Language } from "#shared/runtime/settings.ts";
import {
  BOUNDS,
  isFileSource,
  parseEntities,
  pathOfSource,
  SourceRefusal,
  shortened,
  sourceId,
} from "../source/index.ts";
import type { Listed, Listing, RefusedReference } from "./listing.ts";
import { type SourceOptions, sourceOptions } from "./options.ts";

export interface Entry {
  /** The source's id. */
  readonly source: string;
  /** The entities that the list names; undefined: it names none. */
  readonly entities: readonly EntityName[] | undefined;
  readonly options: SourceOptions;
}

export interface RefusedEntry {
  /** The id, or the reference as listed if it has no id; secrets are masked, because statuses and topics hold it. */
  readonly source: string;
  readonly reason: string;
}

export interface Entries {
  readonly entries: readonly Entry[];
  readonly refused: readonly RefusedEntry[];
  /** What is no source and no failure: workbooks, folders inside. */
  readonly passed: readonly RefusedEntry[];
}

/** `url`: the address of the document, after redirects. Throws SourceRefusal when there are too many entries. Yields after each. */
export function* entriesOf(
  { listed, refused: rejected = [], passed = [], base }: Listing,
  url: string,
  language: Language,
): Generator<void, Entries> {
  const count = listed.length + rejected.length;
  if (count > BOUNDS.entries)
    throw new SourceRefusal("catalogue.too_many", String(count), String(BOUNDS.entries));
  const entries = new Map<string, Entry>();
  const refused = new Map<string, RefusedEntry>();
  const refusedEntry = ({ reference, refusal }: RefusedReference): RefusedEntry => {
    const source = sourceId(reference);
    return { source: shownSource(source), reason: refusal.toError(source, language).sentence };
  };
  for (const one of rejected) refused.set(sourceId(one.reference), refusedEntry(one));
  for (const one of listed) {
    yield;
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
      refused.set(source, { source: shownSource(source), reason: error.toError(source, language).sentence });
    }
  }
  // An entry that one line makes invalid stays refused, even if another line is valid.
  for (const source of refused.keys()) entries.delete(source);
  return {
    entries: [...entries.values()],
    refused: [...refused.values()],
    passed: [...new Map(passed.map(refusedEntry).map((one) => [one.source, one])).values()],
  };
}

/** A reference without an id may have any length. */
const shownSource = (source: string): string => shortened(masked(source), BOUNDS.shownSource);

/** At least two letters, because a scheme of one letter is a Windows drive. */
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
