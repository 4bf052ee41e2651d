/**
 * Prices that an operator sets by hand (`ventes prices set`) are events of a source with this id. It has no file, and no
 * registration, so no producer polls it; it is announced, fenced and withdrawn like any other.
 */
export const HAND_PRICES = "ventes:prix";

/** The `date_effet` of a price set by hand that holds on every day before the next one. */
export const FIRST_DAY = "0001-01-01";
