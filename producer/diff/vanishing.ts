/** Decides what happens to rows that a version lacks (rule 9), and whether the version is held back (rule 10). */
import { keyOfClaim } from "./claim-key.ts";
import type { Align } from "./duplicates.ts";
import { FATES, type Fate, type Fates, type Habit, mapFates, NO_HABIT } from "./evidence.ts";
import type { Days } from "./redated.ts";
import { grown, type SeenSales, Survey } from "./survey.ts";
import {
  ALL_ROLLED,
  type Answer,
  type Answers,
  answeredAt,
  answeredOf,
  NamedRows,
  NO_ANSWERS,
  type UnclearRows,
} from "./unclear-rows.ts";
import { isRedated, judge } from "./verdict.ts";

export type VanishingMode =
  | "rule"
  | "keep"
  | "withdraw"
  /** The sales get new ids: the old ones are deleted on every day that the file holds (rule 4). */
  | "rekey";

/** A version that deletes more rows than this, and a larger part of the rows that did not roll off, waits for an operator. */
const HELD_BACK = { rows: 10, part: 0.2 } as const;

/** What a version knows of the one before. */
export interface OrderBefore {
  /** What a place is more than its line; null: the places are not known, after a takeover. */
  readonly shift: number | null;
  readonly habit: Habit;
  /** Whether the sales have ids. */
  readonly hasIds: boolean;
  /** Whether rows were kept although the version before lacked them. */
  readonly hasKept: boolean;
  /** Rows of which it was unclear what became of them, in a version that was held back since. */
  readonly waiting: { readonly decision: string; readonly ids: ReadonlySet<string> };
  readonly answers: Answers;
}

/** Of a source without a version. */
export const NOTHING_BEFORE: OrderBefore = {
  shift: null,
  habit: NO_HABIT,
  hasIds: false,
  hasKept: false,
  waiting: { decision: "", ids: new Set() },
  answers: NO_ANSWERS,
};

/** In the middle of the places, so that lines may come before the first as well. */
const MIDDLE = 2 ** 31;
/** A shift further from the middle than this is set back. */
const FURTHEST = 2 ** 30;

export class Vanishing {
  readonly mode: VanishingMode;
  /** Whether the places of held rows are those of the version before. */
  readonly isOrdered: boolean;
  readonly #before: OrderBefore;
  #survey = new Survey();
  #shift: number;
  #fates: Fates | undefined;
  readonly #rows: Readonly<Record<Fate, NamedRows>>;
  /** What an operator has said of the rows of each fate, and of those that waited for an answer. */
  readonly #answers: Partial<Record<Fate, Answer | undefined>> = {};
  #waiting: Answer | undefined;
  readonly #waitingRows: NamedRows;
  /** The places of the rows that an operator called the nearest. */
  #near: ReadonlySet<number> = new Set();
  #unclear: UnclearRows | null = null;
  /** Whether the rows that went came again under other dates. */
  isRedated = false;
  #days: Survey["days"] = null;
  /** Sees all sales while it is set: those of one key and day, and their day in this version. */
  watch: ((key: string, day: string, sales: SeenSales, dayNow: string) => void) | undefined;

  constructor(mode: VanishingMode, before: OrderBefore) {
    this.mode = mode;
    this.#before = before;
    const named = () => new NamedRows(nameAfter(before));
    this.#rows = { rolled: named(), corrected: named(), unclear: named() };
    this.#waitingRows = named();
    this.#waiting = before.answers.to(before.waiting.decision);
    this.isOrdered = before.shift !== null;
    this.#shift = before.shift ?? MIDDLE;
  }

  /** Begins the first pass over all sales. */
  begin(): void {
    this.watch = (_, ...sales) => this.#survey.see(...sales);
  }

