/**
 * Broken copies of the rules about files. Lives of files that are played against rule 9 alone (rule.ts) must show each of
 * RULE_MUTANTS. Lives of its kind that are played through the program (main.ts) must show each of FILE_MUTANTS.
 */
import type { Mutant } from "../mutant.ts";

const VERDICT = "producer/diff/verdict.ts";
const IDS = "producer/sync/id-doubts.ts";
const OVERLAP = "producer/sync/overlap-doubt.ts";
const READING = "producer/version/reading-doubts.ts";

export const RULE_MUTANTS: readonly Mutant[] = [
  {
    name: "vanished-always-kept",
    breaks: "every sale that vanishes is kept",
    within: 60,
    shownBy: 1,
    edits: [
      {
        file: "producer/diff/vanishing.ts",
        find: "return answer === undefined ? fate : answeredAt(answer, day, this.#near.has(place));",
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

const FILE_MUTANTS: readonly Mutant[] = [
  {
    name: "document-numbers-are-ids",
    breaks: "an id on the lines of several sales is the id of one sale",
    kind: "documents-as-sale-ids",
    within: 10,
    shownBy: 1,
    edits: [
      {
        file: IDS,
        find: "if (repeated + ofOneSale === 0) return [];",
        replace: "if (repeated >= 0) return [];",
      },
    ],
  },
  {
    name: "reused-ids-are-corrections",
    breaks: "ids that named other sales before are corrections of these",
    kind: "tickets-restart-one-file",
    within: 10,
    shownBy: 2,
    edits: [
      {
        file: IDS,
        find: "if (!areReused(idFindings)) return [];",
        replace: "if (reused >= 0) return [];",
      },
    ],
  },
  {
    name: "ids-of-others-are-the-same-sales",
    breaks: "a sale that has the id of another source's sale is that sale",
    kind: "tills-with-same-ids",
    within: 10,
    shownBy: 1,
    edits: [
      {
        file: "producer/sync/id-collisions.ts",
        find: "found.count <= found.met * COLLIDING ||",
        replace: "found.count >= 0 ||",
      },
    ],
  },
  {
    name: "changed-ids-are-new-sales",
    breaks: "sales that come again under other ids are new sales",
    kind: "ids-change-kept",
    within: 10,
    shownBy: 1,
    edits: [
      {
        file: IDS,
        find: "if (vanished === 0 || fresh === 0) return [];",
        replace: "if (vanished >= 0) return [];",
      },
    ],
  },
  {
    name: "other-dates-are-other-sales",
    breaks: "sales that come again under other dates are new sales",
    kind: "month-mended",
    within: 10,
    shownBy: 1,
    edits: [
      {
        file: VERDICT,
        find: "redated >= (stayed === 0 ? REDATED.alone : REDATED.beside);",
        replace: "redated < 0 && stayed < 0;",
      },
    ],
  },
  {
    name: "header-decided-anew",
    breaks: "what the columns of a version mean is decided without the version before",
    kind: "better-name-comes",
    within: 10,
    shownBy: 2,
    edits: [
      {
        file: "producer/version/open-file.ts",
        find: "known: knownHeader(before, given.reading)",
        replace: "known: undefined",
      },
    ],
  },
  {
    name: "blank-column-applied",
    breaks: "a version is applied although a column is blank that was filled",
    kind: "blank-once",
    within: 30,
    shownBy: 18,
    edits: [
      {
        file: READING,
        find: "const blank = last === null ? [] : blankColumns(last, now);",
        replace: "const blank: readonly Doubt[] = [];",
      },
    ],
  },
  {
    name: "empty-filter-applied",
    breaks: "a version is applied although --where keeps little or nothing of it",
    kind: "filtered",
    within: 10,
    shownBy: 2,
    edits: [
      {
        file: READING,
        find: "const filter = filterKeepsLittle(last, now);",
        replace: "const filter = filterKeepsLittle(null, { ...now, where: [] });",
      },
    ],
  },
  {
    name: "same-sales-in-two-sources",
    breaks: "sales that stand in two sources under other columns count twice",
    kind: "daily-and-monthly",
    within: 10,
    shownBy: 2,
    edits: [
      {
        file: OVERLAP,
        find: "if (count * 2 < family.match.common) {",
        replace: "if (count < 0) {",
      },
    ],
  },
  {
    name: "equal-sales-are-one",
    breaks: "equal sales of two tills are one sale",
    kind: "twins",
    within: 10,
    shownBy: 1,
    edits: [
      {
        file: OVERLAP,
        find: "if (family.mayShare) doubts.push(",
        replace: "if (family.mayShare && doubts.length < 0) doubts.push(",
      },
    ],
  },
  {
    name: "other-width-by-position",
    breaks: "a line with a delimiter too many or too few is read from the left",
    kind: "other-width",
    within: 10,
    shownBy: 2,
    edits: [
      {
        file: "producer/csv/records/record-check.ts",
        find: "    } else {\n      const wanted = count === width ?",
        replace:
          '    } else if (count !== width) {\n      while (fields.length < width) fields.push("");\n      fields.length = width;\n    } else {\n      const wanted = count === width ?',
      },
    ],
  },
];

/** All of them. */
export const LIFE_MUTANTS: readonly Mutant[] = [...RULE_MUTANTS, ...FILE_MUTANTS];
