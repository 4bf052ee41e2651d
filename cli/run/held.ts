/** Finds a source or a catalogue by its name, and what is unclear about its versions. */
import * as Effect from "effect/Effect";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import type { Registration } from "#shared/contract/source-records.ts";
import type { SourceStatus } from "#shared/contract/status.ts";
import type { SourceError } from "../../producer/admin/index.ts";
import type { WrongUsage } from "../settings/errors.ts";
import type { Invocation } from "../settings/invocation.ts";
import { bothNamed, idAmong, isNamedBy, notAmong } from "./register.ts";
import { followsNow, readSourceEntries, type SourceEntries } from "./source-list.ts";

/** A source or a catalogue that is registered. */
interface Found {
  readonly id: string;
  /** Of the source; undefined: it is a catalogue. */
  readonly registration: Registration | undefined;
}

/** What is unclear about the versions of the source, or about those of the catalogue's entries. */
interface Held extends Found {
  readonly doubts: readonly DoubtReport[];
  /** The statuses that these doubts are from. */
  readonly statuses: readonly SourceStatus[];
}

/** The source or catalogue of this name, as it is registered or as it is shown. */
export const findRegistered = (url: string, run: Invocation) =>
  Effect.flatMap(readSourceEntries, (all) => foundIn(all, url, run));

/** As `findRegistered`. `seen`: statuses that are newer than those of the topic, which producers publish every 5 s. */
export const findHeld = Effect.fnUntraced(function* (
  url: string,
  run: Invocation,
  seen: readonly SourceStatus[] = [],
) {
  const all = yield* readSourceEntries;
  const found = yield* foundIn(all, url, run);
  const latest = new Map(seen.map((status) => [status.source, status]));
  const sources = all
    .sources(yield* followsNow)
    .map((entry) => ({ ...entry, status: latest.get(entry.registration.source) ?? entry.status }));
  const { data, language } = run.settings;
  const open = (yield* all.withRaces(sources, data, language)).filter(({ registration }) =>
    found.registration === undefined ? registration.catalogue === found.id : registration.source === found.id,
  );
  const statuses = open.map(({ status }) => status);
  const held: Held = { ...found, doubts: doubtsOf(statuses), statuses };
  return held;
});

/** Several entries of a catalogue may wait for the same decision. */
export const doubtsOf = (statuses: readonly Pick<SourceStatus, "doubts">[]): readonly DoubtReport[] => [
  ...new Map(
    statuses.flatMap(({ doubts = [] }) => doubts.map((doubt) => [doubt.decision, doubt] as const)),
  ).values(),
];

const foundIn = Effect.fnUntraced(function* (
  all: SourceEntries,
  url: string,
  run: Invocation,
): Effect.fn.Return<Found, WrongUsage | SourceError> {
  const { source: named, catalogue } = yield* bothNamed(url, run);
  const registrations = all.sources(() => false).map(({ registration }) => registration);
  const ids = registrations.map(({ source }) => source);
  const id = idAmong(ids, named);
  const registration = registrations.find(({ source }) => source === id);
  if (registration !== undefined) return { id, registration };
  const listed = all.catalogues().find((each) => isNamedBy(each.catalogue.catalogue, catalogue));
  if (listed !== undefined) return { id: listed.catalogue.catalogue, registration: undefined };
  return yield* notAmong(ids, named, run);
});