  /** Ends the first pass. True: rows vanished and rule 9 decides, so a second pass counts where. */
  endFirst(): boolean {
    this.watch = undefined;
    this.#survey.endFirst(this.isOrdered);
    this.#days = this.#survey.days;
    const shift = this.isOrdered ? this.#survey.shift : null;
    this.#shift = shift === null || Math.abs(shift - MIDDLE) > FURTHEST ? MIDDLE : shift;
    if (this.mode !== "rule" || this.#survey.vanished === 0) return false;
    this.watch = (_, ...sales) => this.#survey.count(...sales);
    return true;
  }

  /**
   * Ends the second pass: what became of the rows that vanished. True: a third pass names rows. `rejected`: how many lines of
   * the version are rejects. `redatedOn`: how many different sales of these days came again under other dates.
   */
  endSecond(rejected: number, redatedOn: (days: Days) => number = () => 0): boolean {
    this.watch = undefined;
    const { habit, hasIds, hasKept, answers, waiting } = this.#before;
    const someLeft = !this.isOrdered && hasKept;
    const redated = redatedOn(this.#survey.allDays);
    this.isRedated = isRedated({ redated, stayed: this.#survey.stayed });
    this.#fates = judge(
      this.#survey.evidence({ habit, hasIds, someLeft, rejected, redated }, this.isOrdered),
    );
    if (!answers.some && waiting.ids.size === 0 && !this.#survey.isUnclear(this.#fates)) return false;
    const rows = this.#rows;
    this.watch = (key, day, { vanished }) => {
      for (const { ordinal, place } of vanished) {
        const id = keyOfClaim({ key, ordinal });
        const side = this.#survey.sideOf(place);
        rows[this.#fateOf(key, ordinal, place, day)].add(id, day, place, side);
        if (waiting.ids.has(id)) this.#waitingRows.add(id, day, place, side);
      }
    };
    return true;
  }

  /**
   * Ends the third pass. An answer of an operator holds for these rows, also when the file has told since what became of
   * them. Unclear rows without an answer are deleted if the version is published all the same.
   */
  endThird(): void {
    this.watch = undefined;
    if (this.#fates === undefined) return;
    this.#answeredNear(this.#waitingRows, this.#waiting);
    for (const fate of FATES) {
      const rows = this.#rows[fate];
      const answer = rows.count > 0 ? this.#before.answers.to(rows.decision) : undefined;
      this.#answers[fate] = answer;
      this.#answeredNear(rows, answer);
      if (fate !== "unclear" || rows.count === 0) continue;
      if (answer === undefined)
        this.#unclear = rows.unclear(this.#survey.firstDay, (side) => this.#survey.cameAt(side));
      else this.#waiting ??= answer;
    }
    // All unclear rows were answered one by one, so what became of them is what the file did.
    if (this.#unclear === null) this.#answers.unclear ??= this.#waiting;
  }

  #answeredNear(rows: NamedRows, answer: Answer | undefined): void {
    if (answer === undefined || "before" in answer) return;
    this.#near = new Set([...this.#near, ...rows.nearest(answer.nearest)]);
  }

  /** The rows of which an operator must say what became of them; null: there are none. */
  get unclear(): UnclearRows | null {
    return this.#unclear;
  }

  /** Whether the first pass decided otherwise than the version must: without it, no row is deleted. */
  get changesDecisions(): boolean {
    return this.mode === "rekey" || this.#fates !== undefined;
  }

  /** Whether a sale of this day that the version lacks is deleted. `key`, `ordinal`, `place`: as in `HeldRow`. */
  deletes(key: string, ordinal: number, place: number, day: string): boolean {
    switch (this.mode) {
      case "keep":
        return false;
      case "withdraw":
        return true;
      case "rekey":
        return this.#days !== null && this.#days.first <= day && day <= this.#days.last;
      default:
        return place > 0 && this.#fateOf(key, ordinal, place, day) !== "rolled";
    }
  }

  #fateOf(key: string, ordinal: number, place: number, day: string): Fate {
    if (this.#fates === undefined) return "rolled";
    // Its file may have moved on since the version that was held back: what was unclear stays so until it is answered.
    const { ids } = this.#before.waiting;
    if (ids.size > 0 && ids.has(keyOfClaim({ key, ordinal })))
      return this.#waiting === undefined ? "unclear" : answeredAt(this.#waiting, day, this.#near.has(place));
    const fate = this.#fates[this.#survey.sideOf(place)][this.#survey.ageOf(day)];
    const answer = this.#answers[fate];
    return answer === undefined ? fate : answeredAt(answer, day, this.#near.has(place));
  }

  align: Align = (places, lines) => this.#survey.align(places, lines);

  /** The place of a line of this version. */
  placeOf(line: number): number {
    return line + this.#shift;
  }

  /** The fates with what an operator has said. */
  get #settled(): Fates | undefined {
    return (
      this.#fates &&
      mapFates(this.#fates, (fate, age) => {
        const answer = this.#answers[fate];
        return answer === undefined ? fate : answeredOf(answer, age, this.#survey.firstDay);
      })
    );
  }

  /**
   * Whether rows of which an operator said, or was asked, that they have gone are in the file again: the answers end (rule 10).
   * Another producer must know.
   */
  get bringsBack(): boolean {
    const { answers, waiting } = this.#before;
    return (answers.some && this.#survey.returned > 0) || waiting.ids.size > this.#waitingRows.count;
  }

  /**
   * Whether answers have served and end with the last event. Those that delete: nobody would know the rows again. After a
   * takeover those to other rows: nobody knows whether these were in the file again.
   */
  get #haveServed(): boolean {
    const used = [this.#waiting, ...FATES.map((fate) => this.#answers[fate])].filter(
      (one) => one !== undefined,
    );
    const isTakenOver = !this.isOrdered && this.#survey.stayed + this.#survey.vanished > 0;
    if (used.length === 0) return isTakenOver && this.#before.answers.some;
    return used.some((answer) => answer !== ALL_ROLLED);
  }

  /**
   * What the next version needs. `appended`: only appended lines were read, and whether there were any. `announced`: the habit as
   * another producer needs it, who may have to publish the rest of this version.
   */
  after(appended: boolean | null): {
    readonly order: { readonly shift: number; readonly habit: Habit };
    readonly announced: Habit;
  } {
    const { habit } = this.#before;
    const now =
      appended === null ? this.#survey.habitAfter(habit, this.#settled) : grown(habit, false, appended);
    const announced = endedIn(this.mode === "rule" ? now : habit, this.bringsBack);
    return { order: { shift: this.#shift, habit: endedIn(announced, this.#haveServed) }, announced };
  }
}

/** The name of a set of rows: another one each time that answers have ended, so that these are not taken again. */
function nameAfter({ answers, habit: { ended = 0 } }: OrderBefore): ReturnType<Answers["newName"]> {
  const name = answers.newName();
  if (ended > 0) name.add(`\0${ended}`);
  return name;
}

const endedIn = (habit: Habit, isEnd: boolean): Habit =>
  isEnd ? { ...habit, ended: (habit.ended ?? 0) + 1 } : habit;

/** Whether a version with these deletes waits for a confirmation. `always`: already for one (a product has prices). */
export const isHeldBack = (
  withdrawn: number,
  covered: number,
  mode: VanishingMode,
  always: boolean,
): boolean =>
  mode === "rekey"
    ? false
    : mode === "withdraw"
      ? always && withdrawn > 0
      : withdrawn > HELD_BACK.rows && withdrawn > HELD_BACK.part * covered;
