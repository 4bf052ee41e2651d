/**
 * One look at one catalogue: its document is read, and the registry brought to what it lists. A new entry is read for
 * its header and registered; one listed otherwise than before is registered again; one that is listed no more is
 * marked, not fetched any longer, and keeps its rows; listed again, it is followed again. What cannot be taken up is
 * told with its reason and tried again at the next look. Left alone: what an operator registered without the
 * catalogue, and what an operator removed.
 *
 * Everything that lasts is in the topic `sources`: killed at any place, a later look of any producer ends the same.
 */
import { rm, stat } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import * as Effect from "effect/Effect";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { Catalogue, CatalogueStatus, ReadingOptions, Registration } from "#shared/event.ts";
import type { Language } from "#shared/settings.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import { fitsIn, recordBytes } from "#shared/topic-log/record-size.ts";
import type { Validators } from "../download/index.ts";
import { fetchSource } from "../download/index.ts";
import { presetNamed, rekeyed, resolveReading } from "../rows/index.ts";
import {
  asFailure,
  isFileSource,
  mayListFolder,
  pathOfSource,
  SOURCE_SENTENCES,
  type SourceError,
  SourceRefusal,
  trustOf,
} from "../source/index.ts";
import type { Producer } from "../sync/index.ts";
import { openVersion } from "../version/index.ts";
import { readDocumentFile } from "./document.ts";
import { type Entries, type Entry, entriesOf } from "./entries.ts";
import { readFolder } from "./folder.ts";
import { type Form, type Listing, MAX_DOCUMENT_BYTES } from "./listing.ts";

export type CatalogueFailure = SourceError | DatabaseError | PublishFailure;

/** New entries whose headers are read at a time; of one host, one. */
const ENTRIES_AT_ONCE = 8;

/** Refused entries that are told one by one. */
const TOLD = 20;

/** Registrations are published so many at once, or after this time: the first entries are read meanwhile. */
const AT_ONCE = 50;
const LONGEST_WAIT_MS = 250;

interface Refused {
  /** What was said of it when it was read: said otherwise, the same content is read again. */
  readonly said: string;
  /** How its content is known again; null: it could not be fetched. */
  readonly validators: Validators | null;
  readonly reason: string;
}

interface Read extends Entries {
  readonly form: Form;
  readonly note: string;
  /** How long the server says that its answer is fresh, in milliseconds; null: it says nothing. */
  readonly freshMs: number | null;
}

export interface CatalogueLook {
  readonly status: CatalogueStatus;
  readonly freshMs: number | null;
}

/** What one producer keeps of a catalogue between two looks. Losing it costs a download. */
export class CatalogueMemory {
  validators: Validators | null = null;
  read: Read | undefined;
  readonly refused = new Map<string, Refused>();
}

export const newCatalogueStatus = ({ catalogue }: Catalogue): CatalogueStatus => ({
  catalogue,
  form: null,
  state: "new",
  reason: "",
  listed: 0,
  taken: 0,
  others: 0,
  removed: 0,
  refused: 0,
  gone: 0,
  refusals: [],
  looked: null,
});

