/** The doubts about rows that a version lacks: it would delete many, or it is unclear what became of some (rules 9, 10). */
import * as Effect from "effect/Effect";
import type { DoubtReport } from "#shared/contract/doubt.ts";
import { inSlices } from "#shared/runtime/slices.ts";
import {
  ALL_DELETED,
  ALL_ROLLED,
  type Answer,
  type Answers,
  type EntityDiff,
  heldKey,
  keyOfClaim,
  type OrderBefore,
  splitDerived,
  type UnclearRows,
  type VersionDiff,
} from "../diff/index.ts";
import { idsOf } from "../log/index.ts";
import { answered, asFailure, type Choice, Decision, type Doubt, MOST_ROWS } from "../source/index.ts";
import type { PollFailure } from "./failure.ts";
import type { OpenedVersion } from "./opened-version.ts";

const UNCLEAR = "vanished.unclear";
/** Answers to a decision about unclear rows: all are kept, or those of before a day, or all but so many. */
const ROLLED = "rolled";
const BEFORE = "before:";
const NEAREST = "nearest:";

/** What the accepted decisions of a registration say of unclear rows: of several answers the last. */
export const answersIn = (accepted: readonly string[]): Answers => ({
  newName: () => new Decision(UNCLEAR),
  to: (decision) => {
    const answer = (entry: string): Answer | undefined => {
      if (entry === decision) return ALL_DELETED;
      if (entry === answered(decision, ROLLED)) return ALL_ROLLED;
      const [before, nearest] = [answered(decision, BEFORE), answered(decision, NEAREST)];
      if (entry.startsWith(before)) return { before: entry.slice(before.length) };
      return entry.startsWith(nearest) ? { nearest: Number(entry.slice(nearest.length)) } : undefined;
    };
    return accepted.map(answer).findLast((one) => one !== undefined);
  },
  some: accepted.some((decision) => decision.startsWith(UNCLEAR)),
});

/** The rows about which a version that was held back is unclear. */
export function waitingIn(doubts: readonly DoubtReport[]): OrderBefore["waiting"] {
  const doubt = doubts.find(({ code }) => code === UNCLEAR);
  // The state has a hash of a long id.
  const heldIds = doubt?.rows?.map((id) => (splitDerived(id) === undefined ? heldKey(id, 0) : id));
  return { decision: doubt?.decision ?? "", ids: new Set(heldIds) };
}

/**
 * One about unclear rows, and one for each entity of which the version deletes many rows. Reads long ids, which the state
 * keeps as a hash, from the topics.
 */
export const vanishedDoubts = Effect.fnUntraced(function* (
  { producer, registration: { source } }: OpenedVersion,
  diff: VersionDiff,
): Effect.fn.Return<readonly Doubt[], PollFailure> {
  const doubts = yield* inSlices(() => found(diff), asFailure(source, producer.settings));
  return yield* Effect.forEach(doubts, (doubt) =>
    Effect.gen(function* () {
      const { rows = [], entity = "ventes" } = doubt;
      const ids = yield* idsOf(producer.log, source, entity, rows);
      return { ...doubt, rows: rows.map((row) => ids.get(row) ?? row) };
    }),
  );
});

/** Yields between parts. */
function* found(diff: VersionDiff): Generator<void, readonly Doubt[]> {
  const doubts: Doubt[] = [];
  const { unclear, isRedated } = diff.vanishing;
  if (unclear !== null) doubts.push(ofUnclear(unclear, isRedated));
  for (const entity of diff.deletingMuch()) doubts.push(yield* ofEntity(entity));
  return doubts;
}

/** The decision is about the rows that are deleted, whatever else changes. */
function* ofEntity(diff: EntityDiff): Generator<void, Doubt> {
  const { entity, counts } = diff;
  const decision = new Decision("vanished.many");
  const rows: string[] = [];
  for (const part of diff.deletions()) {
    for (const claim of part) {
      const key = keyOfClaim(claim);
      decision.add(`${entity.name} ${key} ${claim.dated}`);
      if (rows.length < MOST_ROWS) rows.push(key);
    }
    yield;
  }
  return {
    code: "vanished.many",
    decision: decision.toString(),
    weight: "held",
    details: { count: counts.withdrawn, of: counts.covered },
    choices: [{ code: "delete" }, { code: "keep", options: ["--vanished", "keep"] }],
    entity: entity.name,
    rows,
  };
}

/** `isRedated`: the rows came again under other dates. */
function ofUnclear({ decision, count, days, cuts, nearest, rows }: UnclearRows, isRedated: boolean): Doubt {
  const what = days.first === days.last ? days.first : `${days.first} – ${days.last}`;
  return {
    code: UNCLEAR,
    decision,
    weight: "held",
    details: { count, what, ...(isRedated ? { more: "redated" } : {}) },
    choices: [
      { code: "delete" },
      { code: "rolled", answer: ROLLED },
      ...cuts.map(({ day, later }): Choice => {
        const details = { what: day, count: later, of: count - later };
        return { code: "before", answer: `${BEFORE}${day}`, details };
      }),
      ...(nearest === undefined ? [] : [nearestOf(nearest, count)]),
      { code: "keep", options: ["--vanished", "keep"] },
      { code: "withdraw", options: ["--vanished", "withdraw"] },
    ],
    entity: "ventes",
    rows,
  };
}

/** Lines that came where the rows stood may be the nearest of them, corrected, while the others rolled off. */
const nearestOf = (nearest: number, count: number): Choice => ({
  code: "nearest",
  answer: `${NEAREST}${nearest}`,
  details: { count: nearest, of: count - nearest },
});
