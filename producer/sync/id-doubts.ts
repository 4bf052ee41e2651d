/**
 * Doubts about the ids of a version's sales (rule 6): an id on lines of different sales, ids that named other sales in
 * the version before or in another source, and sales that came again under other ids.
 */
import { posix } from "node:path";
import * as Effect from "effect/Effect";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import { ventes } from "#shared/contract/entities/index.ts";
import type { Announcement } from "#shared/contract/source-records.ts";
import { inSlices } from "#shared/runtime/slices.ts";
import { type EntityDiff, isHashed } from "../diff/index.ts";
import { wholeOf } from "../rows/index.ts";
import { asFailure, type Doubt, decisionOf, reportOf } from "../source/index.ts";
import type { DiffedVersion } from "./diff-version.ts";
import type { PollFailure } from "./failure.ts";
import type { OpenedVersion } from "./opened-version.ts";
import { type OtherSource, otherSales } from "./other-sales.ts";
import { isReadOtherwise } from "./plan.ts";

/** A source that reuses more of its ids than this part for other sales is held. */
const REUSED = 1 / 3;
/** So many ids that name another product or shop of the same day are held; of another day one is enough. */
const FEWEST_REUSED = 3;
/** Of the ids that two sources share, the part that may name different sales: they are corrections. */
const COLLIDING = 1 / 5;
/** So many sales under new ids are held; one, if its two ids look the same. */
const FEWEST_RENAMED = 2;
/** How many ids a doubt shows. */
const SHOWN = 5;

/** What the ids show. Reads the events of other sources that this producer does not hold. */
export const idDoubts = Effect.fnUntraced(function* (
  opened: OpenedVersion,
  { diff }: DiffedVersion,
): Effect.fn.Return<readonly Doubt[], PollFailure> {
  const { main } = diff;
  if (!main.entity.derivedKey || opened.rekey !== undefined) return [];
  const own = [...ofRepeated(opened, main), ...ofReused(opened, main), ...ofRenamed(opened, main)];
  return main.idFindings.fresh === 0
    ? own
    : [...own, ...(yield* ofOthers(opened, main, { onlyForeign: false }))];
});

/** The field of the ids, if it is one field. */
const fieldOfIds = ({ version }: OpenedVersion): string | undefined => {
  const { known } = version;
  const at = known.places[ventes.key];
  return typeof at === "number" ? known.header[at] : undefined;
};

/** Names the version before, so that a decision about it is not one about a later version. */
const versionBefore = ({ before }: OpenedVersion): string =>
  JSON.stringify([before?.header ?? null, before?.counts ?? null]);

/** The choice that the ids are numbers of documents. */
const asDocuments = (opened: OpenedVersion): Doubt["choices"] => {
  const field = fieldOfIds(opened);
  if (field === undefined) return [];
  const rekey = opened.before?.identity == null ? [] : ["--rekey"];
  return [{ code: "documents", options: ["--map", `numero_document=${field}`, ...rekey] }];
};

function ofRepeated(opened: OpenedVersion, { idFindings }: EntityDiff): readonly Doubt[] {
  const { repeated, repeatedIds } = idFindings;
  if (repeated === 0) return [];
  const field = fieldOfIds(opened) ?? ventes.key;
  return [
    {
      code: "ids.document",
      // The decision is about the column: it holds for later versions.
      decision: decisionOf("ids.document", [field]),
      weight: "held",
      details: { count: repeated, what: field, examples: repeatedIds },
      choices: [...asDocuments(opened), { code: "lastHolds" }],
    },
  ];
}

function ofReused(opened: OpenedVersion, { idFindings }: EntityDiff): readonly Doubt[] {
  const { met, reused, otherDays, reusedIds } = idFindings;
  if (reused <= met * REUSED || (reused < FEWEST_REUSED && otherDays === 0)) return [];
  // The operator changed what the columns mean, and so what the ids name.
  if (isReadOtherwise(opened.producer, opened.registration)) return [];
  return [
    {
      code: "ids.reused",
      decision: decisionOf("ids.reused", [versionBefore(opened)]),
      weight: "held",
      details: { count: reused, of: met, examples: reusedIds },
      choices: [...asDocuments(opened), { code: "corrections" }],
      rows: reusedIds,
      entity: "ventes",
    },
  ];
}

function ofRenamed(opened: OpenedVersion, { idFindings }: EntityDiff): readonly Doubt[] {
  const { met, vanished, fresh } = idFindings;
  if (vanished === 0 || fresh === 0) return [];
  const { count, distinct, alike, examples } = idFindings.renamed;
  const isAlike = alike * 2 >= count;
  const isEnough = count >= FEWEST_RENAMED || (count === 1 && isAlike);
  // Without a likeness of the ids only contents that differ from each other show that the sales are the same.
  if (!isEnough || count <= met || !(isAlike || distinct * 2 > count)) return [];
  return [
    {
      code: "ids.changed",
      decision: decisionOf("ids.changed", [versionBefore(opened)]),
      weight: "held",
      details: { count, examples: examples.map(([was, is]) => `${was} -> ${is}`) },
      choices: [
        { code: "sameSales", options: ["--vanished", "withdraw"], withdraws: count },
        ...(examples.every(([was, is]) => wholeOf(is) === was)
          ? [{ code: "wholeIds", options: ["--whole-ids", "--rekey"] } as const]
          : []),
        { code: "otherSales", adds: count },
      ],
    },
  ];
}

