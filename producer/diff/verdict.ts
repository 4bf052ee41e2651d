/**
 * Rule 9 as a function: what became of the rows that a version lacks, judged from where they stood in the file, how the
 * days of the file moved, and how the file behaved before. It knows no row, only counts, so that memory does not grow
 * with the file.
 */
import {
  AGES,
  type Age,
  all,
  type ByAge,
  type Evidence,
  type Fate,
  type Fates,
  grownAt,
  keepsLines,
  linesOf,
  mapFates,
  SIDES,
  type Side,
  totalOf,
} from "./evidence.ts";
import { replacedAt } from "./replaced.ts";
import { isOfAnotherYear, strayAt } from "./stray-dates.ts";
import { daysBetween, type Window, type Windows, windowOf } from "./window.ts";

/** How many days the first day may move more or less than the last in a window of days: days without sales lie between. */
const UNEVEN_DAYS = 2;
/** Fewer lost lines may be chance: of a file that only grew before, or of a window that moved unevenly. */
const NO_CHANCE = 3;
/** A file in which whole days alone rolled off so often is a window of days. */
const WHOLE_DAYS = 3;
/** A file that only grew before is a window of days from now on when it has at least so many. */
const GROWN_DAYS = 7;
/** So many rows of so many whole days, gone at the old end while the new end grew, are no correction. */
const BULK = { rows: 10, days: 3 } as const;
/** So many rows, and a larger part of the lines, are missing where the file grows: it may be cut off. */
const CUT_OFF = { rows: 3, part: 0.2 } as const;
/** A file of which a larger part of the sales with ids goes, without having rolled off, may hold the news only. */
const PARTIAL = 0.2;
/** So many different sales that came again under other dates are no chance: where no line stayed, and where some did. */
const REDATED = { alone: 2, beside: 5 } as const;
/** Fewer lines, none of which stayed, on days further apart than `days`, may be one line with a mistyped date. */
const FEW = { lines: 3, days: 14 } as const;

export const ageOf = (day: string, old: Window | null, now: Window | null): Age =>
  now === null
    ? "before"
    : old?.strays.has(day) === true
      ? "stray"
      : day < now.first
        ? "before"
        : day === now.first
          ? "edge"
          : day <= now.last
            ? "inside"
            : "after";

export function judge(evidence: Evidence): Fates {
  const now = windowOf(evidence.now);
  const old = windowOf(evidence.old);
  if (now === null || old === null) return everywhere(all("rolled"));
  const windows = { old, now };
  if (evidence.stayed === 0) return everywhere(all(isNext(evidence, windows) ? "rolled" : "unclear"));
  const fates = bySides(evidence, windows);
  if (isRedated(evidence)) return mapFates(fates, (fate) => (fate === "rolled" ? "unclear" : fate));
  return isPartial(evidence, fates) || mayBeReturned(evidence)
    ? mapFates(fates, (fate) => (fate === "corrected" ? "unclear" : fate))
    : fates;
}

function bySides(evidence: Evidence, windows: Windows): Fates {
  const days = byDays(evidence, windows);
  const end = oldEndOf(evidence);
  // With an id a line whose date is mended stays; without, it comes again.
  const corrected = { ...all("corrected"), stray: evidence.hasIds ? "unclear" : "corrected" } as const;
  const others = end === null || evidence.sorted === "no" ? days : corrected;
  const ofEnd = end === null ? others : atEnd(evidence, windows, end, days);
  const ofOlder = (side: Side): ByAge => ({
    ...others,
    before: outOfOrder(evidence, [side, end], others.before, ofEnd.before),
  });
  const at = (side: "first" | "last"): ByAge =>
    side === end ? ofEnd : isCutOff(evidence, side) ? all("unclear") : ofOlder(side);
  return { first: at("first"), middle: ofOlder("middle"), last: at("last") };
}

/**
 * A row between others, or at the new end, that is older than all lines that stayed, while rows as old went at the old
 * end: one of the few that stand out of the order of days. A window of days loses it with those, a window of lines does not.
 */
function outOfOrder(
  evidence: Evidence,
  [side, end]: readonly [Side, oldEnd: "first" | "last" | null],
  other: Fate,
  atOldEnd: Fate,
): Fate {
  const { vanished, came, habit, sorted } = evidence;
  if (end === null || sorted === "no" || vanished[end].before === 0) return other;
  if (atOldEnd === "corrected" || isWindowOfLines(evidence)) return other;
  const isReplaced = !evidence.hasIds && came[side] > totalOf(vanished[side]) - vanished[side].before;
  return habit.rolled > 0 && !isReplaced ? atOldEnd : "unclear";
}

/** In a file that is not sorted by day the old end is a guess, and lines come there by chance. */
function atEnd(evidence: Evidence, windows: Windows, end: "first" | "last", days: ByAge): ByAge {
  const fates = atOldEnd(evidence, windows, end);
  const isByDays = evidence.sorted === "no" && fates.before === "unclear";
  return isByDays ? { ...fates, before: days.before } : fates;
}

