/** Lives of files: no ordinary export may give figures that are silently wrong. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { waysOf, wordsOf } from "./decide.ts";
import { KINDS, type Kind, lifeOf } from "./kinds/index.ts";
import type { Life } from "./life.ts";
import { live } from "./live.ts";
import { Publisher } from "./publisher.ts";
import { failureText } from "./report.ts";
import { shrunk } from "./shrink.ts";
import { Tally } from "./tally.ts";

/** Lives of each kind. */
const LIVES = Number(process.env.VENTES_TEST_LIVES ?? 10);

const folder = mkdtempSync(join(tmpdir(), "ventes-lives-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const living = (life: Life) => live(life, join(folder, "life"));

const kindOf = (name: string): Kind => KINDS.find((kind) => kind.name === name) as Kind;

describe("lives of files", () => {
  it.each(KINDS.filter(({ known }) => known === undefined).map((kind) => [kind.name, kind] as const))(
    `%s: none of ${LIVES} is silently wrong`,
    { timeout: 600_000 },
    async (_, kind) => {
      const tally = new Tally();
      for (let seed = 1; seed <= LIVES; seed++) {
        const life = lifeOf(kind, seed);
        if (!tally.take(kind, life, await living(life))) continue;
        const short = await shrunk(life, living);
        expect.fail(failureText(short.life, short.lived));
      }
    },
  );
});

/** Lives that were silently wrong once. */
const MENDED = [
  ["rolling-days-sorted", 4082],
  ["rolling-count-newest-first", 5077],
  ["rolling-hours", 6003],
  ["rolling-hours", 6030],
  ["rolling-days-sorted", 20298],
  ["rolling-hours", 30035],
  ["rolling-hours", 40131],
  ["rolling-hours", 61121],
] as const;

it.each(MENDED)("%s: life %i is not silently wrong any more", { timeout: 600_000 }, async (name, seed) => {
  const kind = kindOf(name);
  const life = lifeOf(kind, seed);
  const lived = await living(life);
  expect(
    lived.results.map(({ result }) => result),
    failureText(life, lived),
  ).not.toContain("wrong");
});

describe("a held version", () => {
  it("is decided by the command that leads to the books, and the life goes on", async () => {
    const p = new Publisher(5, { revenue: "list", time: true });
    p.books.trade(10, 3, 3);
    p.step("first version", "ordinary", [p.version(p.books.sales)]);
    for (const { id } of p.books.sales.slice(5, 20)) p.books.remove(id);
    p.step("half of the lines deleted", "unusual", [p.version(p.books.sales)]);
    p.books.trade(1, 2, 2);
    p.step("new lines", "ordinary", [p.version(p.books.sales)]);
    const { results, stuck } = await living({ kind: "test", seed: 5, steps: p.steps });
    expect(stuck).toBeUndefined();
    expect(results.map(({ result }) => result)).toEqual(["right", "held", "right"]);
    expect(results[1]?.held[0]?.ways.flat()).toContainEqual(expect.stringMatching(/ sources confirm /));
  });

  it("has ways to be decided: one command for each of its doubts", () => {
    const choices = (...commands: readonly string[]) => ({
      choices: commands.map((command) => ({ says: "", command })),
    });
    expect(waysOf([choices("a", "b"), choices("c")])).toEqual([
      ["a", "c"],
      ["b", "c"],
    ]);
    expect(waysOf([])).toEqual([]);
  });

  it("has commands that are read as a shell reads them", () => {
    expect(wordsOf(`ventes sources add 'a b.csv' --set "x=\\"y\\"" c\\ d --map='it'"'"'s'`)).toEqual([
      "ventes",
      "sources",
      "add",
      "a b.csv",
      "--set",
      'x="y"',
      "c d",
      "--map=it's",
    ]);
  });
});

describe("a life", () => {
  it("is the same for the same kind and seed", () => {
    for (const kind of KINDS) expect(lifeOf(kind, 7)).toEqual(lifeOf(kind, 7));
  });

  it("whose figures differ from the books is wrong, and is shown short, with the command that plays it again", async () => {
    const life = lifeOf(kindOf("append"), 3);
    // The books lose a sale that the files still state.
    const lost = life.steps[1]?.books[1]?.id;
    const steps = life.steps.map((step, n) =>
      n === 0 ? step : { ...step, books: step.books.filter(({ id }) => id !== lost) },
    );
    const short = await shrunk({ ...life, steps }, living);
    expect(short.lived.results.map(({ result }) => result)).toEqual(["right", "wrong"]);
    expect(short.life.steps.flatMap(({ files }) => files.map(({ lines }) => lines.length))).toEqual([4, 4]);
    const text = failureText(short.life, short.lived);
    expect(text).toContain("npm run lives -- --kind append --seed 3");
    expect(text).toMatch(/^found .* of 4 sales/m);
    expect(text).toMatch(/^wanted .* of 3 sales/m);
  });

  it("in which a column of the first version goes is held, and the command that is advised leads to the books", async () => {
    const life = lifeOf(kindOf("column-goes"), 1);
    const lived = await living(life);
    const [first, second] = lived.results;
    expect([first?.result, second?.result]).toEqual(["right", "held"]);
    expect(second?.found).toEqual(second?.wanted);
    expect(second?.found).not.toEqual(first?.found);
    expect(second?.held).toMatchObject([{ file: "ventes.csv", code: expect.stringMatching(/^source\./) }]);
    const tally = new Tally();
    tally.take(kindOf("column-goes"), life, lived);
    expect(tally.failed).toBe(false);
    expect(tally.lines()[1]).toMatch(/^column-goes +1(?: +\d+){7} +0 +0 +0$/);
  });
});
