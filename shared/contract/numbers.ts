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

export interface Rounded {
  readonly value: bigint;
  /** True when the text had more than six decimals, not all zero. */
  readonly rounded: boolean;
}

/** The millionths of a plain decimal; undefined when the text is no decimal or does not fit 64 bits. */
export function parseMillionths(text: string): Rounded | undefined {
  const m = DECIMAL.exec(text);
  if (m === null) return undefined;
  const negative = (m[1] ?? m[4]) === "-";
  const whole = m[2] ?? "0";
  const fraction = m[3] ?? m[5] ?? "";
  // By far the most common case: the number fits a double exactly.
  if (whole.length <= 9 && fraction.length <= 6) {
    const n = Number(whole) * 1_000_000 + Number(fraction.padEnd(6, "0"));
    return { value: BigInt(negative ? -n : n), rounded: false };
  }
  let value = BigInt(whole) * ONE + BigInt(fraction.slice(0, 6).padEnd(6, "0"));
  const rest = fraction.slice(6);
  if (rest !== "" && rest.charCodeAt(0) >= 0x35) value += 1n;
  if (value > MAX_MILLIONTHS) return undefined;
  return { value: negative ? -value : value, rounded: /[1-9]/.test(rest) };
}

/** The millionths of a canonical decimal; null for null and undefined. */
export const millionthsOf = (text: string | null | undefined): bigint | null =>
  text === null || text === undefined ? null : (parseMillionths(text)?.value ?? null);

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
