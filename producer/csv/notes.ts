/**
 * Notes on how a file was read. Nothing is wrong with the file, but its operator should know. A note has a stable
 * code and a sentence in both languages, which the status of the source shows.
 */
import type { Language } from "#shared/runtime/settings.ts";

export interface ReadingNote {
  readonly code: ReadingNoteCode;
  /** What the sentence needs: an encoding, a line, a number. */
  readonly what?: string;
  readonly more?: string;
}

type Sentence = Readonly<Record<Language, (n: ReadingNote) => string>>;

/** The column and the field of `column=field`. */
const columnOf = ({ what = "" }: ReadingNote): string => what.slice(0, what.indexOf("="));
const fieldOf = ({ what = "" }: ReadingNote): string => what.slice(what.indexOf("=") + 1);

/** The line and the count of `line: count`. */
const lineOf = ({ what = "" }: ReadingNote): string => what.slice(0, what.indexOf(":"));
const linesOf = ({ what = "" }: ReadingNote): string => what.slice(what.indexOf(":") + 2);

/** The sentence of each note, by its code, in both languages. */
export const READING_NOTES = {
  "encoding.mark": {
    fr: (n) => `lu en ${n.what} : le fichier commence par sa marque`,
    en: (n) => `read as ${n.what}: the file begins with its mark`,
  },
  "encoding.nuls": {
    fr: (n) => `lu en ${n.what} : un octet sur deux est nul`,
    en: (n) => `read as ${n.what}: every other byte is NUL`,
  },
  "encoding.letters": {
    fr: (n) => `lu en ${n.what} : ce n'est pas de l'UTF-8, et ainsi les accents tombent juste (${n.more})`,
    en: (n) => `read as ${n.what}: it is not UTF-8, and so its accents make sense (${n.more})`,
  },
  "encoding.charset": {
    fr: (n) => `lu en ${n.what} : le serveur le dit, et tout s'y lit`,
    en: (n) => `read as ${n.what}: the server says so, and all of it decodes`,
  },
  "encoding.charset_not_believed": {
    fr: (n) => `le serveur dit ${n.what}, le contenu dit ${n.more} : c'est lui qui est cru`,
    en: (n) => `the server says ${n.what}, the content says ${n.more}: the content is believed`,
  },
  "encoding.mixed": {
    fr: (n) =>
      `${n.what} caractères auraient un sens en UTF-8, le reste n'en a qu'en ${n.more} : vérifiez-les`,
    en: (n) => `${n.what} characters would make sense in UTF-8, the rest only does in ${n.more}: check them`,
  },
  "encoding.bad_bytes": {
    fr: (n) =>
      `lu en UTF-8 : ${n.what} caractères s'y lisent, ${n.more} octets non (leurs lignes sont mises de côté)`,
    en: (n) =>
      `read as UTF-8: ${n.what} characters decode, ${n.more} bytes do not (their lines are set aside)`,
  },
  "encoding.changed": {
    fr: (n) => `l'encodage a changé : ${n.what} avant, ${n.more} maintenant`,
    en: (n) => `its encoding has changed: ${n.what} before, ${n.more} now`,
  },
  "delimiter.changed": {
    fr: (n) => `le séparateur a changé : ${n.what} avant, ${n.more} maintenant`,
    en: (n) => `its delimiter has changed: ${n.what} before, ${n.more} now`,
  },
  "delimiter.said": {
    fr: (n) => `une ligne sep= dit le séparateur : ${n.what}`,
    en: (n) => `a line sep= says its delimiter: ${n.what}`,
  },
  "quote.single": {
    fr: () => "les champs sont entre apostrophes",
    en: () => "its fields are in single quotes",
  },
  "quote.none": {
    fr: () => "les guillemets n'y entourent pas les champs : ils sont lus comme tout autre caractère",
    en: () => "its quotes do not enclose fields: they are read like any other character",
  },
  "escape.backslash": {
    fr: () => "dans les champs, une barre oblique inverse précède les guillemets",
    en: () => "a backslash stands before quotes inside fields",
  },
  "line_ends.cr": {
    fr: () => "ses lignes finissent par CR (ancien Mac)",
    en: () => "its lines end with CR (old Mac)",
  },
  "line_ends.mixed": {
    fr: () => "ses lignes finissent tantôt par CR, tantôt par LF",
    en: () => "its lines end with CR here and with LF there",
  },
  "header.preamble": {
    fr: (n) => `l'en-tête est à la ligne ${n.what} : ce qui précède est laissé`,
    en: (n) => `its header is on line ${n.what}: what comes before is left out`,
  },
  "header.none": {
    fr: () => "sans en-tête : les colonnes sont celles qui ont été données",
    en: () => "without a header: its columns are those that were given",
  },
  "header.trailing_delimiters": {
    fr: (n) => `l'en-tête finit par ${n.what} séparateur(s) de trop : ces colonnes vides sont laissées`,
    en: (n) => `its header ends in ${n.what} delimiter(s) too many: these empty columns are left out`,
  },
  "records.trailing_delimiters": {
    fr: (n) => `chaque ligne finit par ${n.what} séparateur(s) de trop : ces champs vides sont laissés`,
    en: (n) => `each line ends in ${n.what} delimiter(s) too many: these empty fields are left out`,
  },
  "columns.kept": {
    fr: (n) =>
      `${columnOf(n)} reste lu dans « ${n.more} », comme dans la version précédente, et non dans « ${fieldOf(n)} » : pour le changer, donnez à sources add --map ${n.what}`,
    en: (n) =>
      `${columnOf(n)} stays read from "${n.more}", as in the version before, and not from "${fieldOf(n)}": to change it, give sources add --map ${n.what}`,
  },
  "columns.left_out": {
    fr: (n) => `colonnes laissées de côté, non publiées : ${n.what}`,
    en: (n) => `columns left out, not published: ${n.what}`,
  },
  "columns.personal": {
    fr: (n) =>
      `colonnes laissées de côté, non publiées, car leur nom est celui de données personnelles : ${n.what} (pour les publier : --keep)`,
    en: (n) =>
      `columns left out, not published, for their names are of personal data: ${n.what} (to publish them: --keep)`,
  },
  "columns.personal_values": {
    fr: (n) =>
      `colonnes laissées de côté, non publiées, car leurs valeurs sont des adresses e-mail, des numéros de téléphone, de compte ou de carte : ${n.what} (pour les publier : --keep)`,
    en: (n) =>
      `columns left out, not published, for their values are e-mail addresses or numbers of telephones, accounts or cards: ${n.what} (to publish them: --keep)`,
  },
  "columns.in_ids": {
    fr: (n) =>
      `colonnes non publiées, mais lues pour les identifiants des ventes, qui en contiennent une empreinte : ${n.what} (de nouveaux identifiants sans elles : --rekey)`,
    en: (n) =>
      `columns not published, but read for the ids of sales, which hold a hash of them: ${n.what} (new ids without them: --rekey)`,
  },
  "header.not_wide": {
    fr: (n) =>
      `lu comme des ventes seules : ${n.what} n'est pas le même à chaque fois (${n.more}) ; pour l'y lire quand même, nommez les entités : produits,magasins,ventes`,
    en: (n) =>
      `read as sales alone: ${n.what} is not always the same (${n.more}); to read it all the same, name the entities: produits,magasins,ventes`,
  },
  "lines.skipped": {
    fr: (n) => `les ${n.what} premières lignes sont laissées (--skip-lines)`,
    en: (n) => `the first ${n.what} lines are left out (--skip-lines)`,
  },
  "comments.left_out": {
    fr: (n) => `${n.what} ligne(s) de commentaire laissée(s)`,
    en: (n) => `${n.what} comment line(s) left out`,
  },
  "headers.left_out": {
    fr: (n) => `l'en-tête revient ${n.what} fois au milieu : ces lignes sont laissées`,
    en: (n) => `its header comes again ${n.what} time(s): these lines are left out`,
  },
  "headers.other": {
    fr: (n) =>
      `un autre en-tête est à la ligne ${n.what}, dans un autre ordre : les ${n.more} ligne(s) qui suivent sont lues d'après lui`,
    en: (n) =>
      `another header is on line ${n.what}, in another order: the ${n.more} line(s) below are read by it`,
  },
  "headers.aside": {
    fr: (n) =>
      `un autre en-tête est à la ligne ${lineOf(n)}, avec des colonnes que le fichier n'a pas (${n.more}) : les ${linesOf(n)} ligne(s) qui suivent sont mises de côté ; publiez-les dans un fichier à part`,
    en: (n) =>
      `another header is on line ${lineOf(n)}, with columns that the file does not have (${n.more}): the ${linesOf(n)} line(s) below are set aside; publish them as a file of their own`,
  },
  "totals.left_out": {
    fr: (n) => `${n.what} ligne(s) de total laissée(s)`,
    en: (n) => `${n.what} line(s) of totals left out`,
  },
  "records.filled": {
    fr: (n) => `${n.what} ligne(s) sans leurs derniers champs : ils sont pris pour vides`,
    en: (n) => `${n.what} line(s) lack their last fields: they are taken as empty`,
  },
  "values.unwrapped": {
    fr: (n) => `${n.what} valeur(s) écrites comme des formules (="007") : seul leur texte est pris`,
    en: (n) => `${n.what} value(s) written as formulas (="007"): only their text is taken`,
  },
  "times.unread": {
    fr: (n) =>
      `${n.what} heure(s) ne se lisent pas (« ${n.more} ») et restent comme elles sont écrites ; une heure se lit comme 14:05, 14h05 ou 2:05 PM, sans fuseau`,
    en: (n) =>
      `${n.what} time(s) of day cannot be read ("${n.more}") and stay as they are written; a time is read as 14:05, 14h05 or 2:05 PM, without a zone`,
  },
  "ids.look_alike": {
    fr: (n) => `${n.what} identifiant(s) se ressemblent sans être les mêmes : ${n.more}`,
    en: (n) => `${n.what} id(s) look the same and are not: ${n.more}`,
  },
} as const satisfies Record<string, Sentence>;

export type ReadingNoteCode = keyof typeof READING_NOTES;

/** The sentence of a note in a language, as `ventes inspect` and the status of the source show it. */
export const noteSentence = (note: ReadingNote, language: Language): string =>
  READING_NOTES[note.code][language](note);