/**
 * What another producer published at the same moment, as a doubt about a version whose events were just sent: each of the
 * two looks again after its last event, so one of them sees the other's.
 */
export const racedIds = Effect.fnUntraced(function* (
  opened: OpenedVersion,
  { diff }: DiffedVersion,
): Effect.fn.Return<readonly DoubtReport[], PollFailure> {
  const { main } = diff;
  if (!main.entity.derivedKey || opened.rekey !== undefined || main.idFindings.fresh === 0) return [];
  const { registration, producer } = opened;
  const { accepted = [], source } = registration;
  const doubts = yield* ofOthers(opened, main, { onlyForeign: true });
  return doubts
    .filter(({ decision }) => !accepted.includes(decision))
    .map((doubt) =>
      reportOf(
        {
          ...doubt,
          weight: "attention",
          choices: [
            { code: "otherNumbers", options: ["--id-scope", scopeOf(source), "--rekey"] },
            { code: "lastSaid" },
          ],
        },
        source,
        producer.settings.language,
      ),
    );
});

/** Ids that another source uses for other sales. `onlyForeign`: one that another producer follows. */
const ofOthers = Effect.fnUntraced(function* (
  opened: OpenedVersion,
  main: EntityDiff,
  { onlyForeign }: { readonly onlyForeign: boolean },
): Effect.fn.Return<readonly Doubt[], PollFailure> {
  const { producer, registration } = opened;
  const hasIds = ({ identity }: Announcement) => identity?.includes(ventes.key) === true;
  const all = yield* otherSales(opened, hasIds);
  const others = new Map([...all].filter(([, { isForeign }]) => isForeign || !onlyForeign));
  if (others.size === 0) return [];
  const { met, count, names, examples } = yield* inSlices(
    () => collisionsIn(opened, main, others),
    asFailure(registration.source, producer.settings),
  );
  if (count === 0 || count <= met * COLLIDING) return [];
  const sources = [...names].sort();
  const rekey = opened.before?.identity == null ? [] : ["--rekey"];
  return [
    {
      code: "ids.collision",
      decision: decisionOf("ids.collision", sources),
      weight: "held",
      details: { count, what: sources.slice(0, SHOWN).join(", "), examples },
      choices: [
        { code: "otherNumbers", options: ["--id-scope", scopeOf(registration.source), ...rekey] },
        ...asDocuments(opened),
        { code: "lastSaid" },
      ],
      rows: examples,
      entity: "ventes",
    },
  ];
});

interface Collisions {
  /** New ids of the version that others have, and how many of these name another sale there. */
  met: number;
  count: number;
  /** The sources that have those, and some of the ids. */
  readonly names: Set<string>;
  readonly examples: string[];
}

/** Compares the new ids with those of the other sources. Yields between parts. */
function* collisionsIn(
  { producer: { state }, registration }: OpenedVersion,
  main: EntityDiff,
  others: ReadonlyMap<number, OtherSource>,
): Generator<void, Collisions> {
  const { id } = state.source(registration.source);
  const numbers = new Set(others.keys());
  const found: Collisions = { met: 0, count: 0, names: new Set(), examples: [] };
  for (const { part, rows } of main.freshIds()) {
    const lines = new Map(rows.map((row) => [row.key, row]));
    const elsewhere = new Map<string, { source: number; isSame: boolean }>();
    for (const [source, held] of state.heldByOthers(id, "ventes", part, numbers))
      for (const row of held) {
        const line = row.ordinal === 0 ? lines.get(row.key) : undefined;
        if (line === undefined || elsewhere.get(row.key)?.isSame === true) continue;
        elsewhere.set(row.key, { source, isSame: row.b === line.b });
      }
    for (const [key, { source, isSame }] of elsewhere) {
      found.met++;
      if (isSame) continue;
      found.count++;
      found.names.add((others.get(source) as OtherSource).source);
      if (found.examples.length < SHOWN && !isHashed(key)) found.examples.push(key);
    }
    yield;
  }
  return found;
}

/** A name for the ids of a source: that of its file. */
const scopeOf = (source: string): string => {
  const { pathname, hash } = new URL(source);
  const file = posix.basename(hash === "" ? decodeURIComponent(pathname) : hash.slice(1));
  return file.replace(/\.(?:csv|txt|tsv)(?:\.gz)?$/i, "").replace(/[^\p{L}\p{N}_-]+/gu, "-") || "b";
};
