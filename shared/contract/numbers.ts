/**
 * Exact numbers. Amounts, prices and quantities are integers of millionths (1.5 is 1_500_000n); a decimal
 * travels in events as its shortest string ("1.5"). Shops export six decimals; a number with more is rounded
 * half away from zero, and the result has `rounded`, so that the caller can count it.
 */

/** Millionths in one unit. */
const ONE = 1_000_000n;

/** What `parseMillionths` accepts: an optional sign, digits, an optional point and digits; no exponent, no separator. */
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?$|^([+-]?)\.(\d+)$/;

/** SQLite's INTEGER is 64 bits signed. */
export const MAX_MILLIONTHS = 2n ** 63n - 1n;

/** How SQLite stores an exact sum: one beyond 64 bits (a column of barcodes taken for quantities) as the nearest double. */
export const storedSum = (sum: bigint): bigint | number =>
  sum > MAX_MILLIONTHS || sum < -MAX_MILLIONTHS ? Number(sum) : sum;

export interface Rounded {
  readonly value: bigint;
  /** True when the text had more than six decimals, not all zero. */
  readonly rounded: boolean;
}

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const MOST_WHOLE = 9;
/** By the number of decimals: the factor that turns the digits, read without the point, into millionths. */
const SCALES = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

/**
 * The millionths of a decimal with at most nine digits before the point and six behind it, as most have. A double holds
 * them exactly, and no regular expression runs. Undefined: the text has another form; it may still be a decimal.
 */
function shortMillionths(text: string): number | undefined {
  const { length } = text;
  const first = text.charCodeAt(0) === MINUS ? 1 : 0;
  let n = 0;
  let point = -1;
  for (let i = first; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code >= ZERO && code <= ZERO + 9) n = n * 10 + (code - ZERO);
    else if (code === POINT && point < 0) point = i;
    else return undefined;
  }
  const whole = (point < 0 ? length : point) - first;
  const scale = SCALES[point < 0 ? 0 : length - point - 1];
  if (whole === 0 || whole > MOST_WHOLE || scale === undefined) return undefined;
  return (first === 1 ? -n : n) * scale;
}

/** The millionths of a plain decimal; undefined when the text is no decimal or does not fit 64 bits. */
export function parseMillionths(text: string): Rounded | undefined {
  const short = shortMillionths(text);
  if (short !== undefined) return { value: BigInt(short), rounded: false };
  const m = DECIMAL.exec(text);
  if (m === null) return undefined;
  const negative = (m[1] ?? m[4]) === "-";
  const whole = m[2] ?? "0";
  const fraction = m[3] ?? m[5] ?? "";
  let value = BigInt(whole) * ONE + BigInt(fraction.slice(0, 6).padEnd(6, "0"));
  const rest = fraction.slice(6);
  if (rest !== "" && rest.charCodeAt(0) >= 0x35) value += 1n;
  if (value > MAX_MILLIONTHS) return undefined;
  return { value: negative ? -value : value, rounded: /[1-9]/.test(rest) };
}

/** The millionths of a canonical decimal; null for null and undefined. */
export function millionthsOf(text: string | null | undefined): bigint | null {
  if (text === null || text === undefined) return null;
  const short = shortMillionths(text);
  return short === undefined ? (parseMillionths(text)?.value ?? null) : BigInt(short);
}

/** quantité × price, both in millionths, rounded half away from zero to a millionth. */
export function multiplyMillionths(a: bigint, b: bigint): Rounded {
  const product = a * b;
  const negative = product < 0n;
  const magnitude = negative ? -product : product;
  const remainder = magnitude % ONE;
  const value = magnitude / ONE + (remainder * 2n >= ONE ? 1n : 0n);
  return { value: negative ? -value : value, rounded: remainder !== 0n };
}

/** The shortest decimal of a number of millionths: 1_500_000n is "1.5", 5_000_000n is "5". */
export function formatMillionths(value: bigint): string {
  const negative = value < 0n;
  const magnitude = negative ? -value : value;
  const fraction = magnitude % ONE;
  const tail = fraction === 0n ? "" : `.${fraction.toString().padStart(6, "0").replace(/0+$/, "")}`;
  return `${negative ? "-" : ""}${magnitude / ONE}${tail}`;
}
