/** Numbers as text: plain as sqlite3 prints them for programs, in French format for people. */

/** Significant digits of a double: as many as sqlite3 prints. */
const DIGITS = 15;

/** A double with 15 significant digits, as sqlite3 prints it: always with a point, `1.0e+15` from 15 digits on. */
export function plainDouble(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  const [mantissa = "0", exponent = "0"] = value.toExponential(DIGITS - 1).split("e");
  const e = Number(exponent);
  const negative = mantissa.startsWith("-");
  const digits = mantissa.replace(/[-.]/g, "").replace(/0+$/, "") || "0";
  const sign = negative && digits !== "0" ? "-" : "";
  if (e < -4 || e >= DIGITS) {
    const power = `${e < 0 ? "-" : "+"}${String(Math.abs(e)).padStart(2, "0")}`;
    return `${sign}${digits[0]}.${digits.slice(1) || "0"}e${power}`;
  }
  if (e < 0) return `${sign}0.${"0".repeat(-e - 1)}${digits}`;
  const whole = digits.slice(0, e + 1).padEnd(e + 1, "0");
  return `${sign}${whole}.${digits.slice(e + 1) || "0"}`;
}

const amount = new Intl.NumberFormat("fr-FR", { minimumFractionDigits: 2, maximumFractionDigits: 6 });
const count = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 6 });

/** An amount for people: `5 268,78`. */
export const frenchAmount = (value: number): string => amount.format(value);

/** A count or a quantity for people: `1 204`. */
export const frenchCount = (value: number | bigint): string => count.format(value);

/** A count in an English sentence: `1,204`. */
export const englishCount = (value: number | bigint): string => value.toLocaleString("en-US");

/** An amount with its currency: `5 268,78 €`. */
export const frenchMoney = (value: number, currency: string): string =>
  new Intl.NumberFormat("fr-FR", { style: "currency", currency }).format(value);
