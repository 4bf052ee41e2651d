/** Counts what became of the lives, by kind of publisher. */
import type { Kind } from "./kinds/index.ts";
import type { Life } from "./life.ts";
import type { Lived } from "./live.ts";
import type { StepResult } from "./play.ts";

interface Counts {
  lives: number;
  steps: number;
  right: number;
  held: number;
  told: number;
  /** Steps that only appended or corrected in an ordinary way, and of these the held ones. */
  ordinary: number;
  ordinaryHeld: number;
  /** Steps that no evidence tells apart, taken in the other way. */
  otherReading: number;
  /** Lives that ended in a hold that advises no command. */
  mute: number;
  /** Seeds of lives that ended in a hold none of whose commands leads to the figures of the books. */
  readonly stuck: number[];
  /** Those whose last step was ordinary: of two things at once, a command may decide only both alike. */
  ordinaryStuck: number;
  /** Seeds of lives that are silently wrong. */
  readonly wrong: number[];
}

const noCounts = (): Counts => ({
  lives: 0,
  steps: 0,
  right: 0,
  held: 0,
  told: 0,
  ordinary: 0,
  ordinaryHeld: 0,
  otherReading: 0,
  mute: 0,
  stuck: [],
  ordinaryStuck: 0,
  wrong: [],
});

const WIDTH = 28;
const TITLES = [
  "lives",
  "steps",
  "right",
  "held",
  "told",
  "ordinary",
  "held",
  "other",
  "mute",
  "stuck",
  "wrong",
];
const SEEDS_SHOWN = 8;

/** Whether a step is wrong without a word, and evidence tells what is right. */
export const isSilentlyWrong = (
  { steps }: Life,
  { step, result }: Pick<StepResult, "step" | "result">,
): boolean => result === "wrong" && steps[step]?.clarity !== "unclear";

export class Tally {
  readonly #kinds = new Map<Kind, Counts>();

  /** Takes a life. Returns whether it is the first one of its kind that fails: silently wrong, or stuck in an ordinary step. */
  take(kind: Kind, life: Life, { results, stuck }: Lived): boolean {
    const counts = this.#kinds.get(kind) ?? noCounts();
    this.#kinds.set(kind, counts);
    const before = failuresOf(counts);
    counts.lives++;
    let wasHeld = false;
    for (const { step, result } of results) {
      const clarity = life.steps[step]?.clarity;
      counts.steps++;
      if (isSilentlyWrong(life, { step, result })) counts.wrong.push(life.seed);
      else if (result === "wrong") counts.otherReading++;
      else counts[result]++;
      // A version that comes after a held one may be held with it, whatever it says.
      if (clarity === "ordinary" && !wasHeld) {
        counts.ordinary++;
        if (result === "held") counts.ordinaryHeld++;
      }
      wasHeld = result === "held";
    }
    const last = life.steps[results.at(-1)?.step ?? 0];
    if (stuck?.ways.length === 0) counts.mute++;
    else if (stuck !== undefined && last?.clarity !== "unclear") {
      counts.stuck.push(life.seed);
      if (last?.clarity === "ordinary") counts.ordinaryStuck++;
    }
    return before === 0 && failuresOf(counts) > 0;
  }

  /** Whether a kind that must have no failing life has one. */
  get failed(): boolean {
    return [...this.#kinds].some(([kind, counts]) => failuresOf(counts) > 0 && kind.known === undefined);
  }

  /** A table for people. */
  lines(): readonly string[] {
    const row = (name: string, cells: readonly (string | number)[]) =>
      `${name.padEnd(WIDTH)}${cells.map((cell) => String(cell).padStart(9)).join("")}`;
    const all = [...this.#kinds.values()];
    const sum = (of: (counts: Counts) => number) => all.reduce((total, counts) => total + of(counts), 0);
    const [ordinary, held] = [sum((c) => c.ordinary), sum((c) => c.ordinaryHeld)];
    return [
      row("", TITLES),
      ...[...this.#kinds].map(
        ([kind, counts]) => `${row(kind.name, cellsOf(counts))}${seedsOf(kind, counts)}`,
      ),
      `${sum((c) => c.lives)} lives, ${sum((c) => c.wrong.length)} silently wrong; of ${ordinary} ordinary steps ${held} held (${((100 * held) / Math.max(1, ordinary)).toFixed(1)} %)`,
    ];
  }
}

const failuresOf = ({ wrong, ordinaryStuck }: Counts): number => wrong.length + ordinaryStuck;

const cellsOf = (c: Counts): readonly number[] => [
  c.lives,
  c.steps,
  c.right,
  c.held,
  c.told,
  c.ordinary,
  c.ordinaryHeld,
  c.otherReading,
  c.mute,
  c.stuck.length,
  c.wrong.length,
];

function seedsOf({ known }: Kind, { wrong, stuck }: Counts): string {
  const list = (name: string, seeds: readonly number[]) =>
    seeds.length === 0 ? "" : `  ${name}: ${seeds.slice(0, SEEDS_SHOWN).join(", ")}`;
  const seeds = `${list("wrong", wrong)}${list("stuck", stuck)}`;
  return seeds === "" || known === undefined ? seeds : `${seeds}  (known: ${known})`;
}
