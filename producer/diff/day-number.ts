/** ISO days as numbers of 23 bits, in the order of time, for the state and scratch files. 0: no day. */

export const DAY_BYTES = 3;

/** Days are few and repeat in most rows. */
const REMEMBERED = 20_000;
const numbers = new Map<string, number>();
const days = new Map<number, string>();

/** `2026-11-22` as a number; 0 for "". A text that is no ISO day has a number that means nothing. */
export function dayNumber(day: string): number {
  const known = numbers.get(day);
  if (known !== undefined) return known;
  if (numbers.size >= REMEMBERED) numbers.clear();
  const [year, month, date] = [day.slice(0, 4), day.slice(5, 7), day.slice(8, 10)];
  const number = ((Number(year) << 9) | (Number(month) << 5) | Number(date)) & 0x7fffff;
  numbers.set(day, number);
  return number;
}

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

/** The inverse of `dayNumber`. */
export function dayOfNumber(number: number): string {
  if (number === 0) return "";
  const known = days.get(number);
  if (known !== undefined) return known;
  if (days.size >= REMEMBERED) days.clear();
  const day = `${String(number >> 9).padStart(4, "0")}-${two((number >> 5) & 15)}-${two(number & 31)}`;
  days.set(number, day);
  return day;
}