export const lookAtCatalogue = Effect.fnUntraced(function* (
  producer: Producer,
  catalogue: Catalogue,
  memory: CatalogueMemory,
): Effect.fn.Return<CatalogueLook, CatalogueFailure> {
  const { registry, hosts } = producer;
  const read = yield* hosts.turn(catalogue.catalogue, readCatalogue(producer, catalogue, memory));
  yield* registry.refresh();
  const listed = new Set(read.entries.map(({ source }) => source));
  const registrations = new Registrations(producer, catalogue);
  const took = yield* Effect.forEach(
    read.entries,
    (entry) =>
      registry.removal(entry.source)?.catalogue === catalogue.catalogue
        ? Effect.succeed<Took>({ is: "removed" })
        : producer.bulkhead
            .around(
              entry.source,
              () => takeUp(producer, catalogue, entry, memory, registrations),
              catalogue.catalogue,
            )
            .pipe(Effect.catchTag("SourceError", ({ sentence }) => Effect.succeed(refused(sentence)))),
    { concurrency: ENTRIES_AT_ONCE },
  );
  const refusals = [...read.refused];
  for (const [i, { source }] of read.entries.entries()) {
    const one = took[i];
    if (one?.is === "refused") refusals.push({ source, reason: one.reason });
    else memory.refused.delete(source);
  }
  for (const source of memory.refused.keys()) if (!listed.has(source)) memory.refused.delete(source);

  let gone = 0;
  for (const registration of registry.registrations()) {
    if (registration.catalogue !== catalogue.catalogue || listed.has(registration.source)) continue;
    gone++;
    if (registration.unlisted !== undefined) continue;
    yield* registrations.put({ ...registration, unlisted: new Date().toISOString() });
  }
  yield* registrations.flush();
  const count = (is: Took["is"]): number => took.filter((one) => one.is === is).length;
  const status: CatalogueStatus = {
    catalogue: catalogue.catalogue,
    form: read.form,
    state: "ok",
    reason: read.note,
    listed: read.entries.length + read.refused.length,
    taken: count("taken"),
    others: count("others"),
    removed: count("removed"),
    refused: refusals.length,
    gone,
    refusals: refusals.slice(0, TOLD),
    looked: new Date().toISOString(),
  };
  return { status, freshMs: read.freshMs };
});

/** What it lists now, from its document or from memory when that has not changed. */
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
    return yield* Effect.tryPromise({
      try: async () => {
        if (!mayListFolder(settings, catalogue))
          throw new SourceRefusal("source.not_allowed", "VENTES_FILES");
        const listing = await readFolder(folder);
        return {
          ...entriesOf(listing, catalogue, settings.language),
          form: listing.form,
          note: "",
          freshMs: null,
        };
      },
      catch: (error) => (isUnreadable(error) ? new SourceRefusal("source.not_readable", error.code) : error),
    }).pipe(Effect.catch(fail));
  }
  const fetched = yield* fetchSource({
    client,
    settings,
    source: catalogue,
    known: memory.read === undefined ? null : memory.validators,
    resumeFrom: null,
    ...trustOf(settings, { source: catalogue }),
    maxBytes: MAX_DOCUMENT_BYTES,
  });
  if (fetched.kind === "unchanged" && memory.read !== undefined)
    return { ...memory.read, freshMs: fetched.freshMs };
  if (fetched.kind !== "content") return yield* Effect.die(new Error(`${fetched.kind} without validators`));
  const read = yield* Effect.try({
    try: (): Read => {
      const listing = readDocumentFile(fetched.file, fetched.url);
      if (listing.listed.length === 0) throw new SourceRefusal("catalogue.empty");
      return {
        ...entriesOf(listing, fetched.url, settings.language),
        form: listing.form,
        note: noteOf(listing, settings.language),
        freshMs: fetched.freshMs,
      };
    },
    catch: (error) => error,
  }).pipe(Effect.catch(fail), Effect.ensuring(Effect.promise(() => rm(fetched.file, { force: true }))));
  memory.read = read;
  memory.validators = fetched.validators;
  return read;
});

const noteOf = ({ ignored }: Listing, language: Language): string =>
  ignored.length === 0
    ? ""
    : SOURCE_SENTENCES["catalogue.ignored"][language]({ source: "", what: ignored.join(", ") });

/** The path of a catalogue that is a folder. */
async function folderPath(catalogue: string): Promise<string | undefined> {
  if (!isFileSource(catalogue)) return undefined;
  const path = pathOfSource(catalogue);
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true ? path : undefined;
}

const isUnreadable = (error: unknown): error is NodeJS.ErrnoException & { readonly code: string } =>
  error instanceof Error &&
  "code" in error &&
  ["EACCES", "EPERM", "ENOENT", "EIO"].includes(String(error.code));

