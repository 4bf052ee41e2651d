/**
 * One look at one catalogue: its document is read, and the registry brought to what it lists. A new entry is read for
 * its header and registered; one listed otherwise than before is registered again; one that is listed no more is
 * marked, not fetched any longer, and keeps its rows; listed again, it is followed again. What cannot be taken up is
 * told with its reason and tried again at the next look. Left alone: what an operator registered without the
 * catalogue, and what an operator removed.
 *
 * Everything that lasts is in the topic `sources`: killed at any place, a later look of any producer ends the same.
 */
import * as Effect from "effect/Effect";
import type { Catalogue } from "#shared/contract/source-records.ts";
import type { CatalogueStatus } from "#shared/contract/status.ts";
import type { DatabaseError } from "#shared/database/sqlite.ts";
import type { PublishFailure } from "#shared/topic-log/errors.ts";
import type { SourceError } from "../source/index.ts";
import type { Producer } from "../sync/index.ts";
import type { CatalogueMemory } from "./memory.ts";
import { readCatalogue } from "./read.ts";
import { Registrations } from "./registrations.ts";
import { refused, type Took, takeUp } from "./take-up.ts";

export type CatalogueFailure = SourceError | DatabaseError | PublishFailure;

/** New entries whose headers are read at a time; of one host, one. */
const ENTRIES_AT_ONCE = 8;

/** Refused entries that are told one by one. */
const TOLD = 20;

export interface CataloguePoll {
  readonly status: CatalogueStatus;
  readonly freshMs: number | null;
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
  unlisted: 0,
  refusals: [],
  polled: null,
});

export const pollCatalogue = Effect.fnUntraced(function* (
  producer: Producer,
  catalogue: Catalogue,
  memory: CatalogueMemory,
): Effect.fn.Return<CataloguePoll, CatalogueFailure> {
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

  let unlisted = 0;
  for (const registration of registry.registrations()) {
    if (registration.catalogue !== catalogue.catalogue || listed.has(registration.source)) continue;
    unlisted++;
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
    unlisted,
    refusals: refusals.slice(0, TOLD),
    polled: new Date().toISOString(),
  };
  return { status, freshMs: read.freshMs };
});
