/** Fields that may say that a line is no sale, such as a status, and the words in which they say it. */
import { foldHeader } from "./names.ts";

const STATUS =
  /(?:statut|status|etat|state)$|^(?:statut|status|etat|state)|^(?:type|nature|operation)(?:de)?(?:vente|operation|transaction|mouvement|mvt|ligne|document|piece)?$|^(?:sale|order|transaction|line|document|movement)type$/;
/** The field itself names what has happened, and holds yes or no. */
const FLAG =
  /^(?:est|is|was)?(?:annulee?|cancell?ed|void(?:ed)?|refunded|remboursee?|retour(?:nee?)?|return(?:ed)?|supprimee?|deleted|test)$/;

const CANCELLED =
  /^(?:annulee?s?|annulation|cancell?(?:ed|ation)?|void(?:ed)?|stornier?t?|storno|anulad[ao]|deleted|supprimee?s?|failed|echec|echouee?s?|declined|refusee?s?|rejected|abandoned|abandonnee?s?|draft|brouillon|devis|quote|test)$/;
/** Of a file that holds more than sales. */
const OTHER_KIND =
  /^(?:achats?|purchases?|purchaseorders?|(?:factures?|commandes?|livraisons?|retours?)(?:de)?fournisseurs?|facturesdachats?|approvisionnements?|reappro|receptions?|inventaires?|inventory|stocktak(?:e|ing)|ajustements?|adjustments?|transferts?|transfers?|pertes?|casses?|demarque|waste|entrees?(?:en|de)?stock|budgets?|previsions?|forecasts?|quotation|proforma|facturesproforma)$/;
const RETURNED =
  /^(?:retour(?:nee?s?)?s?|return(?:ed)?s?|refund(?:ed)?s?|remboursee?s?|remboursements?|avoirs?|creditnotes?|retoure|gutschrift|devolucion)$/;
const YES = /^(?:oui|o|yes|y|true|vrai|1|x|ja|si)$/;

/** What a value says: that the line is no sale, that it takes something back, or neither. */
export type StatusMeaning = "noSale" | "returned" | undefined;

/** How to read a field of statuses; undefined: a field of this published name holds none. */
export function statusReader(name: string): ((value: string) => StatusMeaning) | undefined {
  const folded = foldHeader(name);
  if (FLAG.test(folded)) return (value) => (YES.test(foldHeader(value)) ? "noSale" : undefined);
  if (!STATUS.test(folded)) return undefined;
  return (value) => {
    const text = foldHeader(value);
    if (CANCELLED.test(text) || OTHER_KIND.test(text)) return "noSale";
    return RETURNED.test(text) ? "returned" : undefined;
  };
}
