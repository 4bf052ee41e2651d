/** The texts of the history of one file. */
import { computed } from "@preact/signals";
import { number } from "./format.js";
import { language } from "./language.js";

const fr = {
  /** @param {string} file */
  historyOf: (file) => `Historique de ${file}`,
  historyKinds: {
    applied: "Version publiée",
    held: "Version retenue",
    failed: "Fichier illisible",
    recovered: "De nouveau en ordre",
    unlisted: "Plus listé par son catalogue",
    decided: "Accepté à la main",
  },
  /** @param {NonNullable<import("../api/history.ts").HistoryEntry["counts"]>} counts */
  versionCounts: ({ records, emitted, unchanged, rejected, vanished, withdrawn }) =>
    [
      `${number(records)} ligne${records > 1 ? "s" : ""} : ${number(emitted)} nouvelle${emitted > 1 ? "s" : ""} ou changée${emitted > 1 ? "s" : ""}, ${number(unchanged)} inchangée${unchanged > 1 ? "s" : ""}`,
      ...(rejected > 0 ? [`${number(rejected)} rejetée${rejected > 1 ? "s" : ""}`] : []),
      ...(withdrawn > 0 ? [`${number(withdrawn)} supprimée${withdrawn > 1 ? "s" : ""}`] : []),
      ...(vanished > 0
        ? [`${number(vanished)} disparue${vanished > 1 ? "s" : ""} mais gardée${vanished > 1 ? "s" : ""}`]
        : []),
    ].join(" · "),
};

/** @type {typeof fr} */
const en = {
  historyOf: (file) => `History of ${file}`,
  historyKinds: {
    applied: "Version published",
    held: "Version held",
    failed: "File cannot be read",
    recovered: "In order again",
    unlisted: "No longer listed by its catalogue",
    decided: "Accepted by hand",
  },
  versionCounts: ({ records, emitted, unchanged, rejected, vanished, withdrawn }) =>
    [
      `${number(records)} line${records === 1 ? "" : "s"}: ${number(emitted)} new or changed, ${number(unchanged)} unchanged`,
      ...(rejected > 0 ? [`${number(rejected)} rejected`] : []),
      ...(withdrawn > 0 ? [`${number(withdrawn)} deleted`] : []),
      ...(vanished > 0 ? [`${number(vanished)} gone but kept`] : []),
    ].join(" · "),
};

export const historyTexts = computed(() => ({ fr, en })[language.value]);
