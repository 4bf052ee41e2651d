/** Shortens a life that is silently wrong: leaves out steps and sales as long as the rest still is. */
import type { Life, Step } from "./life.ts";
import type { StepResult } from "./play.ts";

export interface Shrunk {
  readonly life: Life;
  readonly results: readonly StepResult[];
}

/** Lives that are played at most. */
const MOST = 150;
/** A version keeps this many lines: with fewer, nothing would tell what the publisher did. */
const LEAST_LINES = 4;

const isWrong = (life: Life, results: readonly StepResult[]): boolean => {
  const last = results.at(-1);
  return last?.result === "wrong" && life.steps[last.step]?.clarity !== "unclear";
};

function without(life: Life, sales: ReadonlySet<number>): Life | undefined {
  const steps = life.steps.map(
    (step): Step => ({
      ...step,
      files: step.files.map((version) => ({
        ...version,
        lines: version.lines.filter(({ sale }) => sale === null || !sales.has(sale)),
      })),
      books: step.books.filter(({ id }) => !sales.has(id)),
    }),
  );
  const isShort = steps.some(({ files }) => files.some(({ lines }) => lines.length < LEAST_LINES));
  return isShort ? undefined : { ...life, steps };
}

/** `playing` plays a life. */
export async function shrunk(
  life: Life,
  playing: (life: Life) => Promise<readonly StepResult[]>,
): Promise<Shrunk> {
  let best: Shrunk = { life, results: await playing(life) };
  best = { ...best, life: { ...life, steps: life.steps.slice(0, (best.results.at(-1)?.step ?? 0) + 1) } };
  let left = MOST;
  const attempt = async (candidate: Life | undefined): Promise<void> => {
    if (candidate === undefined || left-- <= 0) return;
    const results = await playing(candidate);
    if (isWrong(candidate, results)) best = { life: candidate, results };
  };
  // The first version stays: without it the second one would be read as a first.
  for (let at = best.life.steps.length - 2; at >= 1; at--)
    await attempt({ ...best.life, steps: best.life.steps.toSpliced(at, 1) });
  const ids = [...new Set(best.life.steps.flatMap(({ books }) => books.map(({ id }) => id)))];
  for (let size = Math.ceil(ids.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let from = 0; from < ids.length; from += size)
      await attempt(without(best.life, new Set(ids.slice(from, from + size))));
  return best;
}
