/** Tells what the next version of a source does to its sales when `--rekey` gives them new ids. Publishes nothing. */
import { rmSync } from "node:fs";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import { type EntityName, ventes } from "#shared/contract/entities/index.ts";
import type { Registration } from "#shared/contract/source-records.ts";
import { inSlices } from "#shared/runtime/slices.ts";
import { isoNow } from "#shared/runtime/time.ts";
import type { NewRecord } from "#shared/topic-log/topic-log.ts";
import { keyOfClaim, STATE_PARTS, type VersionDiff } from "../diff/index.ts";
import { spoolPath } from "../download/index.ts";
import { EventWriter, idsOf, readBack } from "../log/index.ts";
import { rekeyOf } from "../rows/index.ts";
import { asFailure, reportOf, type Trust } from "../source/index.ts";
import { type Version, writeEvents } from "../version/index.ts";
import { diffVersion } from "./diff-version.ts";
import { openDoubts } from "./doubts.ts";
import type { PollFailure } from "./failure.ts";
import { openVersion } from "./open-version.ts";
import type { Producer } from "./producer.ts";
import { NOT_CONTINUED } from "./result.ts";
import { publishedBy } from "./takeover.ts";

/** How many sales the listener gets at once. */
const BATCH = 4_000;

/** Numbers of sales. */
export interface RekeyPreview {
  /** Published sales that would be deleted. */
  readonly deleted: number;
  /** Sales that would be published under ids that the source does not have yet. */
  readonly fresh: number;
  /** Sales that would change under the ids that they have. */
  readonly changed: number;
  /** Published sales that the file holds no more, and whose ids would stay. */
  readonly kept: number;
  readonly entities: readonly EntityName[];
  /** What would hold the version back. */
  readonly held: readonly DoubtReport[];
}

/** Gets the sales in batches. */
export interface RekeyListener {
  /** The ids of published sales that would be deleted or changed. */
  readonly onReplaced: (ids: readonly string[]) => void;
  /** The row events that would be published, as they would stand in the topic `ventes`. `entities`: all that the file has. */
  readonly onPublished: (events: readonly string[], entities: readonly EntityName[]) => void;
}

/**
 * `producer`: a temporary one. `trust`: what the source may reach. undefined: the registration asks for no new ids, or
 * the source has no version. Fails as a poll does.
 */
export const previewRekey = Effect.fnUntraced(function* (
  producer: Producer,
  registration: Registration,
  trust: Trust,
  listener: RekeyListener,
): Effect.fn.Return<RekeyPreview | undefined, PollFailure, Scope.Scope> {
  const { log, registry, state, settings, sourceIndex, client } = producer;
  const { source } = registration;
  yield* registry.refresh();
  const announced = registry.last(source)?.value;
  if (rekeyOf(registration, announced) === undefined) return undefined;
  yield* readBack({
    log,
    sourceIndex,
    state,
    source: state.source(source),
    entities: publishedBy(registration.entities, announced),
    columns: undefined,
    scratch: yield* spoolPath(settings.data),
  });
  const fetched = yield* producer.fetch({
    client,
    settings,
    source,
    known: null,
    resumeFrom: null,
    ...trust,
  });
  if (fetched.kind === "unchanged") return yield* Effect.die(new Error("unchanged without validators"));
  yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(fetched.file, { force: true })));
  const found = yield* openVersion(producer, registration, fetched, { complete: true, tail: null });
  if (found === undefined) return yield* Effect.die(new Error("a whole file is no tail"));
  const { validators } = fetched;
  const opened = { ...found, producer, registration, validators, tail: null, takenFrom: undefined };
  const diffed = yield* diffVersion(opened);
  if (diffed === NOT_CONTINUED) return yield* Effect.die(new Error("a whole file is no tail"));
  const { diff } = diffed;
  const { held } = yield* openDoubts(opened, diffed);
  const changed = yield* tellReplaced(producer, source, diff, listener);
  yield* tellPublished(producer, found.version, diff, listener);
  return {
    deleted: diff.main.withdrawals,
    fresh: diff.main.emitted - changed,
    changed,
    kept: diff.counts(found.version).vanished,
    entities: found.version.dialect.entities,
    held: held.map((doubt) => reportOf(doubt, source, settings.language)),
  };
});

/** Returns how many of the replaced sales keep their ids. */
const tellReplaced = Effect.fnUntraced(function* (
  { log, settings }: Producer,
  source: string,
  { main }: VersionDiff,
  { onReplaced }: RekeyListener,
) {
  const replaced: string[] = [];
  let changed = 0;
  // The state has hashes of long ids. One pass over the topic finds all of them, so they are collected first.
  yield* inSlices(
    function* () {
      for (let part = 0; part < STATE_PARTS; part++)
        for (const { gone, emit, held } of main.part(part)) {
          const known = new Set(held.map(keyOfClaim));
          const again = emit.map(keyOfClaim).filter((key) => known.has(key));
          changed += again.length;
          replaced.push(...gone.map(keyOfClaim), ...again);
          yield;
        }
    },
    asFailure(source, settings),
  );
  const ids = yield* idsOf(log, source, ventes.name, replaced);
  yield* inSlices(
    function* () {
      for (let from = 0; from < replaced.length; from += BATCH) {
        onReplaced(replaced.slice(from, from + BATCH).map((id) => ids.get(id) ?? id));
        yield;
      }
    },
    asFailure(source, settings),
  );
  return changed;
});

const tellPublished = Effect.fnUntraced(function* (
  { settings }: Producer,
  version: Version,
  diff: VersionDiff,
  { onPublished }: RekeyListener,
) {
  const { source } = version.options;
  const published = yield* isoNow;
  const writer = new EventWriter({ source, version: 0, published, day: published.slice(0, 10) });
  const rows = new Map(diff.entities.map((e): [EntityName, NewRecord[]] => [e.entity.name, []]));
  const rejects: NewRecord[] = [];
  const tell = (least: number) => {
    rejects.length = 0;
    for (const [entity, queue] of rows) {
      if (queue.length < least) continue;
      const values = queue.splice(0).flatMap(({ value }) => (value === null ? [] : [String(value)]));
      if (entity === ventes.name) onPublished(values, version.dialect.entities);
    }
  };
  yield* inSlices(
    function* () {
      for (const _ of writeEvents(version, diff, writer, { rows, rejects })) {
        tell(BATCH);
        yield;
      }
      tell(1);
    },
    asFailure(source, settings),
  );
});
