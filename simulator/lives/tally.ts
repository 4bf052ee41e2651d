/** Counts what became of the lives, by kind of publisher. */
import type { Kind } from "./kinds/index.ts";
import type { Life } from "./life.ts";
import type { StepResult } from "./play.ts";

interface Counts {
  lives: number;
  steps: number;
  right: number;
  held: number;
  /** Steps that only appended or corrected in an ordinary way, and of these the held ones. */
  ordinary: number;
  ordinaryHeld: number;
  /** Steps that no evidence tells apart, taken in the other way. */
  otherReading: number;
  /** Seeds whose life is silently wrong. */
  readonly wrong: number[];
}

const WIDTH = 28;

export class Tally {
  readonly #kinds = new Map<Kind, Counts>();

  /** Takes the results of a life. Returns whether it is the first of its kind that is silently wrong. */
  take(kind: Kind, life: Life, results: readonly StepResult[]): boolean {
    const counts = this.#countsOf(kind);
    counts.lives++;
    const before = counts.wrong.length;
    let wasHeld = false;
    for (const { step, result } of results) {
      const clarity = life.steps[step]?.clarity;
      counts.steps++;
      if (result === "right") counts.right++;
      if (result === "held") counts.held++;
      // A version that comes after a held one is held with it, whatever it says.
      if (clarity === "ordinary" && !wasHeld) {
        counts.ordinary++;
        if (result === "held") counts.ordinaryHeld++;
      }
      wasHeld = result === "held";
      if (result === "wrong" && clarity === "unclear") counts.otherReading++;
      else if (result === "wrong") counts.wrong.push(life.seed);
    }
    return before === 0 && counts.wrong.length > 0;
  }

  #countsOf(kind: Kind): Counts {
    const found = this.#kinds.get(kind);
    if (found !== undefined) return found;
    const made: Counts = {
      lives: 0,
      steps: 0,
      right: 0,
      held: 0,
      ordinary: 0,
      ordinaryHeld: 0,
      otherReading: 0,
      wrong: [],
    };
    this.#kinds.set(kind, made);
    return made;
  }

  /** Whether a kind that must have no silently wrong life has one. */
  get failed(): boolean {
    return [...this.#kinds].some(([kind, { wrong }]) => wrong.length > 0 && kind.known === undefined);
  }

  /** A table for people. */
  lines(): readonly string[] {
    const row = (name: string, cells: readonly (string | number)[]) =>
      `${name.padEnd(WIDTH)}${cells.map((cell) => String(cell).padStart(9)).join("")}`;
    return [
      row("", ["lives", "steps", "right", "held", "ordinary", "held", "other", "wrong"]),
      ...[...this.#kinds].map(([kind, c]) => {
        const seeds = c.wrong.length === 0 ? "" : `  seeds ${c.wrong.slice(0, 8).join(", ")}`;
        return `${row(kind.name, [
          c.lives,
          c.steps,
          c.right,
          c.held,
          c.ordinary,
          c.ordinaryHeld,
          c.otherReading,
          c.wrong.length,
        ])}${seeds}${kind.known === undefined || c.wrong.length === 0 ? "" : `  (known: ${kind.known})`}`;
      }),
    ];
  }
}
