/**
 * The doubt that a source holds the sales of others under other columns, names or ids (rule 23): the files of the days and
 * that of their month. Found when a source begins and on each day that changes.
 */
import * as Effect from "effect/Effect";
import { inSlices } from "#shared/runtime/slices.ts";
import {
  type DayPrints,
  dayOfStem,
  type EntityDiff,
  isHashed,
  keyOfClaim,
  STATE_PARTS,
  type State,
} from "../diff/index.ts";
import { asFailure, type Doubt, MOST_ROWS } from "../source/index.ts";
import type { DiffedVersion } from "./diff-version.ts";
import type { PollFailure } from "./failure.ts";
import { familyDecision } from "./family.ts";
import type { OpenedVersion } from "./opened-version.ts";
import { otherSales } from "./other-sales.ts";
import { overlapChoices } from "./overlap-choices.ts";
import { Comparison, type Family } from "./sale-comparison.ts";
import { sharedClaims } from "./shared-claims.ts";
import { sharedDoubts } from "./shared-doubt.ts";

/** How many sources and days a doubt shows. */
const SHOWN = 5;

/**
 * Finds the families of sources that hold sales of the version: under other ids (rule 23), or some under the same
 * (rule 5). On the days that the version changes, or on `all` its days.
 */
export const overlapDoubts: (
  opened: OpenedVersion,
  diffed: DiffedVersion,
  scope?: { readonly all?: boolean },
) => Effect.Effect<readonly Doubt[], PollFailure> = Effect.fnUntraced(function* (
  opened,
  { diff },
  { all = false } = {},
) {
  const { producer, registration, rekey } = opened;
  const fail = asFailure(registration.source, producer.settings);
  if (!diff.main.entity.derivedKey || rekey !== undefined || (diff.main.emitted === 0 && !all)) return [];
  const comparison = new Comparison(opened, diff);
  const changed = yield* inSlices(() => comparison.changedDays(all), fail);
  if (changed.size === 0) return [];
  yield* otherSales(opened, ({ entities }) => entities.includes("ventes"));
  return yield* inSlices(() => doubtsOf(opened, diff.main, comparison, changed), fail);
});

function* doubtsOf(
  opened: OpenedVersion,
  main: EntityDiff,
  comparison: Comparison,
  changed: ReadonlyMap<string, DayPrints>,
): Generator<void, readonly Doubt[]> {
  const { state } = opened.producer;
  const families = yield* comparison.compare(changed);
  const same = yield* comparison.same(families.values(), changed);
  const doubts: Doubt[] = [];
  for (const family of families.values()) {
    if (same.includes(family)) {
      const ids = numbersOf(state, family.members.keys());
      // Sales that have the same ids are one sale each already.
      const { count } = yield* sharedClaims(opened, main, ids, new Set(family.days));
      if (count * 2 < family.match.common) {
        const rows = yield* rowsOfOthers(opened, ids, family);
        doubts.push({ ...doubtOf(opened, family, comparison), rows, entity: "ventes" });
        continue;
      }
    }
    if (family.mayShare) doubts.push(...(yield* sharedDoubts(opened, main, comparison, { family, changed })));
  }
  return doubts;
}

function doubtOf(opened: OpenedVersion, family: Family, comparison: Comparison): Doubt {
  const names = [...family.members.keys()].sort();
  const { match } = family;
  const days = [...family.days].sort();
  const [first = "", last = ""] = [days[0], days.at(-1)];
  return {
    code: "overlap",
    decision: familyDecision("overlap", family.name),
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

const numbersOf = (state: State, sources: Iterable<string>): ReadonlySet<number> =>
  new Set([...sources].map((source) => state.source(source).id));
