/** The sentences of the normal output, in both languages, side by side. */
import type { Language } from "#shared/settings.ts";

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
} as const;

export type Texts = { readonly [K in keyof typeof TEXTS]: (typeof TEXTS)[K]["fr"] };

const inOne = (language: Language): Texts =>
  Object.fromEntries(Object.entries(TEXTS).map(([key, said]) => [key, said[language]])) as unknown as Texts;

const SPOKEN: Readonly<Record<Language, Texts>> = { fr: inOne("fr"), en: inOne("en") };

export const textsIn = (language: Language): Texts => SPOKEN[language];
