/** The sentences of notifications, in French and English. */
import { command } from "#shared/runtime/command.ts";
import { masked } from "#shared/runtime/masked.ts";
import type { Language } from "#shared/runtime/settings.ts";
import type { LargeSale } from "./database.ts";
import type { Change, Kind } from "./memory.ts";

/** Characters of one reason. */
const LONGEST = 1_000;
/** Bytes of a message with its title: Discord refuses more than 2,000 characters, ntfy more than 4,096 bytes. */
const LONGEST_TEXT = 1_600;
const LONGEST_SUBJECT = 150;

export const clipped = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;

export interface Writing {
  readonly language: Language;
  readonly timeZone: string;
  readonly currency: string;
}

const TITLES: Readonly<
  Record<Language, Readonly<Record<Kind, { readonly problem: string; readonly solved: string }>>>
> = {
  fr: {
    failed: { problem: "fichier illisible", solved: "fichier de nouveau lu" },
    version: { problem: "version à vérifier", solved: "version décidée" },
    rejects: { problem: "lignes rejetées", solved: "moins de lignes rejetées" },
    stale: { problem: "chiffres anciens", solved: "chiffres de nouveau à jour" },
    late: { problem: "analyses en retard", solved: "analyses à jour" },
    component: { problem: "composant arrêté", solved: "composant en marche" },
    sale: { problem: "grande vente", solved: "grande vente" },
  },
  en: {
    failed: { problem: "file cannot be read", solved: "file is read again" },
    version: { problem: "version to check", solved: "version decided" },
    rejects: { problem: "rejected lines", solved: "fewer rejected lines" },
    stale: { problem: "old figures", solved: "figures change again" },
    late: { problem: "analyses are behind", solved: "analyses are up to date" },
    component: { problem: "component stopped", solved: "component runs" },
    sale: { problem: "large sale", solved: "large sale" },
  },
};

/** A source as a title shows it: the last part of its address. */
const shortName = (subject: string): string =>
  subject
    .replace(/[?#].*$/s, "")
    .split("/")
    .filter((part) => part !== "")
    .at(-1) ?? subject;

/** One line: the change itself, or how many there are. */
export function titleOf(changes: readonly Change[], language: Language): string {
  const [first] = changes;
  const colon = language === "fr" ? " : " : ": ";
  if (first !== undefined && changes.length === 1) {
    const what = TITLES[language][first.kind][first.event === "solved" ? "solved" : "problem"];
    const subject = first.subject === "" ? "" : ` (${begun(shortName(first.subject), LONGEST_SUBJECT)})`;
    return `ventes${colon}${what}${subject}`;
  }
  const counts = { problem: 0, solved: 0, sale: 0 };
  for (const { event } of changes) counts[event]++;
  const { problem, solved, sale } = counts;
  const some = (n: number, one: string, several: string) =>
    n === 0 ? [] : [`${n} ${n === 1 ? one : several}`];
  // A change may stand for several large sales, so they are not counted.
  const large = language === "fr" ? "grandes ventes" : "large sales";
  const parts =
    language === "fr"
      ? [...some(problem, "problème", "problèmes"), ...some(solved, "résolu", "résolus")]
      : [...some(problem, "problem", "problems"), ...some(solved, "solved", "solved")];
  return `ventes${colon}${[...parts, ...(sale > 0 ? [large] : [])].join(", ")}`;
}

const MARKS: Readonly<Record<Change["event"], string>> = { problem: "●", solved: "✓", sale: "→" };

/** The text, cut to so many bytes of UTF-8. */
function begun(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes - Buffer.byteLength("…")));
  return `${text.slice(0, read)}…`;
}

/** A line for each change, as many as fit; `dropped`: changes that are not in the list. */
export function textOf(changes: readonly Change[], dropped: number, language: Language): string {
  const lines: string[] = [];
  let room = LONGEST_TEXT;
  for (const { event, says } of changes) {
    const line = begun(`${MARKS[event]} ${says}`, LONGEST_TEXT - 1);
    room -= Buffer.byteLength(line) + 1;
    if (room < 0) break;
    lines.push(line);
  }
  const more = dropped + changes.length - lines.length;
  if (more === 1) lines.push(language === "fr" ? "et 1 autre" : "and 1 more");
  if (more > 1) lines.push(language === "fr" ? `et ${more} autres` : `and ${more} more`);
  return lines.join("\n");
}

