/** All texts of the page, in both languages. The attribute `lang` of `<html>` chooses the language. */

const fr = {
  title: "Ventes",
  total: "Chiffre d’affaires total",
  byRegion: "Chiffre d’affaires par ville",
  byProduct: "Quantités par produit",
  sources: "Fichiers suivis",
  rejects: "Lignes rejetées",
  region: "Ville",
  product: "Produit",
  revenue: "Chiffre d’affaires",
  quantity: "Quantité",
  connecting: "Connexion…",
  live: "En direct",
  lostShort: "Hors ligne",
  /** @param {string} moment */
  lost: (moment) =>
    `Connexion perdue, nouvelle tentative en cours. Les chiffres affichés datent du ${moment}.`,
  lostEmpty: "Connexion perdue, nouvelle tentative en cours.",
  /** @param {string} commit @param {string} ago */
  asOf: (commit, ago) => `Au commit ${commit}, ${ago}`,
  /** @param {number} n @param {string} shown */
  behind: (n, shown) => ` · ${shown} commit${n > 1 ? "s" : ""} en cours d’analyse`,
  noData: "En attente des premières données.",
  noSales: "Aucune vente pour l’instant.",
  demo: "Démonstration : ces chiffres viennent des fichiers d’exemple. Pour voir les vôtres : ventes sources add URL",
  /** @param {number} n @param {string} shown */
  needs: (n, shown) =>
    n > 1 ? `${shown} fichiers demandent votre attention :` : "Un fichier demande votre attention :",
  /** @param {string} n */
  missed: (n) =>
    `Ces chiffres sont trop bas : les premiers événements des topics (${n}) avaient disparu avant que la base les lise. Que faire : ventes status`,
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
  /** @param {string} total */
  totalAfter: (total) => `chiffre d’affaires total ensuite : ${total}`,
  /** @param {number} repeats @param {string} worth */
  counts: (repeats, worth) => `ces ${worth} comptent ${repeats === 0 ? "une fois" : "deux fois"}`,
  /** @param {string} says @param {string} outcome */
  choice: (says, outcome) => `${says}${outcome} :`,
  states: {
    new: "Nouveau",
    reading: "Lecture…",
    ok: "À jour",
    parked: "En pause",
    held: "À confirmer",
    unlisted: "Plus listé",
  },
  entities: { produits: "produits", magasins: "magasins", ventes: "ventes" },
  now: "à l’instant",
};

/** @type {typeof fr} */
const en = {
  title: "Sales",
  total: "Total revenue",
  byRegion: "Revenue by city",
  byProduct: "Quantities by product",
  sources: "Followed files",
  rejects: "Rejected lines",
  region: "City",
  product: "Product",
  revenue: "Revenue",
  quantity: "Quantity",
  connecting: "Connecting…",
  live: "Live",
  lostShort: "Offline",
  lost: (moment) => `Connection lost, trying again. The figures shown are from ${moment}.`,
  lostEmpty: "Connection lost, trying again.",
  asOf: (commit, ago) => `As of commit ${commit}, ${ago}`,
  behind: (n, shown) => ` · ${shown} commit${n > 1 ? "s" : ""} being analysed`,
  noData: "Waiting for the first data.",
  noSales: "No sale yet.",
  demo: "Demonstration: these figures come from the example files. To see your own: ventes sources add URL",
  needs: (n, shown) => (n > 1 ? `${shown} files need your attention:` : "One file needs your attention:"),
  missed: (n) =>
    `These figures are short: the first events of the topics (${n}) were gone before the database read them. What to do: ventes status`,
  waiting: (n, shown) =>
    n > 1
      ? `${shown} sales wait for their product, shop or price and are not counted yet.`
      : "One sale waits for its product, shop or price and is not counted yet.",
  waitingFor: (names) => ` Missing: ${names}.`,
  nearest: (id) => `(nearest: ${id})`,
  missingProduct: "product",
  missingShop: "shop",
  showMore: (n) => `Show ${n} more`,
  showLess: "Show less",
  others: (n) => `and ${n} others`,
  noSources: "No file is followed. To add one: ventes sources add URL",
  noRejects: "No line was rejected.",
  rejectsNote:
    "These lines could not be read and are not counted. Correct them in their file: it will be read again.",
  line: (n) => `line ${n}`,
  rejectCount: (n, shown) => `${shown} line${n > 1 ? "s" : ""}`,
  records: (n, shown) => `${shown} line${n === 1 ? "" : "s"}`,
  rejected: (_n, shown) => `${shown} rejected`,
  vanished: (_n, shown) => `${shown} no longer in the file, but kept`,
  withdrawn: (_n, shown) => `${shown} withdrawn`,
  conflicts: (_n, shown) => `${shown} contradicted further down the file`,
  rounded: (_n, shown) => `${shown} rounded to a millionth`,
  polled: (ago) => `read ${ago}`,
  neverPolled: "not read yet",
  catalogue: "catalogue",
  listed: (n, listed, followed) => `${listed} file${n === 1 ? "" : "s"} listed, ${followed} followed`,
  refused: (_n, shown) => `${shown} refused`,
  passed: (_n, shown) => `${shown} passed over`,
  unlisted: (_n, shown) => `${shown} no longer listed`,
  files: (n, shown) => `${shown} file${n === 1 ? "" : "s"}`,
  doubt: (weight, says) =>
    weight === "held"
      ? `This version is held back, and nothing changes: ${says}`
      : weight === "noticed"
        ? `Noticed: ${says}`
        : `This version is applied, but check it: ${says}`,
  decided: (at, says) => `Accepted on ${at}: ${says}`,
  rekeyed: (at) => `New ids asked for on ${at} (--rekey)`,
  removed: "removed",
  withdrawnAt: (at, n, shown) => `Removed with its rows on ${at}: ${shown} deletion${n > 1 ? "s" : ""}`,
  worth: (n, shown, worth) => `${shown} row${n > 1 ? "s" : ""} in the database, worth ${worth}:`,
  totalAfter: (total) => `total revenue afterwards: ${total}`,
  counts: (repeats, worth) => `these ${worth} count ${repeats === 0 ? "once" : "twice"}`,
  choice: (says, outcome) => `${says}${outcome}:`,
  states: {
    new: "New",
    reading: "Reading…",
    ok: "Up to date",
    parked: "Paused",
    held: "To confirm",
    unlisted: "No longer listed",
  },
  entities: { produits: "products", magasins: "shops", ventes: "sales" },
  now: "just now",
};

export const language = document.documentElement.lang === "en" ? "en" : "fr";
export const texts = { fr, en }[language];
