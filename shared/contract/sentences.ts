/**
 * The reasons why a record is rejected. Topics and database keep a code, which is stable, and the details of the record.
 * Each reader makes the sentence of both in its own language: it names the value and the correction.
 */
import { command } from "../runtime/command.ts";
import type { Language } from "../runtime/settings.ts";

export interface Details {
  /** The column, as the file names it. */
  readonly column?: string;
  readonly value?: string;
  /** Another value that the sentence of this code needs: a limit, a format, a currency. */
  readonly more?: string;
}

type Sentence = Readonly<Record<Language, (d: Required<Details>) => string>>;

/** The text, or its beginning and `…` where it has more than `most` UTF-16 units. Never half a character. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 2);
  return `${text.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 2 : most - 1)}…`;
}

const QUOTED = 80;
const shown = (d: Required<Details>) => `« ${shortened(d.value, QUOTED)} »`;
const quoted = (d: Required<Details>) => JSON.stringify(shortened(d.value, QUOTED));

const missing: Sentence = {
  fr: (d) => `la colonne ${d.column} est vide, mais obligatoire : remplissez-la`,
  en: (d) => `column ${d.column} is empty but required: fill it in`,
};
const notANumber: Sentence = {
  fr: (d) => `${shown(d)} n'est pas un nombre (colonne ${d.column}) : corrigez cette valeur`,
  en: (d) => `${quoted(d)} is not a number (column ${d.column}): correct this value`,
};
/** The forms of dates that are read, by the format decided for the column. */
const DATES: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  dmy: { fr: "AAAA-MM-JJ ou JJ/MM/AAAA", en: "YYYY-MM-DD or DD/MM/YYYY" },
  mdy: { fr: "AAAA-MM-JJ ou M/J/AAAA", en: "YYYY-MM-DD or M/D/YYYY" },
  ymd: { fr: "AAAA-MM-JJ ou AA-MM-JJ", en: "YYYY-MM-DD or YY-MM-DD" },
  excel: { fr: "AAAA-MM-JJ ou un nombre de jours d'Excel", en: "YYYY-MM-DD or Excel's number of days" },
};
const dates = (d: Required<Details>, language: Language) => (DATES[d.more] ?? DATES.dmy)?.[language];
const notADate: Sentence = {
  fr: (d) => `${shown(d)} n'est pas une date (colonne ${d.column}) : écrivez ${dates(d, "fr")}`,
  en: (d) => `${quoted(d)} is not a date (column ${d.column}): write ${dates(d, "en")}`,
};
const ambiguousDate: Sentence = {
  fr: (d) =>
    `${shown(d)} peut se lire comme deux dates (colonne ${d.column}) : précisez l'ordre avec --date-format dmy ou mdy`,
  en: (d) =>
    `${quoted(d)} can be read as two dates (column ${d.column}): give the order with --date-format dmy or mdy`,
};
const unclearTime: Sentence = {
  fr: (d) =>
    `l'heure de ${shown(d)} n'est pas comprise (colonne ${d.column}) : écrivez de 00:00 à 23:59:59, et un fuseau comme Z, UTC ou +01:00 (CET ou EST peut être plusieurs décalages)`,
  en: (d) =>
    `the time in ${quoted(d)} is not understood (column ${d.column}): write 00:00 to 23:59:59, and a zone as Z, UTC or +01:00 (CET or EST may be several offsets)`,
};
const ambiguous: Sentence = {
  fr: (d) =>
    `${shown(d)} peut se lire comme deux nombres (colonne ${d.column}) : précisez le séparateur avec --decimal point ou comma`,
  en: (d) =>
    `${quoted(d)} can be read as two numbers (column ${d.column}): give the separator with --decimal point or comma`,
};
const otherDecimal: Sentence = {
  fr: (d) =>
    `${shown(d)} : la colonne ${d.column} utilise ${d.more === "comma" ? "la virgule décimale" : "le point décimal"}, mais pas cette valeur : corrigez-la`,
  en: (d) =>
    `${quoted(d)}: column ${d.column} uses the decimal ${d.more}, but this value does not: correct it`,
};
const scientific: Sentence = {
  fr: (d) =>
    `${shown(d)} est en notation scientifique et a perdu ses derniers chiffres (colonne ${d.column}) : mettez la colonne au format Nombre dans le tableur, puis exportez de nouveau`,
  en: (d) =>
    `${quoted(d)} is in scientific notation and has lost its last digits (column ${d.column}): format the column as a number in the spreadsheet, then export again`,
};
const tooLarge: Sentence = {
  fr: (d) =>
    `${shown(d)} est hors limites (colonne ${d.column}) : écrivez au plus 12 chiffres avant la virgule`,
  en: (d) => `${quoted(d)} is out of range (column ${d.column}): write at most 12 digits before the point`,
};
const wrongCurrency: Sentence = {
  fr: (d) =>
    `${shown(d)} n'est pas en ${d.more}, la seule devise de cette base (VENTES_DEVISE) : convertissez le montant`,
  en: (d) =>
    `${quoted(d)} is not in ${d.more}, the only currency of this database (VENTES_DEVISE): convert the amount`,
};

