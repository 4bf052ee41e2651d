/** The French texts of the page. texts-en.js has the same names. */
export const fr = {
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
  chartHint: "Survolez la courbe, ou parcourez-la avec les flèches.",
  download: "Télécharger",
  /** @param {string} name */
  downloadOf: (name) => `Télécharger : ${name}`,
  formats: { xlsx: "Excel (.xlsx)", excel: "CSV pour Excel", csv: "CSV", json: "JSON" },
  /** @param {string} moment */
  lost: (moment) =>
    `Connexion perdue, nouvelle tentative en cours. Les chiffres affichés datent du ${moment}.`,
  lostEmpty: "Connexion perdue, nouvelle tentative en cours.",
  /** @param {string} ago @param {string} commit */
  asOf: (ago, commit) => `Chiffres mis à jour ${ago} (commit ${commit})`,
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
