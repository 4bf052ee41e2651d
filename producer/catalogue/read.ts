import { rm, stat } from "node:fs/promises";
import * as Effect from "effect/Effect";
import type { Catalogue } from "#shared/contract/source-records.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { Language } from "#shared/runtime/settings.ts";
import { inSlices } from "#shared/runtime/slices.ts";
import { fetchSource } from "../download/index.ts";
import {
  asFailure,
  BOUNDS,
  isFileSource,
  mayListFolder,
  pathOfSource,
  type SourceError,
  SourceRefusal,
  sourceError,
  trustOf,
} from "../source/index.ts";
import type { Producer } from "../sync/index.ts";
import { entriesOf } from "./entries.ts";
import { readFolder } from "./folder.ts";
import type { Listing } from "./listing.ts";
import type { CatalogueMemory, Read } from "./memory.ts";

/**
 * Reads what a catalogue lists now: from its folder, from its document, or from memory when the document has not
 * changed. Fails with SourceError when it cannot be read or is no list.
 */
export const readCatalogue = Effect.fnUntraced(function* (
  producer: Pick<Producer, "client" | "settings">,
  { catalogue }: Pick<Catalogue, "catalogue">,
  memory: CatalogueMemory,
): Effect.fn.Return<Read, SourceError | DatabaseError> {
  const { client, settings } = producer;
  const fail = asFailure(catalogue, settings);
  const folder = yield* Effect.tryPromise({ try: () => folderPath(catalogue), catch: (error) => error }).pipe(
    Effect.catch(fail),
  );
  if (folder !== undefined) {
    const listing = yield* Effect.tryPromise({
      try: async () => {
        if (!mayListFolder(settings, catalogue))
          throw new SourceRefusal("source.not_allowed", "VENTES_FILES");
        return await readFolder(folder);
      },
      catch: (error) => (isUnreadable(error) ? new SourceRefusal("source.not_readable", error.code) : error),
    }).pipe(Effect.catch(fail));
    const entries = yield* inSlices(() => entriesOf(listing, catalogue, settings.language), fail);
    return { ...entries, form: listing.form, note: "", freshMs: null };
  }
  const fetched = yield* fetchSource({
    client,
    settings,
    source: catalogue,
    known: memory.read === undefined ? null : memory.validators,
    resumeFrom: null,
    ...trustOf(settings, { source: catalogue }),
    maxBytes: BOUNDS.documentBytes,
  });
  if (fetched.kind === "unchanged" && memory.read !== undefined)
    return { ...memory.read, freshMs: fetched.freshMs };
  if (fetched.kind !== "content") return yield* Effect.die(new Error(`${fetched.kind} without validators`));
  // Most producers follow no document, and the parser of HTML takes 60 ms to load.
  const { readDocumentFile } = yield* Effect.promise(() => import("./document.ts"));
  const read = yield* inSlices(function* (): Generator<void, Read> {
    const listing = yield* readDocumentFile(fetched.file, fetched.url);
    if (listing.listed.length === 0) throw new SourceRefusal("catalogue.empty");
    return {
      ...(yield* entriesOf(listing, fetched.url, settings.language)),
      form: listing.form,
      note: noteOf(listing, settings.language),
      freshMs: fetched.freshMs,
    };
  }, fail).pipe(Effect.ensuring(Effect.promise(() => rm(fetched.file, { force: true }))));
  memory.read = read;
  memory.validators = fetched.validators;
  return read;
});

export const noteOf = ({ ignored }: Listing, language: Language): string =>
  ignored.length === 0
    ? ""
    : sourceError("catalogue.ignored", { source: "", what: ignored.join(", ") }, language).sentence;

/** The path of a catalogue that is a folder; undefined: it is none. */
export async function folderPath(catalogue: string): Promise<string | undefined> {
  if (!isFileSource(catalogue)) return undefined;
  const path = pathOfSource(catalogue);
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true ? path : undefined;
}

export const isUnreadable = (error: unknown): error is NodeJS.ErrnoException & { readonly code: string } =>
  error instanceof Error &&
  "code" in error &&
  ["EACCES", "EPERM", "ENOENT", "EIO"].includes(String(error.code));
