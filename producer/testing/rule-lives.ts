/**
 * Plays lives of files (lives.ts) against rule 9 alone, in memory: the rows are what the publisher last said of each sale, or
 * the version is held. Cheap, so that thousands of lives are played, and hundreds with a broken copy of the rule.
 */
import { type Held, placeDuplicates } from "../diff/duplicates.ts";
import type { SeenSales } from "../diff/survey.ts";
import { NOTHING_BEFORE, type OrderBefore, Vanishing } from "../diff/vanishing.ts";
import { lifeOf, type Publisher, type Sale, type Step } from "./lives.ts";

interface Row extends Held {
  readonly text: string;
}

interface Line {
  readonly line: number;
  readonly a: number;
  readonly b: number;
  readonly text: string;
}

const textOf = ({ day, shop, text }: Sale): string => `${day},${shop},${text}`;
const dayOfText = (text: string): string => text.slice(0, 10);
const hashOf = (text: string): number =>
  [...text].reduce((sum, c) => (Math.imul(sum, 31) + c.charCodeAt(0)) >>> 0, 7);

/** The rows of one file, by key: the whole line, or the number of the sale where sales have ids. */
class Rows {
  #held = new Map<string, readonly Row[]>();
  #before: OrderBefore;
  readonly #hasIds: boolean;

  constructor(hasIds: boolean) {
    this.#hasIds = hasIds;
    this.#before = { ...NOTHING_BEFORE, hasIds };
  }

  /** False: the version is held, and the rows stay as they are. */
  publish(sales: readonly Sale[]): boolean {
    const lines = new Map<string, Line[]>();
    for (const [i, sale] of sales.entries()) {
      const text = textOf(sale);
      const key = this.#hasIds ? String(sale.n) : text;
      lines.set(key, [...(lines.get(key) ?? []), { line: i + 2, a: hashOf(text), b: 1, text }]);
    }
    const vanishing = new Vanishing("rule", this.#before);
    const pass = (): Map<string, readonly Row[]> => {
      const next = new Map<string, readonly Row[]>();
      for (const key of new Set([...this.#held.keys(), ...lines.keys()])) {
        const rows = this.#hasIds
          ? numbered(key, this.#held.get(key)?.[0], lines.get(key)?.[0], vanishing)
          : equal(key, this.#held.get(key) ?? [], lines.get(key) ?? [], vanishing);
        if (rows.length > 0) next.set(key, rows);
      }
      return next;
    };
    if (this.#held.size > 0) {
      vanishing.begin();
      pass();
      if (vanishing.endFirst()) {
        pass();
        if (vanishing.endSecond(0)) return false;
      }
    }
    this.#held = pass();
    const hasKept = [...this.#held.values()].some((rows) => rows.some(({ place }) => place === 0));
    this.#before = { ...this.#before, ...vanishing.after(null).order, hasKept };
    return true;
  }

  get texts(): readonly string[] {
    return [...this.#held.values()].flatMap((rows) => rows.map(({ text }) => text)).sort();
  }
}

/** The rows of identical lines. */
function equal(
  key: string,
  held: readonly Row[],
  lines: readonly Line[],
  vanishing: Vanishing,
): readonly Row[] {
  const day = dayOfText(key);
  const placed = placeDuplicates(held, lines, {
    deletes: (row) => vanishing.deletes(key, row.ordinal, row.place, day),
    align: vanishing.align,
  });
  vanishing.watch?.(key, day, placed as never, day);
  const kept = (row: Held, ordinal: number): Row => ({ ...row, ordinal, place: 0, text: key });
  return [
    ...placed.lines.map(({ line, ordinal }) => ({ ...line, ordinal, place: vanishing.placeOf(line.line) })),
    ...placed.kept.map((row) => kept(row, row.ordinal)),
    ...placed.moved.map(({ from, to }) => kept(from, to)),
  ];
}

/** The row of an id. */
function numbered(
  key: string,
  held: Row | undefined,
  line: Line | undefined,
  vanishing: Vanishing,
): readonly Row[] {
  const wasThere = held !== undefined && held.place > 0;
  const seen = {
    stayed: wasThere && line !== undefined ? [{ line, from: held }] : [],
    changed: 0,
    changedPairs: [],
    came: held === undefined && line !== undefined ? [line] : [],
    returned: held !== undefined && !wasThere && line !== undefined ? 1 : 0,
    vanished: wasThere && line === undefined ? [held] : [],
  };
  const [was, is] = [wasThere ? held : line, line ?? held];
  if (was !== undefined && is !== undefined)
    vanishing.watch?.(key, dayOfText(was.text), seen as unknown as SeenSales, dayOfText(is.text));
  if (line !== undefined) return [{ ...line, ordinal: 0, place: vanishing.placeOf(line.line) }];
  if (held === undefined || vanishing.deletes(key, 0, held.place, dayOfText(held.text))) return [];
  return [{ ...held, place: 0 }];
}

/** What the files said of each sale last; a sale that was deleted while it was in the file is none. */
function truthAfter(steps: readonly Step[]): readonly string[] {
  const said = new Map<number, string>();
  for (const { lines, happened } of steps) {
    for (const sale of lines) said.set(sale.n, textOf(sale));
    for (const what of happened) if (what.startsWith("deleted ")) said.delete(Number(what.slice(8)));
  }
  return [...said.values()].sort();
}

const STEPS = 14;

export interface Told {
  versions: number;
  held: number;
  /** Silently wrong, but for the versions that no evidence tells apart. */
  readonly wrong: string[];
}

/** Plays the life of one seed until a version is held or wrong, and adds to `told`. */
export function playLife(
  publisher: Publisher,
  seed: number,
  { mistakes, hasIds }: { readonly mistakes: number; readonly hasIds: boolean },
  told: Told,
): void {
  const steps = lifeOf(publisher, seed * 7919 + mistakes, STEPS, mistakes);
  const rows = new Rows(hasIds);
  for (const [i, step] of steps.entries()) {
    told.versions++;
    if (!rows.publish(step.lines)) {
      told.held++;
      return;
    }
    if (rows.texts.join("\n") === truthAfter(steps.slice(0, i + 1)).join("\n")) continue;
    if (!step.isAmbiguous) told.wrong.push(`seed ${seed}, step ${i}: ${step.happened.join(", ")}`);
    return;
  }
}