type Took =
  | { readonly is: "taken" | "others" | "removed" }
  | { readonly is: "refused"; readonly reason: string };
const refused = (reason: string): Took => ({ is: "refused", reason });

/** Registers an entry, or leaves it as it is. */
const takeUp = Effect.fnUntraced(function* (
  producer: Producer,
  catalogue: Catalogue,
  entry: Entry,
  memory: CatalogueMemory,
  registrations: Registrations,
): Effect.fn.Return<Took, DatabaseError | PublishFailure> {
  const { registry, settings } = producer;
  const { source } = entry;
  if (registry.catalogue(source) !== undefined)
    return refused(SOURCE_SENTENCES["source.is_catalogue"][settings.language]({ source }));
  const before = registry.registration(source);
  // An operator's own, or another catalogue's that still lists it.
  if (before !== undefined && before.catalogue !== catalogue.catalogue && !isForsaken(producer, before))
    return { is: "others" };
  // What it published stays what it publishes.
  const published = before?.entities ?? registry.last(source)?.value.entities;
  const said = entry.entities;
  if (published !== undefined && said !== undefined && said.join() !== published.join()) {
    const details = { source, what: said.join(", "), more: published.join(", ") };
    return refused(SOURCE_SENTENCES["source.wrong_entity"][settings.language](details));
  }
  let entities = published;
  if (before === undefined || entities === undefined) {
    const header = yield* entitiesOf(producer, catalogue, entry, memory);
    if (header.reason !== undefined) return refused(header.reason);
    entities = header.entities;
  }
  const registration = registrationOf(catalogue, entry, entities, before);
  const changed = before === undefined ? undefined : yield* rekeyedBy(producer, before, registration);
  if (changed !== undefined) {
    const details = { source, what: changed };
    return refused(SOURCE_SENTENCES["source.rekeyed"][settings.language](details));
  }
  const record = { key: source, value: JSON.stringify(registration) };
  const most = producer.log.maxRecordBytes("sources");
  if (!fitsIn(most, record)) {
    const details = { source, what: String(recordBytes(record)), more: String(most) };
    return refused(SOURCE_SENTENCES["source.record_too_large"][settings.language](details));
  }
  if (!isDeepStrictEqual(before, registration)) yield* registrations.put(registration);
  return { is: "taken" };
});

/** What of a change of its options would change ids that its sales have already (rule 4). */
const rekeyedBy = (
  { registry, settings }: Producer,
  before: Registration,
  now: Registration,
): Effect.Effect<string | undefined, DatabaseError> => {
  const { source } = now;
  const keyed = ({ reading = {}, idScope }: Registration) => ({ reading: resolveReading(reading), idScope });
  return Effect.try({
    try: () => rekeyed(registry.last(source)?.value, keyed(before), keyed(now)),
    catch: (error) => error,
  }).pipe(
    Effect.catch(asFailure(source, settings)),
    // A preset that there is none of: its look says so.
    Effect.catchTag("SourceError", () => Effect.succeed(undefined)),
  );
};

/** Of a catalogue that was removed, or that does not list it any more. */
const isForsaken = ({ registry }: Producer, { catalogue, unlisted }: Registration): boolean =>
  catalogue !== undefined && (unlisted !== undefined || registry.catalogue(catalogue) === undefined);

type Header =
  | { readonly entities: Registration["entities"]; readonly reason?: undefined }
  | { readonly reason: string };

