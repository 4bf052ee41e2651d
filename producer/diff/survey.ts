/**
 * Collects the evidence for rule 9 while the diff goes through its parts, in two passes: the first finds the days of both
 * versions, the rows that stayed and their order; the second counts, with the ends of what stayed known, what vanished and
 * what came. Only counts are kept and a sample of rows, so memory does not grow with the file.
 */
import { aligned } from "./aligned.ts";
import type { Align, Placement } from "./duplicates.ts";
import {
  AGES,
  type Age,
  type BySide,
  type Evidence,
  type Fates,
  type Habit,
  keepsLines,
  SIDES,
  type Side,
} from "./evidence.ts";
import { orderOf, Sample, sortedOf } from "./line-order.ts";
import type { Days } from "./redated.ts";
import type { SpilledRecord } from "./spill.ts";
import { ageOf } from "./verdict.ts";
import { type Window, windowOf } from "./window.ts";

/** Sales of one day in the version before: those of one stem, or the one of an id. */
export type SeenSales = Pick<
  Placement<SpilledRecord>,
  "stayed" | "changed" | "changedPairs" | "came" | "returned" | "vanished"
>;

export const NOTHING_SEEN: SeenSales = {
  stayed: [],
  changed: 0,
  changedPairs: [],
  came: [],
  returned: 0,
  vanished: [],
};

/** The first and the last of some rows by their places, and by their lines; the place of the last line. */
interface Ends {
  first: number;
  last: number;
  firstLine: number;
  lastLine: number;
  placeOfLast: number;
}

const noEnds = (): Ends => ({
  first: Number.POSITIVE_INFINITY,
  last: 0,
  firstLine: Number.POSITIVE_INFINITY,
  lastLine: 0,
  placeOfLast: 0,
});

function endsOf(days: Map<string, Ends>, day: string): Ends {
  const known = days.get(day);
  if (known !== undefined) return known;
  const ends = noEnds();
  days.set(day, ends);
  return ends;
}

function widen(ends: Ends, place: number, line: number): void {
  if (place < ends.first) ends.first = place;
  if (place > ends.last) ends.last = place;
  if (line < ends.firstLine) ends.firstLine = line;
  if (line > ends.lastLine) {
    ends.lastLine = line;
    ends.placeOfLast = place;
  }
}

export class Survey {
  readonly #old = new Map<string, number>();
  readonly #now = new Map<string, number>();
  stayed = 0;
  vanished = 0;
  returned = 0;
  /** Where the rows of each day stand that stayed, and where those do whose day is no stray one. */
  #ends = new Map<string, Ends>();
  /** Those of identical rows of which more came: they count where no other row stayed. */
  readonly #unsureEnds = new Map<string, Ends>();
  /** Those of rows that say something else now: they count where all do, as when a column comes. */
  readonly #changedEnds = new Map<string, Ends>();
  readonly #stayedEnds: Ends = noEnds();
  #firstCame = Number.POSITIVE_INFINITY;
  #lastCame = 0;
  readonly #sample = new Sample();
  /** Of rows that say something else now, and of those that vanished. */
  readonly #changedSample = new Sample();
  #windows: { readonly old: Window | null; readonly now: Window | null } = { old: null, now: null };
  readonly #vanished = bySide(() => Object.fromEntries(AGES.map((age) => [age, 0])) as Record<Age, number>);
  readonly #came = bySide(() => ({ count: 0, strays: 0 }));
  #order: "kept" | "lost" = "lost";
  #sorted: Evidence["sorted"] = "flat";
  #hasOrder = false;

