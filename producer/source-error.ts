/**
 * Why a source cannot be read now: a stable code and a sentence that names the mend. The source is parked with it
 * until its next look; the others go on. Codes are for programs and never change.
 */
import * as Schema from "effect/Schema";
import type { Language } from "#shared/settings.ts";

interface Details {
  readonly source: string;
  /** A status, a path, a list of columns: whatever the sentence needs. */
  readonly what?: string;
  readonly more?: string;
}

type Sentence = Readonly<Record<Language, (d: Details) => string>>;

export const SOURCE_SENTENCES = {
  "source.bad_reference": {
    fr: (d) => `« ${d.source} » n'est ni un chemin ni une URL http, https ou file`,
    en: (d) => `${JSON.stringify(d.source)} is neither a path nor an http, https or file URL`,
  },
  "source.unknown_entity": {
    fr: (d) => `« ${d.what} » n'est pas connu : ${d.more}`,
    en: (d) => `there is no entity ${JSON.stringify(d.what)}: there are ${d.more}`,
  },
  "source.not_found": {
    fr: (d) => `${d.source} n'existe pas${d.what === undefined ? "" : ` (${d.what})`}`,
    en: (d) => `${d.source} does not exist${d.what === undefined ? "" : ` (${d.what})`}`,
  },
  "source.not_a_file": {
    fr: (d) => `${d.source} n'est pas un fichier`,
    en: (d) => `${d.source} is not a file`,
  },
  "source.not_readable": {
    fr: (d) => `${d.source} ne peut pas être lu (${d.what})`,
    en: (d) => `${d.source} cannot be read (${d.what})`,
  },
  "source.http_status": {
    fr: (d) => `${d.source} répond ${d.what}`,
    en: (d) => `${d.source} answers ${d.what}`,
  },
  "source.unreachable": {
    fr: (d) => `${d.source} est injoignable : ${d.what}`,
    en: (d) => `${d.source} cannot be reached: ${d.what}`,
  },
  "source.not_allowed": {
    fr: (d) => `${d.source} n'est pas permis : ${d.what}`,
    en: (d) => `${d.source} is not allowed: ${d.what}`,
  },
  "source.redirects": {
    fr: (d) => `${d.source} redirige plus de ${d.what} fois`,
    en: (d) => `${d.source} redirects more than ${d.what} times`,
  },
  "source.truncated": {
    fr: (d) => `${d.source} s'est arrêté en chemin : ${d.what}`,
    en: (d) => `${d.source} stopped halfway: ${d.what}`,
  },
  "source.too_large": {
    fr: (d) => `${d.source} dépasse la limite de ${d.what} octets`,
    en: (d) => `${d.source} is larger than the limit of ${d.what} bytes`,
  },
  "source.bad_encoding": {
    fr: (d) => `${d.source} : la compression ${d.what} ne se lit pas`,
    en: (d) => `${d.source}: its ${d.what} compression cannot be read`,
  },
  "source.html": {
    fr: (d) => `${d.source} est une page HTML, pas un CSV : donnez le lien du fichier lui-même`,
    en: (d) => `${d.source} is an HTML page, not a CSV: give the link of the file itself`,
  },
  "source.empty": {
    fr: (d) => `${d.source} est vide`,
    en: (d) => `${d.source} is empty`,
  },
  "source.workbook": {
    fr: (d) =>
      `${d.source} est un classeur ${d.what}, pas un CSV : enregistrez la feuille en « CSV UTF-8 », ou donnez son lien d'export CSV`,
    en: (d) =>
      `${d.source} is a workbook (${d.what}), not a CSV: save the sheet as "CSV UTF-8", or give its CSV export link`,
  },
  "source.document": {
    fr: (d) => `${d.source} est un document ${d.what}, pas un CSV : demandez les données elles-mêmes, en CSV`,
    en: (d) => `${d.source} is a document (${d.what}), not a CSV: ask for the data themselves, as CSV`,
  },
  "source.json": {
    fr: (d) =>
      `${d.source} est du JSON, pas un CSV : cherchez son export CSV (souvent le même lien avec format=csv)`,
    en: (d) =>
      `${d.source} is JSON, not a CSV: look for its CSV export (often the same link with format=csv)`,
  },
  "source.xml": {
    fr: (d) => `${d.source} est du XML, pas un CSV : cherchez son export CSV`,
    en: (d) => `${d.source} is XML, not a CSV: look for its CSV export`,
  },
  "source.image": {
    fr: (d) => `${d.source} est une image ${d.what}, pas un CSV : donnez le fichier dont elle est tirée`,
    en: (d) => `${d.source} is an image (${d.what}), not a CSV: give the file that it was made from`,
  },
  "source.archive": {
    fr: (d) =>
      `${d.source} est une archive ${d.what} : publiez le CSV lui-même, ou seul dans un .gz ou un .zip`,
    en: (d) => `${d.source} is an archive (${d.what}): publish the CSV itself, or alone in a .gz or a .zip`,
  },
  "source.database": {
    fr: (d) => `${d.source} est un fichier ${d.what}, pas un CSV : exportez la table en CSV`,
    en: (d) => `${d.source} is a ${d.what} file, not a CSV: export the table as CSV`,
  },
  "source.encoding_unknown": {
    fr: (d) => `${d.source} : l'encodage ${d.what} n'est pas connu ; il y a ${d.more}`,
    en: (d) => `${d.source}: encoding ${d.what} is not known; there are ${d.more}`,
  },
  "source.encoding_contradicted": {
    fr: (d) =>
      `${d.source} : vous avez dit ${d.what}, le fichier commence par la marque de ${d.more} : retirez --encoding`,
    en: (d) =>
      `${d.source}: you said ${d.what}, the file begins with the mark of ${d.more}: leave --encoding out`,
  },
  "source.encoding_undecided": {
    fr: (d) =>
      `${d.source} n'est pas en UTF-8 (dès la ligne ${d.what}), et rien ne dit en quoi : enregistrez-le en UTF-8, ou donnez --encoding (${d.more})`,
    en: (d) =>
      `${d.source} is not UTF-8 (from line ${d.what} on), and nothing tells what it is: save it as UTF-8, or give --encoding (${d.more})`,
  },
  "source.undecodable": {
    fr: (d) =>
      `${d.source} ne se lit pas en ${d.what} (vers la ligne ${d.more}) : donnez un autre --encoding`,
    en: (d) => `${d.source} does not decode as ${d.what} (around line ${d.more}): give another --encoding`,
  },
  "source.header_too_long": {
    fr: (d) => `${d.source} : son en-tête dépasse ${d.what} octets : est-ce bien un CSV ?`,
    en: (d) => `${d.source}: its header is longer than ${d.what} bytes: is it a CSV?`,
  },
  "source.too_many_columns": {
    fr: (d) => `${d.source} a ${d.what} colonnes : au plus ${d.more}`,
    en: (d) => `${d.source} has ${d.what} columns: at most ${d.more}`,
  },
  "source.no_key_columns": {
    fr: (d) => `${d.source} : colonnes trouvées : ${d.what} ; il manque : ${d.more}`,
    en: (d) => `${d.source}: columns found: ${d.what}; missing: ${d.more}`,
  },
  "source.wrong_entity": {
    fr: (d) => `${d.source} : vous avez dit ${d.what}, ce sont des ${d.more}`,
    en: (d) => `${d.source}: you said ${d.what}, these are ${d.more}`,
  },
  "source.identity_changed": {
    fr: (d) =>
      `${d.source} : la colonne ${d.what} a disparu ; elle identifie les ventes sans id_vente : remettez-la`,
    en: (d) =>
      `${d.source}: column ${d.what} has disappeared; it identifies sales without id_vente: put it back`,
  },
  "source.id_lost": {
    fr: (d) => `${d.source} : la colonne id_vente a disparu ; les ventes étaient numérotées : remettez-la`,
    en: (d) => `${d.source}: column id_vente has disappeared; its sales were numbered: put it back`,
  },
  "source.not_registered": {
    fr: (d) => `${d.source} n'est pas une source enregistrée : voyez 'ventes sources'`,
    en: (d) => `${d.source} is not a registered source: see 'ventes sources'`,
  },
} as const satisfies Record<string, Sentence>;

