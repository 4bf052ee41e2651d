/** The words of `ventes status --watch`. Names of rows have at most 10 letters. */
import { command } from "#shared/runtime/command.ts";
import type { Language } from "#shared/runtime/settings.ts";

const EN = {
  page: "page",
  noPage: "no page is served now",
  topics: "topics",
  noTopics: "not known",
  database: "database",
  noDatabase: "none yet",
  lagging: "lag",
  figures: "figures",
  waiting: "waiting",
  disk: "disk",
  backup: "backup",
  noBackup: () => `none is known: ${command("backup backups")}`,
  sources: "sources",
  needed: "to do",
  nothing: "nothing needs you",
  lost: "lost",
  records: (n: string, rate: string) => `${n} records, +${rate}/s`,
  rows: (sales: string, products: string, shops: string) =>
    `${sales} sales, ${products} products, ${shops} shops`,
  lag: (n: string, rate: string) => `${n} records, applied ${rate}/s`,
  noLag: "not known",
  asOf: (commit: string, at: string, ago: string) => `commit ${commit} of ${at}, ${ago} ago`,
  noFigures: "none yet",
  behind: "behind",
  upToDate: "up to date",
  waitingSales: (sales: string, rejects: string) => `${sales} sales wait, ${rejects} records are rejected`,
  loop: (ms: string) => `busy ${ms} ms`,
  free: (free: string, used: string) => `${free} free, the data directory has ${used}`,
  lastBackup: (at: string, ago: string, where: string) => `${at}, ${ago} ago, in ${where}`,
  lastChange: (at: string, ago: string) => `last change ${at}, ${ago} ago`,
  noSource: "none",
  more: (n: string) => `and ${n} more: ${command("status")}`,
  foot: (seconds: string) => `every ${seconds} s; Ctrl-C ends it`,
  units: { s: "s", min: "min", h: "h", d: "d" },
} as const;

type Words<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => string
    ? (...args: A) => string
    : T[K] extends string
      ? string
      : Words<T[K]>;
};
export type WatchTexts = Words<typeof EN>;

const FR: WatchTexts = {
  page: "page",
  noPage: "aucune page n'est servie",
  topics: "topics",
  noTopics: "inconnus",
  database: "base",
  noDatabase: "pas encore",
  lagging: "retard",
  figures: "chiffres",
  waiting: "attente",
  disk: "disque",
  backup: "sauvegarde",
  noBackup: () => `aucune n'est connue : ${command("backup backups")}`,
  sources: "sources",
  needed: "à faire",
  nothing: "rien ne vous demande",
  lost: "perdu",
  records: (n, rate) => `${n} enregistrements, +${rate}/s`,
  rows: (sales, products, shops) => `${sales} ventes, ${products} produits, ${shops} magasins`,
  lag: (n, rate) => `${n} enregistrements, ${rate}/s appliqués`,
  noLag: "inconnu",
  asOf: (commit, at, ago) => `commit ${commit} de ${at}, il y a ${ago}`,
  noFigures: "pas encore",
  behind: "en retard",
  upToDate: "à jour",
  waitingSales: (sales, rejects) => `${sales} ventes attendent, ${rejects} enregistrements sont rejetés`,
  loop: (ms) => `occupé ${ms} ms`,
  free: (free, used) => `${free} libres, le répertoire de données en a ${used}`,
  lastBackup: (at, ago, where) => `${at}, il y a ${ago}, dans ${where}`,
  lastChange: (at, ago) => `dernier changement ${at}, il y a ${ago}`,
  noSource: "aucune",
  more: (n) => `et ${n} de plus : ${command("status")}`,
  foot: (seconds) => `toutes les ${seconds} s ; Ctrl-C pour finir`,
  units: { s: "s", min: "min", h: "h", d: "j" },
};

export const watchTextsIn = (language: Language): WatchTexts => ({ fr: FR, en: EN })[language];
