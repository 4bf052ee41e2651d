import { acts } from "./texts-acts-fr.js";
import { choices } from "./texts-choices-fr.js";

/** The French texts of the page. texts-en.js has the same names. */
export const fr = {
  title: "Ventes",
  byRegion: "Chiffre d’affaires par ville",
  byProduct: "Produits",
  sources: "Fichiers suivis",
  rejects: "Lignes rejetées",
  region: "Ville",
  product: "Produit",
  revenue: "Chiffre d’affaires",
  quantity: "Quantité",
  links: { connecting: "Connexion…", live: "En direct", lost: "Hors ligne" },
  views: "Vues",
  viewNames: {
    overview: "Aperçu",
    sales: "Ventes",
    analyses: "Analyses",
    changes: "Nouveautés",
    sources: "Fichiers",
    rejects: "Rejets",
    sql: "SQL",
  },
  otherLanguage: "English",
  chart: "courbe",
  /** @param {string} of @param {string} value */
  is: (of, value) => `${of} : ${value}`,
  onePoint: "Une seule valeur dans cette période : choisissez un pas plus court ou plus de jours.",
  chartHint: "Survolez la courbe ou parcourez-la avec les flèches ; un clic ou Entrée ouvre ces jours.",
  dashed: "En pointillé : la période d’avant.",
  download: "Télécharger",
  /** @param {string} name */
  downloadOf: (name) => `Télécharger : ${name}`,
  formats: { xlsx: "Excel (.xlsx)", "excel.csv": "CSV pour Excel français", csv: "CSV", json: "JSON" },
  filters: "Filtres",
  period: "Période",
  presets: {
    today: "Aujourd’hui",
    yesterday: "Hier",
    "7d": "7 jours",
    "30d": "30 jours",
    month: "Ce mois",
    "last-month": "Mois dernier",
    quarter: "Ce trimestre",
    year: "Cette année",
    "12m": "12 mois",
    all: "Tout",
  },
  fromDay: "Du",
  toDay: "au",
  filterNames: { city: "Ville", shop: "Magasin", product: "Produit", source: "Fichier" },
  /** @param {string} name @param {string} value */
  without: (name, value) => `Retirer le filtre ${name} : ${value}`,
  withoutAll: "Tout retirer",
  metrics: { revenue: "Chiffre d’affaires", quantity: "Quantité", sales: "Ventes" },
  before: "par rapport à la période d’avant",
  yearBefore: "par rapport à un an plus tôt",
  /** @param {string} days */
  nothingBefore: (days) => `Aucune vente avant (${days})`,
  /** @param {string} was */
  beforeWas: (was) => `avant : ${was}`,
  againstBefore: "Évolution",
  isNew: "nouveau",
  grain: "Pas de la courbe",
  grainNames: { day: "Jour", week: "Semaine", month: "Mois" },
  grains: { day: "par jour", week: "par semaine", month: "par mois" },
  /** @param {string} metric @param {string} grain */
  lineOf: (metric, grain) => `${metric} ${grain}`,
  asTable: "Voir en tableau",
  /** @param {number} n @param {string} shown */
  seeSales: (n, shown) => (n > 1 ? `Voir les ${shown} ventes` : "Voir les ventes"),
  byShop: "Chiffre d’affaires par magasin",
  shop: "Magasin",
  searchProduct: "Chercher un produit",
  noProduct: "Aucun produit.",
  /** @param {string} from @param {string} to @param {string} count */
  rowsOf: (from, to, count) => `${from}–${to} sur ${count}`,
  pages: "Pages",
  previous: "Précédent",
  next: "Suivant",
  firstPage: "Début",
  newest: "Les plus récentes",
  older: "Plus anciennes",
  date: "Date",
  priceFrom: "Prix appliqué",
  fileAndLine: "Fichier, ligne",
  file: "Fichier",
  lineName: "Ligne",
  saleId: "Identifiant",
  empty: "(vide)",
  /** @param {string} day @param {string} product */
  saleOf: (day, product) => `Vente du ${day} : ${product}`,
  /** @param {number} n @param {string} shown @param {string} worth */
  salesWorth: (n, shown, worth) => `${shown} vente${n > 1 ? "s" : ""}, ${worth}`,
  amountOnLine: "montant sur la ligne",
  /** @param {string} price */
  priceOnLine: (price) => `${price}, sur la ligne`,
  byHand: "à la main",
  /** @param {string} price @param {string} day @param {string} by */
  priceOfList: (price, day, by) =>
    `${price}${day === "" ? "" : `, tarif du ${day}`}${by === "" ? "" : ` (${by})`}`,
  backToSales: "Ventes",
  oneSale: "Une vente",
  asPublished: "Telle que publiée",
  /** @param {string} at @param {string} file @param {string} version @param {string} line */
  publishedIn: (at, file, version, line) => `publiée le ${at}, ${file}, version ${version}, ligne ${line}`,
  claims: "Ce que disent les fichiers",
  changes: "Ce qui a changé",
  noChanges: "Aucun changement noté.",
  /** @param {string} at */
  changesSince: (at) => `Les changements sont notés depuis le ${at}.`,
  /** @param {number} n @param {string} shown */
  added: (n, shown) => `${shown} vente${n > 1 ? "s" : ""} ajoutée${n > 1 ? "s" : ""}`,
  /** @param {number} n @param {string} shown */
  changedSales: (n, shown) => `${shown} corrigée${n > 1 ? "s" : ""}`,
  /** @param {number} n @param {string} shown */
  removedSales: (n, shown) => `${shown} supprimée${n > 1 ? "s" : ""}`,
  allAnalyses: "Toutes les analyses",
  noAnalyses: "Aucune analyse.",
  /** @param {string} name */
  noAnalysis: (name) => `Il n’y a pas d’analyse « ${name} ».`,
  /** @param {string} n */
  allRows: (n) => `Les ${n} lignes`,
  /** @param {string} error */
  analysisFailed: (error) => `Le dernier calcul a échoué ; voici le résultat d’avant : ${error}`,
  /** @param {string} error */
  analysisWrong: (error) => `Cette analyse n’a pas de résultat : ${error}`,
  ownAnalysis: "Votre analyse",
  notComputed: "Premier calcul en cours.",
  kinds: { incremental: "Exacte à chaque instant", plain: "Recalculée après chaque changement" },
  /** @param {string} ago */
  computedAt: (ago) => `calculée ${ago}`,
  /** @param {number} n @param {string} year */
  week: (n, year) => `Semaine ${n} de ${year}`,
  columns: {
    id_produit: "Référence",
    nom: "Nom",
    id_magasin: "Magasin",
    ville: "Ville",
    jour: "Jour",
    semaine: "Semaine",
    mois: "Mois",
    jour_de_semaine: "Jour de la semaine",
    heure: "Heure",
    chiffre_affaires: "Chiffre d’affaires",
    quantité: "Quantité",
    ventes: "Ventes",
    retours: "Retours",
    mois_avant: "Mois d’avant",
    contre_mois_avant: "Contre le mois d’avant",
    annee_avant: "Un an avant",
    contre_annee_avant: "Contre un an avant",
    panier_moyen: "Panier moyen",
    paniers: "Paniers",
    part: "Part",
    cumul: "Part cumulée",
    avant: "Avant",
    difference: "Différence",
    derniere_vente: "Dernière vente",
    jours: "Jours",
  },
  noRows: "Aucune ligne.",
  notify: "Me prévenir dans ce navigateur",
  notifying: "Ce navigateur vous prévient",
  /** @param {string} file */
  needsNow: (file) => `${file} demande votre attention.`,
  ...acts,
  ...choices,
  itsSales: "Ses ventes",
  itsChanges: "Son historique",
  /** @param {string} file */
  salesOf: (file) => `Ses ventes : ${file}`,
  /** @param {string} file */
  changesOf: (file) => `Son historique : ${file}`,
  kindsOfRejects: "Rejets par motif",
  suchAs: "par exemple :",
  allKinds: "Tous les motifs",
  waitingSales: "Ventes en attente",
  waitingNote: "Ces ventes ne sont pas encore comptées. Elles le seront dès que ce qui manque sera publié.",
  waitsForHead: "Il manque",
  waitsFor: { product: "le produit", shop: "le magasin", price: "le prix" },
  /** @param {string} moment */
  lost: (moment) =>
    `Connexion perdue, nouvelle tentative en cours. Les chiffres affichés datent du ${moment}.`,
  lostEmpty: "Connexion perdue, nouvelle tentative en cours.",
  /** @param {string} ago */
  asOf: (ago) => `chiffres mis à jour ${ago}`,
  /** @param {number} n @param {string} shown */
  behind: (n, shown) => ` · ${shown} commit${n > 1 ? "s" : ""} en cours d’analyse`,
  noData: "En attente des premières données.",
  noSales: "Aucune vente ici.",
  demo: "Démonstration : ces chiffres viennent des fichiers d’exemple. Pour voir les vôtres : ventes sources add URL",
  /** @param {number} n @param {string} shown */
  needs: (n, shown) =>
    n > 1 ? `${shown} fichiers demandent votre attention :` : "Un fichier demande votre attention :",
  /** @param {string} n */
  missed: (n) =>
    `Ces chiffres sont trop bas : les premiers événements des topics (${n}) avaient disparu avant que la base les lise. Que faire : ventes status`,
  /** @param {string} entity @param {string} id @param {string} done @param {string} total */
  applying: (entity, id, done, total) =>
    `Un changement du ${entity === "produits" ? "produit" : "magasin"} ${id} est en cours sur ses ventes : ${done} sur ${total}. Les chiffres sont ceux d’avant, jusqu’à la fin.`,
  /** @param {number} n @param {string} shown */
  waiting: (n, shown) =>
    n > 1
      ? `${shown} ventes attendent leur produit, leur magasin ou leur prix et ne sont pas encore comptées.`
      : "Une vente attend son produit, son magasin ou son prix et n’est pas encore comptée.",
  /** @param {string} names */
  waitingFor: (names) => ` Il manque : ${names}.`,
  /** @param {string} id */
  nearest: (id) => `(le plus proche : ${id})`,
  missingProduct: "le produit",
  missingShop: "le magasin",
  /** @param {string} n */
  showMore: (n) => `Afficher ${n} de plus`,
  showLess: "Réduire",
  /** @param {string} n */
  others: (n) => `et ${n} autres`,
  noSources: "Aucun fichier suivi. Pour en ajouter un : ventes sources add URL",
  noRejects: "Aucune ligne rejetée.",
  rejectsNote:
    "Ces lignes sont illisibles et ne sont pas comptées. Corrigez-les dans leur fichier : elles seront relues.",
  /** @param {string} n */
  line: (n) => `ligne ${n}`,
  /** @param {number} n @param {string} shown */
  rejectCount: (n, shown) => `${shown} ligne${n > 1 ? "s" : ""}`,
  /** @param {number} n @param {string} shown */
  records: (n, shown) => `${shown} ligne${n > 1 ? "s" : ""}`,
  /** @param {number} n @param {string} shown */
  rejected: (n, shown) => `${shown} rejetée${n > 1 ? "s" : ""}`,
  /** @param {number} n @param {string} shown */
  vanished: (n, shown) => `${shown} disparue${n > 1 ? "s" : ""} du fichier mais conservée${n > 1 ? "s" : ""}`,
  /** @param {number} n @param {string} shown */
  withdrawn: (n, shown) => `${shown} retirée${n > 1 ? "s" : ""}`,
  /** @param {number} n @param {string} shown */
  conflicts: (n, shown) => `${shown} contredite${n > 1 ? "s" : ""} plus bas dans le fichier`,
  /** @param {number} n @param {string} shown */
  rounded: (n, shown) => `${shown} arrondie${n > 1 ? "s" : ""} au millionième`,
  /** @param {string} ago */
  polled: (ago) => `lu ${ago}`,
  /** @param {string} ago */
  nextPoll: (ago) => `prochaine lecture ${ago}`,
  neverPolled: "pas encore lu",
  catalogue: "catalogue",
  /** @param {number} n @param {string} listed @param {string} followed */
  listed: (n, listed, followed) =>
    `${listed} fichier${n > 1 ? "s" : ""} listé${n > 1 ? "s" : ""}, ${followed} suivi${n > 1 ? "s" : ""}`,
  /** @param {number} n @param {string} shown */
  refused: (n, shown) => `${shown} refusé${n > 1 ? "s" : ""}`,
  /** @param {number} n @param {string} shown */
  passed: (n, shown) => `${shown} laissé${n > 1 ? "s" : ""} de côté`,
  /** @param {number} n @param {string} shown */
  unlisted: (n, shown) => `${shown} plus listé${n > 1 ? "s" : ""}`,
  /** @param {number} n @param {string} shown */
  files: (n, shown) => `${shown} fichier${n > 1 ? "s" : ""}`,
  /** @param {"held" | "attention" | "noticed"} weight @param {string} says */
  doubt: (weight, says) =>
    weight === "held"
      ? `Cette version est retenue, et rien ne change : ${says}`
      : weight === "noticed"
        ? `Remarqué : ${says}`
        : `Cette version est appliquée, mais à vérifier : ${says}`,
  /** @param {string} at @param {string} says */
  decided: (at, says) => `Accepté le ${at} : ${says}`,
  /** @param {string} at */
  rekeyed: (at) => `Nouveaux identifiants demandés le ${at} (--rekey)`,
  removed: "retirée",
  /** @param {string} at @param {number} n @param {string} shown */
  withdrawnAt: (at, n, shown) => `Retirée avec ses lignes le ${at} : ${shown} suppression${n > 1 ? "s" : ""}`,
  /** @param {number} n @param {string} shown @param {string} worth */
  worth: (n, shown, worth) => `${shown} ligne${n > 1 ? "s" : ""} dans la base, d’une valeur de ${worth} :`,
  states: {
    new: "Nouveau",
    reading: "Lecture…",
    ok: "À jour",
    parked: "En pause",
    held: "À confirmer",
    unlisted: "Plus listé",
  },
  entities: { produits: "produits", magasins: "magasins", ventes: "ventes" },
  /** @param {string} moment */
  on: (moment) => `le ${moment}`,
  now: "à l’instant",
};