export type SourceErrorCode = keyof typeof SOURCE_SENTENCES;

export class SourceError extends Schema.TaggedError<SourceError>()("SourceError", {
  source: Schema.String,
  code: Schema.String,
  /** In the language of the settings. */
  sentence: Schema.String,
  /** The server asked to be left alone for this long (Retry-After), in milliseconds. */
  retryAfterMs: Schema.optionalKey(Schema.Number),
}) {
  override get message(): string {
    return this.sentence;
  }
}

export const sourceError = (code: SourceErrorCode, details: Details, language: Language): SourceError =>
  new SourceError({ source: details.source, code, sentence: SOURCE_SENTENCES[code][language](details) });

/** A failure without its language yet: thrown by plain code, turned into a SourceError by its caller. */
export class SourceRefusal extends Error {
  readonly code: SourceErrorCode;
  readonly what: string | undefined;
  readonly more: string | undefined;

  constructor(code: SourceErrorCode, what?: string, more?: string) {
    super(code);
    this.code = code;
    this.what = what;
    this.more = more;
  }

  toError(source: string, language: Language): SourceError {
    const { what, more } = this;
    return sourceError(
      this.code,
      { source, ...(what === undefined ? {} : { what }), ...(more === undefined ? {} : { more }) },
      language,
    );
  }
}
