/** Plays a life as an operator lives it: each held version is decided by one of the commands that it advises. */
import type { Life } from "./life.ts";
import { type Held, type Played, type PlayOptions, play, type StepResult } from "./play.ts";

export interface Lived {
  readonly results: readonly StepResult[];
  /** The hold that nothing leads out of to the figures of the books, in the step of the last result. */
  readonly stuck: Held | undefined;
}

/** Decisions that one version may need, one after the other. */
const MOST_IN_A_STEP = 3;

/** Plays the life in `folder`, which it empties. */
export async function live(life: Life, folder: string): Promise<Lived> {
  const playing = (options: PlayOptions) => play(life, folder, options);
  let decisions: readonly number[] = [];
  for (;;) {
    const { results, open } = await playing({ decisions });
    if (open === undefined) return { results, stuck: undefined };
    const steps = (results.at(-1)?.step ?? 0) + 1;
    const found = await wayOut(open, decisions, MOST_IN_A_STEP, (tried) =>
      playing({ decisions: tried, steps }),
    );
    if (found === undefined) return { results, stuck: open };
    decisions = found;
  }
}

/** The decisions after which the step is right; undefined: there are none. */
async function wayOut(
  open: Held,
  decisions: readonly number[],
  depth: number,
  playing: (decisions: readonly number[]) => Promise<Played>,
): Promise<readonly number[] | undefined> {
  if (depth === 0) return undefined;
  for (let way = 0; way < open.ways.length; way++) {
    const tried = [...decisions, way];
    const played = await playing(tried);
    const isRight = played.results.at(-1)?.result === "held";
    if (!isRight) continue;
    if (played.open === undefined) return tried;
    const found = await wayOut(played.open, tried, depth - 1, playing);
    if (found !== undefined) return found;
  }
  return undefined;
}