/** Whether so many sales with ids seem to be deleted that the file may hold only those that are new or were changed. */
function isPartial({ hasIds, stayed, vanished, rejected }: Evidence, fates: Fates): boolean {
  const isDeleted = (side: Side, age: Age) => fates[side][age] === "corrected";
  const deleted = SIDES.reduce(
    (sum, side) => sum + AGES.reduce((n, age) => n + (isDeleted(side, age) ? vanished[side][age] : 0), 0),
    0,
  );
  return hasIds && deleted > rejected && deleted > PARTIAL * (stayed + deleted);
}

/** Whether so much is missing on this side, and nothing came, that the file may be cut off. */
function isCutOff({ old, vanished, came, rejected }: Evidence, side: "first" | "last"): boolean {
  const lost = totalOf(vanished[side]);
  return came[side] === 0 && lost > rejected && lost >= CUT_OFF.rows && lost > CUT_OFF.part * linesOf(old);
}

/** Whether a corrected line may be one that came again: it equals a row that had rolled off, and without an id it is that row. */
const mayBeReturned = ({ hasIds, returned, habit }: Evidence): boolean =>
  !hasIds && returned > 0 && habit.rolled > 0;

const everywhere = (fates: ByAge): Fates => ({
  first: fates,
  middle: fates,
  last: fates,
});

/** Whether the sales that went came again under other dates. */
export const isRedated = ({ redated, stayed }: Pick<Evidence, "redated" | "stayed">): boolean =>
  redated >= (stayed === 0 ? REDATED.alone : REDATED.beside);

/** Whether a version of which no line stayed is the next one: this month's after last month's. */
function isNext(evidence: Evidence, { old, now }: Windows): boolean {
  if (isRedated(evidence)) return false;
  const few = Math.min(linesOf(evidence.old), linesOf(evidence.now)) < FEW.lines;
  // Of sales with ids none is another one corrected, so the same day may go on.
  const isLater = evidence.hasIds ? now.first >= old.last : now.first > old.last;
  return isLater && !(few && daysBetween(old.last, now.first) > FEW.days);
}

/** The end of the file where the oldest lines stand; null: the place of a line says nothing. */
function oldEndOf(evidence: Evidence): "first" | "last" | null {
  const { order, sorted, habit } = evidence;
  if (order !== "kept") return null;
  if (sorted === "up") return "first";
  if (sorted === "down") return "last";
  // The file grows at its new end alone.
  const grown = { first: grownAt(evidence, "first"), last: grownAt(evidence, "last") };
  if (grownAt(evidence, "middle") === 0 && grown.first > 0 !== grown.last > 0)
    return grown.last > 0 ? "first" : "last";
  if (sorted === "no") return null;
  return habit.first > habit.last ? "last" : "first";
}

const opposite = { first: "last", last: "first" } as const;

const vanishedOf = ({ vanished }: Evidence, age: Age): number =>
  SIDES.reduce((sum, side) => sum + vanished[side][age], 0);

const strayCame = ({ strays }: Evidence): number => SIDES.reduce((sum, side) => sum + strays[side], 0);

/** A file that is not sorted by day, or whose order is not known: the days alone tell. */
function byDays(evidence: Evidence, windows: Windows): ByAge {
  const { came, habit, order, someLeft } = evidence;
  const sum = (age: Age) => vanishedOf(evidence, age);
  if (someLeft)
    return { ...all("unclear"), stray: "rolled", before: "rolled", edge: habit.split ? "rolled" : "unclear" };
  const cameAll = came.first + came.middle + came.last;
  // Lines that only took the place of others do not move the window.
  const grown = windows.now.last > windows.old.last ? cameAll : 0;
  const lost = { whole: sum("before"), part: sum("edge"), grown, isFront: false };
  const isMoved = hasMoved(evidence, windows, lost);
  // A file of known order in whose middle nothing came is no window that is sorted otherwise.
  const isPlaced = order === "kept" && came.middle === 0;
  return {
    stray: cameAll > 0 && !(isMoved && lost.whole > 0) ? "corrected" : "unclear",
    before: isMoved && (evidence.hasIds || !isOfAnotherYear(evidence, windows)) ? "rolled" : "unclear",
    edge: lost.whole === 0 && (cameAll === 0 || isPlaced) ? "corrected" : "unclear",
    inside: "corrected",
    after: "corrected",
  };
}

