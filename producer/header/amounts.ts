/** Fields that hold amounts of money by their names, and which of them may be the amount of a sale. */
import { produits, ventes } from "#shared/contract/entities/index.ts";
import type { WideMapping } from "./mapping.ts";
import { type HeaderOptions, ownField } from "./match-columns.ts";
import { foldHeader } from "./names.ts";

const AMOUNT = "chiffre_affaires";
const COLUMN = foldHeader(AMOUNT);
const ALIASES: ReadonlySet<string> = new Set(ventes.columns.find(({ name }) => name === AMOUNT)?.aliases);

const QUANTITIES: ReadonlySet<string> = new Set([
  "quantite",
  ...(ventes.columns.find(({ name }) => name === "quantité")?.aliases ?? []),
]);

const OF_DOCUMENT = /^(?:order|grand)/;
const NAMES =
  /^(?:line|item|order|net|gross|sous|sub|grand|prix)?(?:total|totals|amount|montant|revenue|turnover|ca|chiffredaffaires?|umsatz|importe|betrag)(?:cost|price|ht|ttc|net|brut|netto|brutto|gross|ligne|line|eur|euros?|total|(?:excl|incl|ex|inc)(?:uding)?(?:tax|vat|tva)|hors?taxes?)*$/;

const TAXES =
  "(?:ht|ttc|net|brut|netto|brutto|gross|eur|euros?|(?:excl|incl|ex|inc)(?:uding)?(?:tax|vat|tva)|hors?taxes?)";
const UNIT_PRICE = new RegExp(
  `^(?:pu|px|prix|price|preis|precio|einzelpreis)(?:unitaire|unit|vente|devente)?${TAXES}*$|^(?:unit|sale|sales|selling|item|line)(?:price|cost)${TAXES}*$`,
);
const DISCOUNT =
  /^(?:line|lineitem|item|total|montant|amount|taux|percent|pourcentage)?(?:de)?(?:la)?(?:discount|remise|rabais|reduction|ristourne|rabatt|descuento|sconto)s?(?:amount|montant|total|percent|percentage|pourcent|pct|rate|taux|ht|ttc|eur|euros?|ligne|line|unitaire|unit|value|valeur)*$/;

/** Whether a field of this published name holds an amount, of a line or of a document. */
export const isAmount = (name: string): boolean => {
  const folded = foldHeader(name);
  return ALIASES.has(folded) || NAMES.test(folded);
};

/** The fields of a header of sales that may hold their amount. */
export interface AmountFields {
  /** The fields whose value, or product of quantity and price, is read as the amount; empty: the file gives no amount. */
  readonly read: readonly number[];
  /** Those that may be the amount as well, by their names. */
  readonly others: readonly number[];
  /** Those that may be the unit price, while no column of the sales is an amount, and the quantity. */
  readonly prices: readonly number[];
  readonly quantity: number | undefined;
}

/**
 * The fields that may be the amount of a sale, when names alone tell which of them it is. undefined: nothing is unclear,
 * for the operator or the version before has decided it, or the field has the column's own name.
 */
export function amountFields(
  header: readonly string[],
  { mappings, extras }: WideMapping,
  options: HeaderOptions,
): AmountFields | undefined {
  const sources = byNameAlone(mappings, options);
  if (sources === undefined) return undefined;
  const read = amountOf(sources);
  if (read.some((at) => foldHeader(header[at] ?? "") === COLUMN)) return undefined;
  const isOther = (name: string) => isAmount(name) && !OF_DOCUMENT.test(foldHeader(name));
  const others = extras.filter((at) => isOther(header[at] ?? ""));
  const quantity = fieldsOf(sources, ["quantité"])?.[0];
  const mayBePrice =
    fieldsOf(sources, [AMOUNT]) === undefined && quantity !== undefined && options.map?.prix === undefined;
  const prices = mayBePrice ? extras.filter((at) => UNIT_PRICE.test(foldHeader(header[at] ?? ""))) : [];
  return others.length + prices.length === 0 ? undefined : { read, others, prices, quantity };
}

