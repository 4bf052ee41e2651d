/**
 * What a database found that no producer has told: ids that two sources use for different sales (rule 6), and equal sales
 * of two sources (rule 23). Two producers that publish at the same moment may each miss what the other sends.
 */
import type { ChoiceEffect, DoubtReport } from "#shared/contract/doubt.ts";
import type { Announcement, Registration } from "#shared/contract/source-records.ts";
import type { BetweenSources, EqualDays, SharedIds } from "#shared/database/between-sources.ts";
import type { Language } from "#shared/runtime/settings.ts";
import { areSameSales } from "../diff/index.ts";
import { hasSaleIds } from "../rows/index.ts";
import {
  type Choice,
  type Doubt,
  type DoubtCode,
  MOST_EXAMPLES,
  MOST_ROWS,
  otherScope,
  type Registry,
  reportOf,
} from "../source/index.ts";
import { areEqual, familyDecision, familyOf, haveOtherScopes, isAccepted } from "./family.ts";
import { COLLIDING } from "./id-collisions.ts";

/** In millionths. */
const CENT = 10_000;

/** A source that published sales. */
interface Side {
  readonly source: string;
  readonly registration: Registration | undefined;
  readonly last: Announcement;
  readonly family: string;
}

/** What a source has in common with the sources of a family. */
interface Group<Pair> {
  readonly side: Side;
  readonly family: string;
  readonly others: Side[];
  readonly pairs: Pair[];
}

interface Named {
  readonly source: string;
  readonly other: string;
}

/** The decisions about a source that are told already. */
export type Told = (source: string) => readonly string[];

/** By source: attention for each race that neither a producer tells nor an operator has decided. */
export function racesFound(
  registry: Registry,
  found: BetweenSources,
  told: Told,
  language: Language,
): ReadonlyMap<string, readonly DoubtReport[]> {
  const doubts = new Map<string, DoubtReport[]>();
  const tell = (side: Side, doubt: Doubt): void => {
    const all = doubts.get(side.source) ?? [];
    doubts.set(side.source, [...all, reportOf(doubt, side.source, language)]);
  };
  for (const group of groupsOf(registry, found.sharedIds(), told, "ids.collision")) {
    const doubt = collision(group, found);
    if (doubt !== undefined) tell(group.side, doubt);
  }
  for (const group of groupsOf(registry, found.equalDays(), told, "overlap")) {
    const doubt = overlap(group, found);
    if (doubt !== undefined) tell(group.side, doubt);
  }
  return doubts;
}

/** Each pair once: with the source that published last, and that is followed. */
function groupsOf<Pair extends Named>(
  registry: Registry,
  pairs: readonly Pair[],
  told: Told,
  code: DoubtCode,
): Iterable<Group<Pair>> {
  const groups = new Map<string, Group<Pair>>();
  for (const pair of pairs) {
    const [a, b] = [sideOf(registry, pair.source), sideOf(registry, pair.other)];
    if (a === undefined || b === undefined || isDecided(registry, code, a, b)) continue;
    const [side, other] = isBehind(a, b) ? [a, b] : [b, a];
    if (side.registration === undefined) continue;
    const isTold = (one: Side, another: Side) =>
      told(one.source).includes(familyDecision(code, another.family));
    if (isTold(side, other) || isTold(other, side)) continue;
    const name = `${side.source}\n${other.family}`;
    const group = groups.get(name) ?? { side, family: other.family, others: [], pairs: [] };
    groups.set(name, group);
    group.others.push(other);
    group.pairs.push(pair);
  }
  return groups.values();
}

function sideOf(registry: Registry, source: string): Side | undefined {
  const last = registry.last(source)?.value;
  if (last?.identity == null) return undefined;
  const registration = registry.registration(source);
  return { source, registration, last, family: familyOf(source, registration, last.identity) };
}

/** Whether the commands that undo the race are for `a`: only a source that is followed can be read again. */
function isBehind(a: Side, b: Side): boolean {
  if ((a.registration === undefined) !== (b.registration === undefined)) return a.registration !== undefined;
  return a.last.published > b.last.published;
}

