/** The sentences of the ways to decide a doubt. */
import type { Language } from "#shared/runtime/settings.ts";
import type { DoubtDetails, Sentence } from "./doubt-sentences.ts";

/** Each completes "CHOICE: COMMAND". */
export const CHOICE_SENTENCES = {
  accept: { fr: "si c'est voulu", en: "if this is intended" },
  fillDown: {
    fr: "si une cellule vide répète celle du dessus",
    en: "if an empty cell repeats the one above",
  },
  seen: { fr: "si c'est bien ainsi", en: "if it is to be so" },
  delete: { fr: "pour les supprimer", en: "to delete them" },
  leave: { fr: "pour les laisser de côté", en: "to leave them aside" },
  noSales: {
    fr: "si ce ne sont pas des ventes, pour laisser de côté cette source",
    en: "if they are no sales, to do without this source",
  },
  areSales: { fr: "si ce sont des ventes, pour les compter", en: "if they are sales, to count them" },
  countThem: { fr: "pour les compter", en: "to count them" },
  amount: { fr: "pour compter cette colonne", en: "to count this column" },
  asRead: { fr: "pour compter comme c'est lu", en: "to count what is read" },
  listPrices: {
    fr: "pour compter la quantité × le prix du produit",
    en: "to count the quantity × the price of the product",
  },
  prices: {
    fr: "pour compter la quantité × le prix, de la ligne ou du produit",
    en: "to count the quantity × the price, of the line or of the product",
  },
  documents: {
    fr: "pour compter chaque ligne (c'est un numéro de document, non de vente)",
    en: "to count each line (it is a number of documents, not of sales)",
  },
  lastHolds: {
    fr: "pour ne compter que la dernière ligne de chaque identifiant",
    en: "to count only the last line of each id",
  },
  corrections: {
    fr: "pour corriger ainsi les ventes publiées avant",
    en: "to correct the sales that were published before",
  },
  sameSales: {
    fr: "pour supprimer les anciens identifiants (et, désormais, toute vente qui disparaît du fichier)",
    en: "to delete the old ids (and from now on each sale that vanishes from the file)",
  },
  wholeIds: {
    fr: "pour lire 12 où le fichier écrit 12.0",
    en: "to read 12 where the file writes 12.0",
  },
  otherSales: {
    fr: "pour les compter comme d'autres ventes",
    en: "to count them as other sales",
  },
  otherNumbers: {
    fr: "pour compter les unes et les autres (les identifiants de cette source reçoivent un nom)",
    en: "to count both (the ids of this source get a name)",
  },
  otherNumbersOfAll: {
    fr: "pour compter les unes et les autres, de chaque fichier de ce catalogue, plus tard aussi",
    en: "to count both, of each file of this catalogue, later ones too",
  },
  lastSaidOfAll: {
    fr: "pour qu'elles ne fassent qu'une vente par identifiant, dans tous les fichiers de ce catalogue, plus tard aussi",
    en: "to count one sale for each id, in all files of this catalogue, later ones too",
  },
  equalOnce: {
    fr: "pour ne compter qu'une fois chaque vente que les deux ont",
    en: "to count once each sale that both have",
  },
  equalOnceOfAll: {
    fr: "pour ne compter qu'une fois chaque vente que les deux ont, dans tous les fichiers de ce catalogue, plus tard aussi",
    en: "to count once each sale that both have, in all files of this catalogue, later ones too",
  },
  lastSaid: {
    fr: "pour qu'elles ne fassent qu'une vente par identifiant (la dernière publiée vaut)",
    en: "to count one sale for each id (the last one that was published holds)",
  },
  lastPrice: {
    fr: "si le dernier prix de chaque produit est le bon",
    en: "if the last price of each product is right",
  },
  lastShop: {
    fr: "si la dernière ligne de chaque magasin est la bonne",
    en: "if the last line of each shop is right",
  },
  salesAlone: {
    fr: "si ces colonnes ne disent rien du magasin, pour ne lire que les ventes",
    en: "if these columns say nothing of the shop, to read the sales alone",
  },
  before: {
    fr: (d: DoubtDetails) =>
      `pour garder ${d.of === 1 ? "celle" : `les ${d.of}`} d'avant le ${d.what} et supprimer ${d.count === 1 ? "l'autre" : `les ${d.count} autres`}`,
    en: (d: DoubtDetails) =>
      `to keep ${d.of === 1 ? "the one" : `the ${d.of}`} from before ${d.what} and delete the other ${d.count === 1 ? "one" : d.count}`,
  },
  nearest: {
    fr: (d: DoubtDetails) =>
      `pour supprimer ${d.count === 1 ? "celle qui était la plus proche" : `les ${d.count} qui étaient les plus proches`} des lignes restées, là où ${d.count === 1 ? "une autre est venue" : `${d.count} autres sont venues`}, et garder ${d.of === 1 ? "l'autre" : `les ${d.of} autres`}`,
    en: (d: DoubtDetails) =>
      `to delete the ${d.count === 1 ? "one" : d.count} nearest to the lines that stayed, where ${d.count === 1 ? "another" : `${d.count} others`} came, and keep the other ${d.of === 1 ? "one" : d.of}`,
  },
  rolled: { fr: "pour les garder, cette fois", en: "to keep them, this time" },
  withdraw: {
    fr: "pour supprimer toutes celles qui ne sont plus dans le fichier, maintenant et plus tard",
    en: "to delete all that are no longer in the file, now and later",
  },
  oneSale: {
    fr: "pour ne compter qu'une fois les ventes des deux (elles reçoivent les mêmes identifiants)",
    en: "to count the sales of both once (they get the same ids)",
  },
  leaveSource: {
    fr: "pour laisser de côté cette source, dont les autres ont toutes les ventes",
    en: "to do without this source, for the others have all of its sales",
  },
  withdrawSource: {
    fr: "pour retirer toutes les ventes de cette source et ne compter que celles des autres",
    en: "to take all sales of this source out and count those of the others alone",
  },
  replaceSources: {
    fr: "pour compter celles de cette source à la place des autres",
    en: "to count those of this source instead of the others",
  },
  keep: { fr: "pour les garder, maintenant et plus tard", en: "to keep them, now and later" },
} as const satisfies Record<string, Sentence | Readonly<Record<Language, string>>>;