/** What the program that publishes a bad event must do. */
const DESCRIBED: Readonly<Record<Language, () => string>> = {
  fr: () => `publiez-le comme le décrit ${command("topics --asyncapi")}`,
  en: () => `publish it as ${command("topics --asyncapi")} describes`,
};

/**
 * Why a record batch is not read: its checksum, length, number of records, records or offsets are wrong; it expands to
 * too much; its compressed data, or its format, is not what it should be; it has a codec that is not read.
 */
export type BrokenReason =
  | "checksum"
  | "length"
  | "count"
  | "record"
  | "offsets"
  | "expansion"
  | "compression"
  | "format"
  | "snappy"
  | "lz4"
  | "codec";

/** What is wrong with a record batch that cannot be read, by its reason; other reasons are a newer program's. */
const BROKEN: Readonly<Record<BrokenReason, Readonly<Record<Language, string>>>> = {
  checksum: { fr: "sa somme de contrôle est fausse", en: "its checksum is wrong" },
  length: { fr: "sa longueur est fausse", en: "its length is wrong" },
  count: { fr: "son nombre d'enregistrements est faux", en: "its number of records is wrong" },
  record: {
    fr: "un de ses enregistrements dépasse sa longueur",
    en: "a record in it does not fit its length",
  },
  offsets: { fr: "ses offsets sont faux", en: "its offsets are wrong" },
  expansion: { fr: "décompressé, il dépasse 64 Mio", en: "it expands to more than 64 MiB" },
  compression: { fr: "ses données compressées sont abîmées", en: "its compressed data are damaged" },
  format: {
    fr: "son format n'est pas celui de Kafka 0.11 et suivants",
    en: "its format is not that of Kafka 0.11 and later",
  },
  snappy: {
    fr: "il est compressé en snappy, or ventes lit zstd, gzip et les lots non compressés",
    en: "it is compressed with snappy, and ventes reads zstd, gzip and uncompressed batches",
  },
  lz4: {
    fr: "il est compressé en lz4, or ventes lit zstd, gzip et les lots non compressés",
    en: "it is compressed with lz4, and ventes reads zstd, gzip and uncompressed batches",
  },
  codec: { fr: "sa compression est inconnue", en: "its compression is unknown" },
};
const brokenBy = (d: Required<Details>, language: Language): string =>
  Object.hasOwn(BROKEN, d.value) ? BROKEN[d.value as BrokenReason][language] : d.value;

