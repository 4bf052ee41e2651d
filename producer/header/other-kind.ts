/** Headers that read as one of sales, and whose names tell purchases, stock, quotes or a budget (rule 22). */
import type { WideMapping } from "./mapping.ts";
import { type HeaderOptions, ownField } from "./match-columns.ts";
import { foldHeader, nameAt } from "./names.ts";

const OTHER_KIND: readonly RegExp[] = [
  // Purchases and deliveries.
  /fournisseur|supplier|grossiste|wholesaler|achat|achete|purchase(?!r)|^vendors?(?:name|id|code|no)?$|lieferant|einkauf|proveedor|approvisionnement|reappro|restock|bondelivraison|(?:date|quantite|qte|bon|numero)(?:de)?(?:la)?reception|(?:quantite|qte|qty)(?:recue|received)|(?:received|receipt)(?:qty|quantity|date)|(?:qty|quantity)received|goodsreceipt/,
  // Stock, its movements and losses.
  /inventaire|inventory|stocktak|onhand|stock(?:theorique|reel|physique|initial|final|compte|count|qty|quantity|move|mouv|value)|(?:quantite|qte|qty|mouvement|mvt|valeur|entree|sortie)s?(?:de|en|du)?stock|(?:magasin|entrepot|depot|store|warehouse)(?:de)?(?:depart|origine|destination|source)|(?:from|to|source|destination)(?:store|warehouse)$|demarque|shrinkage|^(?:motif|quantite|qte)?(?:de)?(?:la)?(?:perte|casse)s?$/,
  // Quotes.
  /devis|quotation|proforma|^quote(?:s|id|no|num|number|ref|reference|date|status|qty|quantity|price|amount|total)*$|(?:date|price|amount|total)quote|angebot|presupuesto/,
  // Budgets and forecasts.
  /budget|objectif|forecast|prevision|^(?:sales)?targets?(?:qty|quantity|amount|revenue)?$|^planned|planifie/,
];
/** What a product costs, and how much of it is left: beside the price or the amount of a sale they say nothing of its kind. */
const OF_THE_PRODUCT =
  /^(?:prix|px|pu|cout|montant|valeur|total)?(?:unitaire|moyen|total)?(?:de|d)?achat(?:unitaire|ht|ttc|eur|euros?)*$|^purchase(?:price|cost)$|^(?:unit|product|item|landed)?costs?(?:price|unit|perunit|perproduct)?$|^couts?(?:unitaire|moyen|produit|derevient|ht)*$|^prixderevient$|^stocks?(?:restant|actuel|disponible|apres|left|after)?$/;
/** Columns that only sales have. */
const OF_SALES =
  /vente|vendu|sold|^sales?(?:id|no|number|date|time|person|rep|amount|price|total|channel)?s?$|client|customer|buyer|caisse|caissier|cashier|vendeur|salesperson|ticket|^receipt(?:id|no|num|number)?$|paiement|payment|reglement|chiffredaffaires?|chiffreaffaires?|^ca(?:ht|ttc)?$|revenue|turnover|^marge|margin|lineitem|verkauf|umsatz|kunde/;

/**
 * The fields whose names tell that the lines are purchases, stock, quotes or a budget; empty: they may be sales, for the header
 * has a column that only sales have, an operator named the columns, or the version before was taken for sales.
 */
export function fieldsOfOtherKind(
  header: readonly string[],
  { mappings }: WideMapping,
  { known, map, set }: HeaderOptions,
): readonly string[] {
  const sales = mappings.find(({ entity }) => entity === "ventes")?.sources;
  const isNamed = [map, set].some((option) => option?.chiffre_affaires !== undefined);
  if (sales === undefined || known !== undefined || isNamed) return [];
  const isOther = (name: string) => OTHER_KIND.some((pattern) => pattern.test(name));
  const names = header.map(foldHeader);
  if (names.some((name) => OF_SALES.test(name) && !isOther(name))) return [];
  const isPriced = ["prix", "chiffre_affaires"].some((column) => {
    const source = sales.get(column);
    return source !== undefined && ownField(source) !== undefined;
  });
  return names.flatMap((name, at) => {
    if (OF_THE_PRODUCT.test(name)) return isPriced ? [] : [nameAt(header, at)];
    return isOther(name) ? [nameAt(header, at)] : [];
  });
}
