/** What a browser with a session may do with files, in French. texts-acts-en.js has the same names. */
export const acts = {
  addFile: "Suivre un fichier de plus :",
  try: "Essayer",
  trying: "Lecture…",
  followIt: "Suivre ce fichier",
  endSession: "Quitter",
  howToWrite: "Ajouter ou modifier des fichiers",
  openLink:
    "Pour le faire ici, ouvrez dans ce navigateur le lien que ventes a affiché à son démarrage : il finit par #write= et un secret, et ne sert qu’une fois.",
  orPaste: "Ou collez dans un terminal, avec l’adresse du fichier à la place de URL :",
  /** @param {number} n @param {string} shown @param {string} kinds */
  wouldRead: (n, shown, kinds) => `${shown} ligne${n > 1 ? "s seraient lues" : " serait lue"} comme ${kinds}`,
  mapping: "Colonnes",
  inFile: "Dans le fichier",
  readAs: "Lue comme",
  ofEntity: "De",
  /** @param {string} name */
  keptAs: (name) => (name === "" ? "gardée à côté" : `gardée à côté : ${name}`),
  writtenAs: {
    dmy: "jour, mois, année",
    mdy: "mois, jour, année",
    ymd: "année, mois, jour",
    excel: "jours d’Excel",
    comma: "virgule décimale",
    point: "point décimal",
  },
  /** @param {string} kind */
  firstRows: (kind) => `Premières lignes : ${kind}`,
  wouldReject: "Lignes illisibles",
  noAnswer:
    "Le serveur n’a pas répondu. Cela a pu être fait ou non : regardez la liste quand il répond de nouveau.",
  /** @param {string} title */
  discardOf: (title) => `Supprimer l’analyse ${title}`,
  /** @param {string} title */
  discardQuestion: (title) => `Supprimer l’analyse « ${title} » et son fichier ?`,
  discard: "Supprimer",
  undo: "Annuler cette action",
  close: "Fermer",
  cancel: "Annuler",
  confirm: "Confirmer",
  confirmForAll: "Confirmer pour tous les fichiers du catalogue, les suivants aussi",
  choose: "Choisir",
  /** @param {string} says */
  chooseThis: (says) => `Choisir : ${says}`,
  /** @param {string} says */
  reallyChoose: (says) => `Votre choix : ${says}.`,
  /** @param {string} total */
  untilThen: (total) => `Jusqu’à votre décision, le chiffre d’affaires total reste ${total}.`,
  colon: " :",
  retry: "Relire",
  /** @param {string} file */
  retryOf: (file) => `Relire : ${file}`,
  rename: "Nommer",
  /** @param {string} file */
  renameOf: (file) => `Nommer ${file}`,
  newName: "Nom :",
  emptyName: "Sans nom, la page montre la fin de son adresse.",
  remove: "Retirer…",
  /** @param {string} file */
  removeOf: (file) => `Retirer ${file}`,
  /** @param {string} file */
  removeQuestion: (file) => `Retirer ${file} ?`,
  keepRows: "Il n’est plus lu ; ses lignes restent.",
  /** @param {string} total */
  totalStays: (total) => `Le chiffre d’affaires total reste ${total}.`,
  stop: "Ne plus suivre",
  counting: "Décompte de ses lignes…",
  stopAndDelete: "Ne plus suivre et supprimer ses lignes",
  noRowsYet: "Ses lignes partent aussi ; la base n’en a pas encore.",
  /** @param {number} n @param {string} shown @param {string} worth */
  loss: (n, shown, worth) => `Ses lignes partent aussi : ${shown} vente${n > 1 ? "s" : ""}, ${worth}.`,
  /** @param {number} n @param {string} shown */
  lostWaiting: (n, shown) => `${shown} vente${n > 1 ? "s" : ""} en attente`,
  /** @param {number} n @param {string} shown */
  lostProducts: (n, shown) => `${shown} produit${n > 1 ? "s" : ""}`,
  /** @param {number} n @param {string} shown */
  lostShops: (n, shown) => `${shown} magasin${n > 1 ? "s" : ""}`,
  /** @param {number} n @param {string} shown */
  wouldWait: (n, shown) =>
    `${shown} vente${n > 1 ? "s d’autres fichiers attendraient" : " d’un autre fichier attendrait"}`,
  totalUnknown: "Le chiffre d’affaires total ensuite n’est pas connu : des prix partent aussi",
  /** @param {string} before @param {string} after */
  totalFromTo: (before, after) => `Chiffre d’affaires total de ${before} à ${after}`,
};
