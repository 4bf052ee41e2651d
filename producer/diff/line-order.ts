/** In which order the lines of a file stand, judged by a sample of them (rule 9). */
import type { Evidence } from "./evidence.ts";

/** The order of a file is judged by a sample of at most so many rows. */
const SAMPLED = 8_192;
/** The part of the lines that stand in the order of their days in a file that is sorted by day. */
const SORTED = 0.9;

interface Sampled {
  readonly place: number;
  readonly day: string;
  /** 0: the row vanished. */
  readonly line: number;
  readonly print: number;
}

export class Sample {
  #rows: Sampled[] = [];
  /** The sample holds the rows whose fingerprint is a multiple of this. */
  #every = 1;

  take(row: Sampled): void {
    if (row.print % this.#every !== 0) return;
    this.#rows.push(row);
    if (this.#rows.length <= SAMPLED) return;
    this.#every *= 2;
    this.#rows = this.#rows.filter(({ print }) => print % this.#every === 0);
  }

  get rows(): readonly Sampled[] {
    return this.#rows;
  }
}

/** Whether the rows that stayed stand in the order of before. */
export function orderOf(sample: readonly Sampled[]): "kept" | "lost" {
  const lines = sample.filter(({ line }) => line > 0).sort((a, b) => a.place - b.place);
  const isKept = lines.every(({ line }, i) => i === 0 || line > (lines[i - 1] as Sampled).line);
  return lines.length > 0 && isKept ? "kept" : "lost";
}

/** How the lines of the version before were sorted by day. */
export function sortedOf(
  sample: readonly Sampled[],
  strays: ReadonlySet<string> | undefined,
): Evidence["sorted"] {
  const days = sample
    .filter(({ day }) => strays?.has(day) !== true)
    .sort((a, b) => a.place - b.place)
    .map(({ day }) => day);
  if (new Set(days).size < 2) return "flat";
  const up = longestRising(days) / days.length;
  const down = longestRising(days.toReversed()) / days.length;
  if (Math.max(up, down) < SORTED) return "no";
  return up >= down ? "up" : "down";
}

/** The length of the longest subsequence that never falls. */
function longestRising(days: readonly string[]): number {
  // `ends[i]`: the lowest last day of a subsequence of length i + 1.
  const ends: string[] = [];
  for (const day of days) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] as string) <= day) low = middle + 1;
      else high = middle;
    }
    ends[low] = day;
  }
  return ends.length;
}
