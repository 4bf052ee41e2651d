/** Names of a header: compared folded, found, shown, and whether they are French. */
/** The search for a header folds the same names for each way of cutting and each entity. */
const REMEMBERED = 4000;
const REMEMBERED_LENGTH = 100;
const folds = new Map<string, string>();

/** Lower case, no accents, letters and digits only. */
export function foldHeader(name: string): string {
  const known = folds.get(name);
  if (known !== undefined) return known;
  const folded = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
  if (name.length > REMEMBERED_LENGTH) return folded;
  if (folds.size >= REMEMBERED) folds.clear();
  folds.set(name, folded);
  return folded;
}

/** The index of the field that an operator names, by its published name, else by its folded name. -1: there is none. */
export function fieldNamed(header: readonly string[], name: string): number {
  const published = name.normalize("NFC").trim();
  const exact = header.findIndex((field) => field.normalize("NFC").trim() === published);
  if (exact >= 0) return exact;
  const folded = foldHeader(name);
  return folded === "" ? -1 : header.findIndex((field) => foldHeader(field) === folded);
}

/** The published name of a field; "": it has none. */
export const nameAt = (header: readonly string[], at: number): string => (header[at] ?? "").trim();

/** Whether an option that gives the published name of this field means this one, and no other of that name. */
export const isNameable = (header: readonly string[], at: number): boolean =>
  fieldNamed(header, nameAt(header, at)) === at;

/**
 * Folded words of French headers that are not English words. A file with one of them writes the day before the month.
 */
export const FRENCH =
  /produit|magasin|vente|quantite|^qte$|ville|prix|^jour|chiffre|montant|commande|boutique|libelle|^nom$|^nom[a-z]|numero|tarif|devente|heure|designation|adresse|^piece|depot/;

export const ENGLISH =
  /customer|price|quantity|^qty|product|store|shop|city|order|amount|name|reference[a-z]*number/;

export const isFrenchHeader = (header: readonly string[]): boolean => {
  const folded = header.map(foldHeader);
  const french = folded.filter((name) => FRENCH.test(name) && !ENGLISH.test(name)).length;
  return french > folded.filter((name) => ENGLISH.test(name)).length;
};

export const SHOWN_COLUMNS = 50;

export const SHOWN_CHARACTERS = 1000;

/** The first columns of a header, short enough for a sentence. */
export function shownHeader(header: readonly string[]): string {
  const names = header.slice(0, SHOWN_COLUMNS).join(", ");
  const cut = names.length > SHOWN_CHARACTERS || header.length > SHOWN_COLUMNS;
  return cut ? `${names.slice(0, SHOWN_CHARACTERS)}…` : names;
}
