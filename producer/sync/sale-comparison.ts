/** Compares the days of a version with those of the other sources, by families of sources that publish alike (rule 23). */
import { type DayPrints, joinDays, mayShareKind, SaleMatch } from "../diff/index.ts";
import { SALE_KEY } from "../rows/index.ts";
import type { DiffedVersion } from "./diff-version.ts";
import { areEqual, familyOf, haveOtherScopes, isAccepted } from "./family.ts";
import type { OpenedVersion } from "./opened-version.ts";

/** So many of the last unchanged days tell whether two sources were told apart before. */
const SETTLED_DAYS = 31;
/** A file of one sale is compared with one of at least so many sales and days. */
const FEWEST_BESIDE_ONE = { sales: 3, days: 2 } as const;

/** The sales of a day in several sources. */
export interface OthersOfDay {
  readonly day: string;
  readonly lists: readonly DayPrints[];
}

/** What a version has in common with the sources of a family. */
export interface Family {
  readonly name: string;
  readonly identity: readonly string[];
  readonly match: SaleMatch;
  /** What each source has in common with the version. */
  readonly members: Map<string, SaleMatch>;
  readonly days: string[];
  /** Those that give a sale the same id as the version does. */
  readonly namesakes: Set<string>;
  /** Whether a sale may be in one of these and in the version. */
  mayShare: boolean;
}

/** The days of a version against those of the other sources. */
export class Comparison {
  /** Whether the source has no sales yet. */
  readonly isFirst: boolean;
  /** How many sales were read. */
  readonly count: number;
  readonly #opened: OpenedVersion;
  readonly #diff: DiffedVersion["diff"];
  readonly #id: number;
  /** Its columns of identity, and the family that its source is of. */
  readonly #identity: readonly string[];
  readonly family: string;

  constructor(opened: OpenedVersion, diff: DiffedVersion["diff"]) {
    const { producer, registration, before, version } = opened;
    this.#opened = opened;
    this.#diff = diff;
    this.#id = producer.state.source(registration.source).id;
    this.isFirst = producer.state.days.daysOf(this.#id).length === 0;
    this.count = diff.sales.count;
    this.#identity = before?.identity ?? version.identity;
    this.family = familyOf(registration.source, registration, this.#identity);
  }

  hasDay(day: string): boolean {
    return this.#diff.sales.has(day);
  }

  /** The days of which the version has other sales than the source had, or `all` its days, as they are then. */
  *changedDays(all: boolean): Generator<void, ReadonlyMap<string, DayPrints>> {
    const { days } = this.#opened.producer.state;
    const changed = new Map<string, DayPrints>();
    for (const day of this.#diff.sales.days) {
      const now = this.#diff.sales.of(day);
      const before = days.of(this.#id, day);
      if (this.#opened.tail !== null) changed.set(day, before === undefined ? now : joinDays(before, now));
      else if (all || days.differs(this.#id, day, now)) changed.set(day, now);
      yield;
    }
    return changed;
  }

  /** Which of these families hold the sales of these days. */
  *same(
    families: Iterable<Family>,
    changed: ReadonlyMap<string, DayPrints>,
  ): Generator<void, readonly Family[]> {
    const { producer } = this.#opened;
    const same: Family[] = [];
    for (const family of families) {
      const { match, name } = family;
      if (!match.isSame && !this.#isOfOne(family)) continue;
      if (isAccepted(producer.registry, "overlap", this.family, name)) continue;
      if (!match.isSameAgain && (yield* this.#wereOthers(name, changed))) continue;
      same.push(family);
    }
    return same;
  }

  /** The families that have sales on these days, unless an operator decided about them by the ids that they get. */
  *compare(days: ReadonlyMap<string, DayPrints>): Generator<void, Map<string, Family>> {
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
          family = {
            name,
            identity,
            match: new SaleMatch(),
            members: new Map(),
            days: [],
            namesakes: new Set(),
            mayShare: false,
          };
          families.set(name, family);
        }
        const before = here.get(family);
        here.set(family, before === undefined ? its : joinDays(before, its));
        const match = family.members.get(source) ?? new SaleMatch();
        match.add(mine, its);
        if (match.common > 0) family.members.set(source, match);
        if (areEqual(identity, this.#identity)) {
          family.namesakes.add(source);
          family.mayShare ||= mayShareKind(mine, its);
        }
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
    if (haveOtherScopes(other, registration)) return areEqual(identity, this.#identity);
    // The other source will have the same ids as soon as it is read again.
    const { key } = other?.reading ?? {};
    return key !== undefined && !areEqual(identity, key) && areEqual(key, this.#identity);
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
    const match = (yield* this.compare(this.settledDays(changed))).get(family)?.match;
    return match !== undefined && match.smaller > 0 && !match.isSame;
  }

  /** The last unchanged days of the source. */
  settledDays(changed: ReadonlyMap<string, DayPrints>): ReadonlyMap<string, DayPrints> {
    const { days } = this.#opened.producer.state;
    const settled = days
      .daysOf(this.#id)
      .filter((day) => !changed.has(day))
      .slice(-SETTLED_DAYS);
    return new Map(
      settled.flatMap((day) => {
        const prints = days.of(this.#id, day);
        return prints === undefined ? [] : [[day, prints] as const];
      }),
    );
  }

  /**
   * The sales of the days before `day` in the sources of these families that give sales the same ids as the
   * version, but without the version's source: of each day the lists of several sources.
   */
  *daysBefore(day: string, families: ReadonlySet<string>): Generator<void, readonly OthersOfDay[]> {
    const { state } = this.#opened.producer;
    const found: OthersOfDay[] = [];
    for (const before of state.days.before(day, SETTLED_DAYS)) {
      const lists = state.days
        .onDay(before, this.#id)
        .filter(({ source }) => this.#isNamesakeOf(source, families))
        .map(({ day: prints }) => prints);
      if (lists.length > 1) found.push({ day: before, lists });
      yield;
    }
    return found;
  }

  #isNamesakeOf(source: string, families: ReadonlySet<string>): boolean {
    const { registry } = this.#opened.producer;
    const identity = registry.last(source)?.value.identity ?? null;
    if (identity === null || !areEqual(identity, this.#identity) || this.#isDecided(source, identity))
      return false;
    return families.has(familyOf(source, registry.registration(source), identity));
  }
}
