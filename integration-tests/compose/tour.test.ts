/**
 * docs/tour.md is true: its commands, typed in order, print the lines below them. Figures move, so lines are compared by
 * their shape: numbers of two digits or more, times and ids may differ, single digits and words may not.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ComposeProject, composeProject } from "../support/compose.ts";
import { describeWith } from "../support/describe-with.ts";
import { until } from "../support/until.ts";

const START_MS = 240_000;
const TOUR_MS = 420_000;
const WAIT = { within: 90_000, every: 500 };

interface Step {
  readonly commands: string;
  /** Lines that must be among what they say; "..." alone stands for any. */
  readonly says: readonly string[];
}

const blocksOf = (markdown: string) =>
  [...markdown.matchAll(/^```(sh|text)\n([\s\S]*?)^```/gm)].map(([, kind, text = ""]) => ({ kind, text }));

const stepsOf = (markdown: string): readonly Step[] => {
  const blocks = blocksOf(markdown);
  return blocks.flatMap(({ kind, text }, i) => {
    if (kind === "text") return [];
    const next = blocks[i + 1];
    return [{ commands: text, says: next?.kind === "text" ? next.text.trimEnd().split("\n") : [] }];
  });
};

const shapeOf = (line: string): string =>
  line
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/[\w-]{22}~\d+/g, "ID")
    .replaceAll(/\b[0-9a-f]{12}\b/g, "ID")
    // The version of a source, of which a reject is.
    .replaceAll(/(?<=\.csv\|)\d+(?=\|)/g, "#")
    .replaceAll(/About a minute|\d+ (?:seconds?|minutes?)/g, "A WHILE")
    .replaceAll(/(?<![\w-])\d+\.\d+\b|\b\d{2,}\b/g, "#")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/─+/g, "─")
    .trim();

/** Lines of the document that are not among these; one that ends in "..." may go on. */
const missing = (says: readonly string[], output: string): readonly string[] => {
  const shapes = output.split("\n").map(shapeOf);
  return says.filter((line) => {
    if (line === "...") return false;
    const shape = shapeOf(line.replace(/\.\.\.$/, ""));
    return !shapes.some((seen) => (line.endsWith("...") ? seen.startsWith(shape) : seen === shape));
  });
};

const TOUR = readFileSync(join(import.meta.dirname, "../../docs/tour.md"), "utf8");

it("a line is compared by its shape", () => {
  expect(
    missing(["12 read, 0 wrong", "...", "  x ok  8", "a: b..."], "99 read, 0 wrong\nx  ok 8\na: because"),
  ).toEqual([]);
  expect(missing(["12 read, 0 wrong", "P09|25.0"], "99 read, 1 wrong\nP08|25.0")).toHaveLength(2);
});

describeWith("images", "the tour", () => {
  let tour: ComposeProject;
  beforeAll(async () => {
    tour = await composeProject();
  }, START_MS);
  afterAll(async () => {
    expect(await tour.down()).toEqual([]);
  }, START_MS);

  it(
    "says what the document says, command by command",
    async () => {
      const steps = stepsOf(TOUR);
      expect(steps.length).toBeGreaterThan(15);
      for (const { commands, says } of steps) {
        const typed = commands.replaceAll("127.0.0.1:8080", new URL(tour.page).host);
        let ran = await tour.shell(typed);
        expect(ran.code, `${commands}\n${ran.output}`).toBe(0);
        // A command may start work that takes a moment: the last command, which shows the result, is typed again.
        const last = typed.trimEnd().split("\n").at(-1) ?? "";
        let output = ran.output;
        const run = async () => {
          if (missing(says, output).length === 0) return true;
          ran = await tour.shell(last);
          output += `\n${ran.output}`;
          return false;
        };
        await until(last, run, WAIT).catch(() => {});
        expect(missing(says, output), `${typed}\n${output}`).toEqual([]);
      }
      expect(await tour.down()).toEqual([]);
    },
    TOUR_MS,
  );
});