export type Sentences = ReturnType<typeof sentencesIn>;

export function sentencesIn({ language, timeZone, currency }: Writing) {
  const locale = language === "fr" ? "fr-FR" : "en-GB";
  const instant = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone });
  const number = new Intl.NumberFormat(locale);
  const money = new Intl.NumberFormat(locale, { style: "currency", currency });
  const when = (iso: string): string => instant.format(new Date(iso));
  const both = (fr: string, en: string): string => (language === "fr" ? fr : en);
  return {
    failed: (source: string, why: string) =>
      // Most reasons name their source.
      both(
        why.includes(masked(source))
          ? `lecture impossible : ${why}`
          : `${source}, lecture impossible : ${why}`,
        why.includes(masked(source)) ? `cannot be read: ${why}` : `${source} cannot be read: ${why}`,
      ),
    readAgain: (source: string) => both(`${source} est de nouveau lu`, `${source} is read again`),
    refused: (catalogue: string, n: number, why: string) =>
      both(
        `${catalogue} : ${number.format(n)} de ses fichiers ne peuvent être pris, dont : ${why}`,
        `${catalogue}: ${number.format(n)} of its files cannot be taken, among them: ${why}`,
      ),
    held: (source: string, why: string) =>
      both(
        `${source} : une version attend votre décision, les chiffres restent ceux d'avant : ${why} ; les choix : ${command("sources")}`,
        `${source}: a version waits for your decision, the figures stay those of before: ${why}; the choices: ${command("sources")}`,
      ),
    unclear: (source: string, why: string) =>
      both(
        `${source} : cette version est appliquée, mais à vérifier : ${why} ; les choix : ${command("sources")}`,
        `${source}: this version is applied, but check it: ${why}; the choices: ${command("sources")}`,
      ),
    decided: (source: string) =>
      both(`${source} : plus rien n'attend de décision`, `${source}: nothing waits for a decision any more`),
    rejects: (source: string, n: number, limit: number) =>
      both(
        `${source} : ${number.format(n)} lignes rejetées (limite : ${number.format(limit)}) ; lesquelles et pourquoi : ${command("rejects")}`,
        `${source}: ${number.format(n)} rejected lines (the limit is ${number.format(limit)}); which and why: ${command("rejects")}`,
      ),
    fewRejects: (source: string, n: number) =>
      both(
        `${source} : ${number.format(n)} lignes rejetées`,
        `${source}: ${number.format(n)} rejected lines`,
      ),
    stale: (since: string) =>
      both(
        `aucun chiffre n'a changé depuis le ${when(since)} : voyez si vos fichiers sont encore publiés`,
        `no figure has changed since ${when(since)}: check whether your files are still published`,
      ),
    fresh: () => both("les chiffres changent de nouveau", "the figures change again"),
    late: (since: string) =>
      both(
        `des lignes du ${when(since)} ne sont pas encore dans les analyses : voyez ${command("status")}`,
        `rows of ${when(since)} are not yet in the analyses: see ${command("status")}`,
      ),
    inTime: () => both("les analyses sont à jour", "the analyses are up to date"),
    componentRuns: (name: string) => both(`${name} tourne de nouveau`, `${name} runs again`),
    sale: ({ id, day, product, shop, amount, source, line }: LargeSale) =>
      both(
        `vente ${id} du ${day}, ${money.format(amount)} : produit ${product}, magasin ${shop} (${source}, ligne ${line})`,
        `sale ${id} of ${day}, ${money.format(amount)}: product ${product}, shop ${shop} (${source}, line ${line})`,
      ),
    moreSales: (n: number) =>
      both(`et ${number.format(n)} autres grandes ventes`, `and ${number.format(n)} more large sales`),
    test: () =>
      both(
        "Ceci est un essai : les messages de ventes arrivent ici.",
        "This is a test: the messages of ventes arrive here.",
      ),
    testTitle: () => both("ventes : essai", "ventes: test"),
  };
}
