/** The sentences of the normal output, in both languages, side by side. */
import type { Language } from "#shared/settings.ts";
import { englishCount, frenchCount } from "./output/numbers.ts";

const both = <A extends readonly unknown[]>(
  fr: (...args: A) => string,
  en: (...args: A) => string,
): Readonly<Record<Language, (...args: A) => string>> => ({ fr, en });

const TEXTS = {
  demoDatabase: both(
    (dir: string) => `il n'y a pas encore de base : réponses de la démonstration (${dir})`,
    (dir: string) => `there is no database yet: answers from the demo (${dir})`,
  ),
  needsKafka: both(
    (command: string) =>
      `${command} fonctionne avec Kafka : définissez KAFKA_BROKERS (set KAFKA_BROKERS), ou lancez : ventes start`,
    (command: string) => `${command} runs on Kafka: set KAFKA_BROKERS, or run: ventes start`,
  ),
  emptySql: both(
    () => "la requête est vide",
    () => "the query is empty",
  ),
  rejectsByCode: both(
    (total: string, codes: string) => `${total} mises de côté${codes === "" ? "" : ` : ${codes}`}`,
    (total: string, codes: string) => `${total} set aside${codes === "" ? "" : `: ${codes}`}`,
  ),
  helloDatabase: both(
    (file: string, sqlite: string, exists: boolean) =>
      `base     ${file} : ${exists ? "ouverte" : "pas encore créée, le répertoire convient"} (SQLite ${sqlite})`,
    (file: string, sqlite: string, exists: boolean) =>
      `database ${file}: ${exists ? "opened" : "not created yet, the directory will do"} (SQLite ${sqlite})`,
  ),
  helloRow: both(
    (row: string) => `ligne    écrite puis relue dans une table temporaire : ${row}`,
    (row: string) => `row      written and read back in a scratch table: ${row}`,
  ),
  helloTopics: both(
    (where: string, topics: readonly string[], events: string) =>
      `topics   ${where} : ${topics.join(", ")} (${events} événements)`,
    (where: string, topics: readonly string[], events: string) =>
      `topics   ${where}: ${topics.join(", ")} (${events} events)`,
  ),
  progress: both(
    (records: string, events: string, rate: string, rejects: string) =>
      `${records} lignes lues, ${events} événements appliqués, ${rate} lignes/s, ${rejects} mises de côté`,
    (records: string, events: string, rate: string, rejects: string) =>
      `${records} rows read, ${events} events applied, ${rate} rows/s, ${rejects} set aside`,
  ),
  logLost: both(
    (component: string, reason: string) =>
      `${component} : les topics ne répondent plus, on attend (${reason})`,
    (component: string, reason: string) => `${component}: the topics do not answer, waiting (${reason})`,
  ),
  logBack: both(
    (component: string) => `${component} : les topics répondent de nouveau`,
    (component: string) => `${component}: the topics answer again`,
  ),
  total: both(
    () => "Chiffre d'affaires total",
    () => "Total revenue (chiffre d'affaires)",
  ),
  byProduct: both(
    () => "Ventes par produit",
    () => "Sales by product (quantity)",
  ),
  byRegion: both(
    () => "Ventes par région",
    () => "Sales by region (revenue)",
  ),
  noSales: both(
    () => "aucune vente",
    () => "no sales",
  ),
  andMore: both(
    (n: string) => `... et ${n} de plus : ventes query`,
    (n: string) => `... and ${n} more: ventes query`,
  ),
  rejected: both(
    (n: string) => `${n} lignes mises de côté : ventes rejects dit lesquelles et pourquoi`,
    (n: string) => `${n} rows set aside: ventes rejects tells which and why`,
  ),
  missingProducts: both(
    (n: number) => (n === 1 ? "1 produit" : `${frenchCount(n)} produits`),
    (n: number) => (n === 1 ? "1 product" : `${englishCount(n)} products`),
  ),
  missingShops: both(
    (n: number) => (n === 1 ? "1 magasin" : `${frenchCount(n)} magasins`),
    (n: number) => (n === 1 ? "1 shop" : `${englishCount(n)} shops`),
  ),
  missingPrices: both(
    (n: number) => (n === 1 ? "le prix d'un produit" : `le prix de ${frenchCount(n)} produits`),
    (n: number) => (n === 1 ? "the price of 1 product" : `the price of ${englishCount(n)} products`),
  ),
  nearest: both(
    (known: string, missing: string) => `'${known}' pour '${missing}'`,
    (known: string, missing: string) => `'${known}' for '${missing}'`,
  ),
  waiting: both(
    (n: number, what: readonly string[], ids: readonly string[], nearest: readonly string[]) =>
      `${frenchCount(n)} ${n > 1 ? "ventes attendent" : "vente attend"} ${what.join(" et ")}${
        nearest.length > 0 ? ` ; les plus proches connus : ${nearest.join(", ")}` : ` : ${ids.join(", ")}`
      }`,
    (n: number, what: readonly string[], ids: readonly string[], nearest: readonly string[]) =>
      `${englishCount(n)} ${n > 1 ? "sales wait" : "sale waits"} for ${what.join(" and ")}${
        nearest.length > 0 ? `; nearest known: ${nearest.join(", ")}` : `: ${ids.join(", ")}`
      }`,
  ),
  replayed: both(
    (events: number, repaired: number) => `${events} événements lus, ${repaired} lignes réparées`,
    (events: number, repaired: number) => `${events} events read, ${repaired} rows repaired`,
  ),
} as const;

export type Texts = { readonly [K in keyof typeof TEXTS]: (typeof TEXTS)[K]["fr"] };

const inOne = (language: Language): Texts =>
  Object.fromEntries(Object.entries(TEXTS).map(([key, said]) => [key, said[language]])) as unknown as Texts;

const SPOKEN: Readonly<Record<Language, Texts>> = { fr: inOne("fr"), en: inOne("en") };

export const textsIn = (language: Language): Texts => SPOKEN[language];
