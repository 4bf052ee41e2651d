/**
 * One poll of one catalogue: reads its document and registers its entries. For a new entry, the producer reads the
 * header and registers it. An entry whose options changed is registered again. An entry that is no longer listed becomes
 * unlisted: it is not polled, and its rows stay; when it is listed again, it is followed again. An entry that cannot be
 * registered is reported with its reason and tried again at the next poll. The poll ignores sources that an operator
 * registered without the catalogue, and entries that an operator removed.
 *
 * All lasting state is in the topic `sources`. If the producer dies, the next poll of any producer ends the same.
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type { Catalogue } from "#shared/contract/source-records.ts";
import type { CatalogueStatus } from "#shared/contract/status.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import { masked } from "#shared/runtime/masked.ts";
import { isoNow } from "#shared/runtime/time.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { SourceError } from "../source/index.ts";
import type { Producer } from "../sync/index.ts";
import type { Form } from "./listing.ts";
import type { CatalogueMemory } from "./memory.ts";
import { readCatalogue } from "./read.ts";
import { Registrations } from "./registrations.ts";
import { refused, type Took, takeUp } from "./take-up.ts";

export type CatalogueFailure = SourceError | DatabaseError | PublishFailure;

/** How many entries are looked at at the same time. Those of a slow server must not keep out those of another. */
const ENTRIES_AT_ONCE = 256;

/** How many refused entries the status names. */
const SHOWN_REFUSALS = 20;

export interface CataloguePoll {
  readonly status: CatalogueStatus;
  readonly freshMs: number | null;
}

/** Kinds of content that are no table, whatever their author meant. */
const NO_TABLES: ReadonlySet<string> = new Set([
  "source.document",
  "source.html",
  "source.image",
  "source.json",
  "source.no_table",
  "source.xml",
]);

/**
 * Whether an entry of a folder or a page is no table: a note, a licence. It is told, and is no failure. A list names its
 * files one by one, so there all must be tables; and so must a file that is called a CSV, unless it holds mere text.
 */
const isPassedOver = (form: Form, source: string, code: string | undefined): boolean =>
  (form === "folder" || form === "html") &&
  code !== undefined &&
  (code === "source.no_table" || (NO_TABLES.has(code) && /\.txt(?:\.gz)?$/i.test(source)));

/** The status of a catalogue before its first poll: state `new`, all counts 0. */
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
  unlisted: 0,
  refusals: [],
  polled: null,
});

/**
 * Polls a catalogue once. Returns its status, and `freshMs`: how long the server says that its answer stays fresh, in
 * milliseconds; null: it does not say. Fails with SourceError when its document cannot be read.
 */
export const pollCatalogue = Effect.fnUntraced(function* (
  producer: Producer,
  catalogue: Catalogue,
  memory: CatalogueMemory,
): Effect.fn.Return<CataloguePoll, CatalogueFailure> {
  const { registry, hosts } = producer;
  const read = yield* hosts.turn(catalogue.catalogue, readCatalogue(producer, catalogue, memory));
  yield* registry.refresh();
  const listed = new Set(read.entries.map(({ source }) => source));
  const registrations = new Registrations(producer, catalogue, yield* Clock.Clock);
  const taking = Effect.forEach(
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
  // What was taken up is followed at once, although another entry may take minutes.
  const took = yield* Effect.raceFirst(taking, registrations.flushing);
  const refusals = [...read.refused];
  const passed = read.passed.filter(({ source }) => registry.catalogue(source) === undefined);
  const inside = passed.length;
  for (const [i, { source }] of read.entries.entries()) {
    const one = took[i];
    if (one?.is === "refused") {
      const entry = { source: masked(source), reason: one.reason };
      if (isPassedOver(read.form, source, one.code)) passed.push(entry);
      else refusals.push(entry);
    } else memory.refused.delete(source);
  }
  for (const source of memory.refused.keys()) if (!listed.has(source)) memory.refused.delete(source);

  let unlisted = 0;
  for (const registration of registry.registrations()) {
    if (registration.catalogue !== catalogue.catalogue || listed.has(registration.source)) continue;
    unlisted++;
    if (registration.unlisted !== undefined) continue;
    yield* registrations.put({ ...registration, unlisted: yield* isoNow });
  }
  yield* registrations.flush();
  const count = (is: Took["is"]): number => took.filter((one) => one.is === is).length;
  const status: CatalogueStatus = {
    catalogue: catalogue.catalogue,
    form: read.form,
    state: "ok",
    reason: read.note,
    listed: read.entries.length + read.refused.length + inside,
    taken: count("taken"),
    others: count("others"),
    removed: count("removed"),
    refused: refusals.length,
    unlisted,
    refusals: refusals.slice(0, SHOWN_REFUSALS),
    ...(passed.length === 0 ? {} : { passed: passed.length, passedOver: passed.slice(0, SHOWN_REFUSALS) }),
    polled: yield* isoNow,
  };
  return { status, freshMs: read.freshMs };
});
