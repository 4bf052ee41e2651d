/**
 * Currencies as files write them: beside an amount, or in a column of their own. A database has one currency (rule 2),
 * so a record in another one is a reject.
 */

/** Signs and names of currencies, by ISO 4217 code, with its number. Others are letters, and no number has letters. */
const SIGNS: Readonly<Record<string, readonly string[]>> = {
  EUR: ["€", "eur", "euro", "euros", "978"],
  USD: ["$", "us$", "$us", "usd", "840"],
  GBP: ["£", "gbp", "826"],
  JPY: ["¥", "jpy", "392"],
  CHF: ["chf", "fr.", "sfr.", "756"],
  CAD: ["ca$", "$ca", "c$", "cad", "124"],
  PLN: ["zł", "pln", "985"],
  CZK: ["kč", "czk", "203"],
  SEK: ["kr", "sek", "752"],
  MAD: ["dh", "mad", "504"],
  TND: ["dt", "tnd", "788"],
  XOF: ["fcfa", "cfa", "xof", "952"],
};

const codes = new Map(
  Object.entries(SIGNS).flatMap(([code, signs]) => signs.map((sign) => [sign, code] as const)),
);

/** The ISO code of a currency that is written in lower case; undefined: it is none of the known. */
export const currencyOf = (written: string): string | undefined => codes.get(written);

/** The folded name of a column that holds currencies alone: `currency`, `Devise`, `Währung`, `price_currency`. */
const OF_CURRENCIES =
  /^(?:code|iso|symbole?)?(?:de)?(?:la)?(?:order|sale|item|product|price|unitprice|invoice|payment|transaction|store|shop|vente|prix|commande)?(?:currency|currencies|curr|ccy|devises?|monnaie|wa?ehrung|wahrung|moneda|divisa|valuta|moeda|waluta)(?:code|iso|iso4217|symbole?|kurzel|venteduproduit|delavente|ducompte|delacommande)?$/;

export const isOfCurrencies = (folded: string): boolean => OF_CURRENCIES.test(folded);

const BETWEEN = /[\s()[\]/,;:-]+/u;

/** Whether a text of such a column names this currency (ISO code) and no other: `EUR`, `€`, `Euro (€)`. */
export const isCurrency = (text: string, currency: string): boolean =>
  text
    .toLowerCase()
    .split(BETWEEN)
    .every((word) => word === "" || word === currency.toLowerCase() || currencyOf(word) === currency);
