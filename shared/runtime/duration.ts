/** Durations as people write them: 200ms, 10s, 5m, 1h. */

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
/** The longest time that a timer of Node can wait. */
const LONGEST_MS = 2 ** 31 - 1;

/** The milliseconds of a duration, a whole number from 1 up to 24 days; undefined when the text is no duration. */
export function millisecondsOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim());
  const value = Number(match?.[1]) * (UNITS[match?.[2] ?? ""] ?? Number.NaN);
  return Number.isFinite(value) && value >= 1 && value <= LONGEST_MS ? Math.round(value) : undefined;
}
