/** Where the revenue of a sale comes from, in words. */
import { amount, day, fileName } from "./format.js";
import { texts } from "./language.js";

/**
 * @param {import("../api/figures.ts").SalesAnswer["rows"][number]} sale
 * @param {string} currency
 * @param {boolean} [withFile]
 */
export function originOf({ origin, price, priceFrom, priceSource }, currency, withFile = false) {
  const t = texts.value;
  const shown = price === null ? "" : amount(price, currency);
  if (origin === "ligne") return t.amountOnLine;
  if (origin === "prix de la ligne") return t.priceOnLine(shown);
  const by =
    priceSource === "ventes:prix" ? t.byHand : priceSource === null || !withFile ? "" : fileName(priceSource);
  return t.priceOfList(shown, priceFrom === null ? "" : day(priceFrom), by);
}
