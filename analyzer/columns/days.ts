/** Days as numbers: days since 1970-01-01. */

const DAY_MS = 86_400_000;

/** `text`: an ISO day. */
export const dayNumber = (text: string): number => Math.round(Date.parse(`${text}T00:00:00Z`) / DAY_MS);

export const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** The same day of the year before; 29 February becomes 28 February. */
export function yearBefore(day: number): number {
  const [year = "", month = "", ofMonth = ""] = dayText(day).split("-");
  const before = `${String(Number(year) - 1).padStart(4, "0")}-${month}-`;
  return dayNumber(before + (month === "02" && ofMonth === "29" ? "28" : ofMonth));
}

/** The first day of the week (Monday), or month, that a day is in. */
export function stepStart(day: number, by: "day" | "week" | "month"): number {
  if (by === "day") return day;
  // 1970-01-01 was a Thursday.
  if (by === "week") return day - ((((day + 3) % 7) + 7) % 7);
  return day - (Number(dayText(day).slice(8)) - 1);
}
