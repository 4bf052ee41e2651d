/** What `npm run sim` and `npm run lives` have in common: flags with numbers, seeds, and a scratch folder. */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { temporaryFiles } from "../integration-tests/support/memory.ts";

/** The value of `--name` of a program. Ends the process with 2 when it is no whole number above 0. */
export function wholeNumber(program: string, name: string, text: string): number {
  const n = Number(text);
  if (Number.isInteger(n) && n > 0) return n;
  console.error(`${program}: --${name} is a whole number above 0, not ${text}`);
  process.exit(2);
}

/** The seeds that `--seed`, or `--first` and `--seeds`, ask for: the first one and how many. */
export function seedsOf(
  program: string,
  {
    seed,
    first,
    seeds,
  }: { readonly seed?: string | undefined; readonly first: string; readonly seeds: string },
): { readonly first: number; readonly count: number } {
  if (seed !== undefined) return { first: wholeNumber(program, "seed", seed), count: 1 };
  return { first: wholeNumber(program, "first", first), count: wholeNumber(program, "seeds", seeds) };
}

/** A new folder, in memory where the machine has it. */
export const scratchFolder = (program: string): string =>
  mkdtempSync(join(temporaryFiles(), `ventes-${program}-`));
