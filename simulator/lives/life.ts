/** A life: the versions of one or several files that a publisher puts out, and what the books say at each. */
import { CITIES, type Sale } from "./company.ts";

/** One line of a version. */
export interface Line {
  /** The sales that it states; none for a second header, a note or a blank line. */
  readonly sale: number | null;
  readonly cells: readonly string[];
}

export interface FileVersion {
  /** The name of the file. */
  readonly file: string;
  readonly delimiter: string;
  readonly header: readonly string[];
  readonly lines: readonly Line[];
}

/**
 * How clear the step is. `ordinary`: appended, or corrected in an ordinary way. `unusual`: a program may hold it.
 * `unclear`: no evidence tells it from another course of events. `faulty`: the export itself is wrong and must not be
 * applied; a later step publishes it rightly.
 */
export type Clarity = "ordinary" | "unusual" | "unclear" | "faulty";

export interface Step {
  /** What the publisher did, for people. */
  readonly did: string;
  readonly clarity: Clarity;
  /** The files that are new or have changed. */
  readonly files: readonly FileVersion[];
  /** The books after it. */
  readonly books: readonly Sale[];
  /** Groups of sales whose lines are damaged: each group may be missing as a whole, as rejects. */
  readonly damaged: readonly (readonly number[])[];
}

/** Options of `sources add`. */
export interface Added {
  /** Conditions of --where. */
  readonly where?: readonly string[];
  readonly vanished?: "keep" | "withdraw";
}

export interface Life {
  readonly kind: string;
  readonly seed: number;
  /** How its files are added, if not without options. */
  readonly added?: Added;
  readonly steps: readonly Step[];
}

/** What the analyses must say, in cents and units. */
export interface Figures {
  readonly total: number;
  readonly byProduct: ReadonlyMap<string, number>;
  readonly byCity: ReadonlyMap<string, number>;
  readonly sales: number;
}

/** The figures of these sales. */
export function figuresOf(sales: Iterable<Sale>): Figures {
  let total = 0;
  let count = 0;
  const byProduct = new Map<string, number>();
  const byCity = new Map<string, number>();
  const add = (sums: Map<string, number>, key: string, value: number) =>
    sums.set(key, (sums.get(key) ?? 0) + value);
  for (const { product, shop, quantity, price } of sales) {
    total += quantity * price;
    count++;
    add(byProduct, product, quantity);
    add(byCity, CITIES[shop] as string, quantity * price);
  }
  return { total, byProduct, byCity, sales: count };
}

const sameSums = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean =>
  [...new Set([...a.keys(), ...b.keys()])].every((key) => (a.get(key) ?? 0) === (b.get(key) ?? 0));

export const sameFigures = (a: Figures, b: Figures): boolean =>
  a.total === b.total &&
  a.sales === b.sales &&
  sameSums(a.byProduct, b.byProduct) &&
  sameSums(a.byCity, b.byCity);

/** The file as text, each line with a line end. */
export const textOf = ({ delimiter, header, lines }: FileVersion): string =>
  `${[header, ...lines.map(({ cells }) => cells)].map((cells) => cells.join(delimiter)).join("\n")}\n`;