/** The fields of a header of sales that hold a discount by their names, where the revenue is quantity × price. */
export function discountFields(
  header: readonly string[],
  { mappings, extras }: WideMapping,
  { map, set }: HeaderOptions,
): readonly number[] {
  const sources = mappings.find(({ entity }) => entity === ventes.name)?.sources;
  // Who names the amount or the price has decided that the discount is in it.
  const decided = [map?.[AMOUNT], set?.[AMOUNT], map?.prix].some((option) => option !== undefined);
  if (sources === undefined || decided || sources.has(AMOUNT)) return [];
  return extras.filter((at) => DISCOUNT.test(foldHeader(header[at] ?? "")));
}

/** The quantity of a sale, and the fields that no column is read from and that have a name of a quantity, too. */
export interface QuantityFields {
  readonly read: number;
  readonly others: readonly number[];
}

/** undefined: nothing is unclear, for the operator or the version before has decided it. */
export function quantityFields(
  header: readonly string[],
  { mappings, extras }: WideMapping,
  { map, set, known }: HeaderOptions,
): QuantityFields | undefined {
  const sources = mappings.find(({ entity }) => entity === ventes.name)?.sources;
  const decided = known ?? map?.quantité ?? set?.quantité;
  const read = decided === undefined && sources && fieldsOf(sources, ["quantité"])?.[0];
  if (read === undefined || read === false) return undefined;
  const others = extras.filter((at) => QUANTITIES.has(foldHeader(header[at] ?? "")));
  return others.length === 0 ? undefined : { read, others };
}

/** The quantity and the amount of a sale; undefined: one of them has no field of its own. */
export function signedFields({ mappings }: WideMapping): readonly [number, number] | undefined {
  const sources = mappings.find(({ entity }) => entity === ventes.name)?.sources;
  const found = sources && fieldsOf(sources, ["quantité", AMOUNT]);
  return found as readonly [number, number] | undefined;
}

/** The product and the price of a list of prices, and whether it has dates; undefined: the file is another one. */
export function listedPrices({
  mappings,
}: WideMapping): { readonly fields: readonly [number, number]; readonly isDated: boolean } | undefined {
  const [only, ...more] = mappings;
  if (only?.entity !== produits.name || more.length > 0) return undefined;
  const fields = fieldsOf(only.sources, ["id_produit", "prix"]) as readonly [number, number] | undefined;
  return fields && { fields, isDated: only.sources.has("date_effet") };
}

/** The fields of a header of sales that tell whether an amount is that of a line or of its document. */
export interface DocumentFields {
  readonly document: number;
  readonly amount: number;
  readonly product: number;
  readonly quantity: number;
  /** undefined: the file has no unit price. */
  readonly price: number | undefined;
}

/** undefined: the file has no number of documents or no amount, or the meaning of its amount was decided. */
export function documentFields(
  { mappings }: WideMapping,
  options: HeaderOptions,
): DocumentFields | undefined {
  const sources = byNameAlone(mappings, options);
  if (sources === undefined) return undefined;
  const found = fieldsOf(sources, ["numero_document", AMOUNT, "id_produit", "quantité"]);
  if (found === undefined) return undefined;
  const [document, amount, product, quantity] = found as readonly [number, number, number, number];
  return { document, amount, product, quantity, price: fieldsOf(sources, ["prix"])?.[0] };
}

type Sources = WideMapping["mappings"][number]["sources"];

/** The fields whose value, or product of quantity and price, is the amount of a sale; empty: the file gives none. */
export const amountOf = (sources: Sources): readonly number[] =>
  fieldsOf(sources, [AMOUNT]) ?? fieldsOf(sources, ["quantité", "prix"]) ?? [];

/** The columns of the sales, when neither the operator nor the version before decided which is their amount. */
function byNameAlone(
  mappings: WideMapping["mappings"],
  { map, set, known }: HeaderOptions,
): Sources | undefined {
  if (known !== undefined || map?.[AMOUNT] !== undefined || set?.[AMOUNT] !== undefined) return undefined;
  return mappings.find(({ entity }) => entity === ventes.name)?.sources;
}

/** The field of each of these columns; undefined: one of them has none of its own. */
function fieldsOf(sources: Sources, columns: readonly string[]): readonly number[] | undefined {
  const found = columns.map((name) => sources.get(name)).map((source) => source && ownField(source));
  return found.every((at) => at !== undefined) ? found : undefined;
}
