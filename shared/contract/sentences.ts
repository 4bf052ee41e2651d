/**
 * Why a record or an event was set aside: a stable code, and its sentence in both languages. The code is for
 * programs and never changes; the sentence is for people and names the value and the mend.
 */
import type { Language } from "../runtime/settings.ts";

export interface Details {
  /** The column, as the file names it. */
  readonly column?: string;
  readonly value?: string;
  /** Anything else a sentence needs. */
  readonly more?: string;
}

type Sentence = Readonly<Record<Language, (d: Details) => string>>;

const shown = (d: Details) => `« ${(d.value ?? "").slice(0, 80)} »`;
const quoted = (d: Details) => JSON.stringify((d.value ?? "").slice(0, 80));

const missing: Sentence = {
  fr: (d) => `la colonne ${d.column} est vide : elle est obligatoire`,
  en: (d) => `column ${d.column} is empty: it is required`,
};
const notANumber: Sentence = {
  fr: (d) => `${shown(d)} n'est pas un nombre (colonne ${d.column})`,
  en: (d) => `${quoted(d)} is not a number (column ${d.column})`,
};
/** How dates are read, by the format decided for the column. */
const DATES: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  dmy: { fr: "AAAA-MM-JJ ou JJ/MM/AAAA", en: "YYYY-MM-DD or DD/MM/YYYY" },
  mdy: { fr: "AAAA-MM-JJ ou M/J/AAAA", en: "YYYY-MM-DD or M/D/YYYY" },
  ymd: { fr: "AAAA-MM-JJ ou AA-MM-JJ", en: "YYYY-MM-DD or YY-MM-DD" },
  excel: { fr: "AAAA-MM-JJ ou un nombre de jours d'Excel", en: "YYYY-MM-DD or Excel's number of days" },
};
const dates = (d: Details, language: Language) => (DATES[d.more ?? "dmy"] ?? DATES.dmy)?.[language];
const notADate: Sentence = {
  fr: (d) => `${shown(d)} n'est pas une date (colonne ${d.column}) : ${dates(d, "fr")}`,
  en: (d) => `${quoted(d)} is not a date (column ${d.column}): ${dates(d, "en")}`,
};
const ambiguousDate: Sentence = {
  fr: (d) => `${shown(d)} est deux dates (colonne ${d.column}) : dites laquelle par --date-format dmy ou mdy`,
  en: (d) => `${quoted(d)} is two dates (column ${d.column}): say which by --date-format dmy or mdy`,
};
const ambiguous: Sentence = {
  fr: (d) => `${shown(d)} est deux nombres (colonne ${d.column}) : dites lequel par --decimal point ou comma`,
  en: (d) => `${quoted(d)} is two numbers (column ${d.column}): say which by --decimal point or comma`,
};
const otherDecimal: Sentence = {
  fr: (d) =>
    `${shown(d)} : la colonne ${d.column} est écrite avec ${d.more === "comma" ? "une virgule décimale" : "un point décimal"}, pas cette valeur`,
  en: (d) => `${quoted(d)}: column ${d.column} is written with a decimal ${d.more}, this value is not`,
};
const scientific: Sentence = {
  fr: (d) =>
    `${shown(d)} est abrégé, et ses derniers chiffres sont perdus (colonne ${d.column}) : donnez-lui le format nombre`,
  en: (d) =>
    `${quoted(d)} is shortened, and its last digits are lost (column ${d.column}): give it the format number`,
};
const tooLarge: Sentence = {
  fr: (d) => `${shown(d)} est hors limites (colonne ${d.column}) : au plus 12 chiffres avant la virgule`,
  en: (d) => `${quoted(d)} is out of range (column ${d.column}): at most 12 digits before the point`,
};
const wrongCurrency: Sentence = {
  fr: (d) => `${shown(d)} n'est pas en ${d.more} : une base n'a qu'une devise (VENTES_DEVISE)`,
  en: (d) => `${quoted(d)} is not in ${d.more}: a database has one currency (VENTES_DEVISE)`,
};

