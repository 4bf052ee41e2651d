import type { Preset } from "./preset.ts";

/** `.../pub?output=csv`: values as the sheet shows them. */
export const googleSheets: Preset = {
  name: "google-sheets",
  about: {
    fr: "Google Sheets publié en CSV (Fichier > Partager > Publier sur le web, ou /export?format=csv) : virgules, UTF-8. Les nombres et les dates sont écrits comme la feuille les affiche, et se décident colonne par colonne ; l'en-tête dit ce que c'est.",
    en: "Google Sheets published as CSV (File > Share > Publish to web, or /export?format=csv): commas, UTF-8. Numbers and dates are written as the sheet shows them and are decided column by column; the header tells what it is.",
  },
  reading: { delimiter: ",", encoding: "utf-8" },
};
