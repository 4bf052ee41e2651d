/** Shortens a life that fails: leaves out steps and sales as long as the rest still fails. */
import type { Life, Step } from "./life.ts";
import type { Lived } from "./live.ts";

export interface Shrunk {
  readonly life: Life;
  readonly lived: Lived;
}

/** Lives that are played at most. */
const MOST = 150;
/** A version keeps this many lines: with fewer, nothing would tell what the publisher did. */
const LEAST_LINES = 4;

/** Whether it is silently wrong, or stuck in a hold that advises commands. */
function fails(life: Life, { results, stuck }: Lived): boolean {
  const last = results.at(-1);
  if (last === undefined || life.steps[last.step]?.clarity === "unclear") return false;
  return last.result === "wrong" || (stuck !== undefined && stuck.ways.length > 0);
}

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
  const isShort = steps.some(({ files }, n) =>
    files.some(
      ({ lines }, f) => lines.length < Math.min(LEAST_LINES, life.steps[n]?.files[f]?.lines.length ?? 0),
    ),
  );
  return isShort ? undefined : { ...life, steps };
}

/** `living` plays a life. */
export async function shrunk(life: Life, living: (life: Life) => Promise<Lived>): Promise<Shrunk> {
  let best: Shrunk = { life, lived: await living(life) };
  best = {
    ...best,
    life: { ...life, steps: life.steps.slice(0, (best.lived.results.at(-1)?.step ?? 0) + 1) },
  };
  const wasStuck = best.lived.stuck !== undefined;
  let left = MOST;
  const attempt = async (candidate: Life | undefined): Promise<void> => {
    if (candidate === undefined || left-- <= 0) return;
    const lived = await living(candidate);
    if (fails(candidate, lived) && (lived.stuck !== undefined) === wasStuck)
      best = { life: candidate, lived };
  };
  // The first version stays: without it the second one would be read as a first.
  for (let at = best.life.steps.length - 2; at >= 1; at--)
    await attempt({ ...best.life, steps: best.life.steps.toSpliced(at, 1) });
  // How much of a file is missing tells that it is cut off.
  if (best.life.steps.at(-1)?.clarity === "faulty") return best;
  const ids = [...new Set(best.life.steps.flatMap(({ books }) => books.map(({ id }) => id)))];
  for (let size = Math.ceil(ids.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let from = 0; from < ids.length; from += size)
      await attempt(without(best.life, new Set(ids.slice(from, from + size))));
  return best;
}