/** The sentence of each reject by its code, in both languages. Programs read the codes, so a code never changes. */
export const REJECT_SENTENCES = {
  "record.wrong_length": {
    fr: (d) =>
      `la ligne a ${d.value} champs au lieu de ${d.more} : corrigez ses séparateurs (un texte qui en contient un se met entre guillemets)`,
    en: (d) =>
      `the line has ${d.value} fields instead of ${d.more}: correct its delimiters (a text that has one in it goes in quotes)`,
  },
  "record.other_header": {
    fr: (d) =>
      `la ligne est sous un autre en-tête (ligne ${d.value}), dont les colonnes ne sont pas celles du fichier : publiez ces lignes dans un fichier à part`,
    en: (d) =>
      `the line stands under another header (line ${d.value}), whose columns are not those of the file: publish these lines as a file of their own`,
  },
  "record.bad_quotes": {
    fr: (d) => `guillemets mal fermés : ${d.value} : fermez-les, et doublez ceux du texte`,
    en: (d) => `quotes are not closed correctly: ${d.value}: close them, and double those of the text`,
  },
  "record.too_long": {
    fr: (d) => `l'enregistrement dépasse ${d.more} octets : raccourcissez-le, ou fermez ses guillemets`,
    en: (d) => `the record is longer than ${d.more} bytes: shorten it, or close its quotes`,
  },
  "record.too_large": {
    fr: (d) =>
      `l'événement de l'enregistrement ferait ${d.value} octets, la limite d'un topic est de ${d.more} : raccourcissez les textes de la ligne, ou supprimez-la si elle est corrompue`,
    en: (d) =>
      `the event of the record would have ${d.value} bytes, the limit of a topic is ${d.more}: shorten the texts of the line, or delete it if it is corrupt`,
  },
  "record.not_utf8": {
    fr: () => "la ligne n'est pas en UTF-8 : enregistrez le fichier en UTF-8",
    en: () => "the line is not UTF-8: save the file as UTF-8",
  },
  "record.nul": {
    fr: () => "la ligne contient un octet nul : le fichier est binaire ou endommagé, exportez-le à nouveau",
    en: () => "the line has a NUL byte: the file is binary or damaged, export it again",
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
  "date_vente.unclear_time": unclearTime,
  "date_effet.unclear_time": unclearTime,
  "date_vente.not_a_date": notADate,
  "date_effet.not_a_date": notADate,
  "date_effet.mixed": {
    fr: (d) =>
      `le produit ${d.value} a aussi des lignes datées dans ce fichier : donnez aussi une date_effet à cette ligne`,
    en: (d) => `product ${d.value} also has dated lines in this file: give this line a date_effet too`,
  },
  "event.not_json": {
    fr: (d) => `l'événement n'est pas du JSON (${d.value}) : ${DESCRIBED.fr()}`,
    en: (d) => `the event is not JSON (${d.value}): ${DESCRIBED.en()}`,
  },
  "event.no_key": {
    fr: () => `l'événement n'a pas de clé : ${DESCRIBED.fr()}`,
    en: () => `the event has no key: ${DESCRIBED.en()}`,
  },
  "event.tombstone": {
    fr: () => `l'événement n'a pas de valeur : ${DESCRIBED.fr()}`,
    en: () => `the event has no value: ${DESCRIBED.en()}`,
  },
  "event.broken_batch": {
    fr: (d) =>
      `le lot d'enregistrements jusqu'à l'offset ${d.more} est illisible (${brokenBy(d, "fr")}), et ce qu'il contenait manque aux chiffres : faites publier de nouveau ses événements ; si ventes les a publiés, arrêtez le producteur, supprimez son fichier producer.db et relancez-le : il publie ce qui manque`,
    en: (d) =>
      `the record batch up to offset ${d.more} cannot be read (${brokenBy(d, "en")}), and what it held is missing from the figures: have its events published again; if ventes published them, stop the producer, delete its file producer.db and start it again: it publishes what is missing`,
  },
  "event.unknown_version": {
    fr: (d) =>
      `l'événement est en version ${d.value} et ce programme lit la version 1 : mettez ventes à jour`,
    en: (d) => `the event has version ${d.value} and this program reads version 1: update ventes`,
  },
  "event.not_an_event": {
    fr: (d) => `l'événement n'a pas la forme attendue (${d.value}) : ${DESCRIBED.fr()}`,
    en: (d) => `the event does not have the expected form (${d.value}): ${DESCRIBED.en()}`,
  },
  "event.wrong_partition": {
    fr: (d) =>
      `la clé ${shown(d)} devrait être dans la partition ${d.more} : publiez-la avec le partitionneur murmur2 de Kafka`,
    en: (d) => `key ${quoted(d)} belongs in partition ${d.more}: publish it with Kafka's murmur2 partitioner`,
  },
  "event.wrong_key": {
    fr: (d) =>
      `la clé ${shown(d)} n'est pas l'identifiant de la ligne (${d.more}) : publiez l'événement avec cet identifiant comme clé`,
    en: (d) =>
      `key ${quoted(d)} is not the id in the row (${d.more}): publish the event with that id as its key`,
  },
} as const satisfies Record<string, Sentence>;

export type RejectCode = keyof typeof REJECT_SENTENCES;

/** Stands in a sentence for a detail that the reject does not have. */
const ABSENT: Required<Details> = { column: "?", value: "?", more: "?" };

const UNKNOWN: Readonly<Record<Language, (code: string, details: string) => string>> = {
  fr: (code, details) =>
    `rejeté avec le code ${code}, que cette version de ventes ne connaît pas : mettez ventes à jour ; détails : ${details}`,
  en: (code, details) =>
    `rejected with the code ${code}, which this version of ventes does not know: update ventes; details: ${details}`,
};

/** The sentence of a reject in a language. A newer program may have written a code that this one does not know. */
export const sentenceOf = (code: string, details: Details, language: Language): string =>
  Object.hasOwn(REJECT_SENTENCES, code)
    ? REJECT_SENTENCES[code as RejectCode][language]({ ...ABSENT, ...shortDetails(details) })
    : UNKNOWN[language](shortened(code, QUOTED), JSON.stringify(shortDetails(details)));

/** The most UTF-16 units of a detail: a value of the file may have a megabyte. */
const MOST_OF_DETAIL = 200;

/** The details with long values cut, as events and the database keep them. */
export const shortDetails = (details: Details): Details =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, shortened(value, MOST_OF_DETAIL)]),
  );

/** The inverse of the JSON in the column `rejets.details`. What is no text there is left out. */
export function parseDetails(json: string): Details {
  try {
    const parsed: unknown = JSON.parse(json);
    const entries = Object.entries(parsed ?? {}).filter(([, value]) => typeof value === "string");
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}
