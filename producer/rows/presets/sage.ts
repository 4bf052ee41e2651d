import type { Preset } from "./preset.ts";

/**
 * Sage 100 Gestion commerciale, lines of sales documents exported as text. Which columns there are is set in the program:
 * these are the ones that the preset expects. The number and the date of a document may stand on its first line only.
 */
export const sage: Preset = {
  name: "sage",
  about: {
    fr: "Sage 100 Gestion commerciale, lignes de documents de vente exportées en texte : point-virgule, Windows-1252, virgule décimale, JJ/MM/AA. L'export est paramétrable : le préréglage attend les colonnes N° pièce, Date, Référence article, Désignation, Quantité, Montant HT, Dépôt ; si les vôtres ont un autre nom, dites-le par --map. Produits et ventes ; les villes des dépôts viennent d'un fichier de magasins. Le chiffre d'affaires est hors taxes. Avoirs : quantité et montant négatifs.",
    en: "Sage 100 Gestion commerciale, lines of sales documents exported as text: semicolons, Windows-1252, decimal comma, DD/MM/YY. The export is configurable: the preset expects the columns N° pièce, Date, Référence article, Désignation, Quantité, Montant HT, Dépôt; if yours have another name, say so by --map. Products and sales; the cities of the depots come from a file of shops. Revenue is without taxes. Credit notes: negative quantity and amount.",
  },
  entities: ["produits", "ventes"],
  reading: {
    delimiter: ";",
    encoding: "windows-1252",
    decimal: "comma",
    dateFormat: "dmy",
    map: {
      id_vente: "",
      id_produit: "Référence article",
      nom: "Désignation",
      id_magasin: "Dépôt",
      date_vente: "Date",
      quantité: "Quantité",
      chiffre_affaires: "Montant HT",
    },
    fillDown: ["N° pièce", "Date"],
    key: ["N° pièce", "Référence article"],
  },
};