export const REJECT_SENTENCES = {
  "record.wrong_length": {
    fr: (d) => `la ligne a ${d.value} champs, l'en-tête en a ${d.more}`,
    en: (d) => `the line has ${d.value} fields, the header has ${d.more}`,
  },
  "record.bad_quotes": {
    fr: (d) => `guillemets mal fermés : ${d.value}`,
    en: (d) => `badly closed quotes: ${d.value}`,
  },
  "record.too_long": {
    fr: (d) => `l'enregistrement dépasse ${d.more} octets`,
    en: (d) => `the record is longer than ${d.more} bytes`,
  },
  "record.too_large": {
    fr: (d) =>
      `l'événement de l'enregistrement prendrait ${d.value} octets, un topic en prend ${d.more} : raccourcissez ses textes, ou corrigez la ligne si c'est du bruit`,
    en: (d) =>
      `the event of the record would take ${d.value} bytes, a topic takes ${d.more}: shorten its texts, or mend the line if it is noise`,
  },
  "record.not_utf8": {
    fr: () => "la ligne n'est pas de l'UTF-8",
    en: () => "the line is not UTF-8",
  },
  "record.nul": {
    fr: () => "la ligne a un octet nul : c'est du binaire, ou un fichier abîmé",
    en: () => "the line has a NUL byte: it is binary, or the file is damaged",
  },
  "id_produit.missing": missing,
  "id_magasin.missing": missing,
  "ville.missing": missing,
  "date_vente.missing": missing,
  "quantite.missing": missing,
  "quantite.not_a_number": notANumber,
  "prix.not_a_number": notANumber,
  "chiffre_affaires.not_a_number": notANumber,
  "quantite.out_of_range": tooLarge,
  "prix.out_of_range": tooLarge,
  "chiffre_affaires.out_of_range": tooLarge,
  "prix.wrong_currency": wrongCurrency,
  "chiffre_affaires.wrong_currency": wrongCurrency,
  "quantite.scientific": scientific,
  "prix.scientific": scientific,
  "chiffre_affaires.scientific": scientific,
  "quantite.ambiguous": ambiguous,
  "prix.ambiguous": ambiguous,
  "chiffre_affaires.ambiguous": ambiguous,
  "quantite.other_decimal": otherDecimal,
  "prix.other_decimal": otherDecimal,
  "chiffre_affaires.other_decimal": otherDecimal,
  "date_vente.ambiguous": ambiguousDate,
  "date_effet.ambiguous": ambiguousDate,
  "date_vente.not_a_date": notADate,
  "date_effet.not_a_date": notADate,
  "date_effet.mixed": {
    fr: (d) =>
      `le produit ${d.value} a aussi des lignes datées dans ce fichier : cette ligne doit avoir une date d'effet`,
    en: (d) => `product ${d.value} also has dated lines in this file: this line needs a date_effet`,
  },
  "event.not_json": {
    fr: (d) => `l'événement n'est pas du JSON : ${d.value}`,
    en: (d) => `the event is not JSON: ${d.value}`,
  },
  "event.no_key": { fr: () => "l'événement n'a pas de clé", en: () => "the event has no key" },
  "event.tombstone": { fr: () => "l'événement n'a pas de valeur", en: () => "the event has no value" },
  "event.unknown_version": {
    fr: (d) => `l'événement est de la version ${d.value} : celle-ci lit la version 1`,
    en: (d) => `the event is of version ${d.value}: this program reads version 1`,
  },
  "event.not_an_event": {
    fr: (d) => `l'événement ne suit pas le contrat : ${d.value}`,
    en: (d) => `the event does not follow the contract: ${d.value}`,
  },
  "event.wrong_partition": {
    fr: (d) =>
      `la clé ${shown(d)} n'est pas dans sa partition (${d.more}) : son programme partitionne autrement`,
    en: (d) => `key ${quoted(d)} is not in its partition (${d.more}): its program partitions otherwise`,
  },
  "event.wrong_key": {
    fr: (d) => `la clé ${shown(d)} n'est pas l'identifiant de la ligne (${d.more})`,
    en: (d) => `key ${quoted(d)} is not the id in the row (${d.more})`,
  },
} as const satisfies Record<string, Sentence>;

export type RejectCode = keyof typeof REJECT_SENTENCES;

export const sentenceOf = (code: RejectCode, details: Details, language: Language): string =>
  REJECT_SENTENCES[code][language](details);
