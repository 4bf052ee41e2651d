import type { Preset } from "./preset.ts";

/** "CSV (séparateur : point-virgule)" and "CSV UTF-8", of Excel in French. */
export const excelFr: Preset = {
  name: "excel-fr",
  about: {
    fr: "Excel en français, enregistré en CSV : point-virgule, virgule décimale, JJ/MM/AAAA. Windows-1252 ou UTF-8, selon le choix fait en enregistrant : c'est décidé sur les octets. L'en-tête dit ce que c'est. Un nombre abrégé (1,2E+05) est mis de côté : élargissez la colonne.",
    en: "Excel in French, saved as CSV: semicolons, decimal comma, DD/MM/YYYY. Windows-1252 or UTF-8, as was chosen when saving: that is decided on the bytes. The header tells what it is. A shortened number (1,2E+05) is set aside: widen the column.",
  },
  reading: { delimiter: ";", decimal: "comma", dateFormat: "dmy" },
};
