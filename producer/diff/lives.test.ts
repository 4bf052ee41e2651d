/** Rule 9 on lives of files whose truth is known: the rows are what the publisher last said of each sale, or the version is held. */
import { describe, expect, it } from "vitest";
import { lifeOf, PUBLISHERS, type Publisher, type Sale, type Step } from "../testing/lives.ts";
import { type Held, placeDuplicates } from "./duplicates.ts";
import { NOTHING_BEFORE, type OrderBefore, Vanishing } from "./vanishing.ts";

interface Line {
  readonly n: number;
  readonly line: number;
  readonly a: number;
  readonly b: number;
}

/** The rows of one file without id, as the diff keeps them, in memory: by stem, which here is the whole line. */
class Rows {
  held = new Map<string, Held[]>();
  before: OrderBefore = NOTHING_BEFORE;

  /** False: the version is held, and the rows stay as they are. */
  publish(sales: readonly Sale[]): boolean {
    const lines = new Map<string, Line[]>();
    for (const [i, sale] of sales.entries()) {
      const stem = stemOf(sale);
      const a = [...stem].reduce((sum, c) => (Math.imul(sum, 31) + c.charCodeAt(0)) >>> 0, 7);
      lines.set(stem, [...(lines.get(stem) ?? []), { n: i, line: i + 2, a, b: 1 }]);
    }
    const vanishing = new Vanishing("rule", this.before);
    const pass = () => {
      const next = new Map<string, Held[]>();
      let kept = 0;
      for (const stem of new Set([...this.held.keys(), ...lines.keys()])) {
        const day = stem.slice(0, 10);
        const placed = placeDuplicates(this.held.get(stem) ?? [], lines.get(stem) ?? [], {
          deletes: (row) => vanishing.deletes(stem, row.ordinal, row.place, day),
          losesFirst: vanishing.losesFirst,
        });
        vanishing.watch?.(stem, day, placed as never, day);
        const rows = placed.lines.map(({ line, ordinal }) => ({
          ...line,
          ordinal,
          place: vanishing.placeOf(line.line),
        }));
        for (const row of placed.kept) rows.push({ ...row, n: 0, line: 0, place: 0 });
        for (const { from, to } of placed.moved) rows.push({ ...from, n: 0, line: 0, ordinal: to, place: 0 });
        kept += placed.kept.length + placed.moved.length;
        if (rows.length > 0) next.set(stem, rows);
      }
      return { next, kept };
    };
    if (this.held.size > 0) {
      vanishing.begin();
      pass();
      if (vanishing.endFirst()) {
        pass();
        if (vanishing.endSecond(0)) return false;
      }
    }
    const { next, kept } = pass();
    this.held = next;
    this.before = { ...NOTHING_BEFORE, ...vanishing.after(null), hasKept: kept > 0 };
    return true;
  }

  get stems(): string[] {
    return [...this.held].flatMap(([stem, rows]) => rows.map(() => stem)).sort();
  }
}

const stemOf = ({ day, shop, text }: Sale): string => `${day},${shop},${text}`;

/** What the files said of each sale last; a sale that was deleted while it was in the file is none. */
function truthAfter(steps: readonly Step[]): string[] {
  const said = new Map<number, string>();
  for (const { lines, happened } of steps) {
    for (const sale of lines) said.set(sale.n, stemOf(sale));
    for (const what of happened) if (what.startsWith("deleted ")) said.delete(Number(what.slice(8)));
  }
  return [...said.values()].sort();
}

const STEPS = 14;
const LIVES = Number(process.env.VENTES_TEST_SEEDS ?? 60);

/** Plays the lives of a publisher until a version is held or wrong. */
function play(publisher: Publisher, mistakes: number) {
  const told = { versions: 0, held: 0, wrong: [] as string[] };
  for (let seed = 1; seed <= LIVES; seed++) {
    const steps = lifeOf(publisher, seed * 7919 + mistakes, STEPS, mistakes);
    const rows = new Rows();
    for (const [i, step] of steps.entries()) {
      told.versions++;
      if (!rows.publish(step.lines)) {
        told.held++;
        break;
      }
      if (JSON.stringify(rows.stems) === JSON.stringify(truthAfter(steps.slice(0, i + 1)))) continue;
      if (!step.isAmbiguous) told.wrong.push(`seed ${seed}, step ${i}: ${step.happened.join(", ")}`);
      break;
    }
  }
  return told;
}

describe("in no life is a sale counted wrongly in silence", () => {
  for (const [name, publisher] of Object.entries(PUBLISHERS)) {
    it(`${name}: without mistakes, and few versions are held`, () => {
      const { wrong, versions, held } = play(publisher, 0);
      expect(wrong).toEqual([]);
      expect(held / versions).toBeLessThan(0.05);
    });
    it(`${name}: with mistakes that are mended`, () => {
      const { wrong } = play(publisher, 4);
      expect(wrong).toEqual([]);
    });
  }
});
