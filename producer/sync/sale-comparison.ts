/** Compares the days of a version with those of the other sources, by families of sources that publish alike (rule 23). */
import { posix } from "node:path";
import type { Registration } from "#shared/contract/source-records.ts";
import { type DayPrints, joinDays, SaleMatch } from "../diff/index.ts";
import { SALE_KEY } from "../rows/index.ts";
import { decisionOf } from "../source/index.ts";
import type { DiffedVersion } from "./diff-version.ts";
import type { OpenedVersion } from "./opened-version.ts";
import type { Producer } from "./producer.ts";

/** So many of the last unchanged days tell whether two sources were told apart before. */
const SETTLED_DAYS = 31;
/** A file of one sale is compared with one of at least so many sales and days. */
const FEWEST_BESIDE_ONE = { sales: 3, days: 2 } as const;

/** The sources that publish alike: those of one folder or catalogue that identify their sales by the same columns. */
export interface Family {
  readonly name: string;
  readonly identity: readonly string[];
  readonly match: SaleMatch;
  /** What each source has in common with the version. */
  readonly members: Map<string, SaleMatch>;
  readonly days: string[];
}

/** The decision that a family of sources holds other sales. */
export const overlapDecision = (family: string): string => decisionOf("overlap", [family]);

/** The name of a source's family. */
function familyOf(
  source: string,
  registration: Registration | undefined,
  identity: readonly string[],
): string {
  const place = registration?.catalogue ?? posix.dirname(source.replace(/[?#].*$/, ""));
  return `${place} ${[...identity].sort().join(",")}`;
}

/** The days of a version against those of the other sources. */
export class Comparison {
  /** Whether the source has no sales yet, and whether it has sales of a day that it had none of. */
  readonly isFirst: boolean;
  hasNewDays = false;
  /** How many sales were read. */
  readonly count: number;
  readonly #opened: OpenedVersion;
  readonly #diff: DiffedVersion["diff"];
  readonly #id: number;
  readonly #identity: readonly string[];
  readonly #accepted: ReadonlySet<string>;

  constructor(opened: OpenedVersion, diff: DiffedVersion["diff"]) {
    const { producer, registration, before, version } = opened;
    this.#opened = opened;
    this.#diff = diff;
    this.#id = producer.state.source(registration.source).id;
    this.isFirst = producer.state.days.daysOf(this.#id).length === 0;
    this.count = diff.sales.count;
    this.#identity = before?.identity ?? version.identity;
    this.#accepted = acceptedBy(producer, familyOf(registration.source, registration, this.#identity));
  }

  hasDay(day: string): boolean {
    return this.#diff.sales.has(day);
  }

  /** The days of which the version has other sales than the source had, as they are then. */
  *changedDays(): Generator<void, ReadonlyMap<string, DayPrints>> {
    const { days } = this.#opened.producer.state;
    const changed = new Map<string, DayPrints>();
    for (const day of this.#diff.sales.days) {
      const now = this.#diff.sales.of(day);
      const before = days.of(this.#id, day);
      if (before === undefined) this.hasNewDays = true;
      if (this.#opened.tail !== null) changed.set(day, before === undefined ? now : joinDays(before, now));
      else if (days.differs(this.#id, day, now)) changed.set(day, now);
      yield;
    }
    return changed;
  }

  /** The families that hold the sales of these days. */
  *families(changed: ReadonlyMap<string, DayPrints>): Generator<void, readonly Family[]> {
    const found = yield* this.#compare(changed);
    const same: Family[] = [];
    for (const family of found.values()) {
      if (this.#isAccepted(family)) continue;
      const { match } = family;
      if (!match.isSame && !this.#isOfOne(family)) continue;
      if (!match.isSameAgain && (yield* this.#wereOthers(family.name, changed))) continue;
      same.push(family);
    }
    return same;
  }

  *#compare(days: ReadonlyMap<string, DayPrints>): Generator<void, Map<string, Family>> {
    const { registry, state } = this.#opened.producer;
    const families = new Map<string, Family>();
    for (const [day, mine] of days) {
      const here = new Map<Family, DayPrints>();
      for (const { source, day: its } of state.days.onDay(day, this.#id)) {
        const identity = registry.last(source)?.value.identity ?? null;
        if (identity === null || this.#isDecided(source, identity)) continue;
        const name = familyOf(source, registry.registration(source), identity);
        let family = families.get(name);
        if (family === undefined) {
          family = { name, identity, match: new SaleMatch(), members: new Map(), days: [] };
          families.set(name, family);
        }
        const before = here.get(family);
        here.set(family, before === undefined ? its : joinDays(before, its));
        const match = family.members.get(source) ?? new SaleMatch();
        match.add(mine, its);
        if (match.common > 0) family.members.set(source, match);
      }
      for (const [family, its] of here) {
        family.match.add(mine, its);
        family.days.push(day);
      }
      yield;
    }
    return families;
  }

  /** Whether an operator decided already: the two count independently, or get the same ids (rule 5). */
  #isDecided(source: string, identity: readonly string[]): boolean {
    const { producer, registration } = this.#opened;
    const other = producer.registry.registration(source);
    const isApart = (other?.idScope ?? null) !== (registration.idScope ?? null);
    if (isApart) return areEqual(identity, this.#identity);
    // The other source will have the same ids as soon as it is read again.
    const { key } = other?.reading ?? {};
    return key !== undefined && !areEqual(identity, key) && areEqual(key, this.#identity);
  }

  /** Whether an operator said of sources like this one, or of those of the family, that they hold other sales. */
  #isAccepted({ name, identity }: Family): boolean {
    const { producer, registration } = this.#opened;
    const own = familyOf(registration.source, registration, this.#identity);
    if (this.#accepted.has(overlapDecision(name))) return true;
    return identity.length > 0 && acceptedBy(producer, name).has(overlapDecision(own));
  }

  /** Whether one of the two has one sale in all, and the other has it among several. */
  #isOfOne({ match, members, days, identity }: Family): boolean {
    const { state } = this.#opened.producer;
    if (!this.isFirst || match.common !== 1 || match.smaller !== 1 || days.length !== 1) return false;
    if (areEqual(identity, this.#identity) || [...identity, ...this.#identity].includes(SALE_KEY))
      return false;
    const itsDays = new Set<string>();
    let its = 0;
    for (const source of members.keys()) {
      const { id } = state.source(source);
      for (const day of state.days.daysOf(id)) {
        itsDays.add(day);
        its += state.days.of(id, day)?.prints.length ?? 0;
      }
    }
    const mineDays = [...this.#diff.sales.days].length;
    const { sales, days: most } = FEWEST_BESIDE_ONE;
    return (
      (this.count === 1 && its >= sales && itsDays.size >= most) ||
      (its === 1 && this.count >= sales && mineDays >= most)
    );
  }

  /** Whether the two had different sales on earlier days. */
  *#wereOthers(family: string, changed: ReadonlyMap<string, DayPrints>): Generator<void, boolean> {
    if (this.isFirst) return false;
    const { days } = this.#opened.producer.state;
    const settled = days
      .daysOf(this.#id)
      .filter((day) => !changed.has(day))
      .slice(-SETTLED_DAYS);
    const known = new Map(
      settled.flatMap((day) => {
        const prints = days.of(this.#id, day);
        return prints === undefined ? [] : [[day, prints] as const];
      }),
    );
    const match = (yield* this.#compare(known)).get(family)?.match;
    return match !== undefined && match.smaller > 0 && !match.isSame;
  }
}

export const areEqual = (a: readonly string[], b: readonly string[]): boolean =>
  JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());

/** The decisions that an operator accepted for a source of the family: they hold for all of it. */
function acceptedBy({ registry }: Producer, family: string): ReadonlySet<string> {
  const accepted = new Set<string>();
  for (const registration of registry.registrations()) {
    if (registration.accepted === undefined) continue;
    const identity = registry.last(registration.source)?.value.identity;
    // A source that is held has announced nothing: its decision holds for itself (doubts.ts).
    if (identity == null || familyOf(registration.source, registration, identity) !== family) continue;
    for (const decision of registration.accepted) accepted.add(decision);
  }
  return accepted;
}