/** Whether an operator decided: by the decision itself, or by scopes that keep the ids of the two apart. */
function isDecided(registry: Registry, code: DoubtCode, a: Side, b: Side): boolean {
  if (isAccepted(registry, code, a.family, b.family)) return true;
  const isApart = haveOtherScopes(a.registration, b.registration);
  return code === "overlap" && isApart && areEqual(a.last.identity ?? [], b.last.identity ?? []);
}

function collision(
  { side, family, others, pairs }: Group<SharedIds>,
  found: BetweenSources,
): Doubt | undefined {
  if (![side, ...others].every(({ last }) => hasSaleIds(last))) return undefined;
  const count = pairs.reduce((sum, { differing }) => sum + differing, 0);
  if (count <= COLLIDING * pairs.reduce((sum, { ids }) => sum + ids, 0)) return undefined;
  const examples = pairs
    .flatMap(({ source, other }) => found.differingIds(source, other, MOST_EXAMPLES))
    .slice(0, MOST_EXAMPLES);
  const scope = otherScope(side.registration?.idScope, side.source);
  return {
    code: "ids.collision",
    decision: familyDecision("ids.collision", family),
    weight: "attention",
    details: { count, what: namesOf(others), examples },
    choices: [{ code: "otherNumbers", options: ["--id-scope", scope, "--rekey"] }, { code: "lastSaid" }],
    rows: examples,
    entity: "ventes",
  };
}

function overlap(
  { side, family, others, pairs }: Group<EqualDays>,
  found: BetweenSources,
): Doubt | undefined {
  const days = [...new Set(pairs.flatMap((pair) => pair.days))].sort();
  const common = pairs.reduce((all, pair) => all + pair.common, 0);
  const mine = found.salesOfDays(side.source, days, MOST_ROWS);
  const { sales: count, kinds } = mine;
  if (!areSameSales({ count, kinds, common })) return undefined;
  // To the cent: where both state what was paid, these may be other sales.
  const stated = mine.stated === null ? null : statedBy(others, pairs, found);
  if (mine.stated !== null && stated !== null && Math.abs(mine.stated - stated) >= CENT * count)
    return undefined;
  const all = found.salesOf(side.source);
  const [first = "", last = ""] = [days[0], days.at(-1)];
  return {
    code: "overlap",
    decision: familyDecision("overlap", family),
    weight: "attention",
    details: {
      count,
      of: all,
      what: namesOf(others),
      more: days.length > 1 ? `${first} - ${last}` : first,
      examples: days.slice(0, MOST_EXAMPLES),
    },
    choices: [...withoutOne(side, others, count, all, found), { code: "otherSales" }],
    ...(count > MOST_ROWS ? {} : { rows: mine.ids, entity: "ventes" as const }),
  };
}

/** The revenue that the other sources state for the days of their pairs, in millionths; null: one of them does not state all. */
function statedBy(
  others: readonly Side[],
  pairs: readonly EqualDays[],
  found: BetweenSources,
): number | null {
  let sum = 0;
  for (const [i, { source }] of others.entries()) {
    const { stated } = found.salesOfDays(source, pairs[i]?.days ?? [], 0);
    if (stated === null) return null;
    sum += stated;
  }
  return sum;
}

/** The rows of one side go, where the other has them all. */
function withoutOne(
  { source }: Side,
  others: readonly Side[],
  count: number,
  all: number,
  found: BetweenSources,
): readonly Choice[] {
  const remove = (one: string) => ["sources", "remove", one, "--withdraw"];
  if (count === all)
    return [{ code: "leaveSource", commands: [remove(source)], effect: goneOf([source], count) }];
  const its = others.reduce((sum, other) => sum + found.salesOf(other.source), 0);
  const names = others.map((other) => other.source);
  const followed = others.filter(({ registration }) => registration !== undefined);
  return its > count || followed.length < others.length
    ? [{ code: "withdrawSource", commands: [remove(source)], effect: goneOf([source], all) }]
    : [{ code: "replaceSources", commands: names.map(remove), effect: goneOf(names, its) }];
}

/** All sales of these sources go, but for those that others have under the same ids. */
const goneOf = (sources: readonly string[], deletes: number): ChoiceEffect => ({
  entity: "ventes",
  deletes,
  adds: 0,
  changes: 0,
  without: sources,
  coming: [],
});

const namesOf = (sides: readonly Side[]): string =>
  [...new Set(sides.map(({ source }) => source))].sort().slice(0, MOST_EXAMPLES).join(", ");
