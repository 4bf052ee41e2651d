/**
 * The doubt that a source and others name some sales by the same ids, and each side has sales that the other lacks
 * (rule 5): two tills whose equal sales would count once. Where one side has all of the other's, these are the same
 * sales.
 */
import { type DayPrints, type EntityDiff, SaleMatch, SameIds } from "../diff/index.ts";
import { type Doubt, decisionOf } from "../source/index.ts";
import { familyDecision, isAccepted } from "./family.ts";
import { asOneSale, asOthers } from "./namesake-choices.ts";
import type { OpenedVersion } from "./opened-version.ts";
import type { Comparison, Family } from "./sale-comparison.ts";
import { type SharedClaims, sharedClaims } from "./shared-claims.ts";

const CODE = "sales.shared";
/** How many sources and days a doubt shows. */
const SHOWN = 5;

interface Shared {
  readonly family: Family;
  /** The days of which the version has other sales than the source had. */
  readonly changed: ReadonlyMap<string, DayPrints>;
}

/** `family`: one whose sources give a sale the same id as the version does. Yields between parts. */
export function* sharedDoubts(
  opened: OpenedVersion,
  main: EntityDiff,
  comparison: Comparison,
  { family, changed }: Shared,
): Generator<void, readonly Doubt[]> {
  const { producer } = opened;
  if (isAccepted(producer.registry, CODE, comparison.family, family.name)) return [];
  const settled = comparison.settledDays(changed);
  const earlier = (yield* comparison.compare(settled)).get(family.name);
  const sources = new Set([...family.namesakes, ...(earlier?.namesakes ?? [])]);
  const numbers = new Map([...sources].map((source) => [producer.state.source(source).id, source]));
  const days = new Set([...changed.keys(), ...settled.keys()]);
  const claims = yield* sharedClaims(opened, main, new Set(numbers.keys()), days);
  const judged = new SameIds();
  for (const [day, counts] of claims.days) judged.add(day, counts);
  const { verdict } = judged;
  if (verdict === "none") return [];
  const names = [...claims.bySource.keys()].map((number) => numbers.get(number) ?? "").sort();
  if (verdict === "same")
    return isCopy(opened, comparison, judged, claims) ? [noticeOf(opened, judged, names)] : [];
  if (verdict === "few" && (areGivenIds(opened, names) || (yield* wereSame(comparison, { family, changed }))))
    return [];
  return [doubtOf(opened, family, judged, claims, names)];
}

/** Whether one other source has all sales of the version, and no others. */
function isCopy(
  { producer: { state }, registration, tail }: OpenedVersion,
  { count }: Comparison,
  { mine, common }: SameIds,
  { bySource }: SharedClaims,
): boolean {
  const [[other, has] = [], ...more] = bySource;
  if (other === undefined || tail !== null || more.length > 0 || has !== count) return false;
  const its = [...state.days.linesOf(other).values()].reduce((sum, lines) => sum + lines, 0);
  return registration.duplicates === "keep" && mine === common && its === count;
}

/** Two tills of a shop are hardly ever so, but a file and its copy are: it is said, with the command that undoes it. */
function noticeOf(opened: OpenedVersion, { common }: SameIds, [name = ""]: readonly string[]): Doubt {
  return {
    code: "sales.same",
    decision: decisionOf("sales.same", [name]),
    weight: "noticed",
    details: { count: common, what: name },
    choices: [{ code: "seen" }, asOthers(opened, undefined, true)],
  };
}

/**
 * Whether an operator made ids of these columns (`--key`): that is how the sales of two files get the same ids (rule
 * 23).
 */
const areGivenIds = (
  { producer: { registry }, registration }: OpenedVersion,
  others: readonly string[],
): boolean =>
  [registration, ...others.map((other) => registry.registration(other))].some(
    (one) => one?.reading?.key !== undefined,
  );

/**
 * Whether sources of the two families had the same sales on earlier days: the files of the days and those of the
 * months.
 */
function* wereSame(comparison: Comparison, { family, changed }: Shared): Generator<void, boolean> {
  const [first = ""] = [...changed.keys()].sort();
  const judged = new SameIds();
  for (const { day, lists } of yield* comparison.daysBefore(
    first,
    new Set([family.name, comparison.family]),
  )) {
    const [largest, ...others] = lists.toSorted((a, b) => b.prints.length - a.prints.length);
    for (const other of others) {
      const match = new SaleMatch();
      match.add(largest as DayPrints, other);
      judged.add(day, match);
    }
    yield;
  }
  return judged.verdict === "same";
}

function doubtOf(
  opened: OpenedVersion,
  family: Family,
  { common, mine, days: shared }: SameIds,
  { ids }: SharedClaims,
  names: readonly string[],
): Doubt {
  const days = shared.toSorted();
  const [first = "", last = ""] = [days[0], days.at(-1)];
  const decision = familyDecision(CODE, family.name);
  return {
    code: CODE,
    decision,
    weight: "held",
    details: {
      count: common,
      of: mine,
      what: names.slice(0, SHOWN).join(", ") + (names.length > SHOWN ? ", ..." : ""),
      more: days.length > 1 ? `${first} - ${last}` : first,
      examples: days.slice(0, SHOWN),
    },
    choices: [asOthers(opened, common), asOneSale(opened, decision, "equalOnce")],
    rows: ids,
    entity: "ventes",
  };
}
