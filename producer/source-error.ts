/**
 * Why a source cannot be read now: a stable code and a sentence that names the mend. The source is parked with it
 * until its next look; the others go on. Codes are for programs and never change.
 */
import * as Schema from "effect/Schema";
import { masked } from "#shared/masked.ts";
import type { Language } from "#shared/settings.ts";
import { shareLinkOf } from "./download/share-links.ts";

interface Details {
  /** As it is shown. */
  readonly source: string;
  /** A status, a path, a list of columns: whatever the sentence needs. */
  readonly what?: string;
  readonly more?: string;
  /** The link of the file, where the source is known to be the link of a page about it. */
  readonly file?: string;
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
  "source.credentials_in_url": {
    fr: (d) =>
      `${d.source} contient un identifiant ou un mot de passe, qui resterait dans les topics : donnez l'URL sans eux, et dans VENTES_CREDENTIALS la ligne « URL basic UTILISATEUR:MOT_DE_PASSE »`,
    en: (d) =>
      `${d.source} has a user or password in it, which would stay in the topics: give the URL without them, and in VENTES_CREDENTIALS the line "URL basic USER:PASSWORD"`,
  },
  "source.unauthorized": {
    fr: (d) =>
      d.more === undefined
        ? `${d.source} répond ${d.what} : VENTES_CREDENTIALS n'a rien pour elle ; ajoutez « DÉBUT_DE_L_URL basic UTILISATEUR:MOT_DE_PASSE » ou « DÉBUT_DE_L_URL bearer JETON »`
        : `${d.source} répond ${d.what} à « ${d.more} » : corrigez cette ligne de VENTES_CREDENTIALS`,
    en: (d) =>
      d.more === undefined
        ? `${d.source} answers ${d.what}: VENTES_CREDENTIALS has nothing for it; add "URL_PREFIX basic USER:PASSWORD" or "URL_PREFIX bearer TOKEN"`
        : `${d.source} answers ${d.what} to "${d.more}": mend that line of VENTES_CREDENTIALS`,
  },
  "source.share_link": {
    fr: (d) => `${d.source} est une page de ${d.what}, pas le fichier lui-même : donnez ${d.more}`,
    en: (d) => `${d.source} is a page of ${d.what}, not the file itself: give ${d.more}`,
  },
  "source.older": {
    fr: (d) =>
      `${d.source} est un état plus ancien (${d.what}) que celui qui a été lu (${d.more}) : il n'est pas pris, et elle sera relue ; s'il est le bon, publiez-le à nouveau avec une date récente`,
    en: (d) =>
      `${d.source} is of an older state (${d.what}) than the one that was read (${d.more}): it is not taken, and will be looked at again; if it is the right one, publish it again with a recent date`,
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
  "source.private_address": {
    fr: (d) =>
      `${d.source} mène à une adresse privée, ou qui ne peut pas être vérifiée : ${d.what} ; si c'est voulu : --allow-private (VENTES_ALLOW_PRIVATE=1)`,
    en: (d) =>
      `${d.source} leads to an address that is private, or that cannot be checked: ${d.what}; if it is meant: --allow-private (VENTES_ALLOW_PRIVATE=1)`,
  },
  "source.proxy": {
    fr: (d) => `${d.source} : le proxy répond ${d.what} : voyez HTTP_PROXY, HTTPS_PROXY et NO_PROXY`,
    en: (d) => `${d.source}: the proxy answers ${d.what}: see HTTP_PROXY, HTTPS_PROXY and NO_PROXY`,
  },
  "source.not_http": {
    fr: (d) => `${d.source} répond autre chose que du HTTP lisible : ${d.what}`,
    en: (d) => `${d.source} answers something else than readable HTTP: ${d.what}`,
  },
  "source.too_slow": {
    fr: (d) => `${d.source} envoie trop lentement (${d.what} octets) : arrêté, repris au prochain regard`,
    en: (d) => `${d.source} sends too slowly (${d.what} bytes): cut, taken up at the next look`,
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
  "source.bad_archive": {
    fr: (d) => `${d.source} : l'archive ${d.what} est tronquée ou abîmée : ${d.more}`,
    en: (d) => `${d.source}: its ${d.what} archive is cut or corrupt: ${d.more}`,
  },
  "source.nested_archive": {
    fr: (d) =>
      `${d.source} est une archive dans une archive (${d.what}) : publiez le CSV, en .gz ou .zip au plus`,
    en: (d) => `${d.source} is an archive in an archive (${d.what}): publish the CSV, as .gz or .zip at most`,
  },
  "source.not_a_zip": {
    fr: (d) => `${d.source} n'est pas un zip : il n'y a pas de fichier « ${d.what} » dedans`,
    en: (d) => `${d.source} is not a zip: there is no file ${JSON.stringify(d.what)} in it`,
  },
  "source.zip_entries": {
    fr: (d) => `${d.source} contient plusieurs fichiers (${d.what}) : nommez-en un, URL#${d.more}`,
    en: (d) => `${d.source} holds several files (${d.what}): name one, URL#${d.more}`,
  },
  "source.zip_no_entry": {
    fr: (d) => `${d.source} ne contient pas de fichier « ${d.what} », mais : ${d.more || "rien"}`,
    en: (d) => `${d.source} holds no file ${JSON.stringify(d.what)}, but: ${d.more || "nothing"}`,
  },
  "source.zip_encrypted": {
    fr: (d) => `${d.source} : « ${d.what} » est chiffré : publiez un zip sans mot de passe`,
    en: (d) => `${d.source}: ${JSON.stringify(d.what)} is encrypted: publish a zip without a password`,
  },
  "source.html": {
    fr: (d) =>
      `${d.source} est une page HTML, pas un CSV : donnez ${d.file ?? "le lien du fichier lui-même"}`,
    en: (d) => `${d.source} is an HTML page, not a CSV: give ${d.file ?? "the link of the file itself"}`,
  },
  "source.empty": {
    fr: (d) => `${d.source} est vide`,
    en: (d) => `${d.source} is empty`,
  },
  "source.not_utf8": {
    fr: (d) => `${d.source} n'est pas en UTF-8 (vers la ligne ${d.what}) : enregistrez-le en UTF-8`,
    en: (d) => `${d.source} is not UTF-8 (around line ${d.what}): save it as UTF-8`,
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

/** `details.source` is the source's id or what was given for it; the sentence shows it without its secrets. */
export function sourceError(code: SourceErrorCode, details: Details, language: Language): SourceError {
  const { source } = details;
  const file = shareLinkOf(source)?.file;
  const sentence = SOURCE_SENTENCES[code][language];
  return new SourceError({
    source,
    code,
    sentence: sentence({ ...details, source: masked(source), ...(file === undefined ? {} : { file }) }),
  });
}

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
