/** Broken copies of rule 9. Lives of files that are played against this rule alone (rule.ts) must show each. */
import type { Mutant } from "../mutant.ts";

const VERDICT = "producer/diff/verdict.ts";

export const LIFE_MUTANTS: readonly Mutant[] = [
  {
    name: "vanished-always-kept",
    breaks: "every sale that vanishes is kept",
    within: 60,
    shownBy: 1,
    edits: [
      {
        file: "producer/diff/vanishing.ts",
        find: "return this.#fates[this.#survey.sideOf(place)][this.#survey.ageOf(day)];",
        replace: 'return "rolled";',
      },
    ],
  },
  {
    name: "vanished-by-days-alone",
    breaks: "what vanishes is kept before the first day, and deleted after it, as the design has it",
    within: 60,
    shownBy: 1,
    edits: [
      {
        file: VERDICT,
        find: "const fates = bySides(evidence, windows);",
        replace: 'const fates = everywhere({ ...all("corrected"), before: "rolled", stray: "rolled" });',
      },
    ],
  },
  {
    name: "vanished-without-order",
    breaks: "all lines stand in the middle of the file",
    within: 60,
    shownBy: 1,
    edits: [
      {
        file: "producer/diff/survey.ts",
        find: 'this.#hasOrder = isOrdered && this.#order === "kept";',
        replace: "this.#hasOrder = false;",
      },
    ],
  },
  {
    name: "mistyped-years-count",
    breaks: "a date of a mistyped year is the first or the last day of the window",
    within: 60,
    shownBy: 3,
    edits: [
      {
        file: "producer/diff/window.ts",
        find: "const kept = total < LEAST ? groups : withoutStrays(groups, total);",
        replace: "const kept = groups;",
      },
    ],
  },
  {
    name: "kept-rows-judged-again",
    breaks: "a row that was kept when it left the file vanishes again in the next version",
    within: 60,
    shownBy: 1,
    edits: [
      {
        file: "producer/diff/vanishing.ts",
        find: 'return place > 0 && this.#fateOf(key, ordinal, place, day) !== "rolled";',
        replace: 'return this.#fateOf(key, ordinal, place, day) !== "rolled";',
      },
    ],
  },
];
