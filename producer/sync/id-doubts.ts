/**
 * Doubts about the ids of a version's sales (rule 6): an id on lines of different sales, ids that named other sales in
 * the version before or in another source, and sales that came again under other ids.
 */
import * as Effect from "effect/Effect";
import { ventes } from "#shared/contract/entities/index.ts";
import type { VersionCounts } from "#shared/contract/source-records.ts";
import { areReused, type EntityDiff } from "../diff/index.ts";
import { wholeOf } from "../rows/index.ts";
import { type Doubt, decisionOf, MOST_ROWS } from "../source/index.ts";
import type { DiffedVersion } from "./diff-version.ts";
import type { PollFailure } from "./failure.ts";
import { collisionDoubts } from "./id-collisions.ts";
import { asDocuments, countingAgain, fieldOfIds } from "./namesake-choices.ts";
import type { OpenedVersion } from "./opened-version.ts";
import { isReadOtherwise } from "./plan.ts";

/** So many sales under new ids are held; one, if its two ids look the same. */
const FEWEST_RENAMED = 2;
/** How many ids with equal lines are shown. */
const EXAMPLES = 5;

/** What the ids show. Reads the events of other sources that this producer does not hold. */
export const idDoubts = Effect.fnUntraced(function* (
  opened: OpenedVersion,
  { diff }: DiffedVersion,
): Effect.fn.Return<readonly Doubt[], PollFailure> {
  const { main } = diff;
  if (!main.entity.derivedKey || opened.rekey !== undefined) return [];
  const own = [
    ...ofRepeated(opened, main),
    ...ofReused(opened, main),
    ...ofRenamed(opened, main),
    ...ofEqual(opened, main, diff.counts(opened.version)),
  ];
  return main.idFindings.fresh === 0 ? own : [...own, ...(yield* collisionDoubts(opened, diff))];
});

/** Names the version before, so that a decision about it is not one about a later version. */
const versionBefore = ({ before }: OpenedVersion): string =>
  JSON.stringify([before?.header ?? null, before?.counts ?? null]);

/**
 * Lines of one document stand together, and a correction comes at the end. So lines of one sale that stand together are
 * a document's, unless the file has corrections under the same id elsewhere.
 */
function ofRepeated(opened: OpenedVersion, { idFindings }: EntityDiff): readonly Doubt[] {
  const { repeated, repeatedIds, together, togetherIds, apart } = idFindings;
  const hasCorrections = apart > 0 || (opened.before?.counts?.conflicts ?? 0) > 0;
  const ofOneSale = hasCorrections ? 0 : together;
  if (repeated + ofOneSale === 0) return [];
  const field = fieldOfIds(opened) ?? ventes.key;
  return [
    {
      code: "ids.document",
      // The decision is about the column: it holds for later versions.
      decision: decisionOf("ids.document", [field]),
      weight: "held",
      details: {
        count: repeated + ofOneSale,
        what: field,
        examples: repeated > 0 ? repeatedIds : togetherIds,
      },
      choices: [...asDocuments(opened), { code: "lastHolds" }],
    },
  ];
}

/** Equal lines of one id: nothing tells a line that was written twice from two lines of a document. They count once. */
function ofEqual(
  opened: OpenedVersion,
  { idFindings }: EntityDiff,
  { superseded, conflicts = 0 }: Pick<VersionCounts, "superseded" | "conflicts">,
): readonly Doubt[] {
  const count = superseded - conflicts;
  if (count === 0 || opened.registration.duplicates === "drop") return [];
  const field = fieldOfIds(opened) ?? ventes.key;
  const ids = [...equalBefore(opened), ...idFindings.equalIds].slice(0, MOST_ROWS);
  return [
    {
      code: "ids.equal",
      decision: decisionOf("ids.equal", [field]),
      weight: "noticed",
      details: { count, what: field, examples: [...new Set(ids)].slice(0, EXAMPLES) },
      choices: [
        ...asDocuments(opened, true).map((choice) => ({ ...choice, effect: countingAgain(count) })),
        { code: "seen", effect: countingAgain(0) },
      ],
      ...(ids.length === 0 ? {} : { rows: ids, entity: "ventes" as const }),
    },
  ];
}

/** Of a file that grew, the ids of the equal lines that stood there before. */
function equalBefore({ producer, registration, tail }: OpenedVersion): readonly string[] {
  if (tail === null) return [];
  const told = producer.state.source(registration.source).last?.attention ?? [];
  return told.find(({ code }) => code === "ids.equal")?.rows ?? [];
}

function ofReused(opened: OpenedVersion, { idFindings }: EntityDiff): readonly Doubt[] {
  const { met, reused, reusedIds } = idFindings;
  if (!areReused(idFindings)) return [];
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
        { code: "sameSales", options: ["--vanished", "withdraw"] },
        ...(examples.every(([was, is]) => wholeOf(is) === was)
          ? [{ code: "wholeIds", options: ["--whole-ids", "--rekey"] } as const]
          : []),
        { code: "otherSales" },
      ],
    },
  ];
}
