/** Fields that hold amounts of money by their names, and which of them may be the amount of a sale. */
import { produits, ventes } from "#shared/contract/entities/index.ts";
import type { WideMapping } from "./mapping.ts";
import { type HeaderOptions, ownField } from "./match-columns.ts";
import { foldHeader } from "./names.ts";

const AMOUNT = "chiffre_affaires";
const COLUMN = foldHeader(AMOUNT);
const QUANTITY = "quantité";
const aliasesOf = (column: string): readonly string[] =>
  ventes.columns.find(({ name }) => name === column)?.aliases ?? [];
const ALIASES: ReadonlySet<string> = new Set(aliasesOf(AMOUNT));
const QUANTITIES: ReadonlySet<string> = new Set([foldHeader(QUANTITY), ...aliasesOf(QUANTITY)]);

const OF_DOCUMENT = /^(?:order|grand)/;
const NAMES =
  /^(?:line|item|order|net|gross|sous|sub|grand|prix)?(?:total|totals|amount|montant|revenue|turnover|ca|chiffredaffaires?|umsatz|importe|betrag)(?:cost|price|ht|ttc|net|brut|netto|brutto|gross|ligne|line|eur|euros?|total|(?:excl|incl|ex|inc)(?:uding)?(?:tax|vat|tva)|hors?taxes?)*$/;

const TAXES =
  "(?:ht|ttc|net|brut|netto|brutto|gross|eur|euros?|(?:excl|incl|ex|inc)(?:uding)?(?:tax|vat|tva)|hors?taxes?)";
const UNIT_PRICE = new RegExp(
  `^(?:pu|px|prix|price|preis|precio|einzelpreis)(?:unitaire|unit|vente|devente)?(?:remisee?|apresremise|promo(?:tion)?(?:nel)?|soldee?|reduit|final|paye|facture)?${TAXES}*$|^(?:unit|sale|sales|selling|item|line|discounted|reduced|final|paid|promo|special)(?:price|cost)${TAXES}*$`,
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
  wide: WideMapping,
  options: HeaderOptions,
): AmountFields | undefined {
  const sources = byNameAlone(wide, options, AMOUNT);
  if (sources === undefined) return undefined;
  const read = amountOf(sources);
  if (read.some((at) => foldHeader(header[at] ?? "") === COLUMN)) return undefined;
  const isOther = (name: string) => isAmount(name) && !OF_DOCUMENT.test(foldHeader(name));
  const others = wide.extras.filter((at) => isOther(header[at] ?? ""));
  const quantity = fieldOf(sources, QUANTITY);
  const mayBePrice =
    fieldOf(sources, AMOUNT) === undefined && quantity !== undefined && options.map?.prix === undefined;
  const prices = mayBePrice ? wide.extras.filter((at) => UNIT_PRICE.test(foldHeader(header[at] ?? ""))) : [];
  return others.length + prices.length === 0 ? undefined : { read, others, prices, quantity };
}

/** The fields of a header of sales that hold a discount by their names, where the revenue is quantity × price. */
export function discountFields(
  header: readonly string[],
  wide: WideMapping,
  { map, set }: HeaderOptions,
): readonly number[] {
  const sources = salesIn(wide);
  // Who names the amount or the price has decided that the discount is in it.
  const decided = [map?.[AMOUNT], set?.[AMOUNT], map?.prix].some((option) => option !== undefined);
  if (sources === undefined || decided || sources.has(AMOUNT)) return [];
  return wide.extras.filter((at) => DISCOUNT.test(foldHeader(header[at] ?? "")));
}

/** The quantity of a sale, and the fields that no column is read from and that have a name of a quantity, too. */
export interface QuantityFields {
  readonly read: number;
  readonly others: readonly number[];
}

/** undefined: nothing is unclear, for the operator or the version before has decided it. */
export function quantityFields(
  header: readonly string[],
  wide: WideMapping,
  options: HeaderOptions,
): QuantityFields | undefined {
  const sources = byNameAlone(wide, options, QUANTITY);
  const read = sources && fieldOf(sources, QUANTITY);
  if (read === undefined) return undefined;
  const others = wide.extras.filter((at) => QUANTITIES.has(foldHeader(header[at] ?? "")));
  return others.length === 0 ? undefined : { read, others };
}

