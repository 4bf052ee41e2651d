/** Names of columns that hold personal data: e-mail, telephone, names and addresses of customers, card numbers (rule 24). */
import { foldHeader } from "./names.ts";

const PERSON =
  "(?:customer|client|clients|buyer|acheteur|bill(?:ing|to)?|ship(?:ping|to)?|facturation|livraison|recipient|destinataire|guest|contact|tiers|adherent|abonne|membre|member|patient|kunden|cliente)";
const OF = "(?:de|du|d)?(?:la|le|l)?";
const PART = "(?:first|last|full|family|given|sur|middle)";

/** A part of a person's name. `nom` or `name` beside one is another part. */
const NAME_PARTS = new RegExp(
  `^${PART}names?$|^prenoms?$|^nomdefamille$|^nom(?:et)?prenoms?$|^prenoms?(?:et)?nom$|^vorname$|^nachname$|^apellidos?$|^civilite$|^patronyme$`,
);
const MAIL = /mail|courriel|correoelectronico|adresseelectronique/;
/** An address without saying whose. */
const ADDRESS = /^(?:adresse|address|rue|street|strasse|direccion)(?:postale|complete|line|ligne)?\d*$/;

const PERSONAL: readonly RegExp[] = [
  MAIL,
  NAME_PARTS,
  ADDRESS,
  /(?<!smart|i|head|ear|micro|mega|saxo|inter)phone(?!case)|telefon|^(?:num|numero|no|n)?(?:de)?tel(?:client|no|nr|num|numero|port|portable|mobile|fixe|domicile|bureau)?\d*$|^gsm$|^fax$|^portable$|^mobile(?:number|no)?$/,
  /^(?:customer|client|clients|buyer|acheteur|kunde|kunden|cliente|contacts?|recipient|destinataire|beneficiaire|titulaire|interlocuteur)$/,
  new RegExp(`^${PERSON}${PART}?(?:name|nom|prenom)s?$`),
  new RegExp(`^(?:nom|prenom|name|nombre|intitule)${OF}${PERSON}$`),
  new RegExp(`^${PERSON}(?:address|adresse|street|rue|strasse)(?:line)?\\d*$`),
  new RegExp(`^(?:address|adresse|rue)${OF}${PERSON}$`),
  // WooCommerce: "First Name (Billing)", "Address 1&2 (Billing)".
  new RegExp(`^(?:${PART}name|address\\d*)(?:billing|shipping)$`),
  /(?:card|karten|tarjeta)(?:number|no|num|nummer|nr|holder|holdername)$|^creditcard|^(?:num|numero|no|n)(?:de)?(?:la)?(?:carte|cb)|^cartebancaire|^cartefidelite|^cartedefidelite|^loyaltycard|^ccnumber$|^iban$|^rib$/,
  /naissance|^datenaiss$|birth(?:day|date)?$|dateofbirth|^dob$|^ddn$|^anniversaire$|geburtsdatum|securitesociale|^ssn$|^nir$|passe?port(?:no|number)?$/,
  /^(?:client|customer|browser|adresse)?ip(?:address|adresse)?$/,
];

/**
 * Whether the name of a column is one of personal data. `ofShops`: the file names shops, so that an address is theirs.
 */
export const looksPersonal = (field: string, ofShops = false): boolean => {
  const name = foldHeader(field);
  return !(ofShops && ADDRESS.test(name)) && PERSONAL.some((pattern) => pattern.test(name));
};

const NAME = /^(?:noms?|names?)$/;
/** The name of a product, or what a person is called by. */
const TITLE = /^(?:noms?|names?|title)$/;
const OF_BUSINESS = /fournisseur|supplier|vendor|vendeur|staff|employe|magasin|boutique|shop|store/;

/**
 * The fields `nom` or `name` of a header that are a person's, for another part of a name or an e-mail stands beside them.
 * They name no product.
 */
export function namesOfPeople(header: readonly string[]): ReadonlySet<number> {
  const folded = header.map(foldHeader);
  const hasPart = folded.some((name) => NAME_PARTS.test(name));
  const hasMail = folded.some((name) => MAIL.test(name) && !OF_BUSINESS.test(name));
  if (!hasPart && !hasMail) return new Set();
  const isName = hasPart ? TITLE : NAME;
  return new Set(folded.flatMap((name, at) => (isName.test(name) ? [at] : [])));
}