/** Rows before the first row that stayed, in a file with its oldest lines first; or the mirror image. */
function atOldEnd(evidence: Evidence, windows: Windows, end: "first" | "last"): ByAge {
  const { stray, before, edge, inside, after } = evidence.vanished[end];
  const part = edge + inside + after;
  const grown = grownAt(evidence, opposite[end]);
  const came = evidence.came[end];
  const inserted = grownAt(evidence, "middle");
  // A line that came elsewhere with another date may be one of those that vanished here.
  const isElsewhere =
    !evidence.hasIds && (inserted > vanishedOf(evidence, "stray") || isOfAnotherYear(evidence, windows));
  const isFront = came + inside + after === 0 && !isElsewhere && strayCame(evidence) === 0;
  const lost = { whole: before, part, grown, isFront };
  const isMoved = hasMoved(evidence, windows, lost);
  const { returned } = evidence;
  const strays = strayAt({ stray, others: before + part, came, inserted, grown, returned, isMoved });
  // Lines that came here may be the vanished ones, corrected. Those with a stray date are the likeliest.
  const mended = came - Math.min(came, stray);
  const isFull = isWindowOfLines(evidence) && keepsLines(evidence);
  const isOfLines =
    (grown > 0 && (isWindowOfLines(evidence) || keepsLines(evidence))) ||
    (isFull && evidence.came[opposite[end]] + inserted > 0);
  if (mended > 0)
    return {
      ...replacedAt({ before, part, grown, mended, isMoved, isOfLines, isSplit: evidence.habit.split }),
      stray: strays,
    };
  if (isOfLines && isFull) return { ...all("rolled"), stray: strays };
  // Among lines that rolled off stood lines with a mistyped day; others were deleted.
  const later = isMoved && before + grown > 0 ? "unclear" : "corrected";
  return {
    stray: strays,
    before: isMoved && !isElsewhere ? "rolled" : "unclear",
    edge: edgeOf(evidence, lost, isMoved),
    inside: later,
    after: later,
  };
}

/** A part of the first day went, and nothing came in its place. */
function edgeOf(evidence: Evidence, { whole, part, grown, isFront }: Lost, isMoved: boolean): Fate {
  const { habit } = evidence;
  if (isWindowOfHours(evidence)) return "rolled";
  // At the end where lines roll off went all lines up to here: whole days among them, or many while others came.
  const isMany = whole > 0 || (part >= NO_CHANCE && grown > 0);
  if (isMoved && isFront && isMany && (habit.split || habit.rolled < WHOLE_DAYS)) return "rolled";
  // A window of days or hours keeps its number of lines once or twice by chance.
  const isOfLines = isWindowOfLines(evidence) && habit.full >= NO_CHANCE;
  // A file of the last lines loses none alone.
  if (whole === 0 && grown === 0 && isOfLines) return "corrected";
  const isNew = habit.rolled === 0 && grown > 0 && keepsLines(evidence) && !isChance(evidence, grown);
  return isNew ? "rolled" : "unclear";
}

/** The last hours: a part of a day rolled off, and the number of lines changes. */
const isWindowOfHours = ({ habit }: Evidence): boolean => habit.split && habit.full < habit.rolled;

/** The last lines, so many: in all its versions that rolled. */
const isWindowOfLines = ({ habit }: Evidence): boolean =>
  habit.split || (habit.rolled > 0 && habit.full === habit.rolled);

interface Lost {
  /** Rows of days that are before the window, and of days that are not. */
  readonly whole: number;
  readonly part: number;
  /** Rows that came at the other end. */
  readonly grown: number;
  /** The lost rows are the oldest lines of the file up to a day, and no line came there. */
  readonly isFront: boolean;
}

/** Whether the window of the file moved on, so that rows before it rolled off. */
function hasMoved(evidence: Evidence, windows: Windows, { whole, part, grown, isFront }: Lost): boolean {
  const { habit } = evidence;
  if (habit.rolled > 0) return true;
  if (grown === 0) return false;
  const { old, now } = windows;
  const lostDays = [...evidence.old.keys()].filter((day) => day < now.first && !old.strays.has(day)).length;
  if (part === 0 && whole >= BULK.rows && lostDays >= BULK.days) return true;
  if ((part === 0 || (isFront && whole > 0)) && keepsDays(evidence, windows, whole + part)) return true;
  return keepsLines(evidence) && !isChance(evidence, whole + part);
}

const isFresh = ({ habit }: Evidence): boolean => habit.first + habit.last === 0;

/** Whether a file that only grew before may have lost so few lines by corrections, and got as many by chance. */
const isChance = (evidence: Evidence, lost: number): boolean => !isFresh(evidence) && lost < NO_CHANCE;

/** Both ends moved by as many days, but for days without sales. */
function keepsDays(evidence: Evidence, { old, now }: Windows, lost: number): boolean {
  const first = daysBetween(old.first, now.first);
  const last = daysBetween(old.last, now.last);
  if (first <= 0 || last <= 0 || Math.abs(first - last) > UNEVEN_DAYS) return false;
  // A correction makes no sale with an id vanish, only a deletion does.
  if (lost >= NO_CHANCE)
    return isFresh(evidence) || evidence.hasIds || daysBetween(old.first, old.last) + 1 >= GROWN_DAYS;
  return isFresh(evidence) && first === last;
}