/** The fields of a header of sales that tell whether their money is that of a piece or of the line. */
export interface PricedFields {
  readonly article: number;
  readonly quantity: number;
  /** The unit price, or the amount. */
  readonly money: number;
  readonly isAmount: boolean;
}

/** undefined: the file has neither price nor amount, or both, or the meaning of its money was decided. */
export function pricedFields(
  header: readonly string[],
  wide: WideMapping,
  options: HeaderOptions,
): PricedFields | undefined {
  const sources = options.map?.prix === undefined ? byNameAlone(wide, options, AMOUNT) : undefined;
  if (sources === undefined || sources.has("prix") === sources.has(AMOUNT)) return undefined;
  const isAmount = sources.has(AMOUNT);
  const found = fieldsOf(sources, ["id_produit", QUANTITY, isAmount ? AMOUNT : "prix"]);
  if (found === undefined || foldHeader(header[found[2]] ?? "") === COLUMN) return undefined;
  const [article, quantity, money] = found;
  return { article, quantity, money, isAmount };
}

/** The quantity and the amount of a sale; undefined: one of them has no field of its own. */
export function signedFields(wide: WideMapping): readonly [number, number] | undefined {
  const sources = salesIn(wide);
  return sources && fieldsOf(sources, [QUANTITY, AMOUNT]);
}

/** The product and the price of a list of prices, and whether it has dates; undefined: the file is another one. */
export function listedPrices({
  mappings,
}: WideMapping): { readonly fields: readonly [number, number]; readonly isDated: boolean } | undefined {
  const [only, ...more] = mappings;
  if (only?.entity !== produits.name || more.length > 0) return undefined;
  const fields = fieldsOf(only.sources, ["id_produit", "prix"]);
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
export function documentFields(wide: WideMapping, options: HeaderOptions): DocumentFields | undefined {
  const sources = byNameAlone(wide, options, AMOUNT);
  if (sources === undefined) return undefined;
  const found = fieldsOf(sources, ["numero_document", AMOUNT, "id_produit", QUANTITY]);
  if (found === undefined) return undefined;
  const [document, amount, product, quantity] = found;
  return { document, amount, product, quantity, price: fieldOf(sources, "prix") };
}

type Sources = WideMapping["mappings"][number]["sources"];

/** The fields whose value, or product of quantity and price, is the amount of a sale; empty: the file gives none. */
export const amountOf = (sources: Sources): readonly number[] =>
  fieldsOf(sources, [AMOUNT]) ?? fieldsOf(sources, [QUANTITY, "prix"]) ?? [];

/** Where the columns of the sales are read from; undefined: the file has no sales. */
const salesIn = ({ mappings }: WideMapping): Sources | undefined =>
  mappings.find(({ entity }) => entity === ventes.name)?.sources;

/** The same, when neither the operator nor the version before decided which field this column is. */
function byNameAlone(
  wide: WideMapping,
  { map, set, known }: HeaderOptions,
  column: string,
): Sources | undefined {
  if (known !== undefined || map?.[column] !== undefined || set?.[column] !== undefined) return undefined;
  return salesIn(wide);
}

/** The field of a column; undefined: it has none of its own. */
function fieldOf(sources: Sources, column: string): number | undefined {
  const source = sources.get(column);
  return source && ownField(source);
}

type FieldOfEach<Columns extends readonly string[]> = { readonly [At in keyof Columns]: number };

/** The field of each of these columns; undefined: one of them has none of its own. */
function fieldsOf<const Columns extends readonly string[]>(
  sources: Sources,
  columns: Columns,
): FieldOfEach<Columns> | undefined {
  const found = columns.map((column) => fieldOf(sources, column));
  return found.every((at) => at !== undefined) ? (found as FieldOfEach<Columns>) : undefined;
}