  /** First pass. `dayNow`: their day in this version. */
  see(day: string, sales: SeenSales, dayNow: string): void {
    const { stayed, changed, changedPairs, came, returned, vanished } = sales;
    const before = stayed.length + changed + vanished.length;
    const now = stayed.length + changed + came.length + returned;
    if (before > 0) this.#old.set(day, (this.#old.get(day) ?? 0) + before);
    if (now > 0) this.#now.set(dayNow, (this.#now.get(dayNow) ?? 0) + now);
    this.stayed += stayed.length + changed;
    this.vanished += vanished.length;
    this.returned += returned;
    for (const { line } of came) {
      if (line < this.#firstCame) this.#firstCame = line;
      if (line > this.#lastCame) this.#lastCame = line;
    }
    for (const { line, from } of changedPairs) {
      widen(endsOf(this.#changedEnds, day), from.place, line.line);
      this.#changedSample.take({ place: from.place, day, line: line.line, print: from.a });
    }
    // Of identical rows nobody knows yet which ones vanished, or which ones came.
    if (vanished.length > 0 && stayed.length > 0) return;
    const isSure = came.length === 0;
    for (const { line, from } of stayed) {
      widen(endsOf(isSure ? this.#ends : this.#unsureEnds, day), from.place, line.line);
      if (isSure) this.#sample.take({ place: from.place, day, line: line.line, print: from.a });
    }
    for (const { place, a } of vanished)
      for (const sample of [this.#sample, this.#changedSample])
        sample.take({ place, day, line: 0, print: a });
  }

  /** What a place is more than its line, so that the last row that stayed keeps its place. null: no row stayed. */
  get shift(): number | null {
    let last: Ends | undefined;
    for (const ends of this.#ends.values())
      if (last === undefined || ends.lastLine > last.lastLine) last = ends;
    return last === undefined ? null : last.placeOfLast - last.lastLine;
  }

  /** The days of the version before, and of this one. */
  get allDays(): Days {
    return { old: [...this.#old.keys()].sort(), now: [...this.#now.keys()].sort() };
  }

  /** The version's first and last day, strays included; null: it has no line. */
  get days(): { readonly first: string; readonly last: string } | null {
    const days = [...this.#now.keys()].sort();
    return days.length === 0 ? null : { first: days[0] as string, last: days.at(-1) as string };
  }

  /** The first day of the version's window; empty: it has no line. */
  get firstDay(): string {
    return this.#windows.now?.first ?? "";
  }

  /** Ends the first pass. `isOrdered`: the places of the rows are those of the version before. */
  endFirst(isOrdered: boolean): void {
    this.#windows = { old: windowOf(this.#old), now: windowOf(this.#now) };
    const isAllChanged = this.#ends.size + this.#unsureEnds.size === 0;
    if (this.#ends.size === 0) this.#ends = isAllChanged ? this.#changedEnds : this.#unsureEnds;
    const { rows } = isAllChanged ? this.#changedSample : this.#sample;
    this.#order = orderOf(rows);
    this.#sorted = sortedOf(rows, this.#windows.old?.strays);
    this.#hasOrder = isOrdered && this.#order === "kept";
    for (const [day, ends] of this.#ends) {
      if (this.#windows.old?.strays.has(day) === true) continue;
      widen(this.#stayedEnds, ends.first, ends.firstLine);
      widen(this.#stayedEnds, ends.last, ends.lastLine);
    }
  }

  /** Second pass. */
  count(day: string, { came, vanished }: SeenSales, dayNow: string): void {
    const age = ageOf(day, this.#windows.old, this.#windows.now);
    for (const { place } of vanished) this.#vanished[this.sideOf(place)][age]++;
    const isStray = this.#windows.now?.strays.has(dayNow) === true;
    for (const { line } of came) {
      const side = this.#came[this.#sideOfLine(line)];
      side.count++;
      if (isStray) side.strays++;
    }
  }

  /** How many lines came on this side of those that stayed. */
  cameAt(side: Side): number {
    return this.#came[side].count;
  }

  sideOf(place: number): Side {
    const { first, last } = this.#stayedEnds;
    return !this.#hasOrder ? "middle" : place < first ? "first" : place > last ? "last" : "middle";
  }

  #sideOfLine(line: number): Side {
    const { firstLine, lastLine } = this.#stayedEnds;
    return !this.#hasOrder ? "middle" : line < firstLine ? "first" : line > lastLine ? "last" : "middle";
  }

  ageOf(day: string): Age {
    return ageOf(day, this.#windows.old, this.#windows.now);
  }

  /** Pairs identical rows with their lines. */
  align: Align = (places, lines) =>
    aligned(
      places.map((place) => this.sideOf(place)),
      lines.map((line) => this.#sideOfLine(line)),
      this.#hasOrder && this.#sorted === "down",
    );

  evidence(
    known: Pick<Evidence, "habit" | "hasIds" | "someLeft" | "rejected" | "redated">,
    isOrdered: boolean,
  ): Evidence {
    const counted = (what: "count" | "strays") => ({
      first: this.#came.first[what],
      middle: this.#came.middle[what],
      last: this.#came.last[what],
    });
    return {
      old: this.#old,
      now: this.#now,
      stayed: this.stayed,
      order: isOrdered ? this.#order : "unknown",
      sorted: this.#sorted,
      vanished: this.#vanished,
      came: counted("count"),
      strays: counted("strays"),
      returned: this.returned,
      ...known,
    };
  }

  /** Whether rows vanished of which it is unclear why. */
  isUnclear(fates: Fates): boolean {
    return SIDES.some((side) =>
      AGES.some((age) => fates[side][age] === "unclear" && this.#vanished[side][age] > 0),
    );
  }

  /** The habit with this version. `fates`: what became of the rows that vanished, if some did. */
  habitAfter(habit: Habit, fates: Fates | undefined): Habit {
    const { firstLine, lastLine } = this.#stayedEnds;
    if (fates === undefined) return grown(habit, this.#firstCame < firstLine, this.#lastCame > lastLine);
    const rolled = (age: Age) =>
      SIDES.some((side) => fates[side][age] === "rolled" && this.#vanished[side][age] > 0);
    if (AGES.some(rolled))
      return {
        ...habit,
        rolled: more(habit.rolled),
        full: keepsLines({ old: this.#old, now: this.#now }) ? more(habit.full) : habit.full,
        split: habit.split || (this.stayed > 0 && rolled("edge")),
      };
    const isLarger = (side: "first" | "last") =>
      this.#came[side].count > AGES.reduce((sum, age) => sum + this.#vanished[side][age], 0);
    return grown(habit, isLarger("first"), isLarger("last"));
  }
}

/** Habits are counted up to here. */
const MOST = 99;
const more = (n: number): number => Math.min(MOST, n + 1);

/** The habit after a version that brought lines at these ends. */
export const grown = (habit: Habit, first: boolean, last: boolean): Habit => ({
  ...habit,
  first: first ? more(habit.first) : habit.first,
  last: last ? more(habit.last) : habit.last,
});

const bySide = <A>(make: () => A): BySide<A> => ({ first: make(), middle: make(), last: make() });
