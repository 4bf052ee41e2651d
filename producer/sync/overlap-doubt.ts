/**
 * The doubt that a source holds the sales of others under other columns, names or ids (rule 23): the files of the days and
 * that of their month. Found when a source begins and on each day that changes.
 */
import * as Effect from "effect/Effect";
import { inSlices } from "#shared/runtime/slices.ts";
import { dayOfStem, isHashed, keyOfClaim, STATE_PARTS } from "../diff/index.ts";
import { asFailure, type Doubt, MOST_ROWS } from "../source/index.ts";
import type { DiffedVersion } from "./diff-version.ts";
import type { PollFailure } from "./failure.ts";
import type { OpenedVersion } from "./opened-version.ts";
import { otherSales } from "./other-sales.ts";
import { overlapChoices } from "./overlap-choices.ts";
import { Comparison, type Family, overlapDecision } from "./sale-comparison.ts";
import { sharedClaims } from "./shared-claims.ts";

/** How many sources and days a doubt shows. */
const SHOWN = 5;

/** Finds the families of sources that hold sales of the version. */
export const overlapDoubts = Effect.fnUntraced(function* (
  opened: OpenedVersion,
  { diff }: DiffedVersion,
): Effect.fn.Return<readonly Doubt[], PollFailure> {
  const { producer, registration, rekey } = opened;
  const { state, settings } = producer;
  const fail = asFailure(registration.source, settings);
  if (!diff.main.entity.derivedKey || rekey !== undefined || diff.main.emitted === 0) return [];
  const comparison = new Comparison(opened, diff);
  const changed = yield* inSlices(() => comparison.changedDays(), fail);
  if (changed.size === 0) return [];
  if (comparison.hasNewDays) yield* otherSales(opened, ({ entities }) => entities.includes("ventes"));
  const families = yield* inSlices(() => comparison.families(changed), fail);
  const doubts: Doubt[] = [];
  for (const family of families) {
    const ids = new Set([...family.members.keys()].map((source) => state.source(source).id));
    const days = new Set(family.days);
    const shared = yield* inSlices(() => sharedClaims(opened, diff.main, ids, days), fail);
    // Sales that have the same ids are one sale each already (rule 5).
    if (shared * 2 >= family.match.common) continue;
    const rows = yield* inSlices(() => rowsOfOthers(opened, ids, family), fail);
    doubts.push({ ...doubtOf(opened, family, comparison), rows, entity: "ventes" });
  }
  return doubts;
});

function doubtOf(opened: OpenedVersion, family: Family, comparison: Comparison): Doubt {
  const names = [...family.members.keys()].sort();
  const { match } = family;
  const days = [...family.days].sort();
  const [first = "", last = ""] = [days[0], days.at(-1)];
  return {
    code: "overlap",
    decision: overlapDecision(family.name),
    weight: "held",
    details: {
      count: match.common,
      of: comparison.count,
      what: names.slice(0, SHOWN).join(", ") + (names.length > SHOWN ? ", ..." : ""),
      more: days.length > 1 ? `${first} - ${last}` : first,
      examples: days.slice(0, SHOWN),
    },
    choices: overlapChoices(opened, family, comparison),
  };
}

/** The sales of the others on those days, at most MOST_ROWS, if all of them are in the version. Yields between parts. */
function* rowsOfOthers(
  { producer, registration }: OpenedVersion,
  ids: ReadonlySet<number>,
  { match, days }: Family,
): Generator<void, readonly string[]> {
  const { state } = producer;
  const { id } = state.source(registration.source);
  const here = new Set(days);
  const isWhole = [...ids].every((other) => state.days.daysOf(other).every((day) => here.has(day)));
  const rows: string[] = [];
  if (match.common < match.its || match.its > MOST_ROWS) return rows;
  for (let part = 0; part < STATE_PARTS; part++) {
    for (const [, held] of state.heldByOthers(id, "ventes", part, ids))
      for (const row of held) {
        const isHere = isWhole || (row.ordinal > 0 && here.has(dayOfStem(row.key)));
        if (isHere && !isHashed(row.key)) rows.push(keyOfClaim(row));
      }
    yield;
  }
  return rows;
}