/** What its header tells. What was refused before is read again only when it has changed. */
const entitiesOf = (
  producer: Producer,
  catalogue: Catalogue,
  entry: Entry,
  memory: CatalogueMemory,
): Effect.Effect<Header, DatabaseError> => {
  const { client, settings, registry, hosts } = producer;
  const { source } = entry;
  const said = JSON.stringify([entry, catalogue.reading, catalogue.idScope]);
  const refusedBefore = memory.refused.get(source);
  let validators: Validators | null = null;
  const reading = Effect.try({
    try: () => {
      const own = readingOf(catalogue, entry);
      return {
        reading: resolveReading(own),
        preset: own.preset === undefined ? undefined : presetNamed(own.preset),
      };
    },
    catch: (error) => error,
  }).pipe(Effect.catch(asFailure(source, settings)));
  const read = Effect.scoped(
    reading.pipe(
      Effect.flatMap(({ reading, preset }) =>
        openVersion({
          client,
          settings,
          source,
          trust: trustOf(settings, { source, catalogue: catalogue.catalogue }),
          entities: entry.entities ?? preset?.entities,
          reading,
          idScope: entry.options.idScope ?? catalogue.idScope,
          before: registry.last(source)?.value,
          known: refusedBefore?.said === said ? refusedBefore.validators : null,
          onFetched: (found) => {
            validators = found;
          },
        }),
      ),
      Effect.map(
        (version): Header =>
          version === undefined
            ? { reason: refusedBefore?.reason ?? "" }
            : { entities: version.dialect.entities },
      ),
    ),
  );
  return hosts.turn(source, read).pipe(
    Effect.catchTag("SourceError", ({ sentence }) => Effect.succeed<Header>({ reason: sentence })),
    Effect.tap((header) =>
      Effect.sync(() => {
        if (header.reason !== undefined)
          memory.refused.set(source, { said, validators, reason: header.reason });
      }),
    ),
  );
};

/** What its catalogue says, over which lies what it says of itself. */
const readingOf = ({ reading }: Catalogue, { options }: Entry): ReadingOptions => ({
  ...reading,
  ...options.reading,
});

function registrationOf(
  listed: Catalogue,
  entry: Entry,
  entities: Registration["entities"],
  before: Registration | undefined,
): Registration {
  const { catalogue, every, once, duplicates, vanished, idScope } = listed;
  const { source, options } = entry;
  const read = readingOf(listed, entry);
  const rows = options.vanished ?? vanished;
  const scope = options.idScope ?? idScope;
  return {
    v: 1,
    kind: "source",
    source,
    entities: before?.entities ?? entities,
    every: options.every ?? every,
    once: options.once ?? once,
    duplicates: options.duplicates ?? duplicates,
    ...(Object.keys(read).length === 0 ? {} : { reading: read }),
    ...(rows === undefined ? {} : { vanished: rows }),
    ...(scope === undefined ? {} : { idScope: scope }),
    ...(before?.confirmed === undefined ? {} : { confirmed: before.confirmed }),
    catalogue,
    ...(before?.reread === undefined ? {} : { reread: before.reread }),
    registered: before?.registered ?? new Date().toISOString(),
  };
}

/** Registrations on their way: published some at a time, unless the catalogue was removed meanwhile. */
class Registrations {
  readonly #producer: Producer;
  readonly #catalogue: string;
  #waiting: Registration[] = [];
  #since = performance.now();

  constructor(producer: Producer, { catalogue }: Catalogue) {
    this.#producer = producer;
    this.#catalogue = catalogue;
  }

  put(registration: Registration): Effect.Effect<void, PublishFailure> {
    this.#waiting.push(registration);
    const isDue = this.#waiting.length >= AT_ONCE || performance.now() - this.#since >= LONGEST_WAIT_MS;
    return isDue ? this.flush() : Effect.void;
  }

  flush(): Effect.Effect<void, PublishFailure> {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#since = performance.now();
    if (waiting.length === 0) return Effect.void;
    const { log, registry } = this.#producer;
    return registry.refresh(registry.partition(this.#catalogue)).pipe(
      Effect.andThen(
        Effect.suspend(() =>
          registry.catalogue(this.#catalogue) === undefined
            ? Effect.void
            : log.publish(
                "sources",
                waiting.map((one) => ({ key: one.source, value: JSON.stringify(one) })),
              ),
        ),
      ),
      Effect.asVoid,
    );
  }
}
