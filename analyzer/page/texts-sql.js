/** The texts of the view SQL. */
import { computed } from "@preact/signals";
import { language } from "./language.js";

const fr = {
  sqlLabel: "Requête en SQL",
  sqlHint: "Ctrl+Entrée la lance. Elle ne fait que lire, pendant 5 secondes au plus.",
  run: "Lancer",
  running: "En cours…",
  examples: "Exemples :",
  exampleNames: { byMonth: "par mois", byCity: "par ville", last: "dernières ventes" },
  result: "Résultat",
  /** @param {string} count */
  firstRows: (count) => `les ${count} premières lignes ; un fichier en a jusqu’à 10 000`,
  /** @param {number} n @param {string} count */
  rowCount: (n, count) => (n <= 1 ? `${count} ligne` : `${count} lignes`),
  notLive: "à cet instant : relancez-la pour des chiffres plus récents",
  /** @param {string} commit */
  sqlAsOf: (commit) => `au commit ${commit}`,
  shownAs: "Présentation",
  shownAsTable: "Tableau",
  shownAsChart: "Graphique",
  keepQuery: "En faire une analyse",
  keepQueryHow:
    "Lancez ceci là où le programme tourne, avec un nom de lettres, de chiffres et de _. L’analyse est ensuite dans la vue Analyses, et reste à jour.",
  keepName: "NOM",
  keep: "Enregistrer",
  title: "Titre :",
  /** @param {string} column */
  unitOf: (column) => `${column} est :`,
  units: {
    montant: "un montant",
    quantité: "une quantité",
    nombre: "un nombre",
    pourcentage: "un pourcentage",
    jour: "un jour",
    texte: "un texte",
  },
  keptAs: {
    tableau: "Elle sera un tableau. Pour un graphique, choisissez d’abord « Graphique » ci-dessus.",
    courbe: "Elle sera une courbe.",
    barres: "Elle sera en barres.",
  },
  tables: "Tables",
  tableKinds: { table: "table", view: "résultat d’une analyse, ou vue" },
  /** @param {string} name */
  insertName: (name) => `Mettre ${name} dans la requête`,
  noAnswer: "Pas de réponse : relancez la requête.",
  /** @param {number} status */
  queryRefused: (status) => `La requête a été refusée (HTTP ${status}) : raccourcissez-la.`,
};

/** @type {typeof fr} */
const en = {
  sqlLabel: "Query in SQL",
  sqlHint: "Ctrl+Enter runs it. It only reads, for at most 5 seconds.",
  run: "Run",
  running: "Running…",
  examples: "Examples:",
  exampleNames: { byMonth: "by month", byCity: "by city", last: "last sales" },
  result: "Result",
  firstRows: (count) => `the first ${count} rows; a file has up to 10,000`,
  rowCount: (n, count) => (n === 1 ? "1 row" : `${count} rows`),
  notLive: "as of now: run it again for newer figures",
  sqlAsOf: (commit) => `as of commit ${commit}`,
  shownAs: "Shown as",
  shownAsTable: "Table",
  shownAsChart: "Chart",
  keepQuery: "Keep it as an analysis",
  keepQueryHow:
    "Run this where the program runs, with a name of letters, digits and _. The analysis then is in the view Analyses, and stays up to date.",
  keepName: "NAME",
  keep: "Keep",
  title: "Title:",
  unitOf: (column) => `${column} is:`,
  units: {
    montant: "an amount",
    quantité: "a quantity",
    nombre: "a number",
    pourcentage: "a percentage",
    jour: "a day",
    texte: "a text",
  },
  keptAs: {
    tableau: "It will be a table. For a chart, first choose “Chart” above.",
    courbe: "It will be a line.",
    barres: "It will be bars.",
  },
  tables: "Tables",
  tableKinds: { table: "table", view: "result of an analysis, or view" },
  insertName: (name) => `Put ${name} into the query`,
  noAnswer: "No answer: run the query again.",
  queryRefused: (status) => `The query was refused (HTTP ${status}): shorten it.`,
};

export const sqlTexts = computed(() => ({ fr, en })[language.value]);
