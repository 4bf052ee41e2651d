/** The sentences of source errors, in both languages. Each says what is wrong, where, and what to do. */
import { command, shellArgument } from "#shared/runtime/command.ts";
import type { Language } from "#shared/runtime/settings.ts";

export interface Details {
  /** The id, or the text that a user gave, without secrets. */
  readonly source: string;
  /** What the sentence needs: a status, a path, a list of columns, ... */
  readonly what?: string;
  readonly more?: string;
  /** The columns that still tell the sales apart, as `--key` takes them. */
  readonly key?: string;
  /** The link of the file itself, if the source is a known link to a page about it. */
  readonly file?: string;
  /** What the operator gave with the source, for a command that says it again. */
  readonly given?: Given;
}

/** What `sources add` was given besides the source: it is not registered yet, so a next command repeats it. */
export interface Given {
  readonly entities?: readonly string[] | undefined;
  /** Options as words of a shell: `--decimal comma`. */
  readonly flags: readonly string[];
}

type Sentence = Readonly<Record<Language, (d: Details) => string>>;

const remove = (source: string): string => command(`sources remove ${shellArgument(source)}`);
/** Options that may be given several times: each adds to the others. */
const REPEATED: ReadonlySet<string> = new Set(["--map", "--set"]);
const nameOf = (flag: string): string => flag.split(" ", 1)[0] as string;
/** `sources add` with what was given, and with these flags, which replace the given ones of the same name. */
const add = ({ source, given }: Pick<Details, "source" | "given">, ...flags: readonly string[]): string => {
  const names = flags.map(nameOf).filter((name) => !REPEATED.has(name));
  const kept = (given?.flags ?? []).filter((flag) => !names.includes(nameOf(flag)));
  const entities = given?.entities === undefined ? [] : [given.entities.join(",")];
  return command(["sources add", ...entities, shellArgument(source), ...kept, ...flags].join(" "));
};
/** The same, with these entities in place of those given. */
const addAs = (d: Details, entities: readonly string[] | undefined, ...flags: readonly string[]): string =>
  add({ source: d.source, given: { entities, flags: d.given?.flags ?? [] } }, ...flags);
/** What stands in a command for a word that the user fills in. */
const PLACEHOLDERS = {
  fr: { column: "COLONNE", name: "NOM", value: "VALEUR" },
  en: { column: "COLUMN", name: "NAME", value: "VALUE" },
} as const satisfies Record<Language, unknown>;
/** `--map COLUMN=FIELD` for each missing column; with `field` where there is one for one. The texts are lists, or say more. */
const mapping = (
  columns: string | undefined,
  field: string | undefined,
  language: Language,
): readonly string[] => {
  const { column, name } = PLACEHOLDERS[language];
  const isList = columns !== undefined && !/[(/…]/.test(columns);
  const missing = isList ? columns.split(", ") : [column];
  const isOne = isList && missing.length === 1 && field !== undefined && !/[,…]/.test(field);
  return missing.map((one) => `--map ${shellArgument(`${one}=${isOne ? field : name}`)}`);
};
/** `sources add` with these columns; of several entities those of the one that lacks the fewest. `more`: as in `mapping`. */
const addMapped = (d: Details, language: Language): string => {
  const entities = (d.more ?? "").split(" / ").flatMap((one) => {
    const [, entity, missing] = /^(\S+) \((.+)\)$/.exec(one) ?? [];
    return entity === undefined || missing === undefined ? [] : [{ entity, missing }];
  });
  const size = ({ missing }: { readonly missing: string }) => missing.split(", ").length;
  const [nearest] = entities.toSorted((a, b) => size(a) - size(b));
  if (nearest === undefined) return add(d, ...mapping(d.more, undefined, language));
  return addAs(d, [nearest.entity], ...mapping(nearest.missing, undefined, language));
};
/** `sources add` with what was given, but for `wrong` in an option: `to` in its place. `what`: the option and `wrong`. */
const addInstead = (d: Details, to: string, form: (to: string) => string): string => {
  const [option = "", ...words] = (d.what ?? "").split(" ");
  const wrong = words.join(" ");
  const flags = d.given?.flags ?? [];
  const isWrong = (flag: string) => nameOf(flag) === option && flag.includes(wrong);
  if (!flags.some(isWrong)) return add(d, `${option} ${shellArgument(form(to))}`);
  const mended = flags.map((flag) => (isWrong(flag) ? flag.replace(wrong, to) : flag));
  return add({ ...d, given: { ...d.given, flags: mended } });
};
/** An option that names a field, with another one: `--map COLUMN=NAME`, `--where NAME=VALUE`, `--key NAME`. */
const otherField = (d: Details, language: Language): string => {
  const { column, name, value } = PLACEHOLDERS[language];
  const option = nameOf(d.what ?? "");
  const form = (to: string) =>
    option === "--map" ? `${column}=${to}` : option === "--where" ? `${to}=${value}` : to;
  return addInstead(d, name, form);
};
/** An option that names a column, with another one: `--set COLUMN=VALUE`. */
const otherColumn = (d: Details, language: Language): string => {
  const { column, value } = PLACEHOLDERS[language];
  return addInstead(d, column, (to) => `${to}=${value}`);
};
/** The command that sets another value of the column. `what`: `COLUMN=VALUE`. */
const otherValue = (d: Details): string => {
  const [column = ""] = (d.what ?? "").split("=");
  const value = column.startsWith("date") ? "2026-01-31" : "12.5";
  const flags = (d.given?.flags ?? []).filter(
    (flag) => !(nameOf(flag) === "--set" && flag.includes(`${column}=`)),
  );
  return add({ ...d, given: { ...d.given, flags } }, `--set ${shellArgument(`${column}=${value}`)}`);
};
/** The command that names so many columns. */
const naming = (d: Details, name: string): string => {
  const names = Array.from({ length: Number(d.more) || 1 }, (_, i) => `${name}${i + 1}`);
  return add(d, "--no-header", `--columns ${names.join(",")}`);
};
const moveTo = (source: string, to: string): string => command(`sources move ${shellArgument(source)} ${to}`);
const again: Readonly<Record<Language, string>> = {
  fr: "une source suivie est relue à son heure",
  en: "a followed source is polled again in its turn",
};

/** What a field that may be a column has in its name. */
const MAY_BE: Readonly<Record<string, RegExp>> = {
  date_vente: /date|jour|\bday\b|horodat/i,
  quantité: /qt[ée]|qty|quant|\bnb|nombre|combien|pi[èe]ces|\bunit[ées]*s\b|menge|anzahl/i,
  id_magasin:
    /outlet|location|warehouse|d[ée]p[ôo]t|boutique|magasin|shop|store|point de vente|[ée]tablissement/i,
  id_produit: /sku|article|produit|product|item|r[ée]f|libell|d[ée]signation|description/i,
};
/**
 * The command that gives the columns that sales lack. Where one field alone may be the column, it is named. Where none may
 * be, shop and quantity may be the same for all lines.
 */
const giving = (d: Details, language: Language): string => {
  const { name, column: field } = PLACEHOLDERS[language];
  const fields = (d.what ?? "").split(", ");
  const flags = (d.more ?? "").split(", ").map((column) => {
    const [found, ...others] = fields.filter((one) => MAY_BE[column]?.test(one) === true);
    const one = found === undefined || others.length > 0 || found.includes("…") ? field : found;
    if (found !== undefined) return `--map ${shellArgument(`${column}=${one}`)}`;
    if (column === "id_magasin") return `--set ${column}=${name}`;
    return column === "quantité" ? `--set ${column}=1` : `--map ${column}=${field}`;
  });
  return addAs(d, ["ventes"], ...flags);
};

/** The command that tells sales apart by the columns that are left. */
const byKey = (d: Details): string => add(d, `--key ${shellArgument(d.key ?? "")}`, "--rekey");
/** The commands that withdraw a source and add it again. */
const withdrawAndAdd = (d: Details): string =>
  `${command(`sources remove ${shellArgument(d.source)} --withdraw`)} && ${add(d)}`;

/** The command for a list with a date that is none of sales: of shops when it names no product. */
const asList = (d: Details, language: Language): string => {
  const lacks = new Set(d.more?.split(", "));
  if (lacks.has("id_produit") && lacks.has("id_magasin")) return "";
  const isOfShops = lacks.has("id_produit");
  const what = {
    fr: ` ; si c'est une liste de ${isOfShops ? "magasins" : "produits"} : `,
    en: `; if it is a list of ${isOfShops ? "shops" : "products"}: `,
  }[language];
  return `${what}${addAs(d, [isOfShops ? "magasins" : "produits"])}`;
};

export const SOURCE_SENTENCES = {
  "source.bad_reference": {
    fr: (d) =>
      `« ${d.source} » n'est ni un chemin ni une URL http, https ou file : donnez le chemin d'un fichier, ou une adresse qui commence par https://`,
    en: (d) =>
      `${JSON.stringify(d.source)} is neither a path nor an http, https or file URL: give the path of a file, or an address that begins with https://`,
  },
  "source.bad_file_url": {
    fr: (d) =>
      `${d.source} n'est pas un chemin de cette machine (${d.what}) : donnez le chemin lui-même, ou file:///DOSSIER/FICHIER sans nom d'hôte, en écrivant %25 pour un « % » du nom`,
    en: (d) =>
      `${d.source} is no path of this machine (${d.what}): give the path itself, or file:///FOLDER/FILE without a host name, with %25 for a "%" in the name`,
  },
  "source.id_too_long": {
    fr: (d) =>
      `${d.source} : l'adresse fait ${d.what} octets, la limite est de ${d.more} : donnez-en une plus courte`,
    en: (d) => `${d.source}: the address has ${d.what} bytes, the limit is ${d.more}: give a shorter one`,
  },
  "source.defect": {
    fr: (d) =>
      `${d.source} provoque une erreur imprévue du programme (${d.what}) : les autres sources continuent, et celle-ci sera relue ; signalez la trace, qui est dans la sortie d'erreur du producteur, et si l'erreur persiste retirez la source : ${remove(d.source)}`,
    en: (d) =>
      `${d.source} causes an unforeseen error of the program (${d.what}): the other sources go on, and this one will be polled again; report the trace, which is in the producer's error output, and remove the source if the error persists: ${remove(d.source)}`,
  },
  "source.record_too_large": {
    fr: (d) =>
      `${d.source} : l'enregistrement à publier fait ${d.what} octets, et le topic en accepte ${d.more} : raccourcissez l'en-tête ou les options de la source, ou augmentez max.message.bytes du topic`,
    en: (d) =>
      `${d.source}: the record to publish has ${d.what} bytes, and the topic accepts ${d.more}: shorten the header or the options of the source, or raise the topic's max.message.bytes`,
  },
  "source.disk_reserve": {
    fr: (d) =>
      `${d.source} n'est pas lu : son téléchargement entamerait la réserve du disque (libres : ${d.what} octets ; réserve : ${d.more} octets) : libérez de la place, ou retirez la source si elle est sans fin : ${remove(d.source)}`,
    en: (d) =>
      `${d.source} is not read: its download would use up the reserve of the disk (free: ${d.what} bytes; reserve of ${d.more} bytes): make room, or remove the source if it has no end: ${remove(d.source)}`,
  },
  "source.no_room": {
    fr: (d) =>
      `${d.source} n'est pas lu : le disque de ${d.more} est plein (${d.what}) : libérez de la place ; la base et les topics continuent`,
    en: (d) =>
      `${d.source} is not read: the disk of ${d.more} is full (${d.what}): make room; the database and the topics go on`,
  },
  "source.no_descriptors": {
    fr: (d) =>
      `${d.source} n'est pas lu : le programme a trop de fichiers et de connexions ouverts (${d.what}) : augmentez la limite (ulimit -n)`,
    en: (d) =>
      `${d.source} is not read: the program has too many files and connections open (${d.what}): raise the limit (ulimit -n)`,
  },
  "source.spool": {
    fr: (d) =>
      `${d.source} n'est pas lu : un fichier de travail de ${d.more} n'est plus utilisable (${d.what}) : la source sera relue ; ne touchez pas à ce dossier`,
    en: (d) =>
      `${d.source} is not read: a working file in ${d.more} cannot be used any more (${d.what}): the source will be polled again; do not change that folder`,
  },
  "registration.not_json": {
    fr: (d) =>
      `${d.source} : l'enregistrement du topic sources n'est pas du JSON : retirez-le : ${remove(d.source)}`,
    en: (d) => `${d.source}: its record in the topic sources is not JSON: remove it: ${remove(d.source)}`,
  },
  "registration.not_valid": {
    fr: (d) =>
      `${d.source} : l'enregistrement du topic sources n'est pas valide (${d.what}) : corrigez le programme qui l'a écrit, ou retirez-le : ${remove(d.source)}`,
    en: (d) =>
      `${d.source}: its record in the topic sources is not valid (${d.what}): correct the program that wrote it, or remove it: ${remove(d.source)}`,
  },
  "registration.many_not_valid": {
    fr: (d) =>
      `le topic sources a plus de ${d.what} enregistrements qui ne sont pas valides : corrigez le programme qui les a écrits, puis retirez-les tous : ${command("sources remove --invalid")}`,
    en: (d) =>
      `the topic sources has more than ${d.what} records that are not valid: correct the program that wrote them, then remove them all: ${command("sources remove --invalid")}`,
  },
  "registration.other_key": {
    fr: (d) =>
      `${d.source} : l'enregistrement du topic sources sous cette clé est celui d'une autre source (${d.what}) : corrigez le programme qui l'a écrit, ou retirez-le : ${remove(d.source)}`,
    en: (d) =>
      `${d.source}: the record with this key in the topic sources is that of another source (${d.what}): correct the program that wrote it, or remove it: ${remove(d.source)}`,
  },
  "source.unknown_entity": {
    fr: (d) => `« ${d.what} » n'est pas une entité : donnez l'une de celles-ci : ${d.more}`,
    en: (d) => `there is no entity ${JSON.stringify(d.what)}: give one of these: ${d.more}`,
  },
  "source.unknown_option": {
    fr: (d) => `il n'y a pas d'option ${JSON.stringify(d.what)} : donnez l'une de celles-ci : ${d.more}`,
    en: (d) => `there is no option ${JSON.stringify(d.what)}: give one of these: ${d.more}`,
  },
  "source.bad_option": {
    fr: (d) => `${d.what} : donnez ${d.more}`,
    en: (d) => `${d.what}: give ${d.more}`,
  },
  "source.not_found": {
    fr: (d) =>
      `${d.source} n'existe pas${d.what === undefined ? "" : ` (${d.what})`} : vérifiez l'adresse ; si une source suivie a changé d'adresse : ${moveTo(d.source, "NOUVELLE_ADRESSE")} ; si elle n'existe plus : ${remove(d.source)}`,
    en: (d) =>
      `${d.source} does not exist${d.what === undefined ? "" : ` (${d.what})`}: check the address; if a followed source has moved: ${moveTo(d.source, "NEW_ADDRESS")}; if it is gone for good: ${remove(d.source)}`,
  },
  "source.not_a_file": {
    fr: (d) =>
      `${d.source} n'est pas un fichier : donnez l'adresse d'un fichier, ou suivez tous les fichiers d'un dossier : ${add(d, "--catalogue")}`,
    en: (d) =>
      `${d.source} is not a file: give the address of a file, or follow all files of a folder: ${add(d, "--catalogue")}`,
  },
  "source.not_readable": {
    fr: (d) =>
      `${d.source} ne peut pas être lu (${d.what}) : donnez au compte qui exécute ventes le droit de lire le fichier et de traverser ses dossiers ; ${again.fr}`,
    en: (d) =>
      `${d.source} cannot be read (${d.what}): give the account that runs ventes the right to read the file and to enter its folders; ${again.en}`,
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
        : `${d.source} answers ${d.what} to "${d.more}": correct that line of VENTES_CREDENTIALS`,
  },
  "source.share_link": {
    fr: (d) => `${d.source} est une page de ${d.what}, pas le fichier lui-même : donnez ${d.more}`,
    en: (d) => `${d.source} is a page of ${d.what}, not the file itself: give ${d.more}`,
  },
  "source.older": {
    fr: (d) =>
      `${d.source} : le contenu publié (${d.what}) est plus ancien que celui déjà lu (${d.more}) : il est refusé, et la source sera relue ; si c'est le bon, publiez-le à nouveau avec une date récente`,
    en: (d) =>
      `${d.source}: the published content (${d.what}) is older than the content already read (${d.more}): it is refused, and the source will be polled again; if it is the right content, publish it again with a recent date`,
  },
  "source.http_status": {
    fr: (d) =>
      `${d.source} répond ${d.what} : ouvrez l'adresse dans un navigateur, et si elle y échoue aussi, prévenez l'administrateur du serveur ; ${again.fr}`,
    en: (d) =>
      `${d.source} answers ${d.what}: open the address in a browser, and if it fails there too, tell the administrator of the server; ${again.en}`,
  },
  "source.certificate": {
    fr: (d) =>
      `${d.source} : le certificat du serveur vient d'une autorité inconnue (${d.what}) : donnez le certificat de cette autorité, en PEM, dans le fichier que nomme VENTES_CA_FILE`,
    en: (d) =>
      `${d.source}: the certificate of the server is of an unknown authority (${d.what}): give the certificate of that authority, as PEM, in the file that VENTES_CA_FILE names`,
  },
  "source.unreachable": {
    fr: (d) =>
      `${d.source} est injoignable : ${d.what} : vérifiez l'adresse, le réseau et HTTPS_PROXY ; ${again.fr}`,
    en: (d) =>
      `${d.source} cannot be reached: ${d.what}: check the address, the network and HTTPS_PROXY; ${again.en}`,
  },
  "source.not_allowed": {
    fr: (d) =>
      `${d.source} n'est pas permis : ${d.what} : mettez le fichier dans le dossier de VENTES_FILES, ou donnez son adresse http ou https`,
    en: (d) =>
      `${d.source} is not allowed: ${d.what}: put the file into the folder of VENTES_FILES, or give its http or https address`,
  },
  "source.leads_out": {
    fr: (d) =>
      `${d.source} est un lien qui mène hors du dossier suivi ${d.what} : il n'est pas suivi ; copiez-y le fichier, ou ajoutez-le lui-même : ${command("sources add CHEMIN")}`,
    en: (d) =>
      `${d.source} is a link that leads out of the followed folder ${d.what}: it is not followed; copy the file into the folder, or add it by itself: ${command("sources add PATH")}`,
  },
  "source.insecure_redirect": {
    fr: (d) =>
      `${d.source} renvoie de https à ${d.what}, que chacun peut lire et changer en chemin : demandez une adresse https à celui qui publie ; si vous l'acceptez, suivez cette adresse-là : ${moveTo(d.source, "NOUVELLE_ADRESSE")}`,
    en: (d) =>
      `${d.source} redirects from https to ${d.what}, which anyone on the way can read and change: ask the publisher for an https address; if you accept it, follow that address: ${moveTo(d.source, "NEW_ADDRESS")}`,
  },
  "source.private_address": {
    fr: (d) =>
      `${d.source} mène à une adresse privée, ou qui ne peut pas être vérifiée : ${d.what} ; si c'est voulu : ${command("start --allow-private")} (ou VENTES_ALLOW_PRIVATE=1)`,
    en: (d) =>
      `${d.source} leads to an address that is private, or that cannot be checked: ${d.what}; if you want that: ${command("start --allow-private")} (or VENTES_ALLOW_PRIVATE=1)`,
  },
  "source.proxy": {
    fr: (d) => `${d.source} : le proxy répond ${d.what} : voyez HTTP_PROXY, HTTPS_PROXY et NO_PROXY`,
    en: (d) => `${d.source}: the proxy answers ${d.what}: see HTTP_PROXY, HTTPS_PROXY and NO_PROXY`,
  },
  "source.not_http": {
    fr: (d) =>
      `${d.source} répond autre chose que du HTTP lisible : ${d.what} : vérifiez le protocole et le port de l'adresse ; ${again.fr}`,
    en: (d) =>
      `${d.source} answers something other than readable HTTP: ${d.what}: check the protocol and the port of the address; ${again.en}`,
  },
  "source.too_slow": {
    fr: (d) =>
      `${d.source} envoie trop lentement (${d.what} octets) : le téléchargement est arrêté ; ${again.fr} ; si cela persiste, publiez-le compressé (.gz)`,
    en: (d) =>
      `${d.source} sends too slowly (${d.what} bytes): the download was stopped; ${again.en}; if it persists, publish it compressed (.gz)`,
  },
  "source.redirects": {
    fr: (d) => `${d.source} redirige plus de ${d.what} fois : donnez l'adresse du fichier lui-même`,
    en: (d) => `${d.source} redirects more than ${d.what} times: give the address of the file itself`,
  },
  "source.truncated": {
    fr: (d) =>
      `${d.source} s'est arrêté en chemin : ${d.what} : ${again.fr} ; si cela persiste, publiez le fichier à nouveau`,
    en: (d) => `${d.source} stopped halfway: ${d.what}: ${again.en}; if it persists, publish the file again`,
  },
  "source.too_large": {
    fr: (d) => `${d.source} dépasse la limite de ${d.what} octets : publiez-le en plusieurs fichiers`,
    en: (d) => `${d.source} is larger than the limit of ${d.what} bytes: publish it as several files`,
  },
  "source.bad_encoding": {
    fr: (d) =>
      `${d.source} : la compression ${d.what} ne se lit pas : publiez le fichier en gzip, en zip ou sans compression`,
    en: (d) =>
      `${d.source}: its ${d.what} compression cannot be read: publish the file as gzip, as zip or without compression`,
  },
  "source.bad_archive": {
    fr: (d) => `${d.source} : l'archive ${d.what} est tronquée ou abîmée : ${d.more} : publiez-la à nouveau`,
    en: (d) => `${d.source}: its ${d.what} archive is cut or corrupt: ${d.more}: publish it again`,
  },
  "source.nested_archive": {
    fr: (d) =>
      `${d.source} est une archive dans une archive (${d.what}) : publiez le CSV, en .gz ou .zip au plus`,
    en: (d) => `${d.source} is an archive in an archive (${d.what}): publish the CSV, as .gz or .zip at most`,
  },
  "source.not_a_zip": {
    fr: (d) =>
      `${d.source} n'est pas un zip : il n'y a pas de fichier « ${d.what} » dedans : retirez #${d.what} de l'adresse`,
    en: (d) =>
      `${d.source} is not a zip: there is no file ${JSON.stringify(d.what)} in it: leave #${d.what} out of the address`,
  },
  "source.zip_entries": {
    fr: (d) =>
      `${d.source} contient plusieurs fichiers (${d.what}) : nommez-en un : ${add({ ...d, source: `${d.source}#${d.more}` })}`,
    en: (d) =>
      `${d.source} holds several files (${d.what}): name one: ${add({ ...d, source: `${d.source}#${d.more}` })}`,
  },
  "source.zip_no_entry": {
    fr: (d) =>
      `${d.source} ne contient pas de fichier « ${d.what} », mais : ${d.more || "rien"} : nommez un fichier du zip après le #`,
    en: (d) =>
      `${d.source} holds no file ${JSON.stringify(d.what)}, but: ${d.more || "nothing"}: name a file of the zip after the #`,
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
  "source.login": {
    fr: (d) =>
      `${d.source} est une page de connexion, pas un CSV : donnez dans VENTES_CREDENTIALS une ligne « URL basic UTILISATEUR:MOT_DE_PASSE » ou « URL header NOM: VALEUR », ou un lien du fichier qui ne demande pas de connexion`,
    en: (d) =>
      `${d.source} is a page to log in, not a CSV: give in VENTES_CREDENTIALS a line "URL basic USER:PASSWORD" or "URL header NAME: VALUE", or a link of the file that asks for no login`,
  },
  "source.server_error": {
    fr: (d) =>
      `${d.source} est un message d'erreur de la base de données du serveur, pas un CSV (« ${d.what} ») : prévenez l'administrateur du serveur ; ${again.fr}`,
    en: (d) =>
      `${d.source} is an error message of the server's database, not a CSV (${JSON.stringify(d.what)}): tell the administrator of the server; ${again.en}`,
  },
  "source.empty": {
    fr: (d) =>
      `${d.source} est vide : publiez le fichier à nouveau, avec son en-tête ; ce qui a déjà été lu reste`,
    en: (d) => `${d.source} is empty: publish the file again, with its header; what was read before stays`,
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
  "source.php": {
    fr: (d) =>
      `${d.source} commence par des avertissements de PHP : demandez à l'administrateur du serveur de mettre display_errors=Off ; pour le lire quand même, sans ses ${d.what} premières lignes : ${add(d, `--skip-lines ${d.what}`)}`,
    en: (d) =>
      `${d.source} begins with warnings of PHP: ask the administrator of the server to set display_errors=Off; to read it all the same, without its first ${d.what} lines: ${add(d, `--skip-lines ${d.what}`)}`,
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
    fr: (d) =>
      `${d.source} : l'encodage ${d.what} n'est pas connu : enregistrez le fichier en UTF-8, ou donnez-en un autre : ${add(d, "--encoding ENCODAGE")} (${d.more})`,
    en: (d) =>
      `${d.source}: encoding ${d.what} is not known: save the file as UTF-8, or give another: ${add(d, "--encoding ENCODING")} (${d.more})`,
  },
  "source.encoding_contradicted": {
    fr: (d) =>
      `${d.source} : --encoding donne ${d.what}, mais le fichier commence par la marque d'ordre des octets de ${d.more} : retirez cette option : ${add(d, "--encoding auto")}`,
    en: (d) =>
      `${d.source}: --encoding gives ${d.what}, but the file begins with the byte order mark of ${d.more}: leave this option out: ${add(d, "--encoding auto")}`,
  },
  "source.encoding_undecided": {
    fr: (d) =>
      `${d.source} n'est pas en UTF-8 (dès la ligne ${d.what}), et son encodage ne peut pas être déterminé : enregistrez-le en UTF-8, ou donnez l'encodage : ${add(d, "--encoding ENCODAGE")} (${d.more})`,
    en: (d) =>
      `${d.source} is not UTF-8 (from line ${d.what} on), and its encoding cannot be determined: save it as UTF-8, or give the encoding: ${add(d, "--encoding ENCODING")} (${d.more})`,
  },
  "source.undecodable": {
    fr: (d) =>
      `${d.source} ne se lit pas en ${d.what} (vers la ligne ${d.more}) : donnez un autre encodage : ${add(d, "--encoding ENCODAGE")}`,
    en: (d) =>
      `${d.source} does not decode as ${d.what} (around line ${d.more}): give another encoding: ${add(d, "--encoding ENCODING")}`,
  },
  "source.header_too_long": {
    fr: (d) =>
      `${d.source} : son en-tête dépasse ${d.what} octets : publiez un CSV dont la première ligne nomme les colonnes`,
    en: (d) =>
      `${d.source}: its header is longer than ${d.what} bytes: publish a CSV whose first line names the columns`,
  },
  "catalogue.entry_slow": {
    fr: (d) =>
      `${d.source} n'a pas été lu en ${d.what} minutes, et retarderait les autres fichiers de son catalogue : enregistrez-le à part : ${add(d)}`,
    en: (d) =>
      `${d.source} was not read within ${d.what} minutes, and would hold up the other files of its catalogue: register it by itself: ${add(d)}`,
  },
  "source.repeats": {
    fr: (d) =>
      `${d.source} répète l'id ${d.what} sur plus de lignes que la mémoire n'en tient : cette colonne n'est sans doute pas un id ; retirez les lignes répétées, ou donnez-en une autre : ${add(d, "--key COLONNE")}`,
    en: (d) =>
      `${d.source} repeats the id ${d.what} on more lines than memory holds: that column is probably no id; remove the repeated lines, or give another one: ${add(d, "--key COLUMN")}`,
  },
  "source.too_many_columns": {
    fr: (d) =>
      `${d.source} a ${d.what} colonnes : publiez-en ${d.more} au plus, ou donnez le bon séparateur (, ; | tab) : ${add(d, "--delimiter SÉPARATEUR")}`,
    en: (d) =>
      `${d.source} has ${d.what} columns: publish ${d.more} at most, or give the right delimiter (, ; | tab): ${add(d, "--delimiter DELIMITER")}`,
  },
  "source.no_key_columns": {
    fr: (d) =>
      `${d.source} : colonnes trouvées : ${d.what} ; il manque : ${d.more} : si l'une d'elles a un autre nom : ${addMapped(d, "fr")} ; sinon ajoutez-la au fichier`,
    en: (d) =>
      `${d.source}: columns found: ${d.what}; missing: ${d.more}: if one of them has another name: ${addMapped(d, "en")}; else add it to the file`,
  },
  "source.no_table": {
    fr: (d) =>
      `${d.source} n'est pas un tableau : ses lignes sont du texte, comme « ${d.what} » : donnez un CSV, dont une ligne nomme les colonnes`,
    en: (d) =>
      `${d.source} holds no table: its lines are text, such as ${JSON.stringify(d.what)}: give a CSV, one line of which names the columns`,
  },
  "source.sales_lack": {
    fr: (d) =>
      `${d.source} : ce sont des ventes, et il leur manque ${d.more} : ${giving(d, "fr")} (--set : le même pour toutes les lignes ; --map : la colonne du fichier) ; colonnes trouvées : ${d.what}${asList(d, "fr")}`,
    en: (d) =>
      `${d.source}: these are sales, and they lack ${d.more}: ${giving(d, "en")} (--set: the same for all lines; --map: the column of the file); columns found: ${d.what}${asList(d, "en")}`,
  },
  "source.several_tables": {
    fr: (d) =>
      `${d.source} : plusieurs tableaux l'un sous l'autre (lignes ${d.what}) : publiez un fichier par tableau, chacun avec son en-tête`,
    en: (d) =>
      `${d.source}: several tables under each other (lines ${d.what}): publish a file for each, with its header`,
  },
  "source.unproven_end": {
    fr: (d) =>
      `${d.source} : la dernière ligne attend, car rien ne dit que la réponse est entière (ni Content-Length, ni « chunked », ni fin de ligne) ; elle compte quand une autre lecture donne le même contenu : ${command("start --once")}`,
    en: (d) =>
      `${d.source}: the last line waits, for nothing says that the answer is whole (no Content-Length, no chunks, no line end); it counts when another read gives the same content: ${command("start --once")}`,
  },
  "source.key_of_several": {
    fr: (d) =>
      `${d.source} : --key ne s'applique qu'à des ventes, ou à une seule entité ; ce fichier publie ${d.what} : retirez --key : ${add(d, "--key ''")}`,
    en: (d) =>
      `${d.source}: --key applies to sales, or to a single entity; this file publishes ${d.what}: leave --key out: ${add(d, "--key ''")}`,
  },
  "source.wrong_entity": {
    fr: (d) =>
      `${d.source} : l'entité indiquée est ${d.what}, mais le fichier contient : ${d.more} : donnez l'autre fichier, ou retirez l'entité : ${addAs(d, undefined)}`,
    en: (d) =>
      `${d.source}: the given entity is ${d.what}, but the file holds ${d.more}: give the other file, or leave the entity out: ${addAs(d, undefined)}`,
  },
  "source.identity_changed": {
    fr: (d) =>
      `${d.source} : la colonne ${d.what} a disparu ; elle identifie les ventes sans id_vente : remettez-la${d.more === undefined ? "" : `, sous ce nom (colonnes qui n'y étaient pas : ${d.more})`} ; pour vous en passer, les ventes des jours du fichier recevant de nouveaux identifiants (--dry-run dit d'abord ce qui change) : ${byKey(d)}`,
    en: (d) =>
      `${d.source}: column ${d.what} has disappeared; it identifies sales without id_vente: put it back${d.more === undefined ? "" : `, under this name (columns that were not there: ${d.more})`}; to do without it, with new ids for the sales of the days in the file (--dry-run first tells what changes): ${byKey(d)}`,
  },
  "source.column_lost": {
    fr: (d) =>
      `${d.source} : il manque la colonne ${d.what} ; nouvelles colonnes de l'en-tête : ${d.more} ; si elle a changé de nom : ${add(d, ...mapping(d.what, d.more, "fr"))}`,
    en: (d) =>
      `${d.source}: column ${d.what} is missing; new in the header: ${d.more}; if it has a new name: ${add(d, ...mapping(d.what, d.more, "en"))}`,
  },
  "source.other_count": {
    fr: (d) =>
      `${d.source} : --columns nomme ${d.what} colonnes, mais la plupart des lignes ont ${d.more} champs : donnez un nom à chacun, ou rien entre deux virgules pour une colonne sans nom (a,,c) : ${naming(d, "NOM")}`,
    en: (d) =>
      `${d.source}: --columns names ${d.what} columns, but most lines have ${d.more} fields: give each a name, or nothing between two commas for a column without one (a,,c): ${naming(d, "NAME")}`,
  },
  "source.rekeyed": {
    fr: (d) =>
      `${d.source} : les identifiants de ses ventes dépendent de ${d.what} ; pour les recalculer pour les jours que le fichier contient : ${add({ source: d.source })} ${d.more} --rekey ; ou retirez d'abord la source (${remove(d.source)} --withdraw), puis ajoutez-la de nouveau`,
    en: (d) =>
      `${d.source}: its sales already have ids that depend on ${d.what}; to make new ids for the days that the file holds: ${add({ source: d.source })} ${d.more} --rekey; or remove the source first (${remove(d.source)} --withdraw), then add it again`,
  },
  "source.ids_fixed": {
    fr: (d) =>
      `${d.source} : les identifiants de ses ventes dépendent de ${d.what}, et --rekey ne pourrait pas dire quelles ventes étaient les anciennes : ${remove(d.source)} --withdraw && ${add(d)}`,
    en: (d) =>
      `${d.source}: its sales already have ids that depend on ${d.what}, and --rekey could not tell which sales the old ones were: ${remove(d.source)} --withdraw && ${add(d)}`,
  },
  "source.not_rekeyed": {
    fr: (d) =>
      `${d.source} : --rekey ne recalcule que les identifiants de ventes qui n'en ont pas dans le fichier, et n'admet pas de changement de ${d.what} : retirez d'abord la source, puis ajoutez-la de nouveau : ${remove(d.source)} --withdraw && ${add(d)}`,
    en: (d) =>
      `${d.source}: --rekey makes new ids only for sales that have none in the file, and allows no change of ${d.what}: remove the source first, then add it again: ${remove(d.source)} --withdraw && ${add(d)}`,
  },
  "source.unknown_column": {
    fr: (d) =>
      `${d.source} : ${d.what} : cette colonne n'existe pas : donnez l'une de celles-ci : ${d.more} : ${otherColumn(d, "fr")}`,
    en: (d) =>
      `${d.source}: ${d.what}: there is no such column: give one of these: ${d.more}: ${otherColumn(d, "en")}`,
  },
  "source.unknown_field": {
    fr: (d) =>
      `${d.source} : ${d.what} : le fichier n'a pas cette colonne : donnez l'une des siennes : ${d.more} : ${otherField(d, "fr")}`,
    en: (d) =>
      `${d.source}: ${d.what}: the file has no such column: give one of its own: ${d.more}: ${otherField(d, "en")}`,
  },
  "source.dropped_column": {
    fr: (d) =>
      `${d.source} : --drop ${d.what} : ${d.more ? `c'est la colonne ${d.more}` : "une colonne y est lue"} : pour ne pas la lire, si elle n'est pas nécessaire, donnez ${add(d, `--map ${shellArgument(`${d.more || "COLONNE"}=`)}`)}`,
    en: (d) =>
      `${d.source}: --drop ${d.what}: ${d.more ? `it is the column ${d.more}` : "a column is read from it"}: to leave it unread, if it is not needed, give ${add(d, `--map ${shellArgument(`${d.more || "COLUMN"}=`)}`)}`,
  },
  "source.bad_set": {
    fr: (d) =>
      `${d.source} : --set ${d.what} : la colonne n'admet pas cette valeur : donnez un nombre comme 12.5, ou un jour comme 2026-01-31 : ${otherValue(d)}`,
    en: (d) =>
      `${d.source}: --set ${d.what}: the column does not take this value: give a number like 12.5, or a day like 2026-01-31: ${otherValue(d)}`,
  },
  "source.unknown_preset": {
    fr: (d) => `${d.source} : pas de préréglage « ${d.what} » : donnez l'un de ceux-ci : ${d.more}`,
    en: (d) => `${d.source}: there is no preset ${JSON.stringify(d.what)}: give one of these: ${d.more}`,
  },
  "source.undecided_decimal": {
    fr: (d) =>
      `${d.source} : les valeurs de la colonne ${d.what} peuvent avoir un point ou une virgule décimale, comme ${d.more} : donnez l'un ou l'autre : ${add(d, "--decimal point")} ; ou ${add(d, "--decimal comma")}`,
    en: (d) =>
      `${d.source}: the values of column ${d.what} may have a decimal point or comma, as in ${d.more}: give one of them: ${add(d, "--decimal point")}; or ${add(d, "--decimal comma")}`,
  },
  "source.undecided_date": {
    fr: (d) =>
      `${d.source} : les dates de la colonne ${d.what} ne montrent pas l'ordre du jour et du mois, comme ${d.more} : donnez cet ordre : ${add(d, "--date-format dmy")} ; ou ${add(d, "--date-format mdy")} ; ou ${add(d, "--date-format ymd")}`,
    en: (d) =>
      `${d.source}: the dates of column ${d.what} do not show the order of day and month, as in ${d.more}: give this order: ${add(d, "--date-format dmy")}; or ${add(d, "--date-format mdy")}; or ${add(d, "--date-format ymd")}`,
  },
  "source.fixed_decimal": {
    fr: (d) =>
      `${d.source} : ${d.what} est démenti par la plupart des valeurs ; ${d.more} : laissez le fichier décider : ${add(d, "--decimal auto")}`,
    en: (d) =>
      `${d.source}: ${d.what} is contradicted by most values; ${d.more}: let the file decide: ${add(d, "--decimal auto")}`,
  },
  "source.fixed_date": {
    fr: (d) =>
      `${d.source} : ${d.what} est démenti par la plupart des valeurs ; ${d.more} : laissez le fichier décider : ${add(d, "--date-format auto")}`,
    en: (d) =>
      `${d.source}: ${d.what} is contradicted by most values; ${d.more}: let the file decide: ${add(d, "--date-format auto")}`,
  },
  "source.id_lost": {
    fr: (d) =>
      `${d.source} : la colonne id_vente a disparu ; les ventes étaient numérotées : remettez-la ; si elle a changé de nom : ${add(d, "--map id_vente=COLONNE")} ; pour vous en passer, les ventes publiées étant remplacées par celles du fichier : ${withdrawAndAdd(d)}`,
    en: (d) =>
      `${d.source}: column id_vente has disappeared; its sales were numbered: put it back; if it has a new name: ${add(d, "--map id_vente=COLUMN")}; to do without it, with the sales of the file in place of those that were published: ${withdrawAndAdd(d)}`,
  },
  "source.held_back": {
    fr: (d) => `${d.source} : cette version est retenue, et rien ne change : ${d.what}`,
    en: (d) => `${d.source}: this version is held back, and nothing changes: ${d.what}`,
  },
  "source.nothing_held": {
    fr: (d) =>
      `${d.source} : aucune version n'attend de décision${d.what === undefined ? "" : ` ${d.what}`} : voyez la liste : ${command("sources")}`,
    en: (d) =>
      `${d.source}: no version waits for a decision${d.what === undefined ? "" : ` ${d.what}`}: see the list: ${command("sources")}`,
  },
  "source.bad_name": {
    fr: (d) =>
      `${d.source} : un nom a au plus ${d.what} caractères, dont un qui se voit, sans caractère de contrôle ni changement du sens de lecture : donnez-en un autre`,
    en: (d) =>
      `${d.source}: a name has at most ${d.what} characters, one of which can be seen, and no control characters or marks that reorder text: give another one`,
  },
  "source.not_accepted": {
    fr: (d) =>
      `${d.source} : aucune décision${d.what === undefined ? "" : ` ${d.what}`} n'y a été prise${d.more === undefined ? "" : `, mais pour tout le catalogue : ${command(`sources confirm ${shellArgument(d.more)} ${d.what} --revoke`)}`}`,
    en: (d) =>
      `${d.source}: no decision${d.what === undefined ? "" : ` ${d.what}`} was taken there${d.more === undefined ? "" : `, but for the whole catalogue: ${command(`sources confirm ${shellArgument(d.more)} ${d.what} --revoke`)}`}`,
  },
  "source.earlier": {
    fr: (d) =>
      `${d.source} est revenu à un état antérieur : si c'est encore le cas à la prochaine lecture, cet état sera appliqué`,
    en: (d) =>
      `${d.source} is back in an earlier state: if it is still so at the next poll, that state is applied`,
  },
  "source.not_the_same": {
    fr: (d) =>
      `${d.source} a déjà publié des ventes avec d'autres colonnes d'identité (${d.what}) que l'ancienne source (${d.more}) : ses ventes ne seraient pas les mêmes ; retirez-la d'abord : ${remove(d.source)} --withdraw`,
    en: (d) =>
      `${d.source} has already published sales with other identity columns (${d.what}) than the old source (${d.more}): its sales would not be the same; remove it first: ${remove(d.source)} --withdraw`,
  },
  "source.not_registered": {
    fr: (d) => `${d.source} n'est pas une source enregistrée : voyez la liste : ${command("sources")}`,
    en: (d) => `${d.source} is not a registered source: see the list: ${command("sources")}`,
  },
  "source.still_followed": {
    fr: (d) =>
      `${d.source} est suivi comme avant, et aucune de ses lignes n'est retirée : ${d.what} ; pour les retirer, avec un compte qui peut écrire dans leurs topics : ${remove(d.source)} --withdraw`,
    en: (d) =>
      `${d.source} is followed as before, and none of its rows is withdrawn: ${d.what}; to withdraw them, with an account that may write to their topics: ${remove(d.source)} --withdraw`,
  },
  "source.half_removed": {
    fr: (d) =>
      `${d.source} n'est plus suivi, mais ses lignes ne sont pas toutes retirées (${d.more} le sont sûrement) : ${d.what} ; les autres comptent encore ; pour les retirer aussi : ${remove(d.source)} --withdraw`,
    en: (d) =>
      `${d.source} is no longer followed, but not all of its rows are withdrawn (${d.more} surely are): ${d.what}; the others still count; to withdraw them too: ${remove(d.source)} --withdraw`,
  },
  "source.masked": {
    fr: (d) =>
      `${d.source} est la forme sous laquelle une adresse est montrée, sans ses secrets, et pas celle d'une seule source enregistrée : donnez l'adresse entière`,
    en: (d) =>
      `${d.source} is the form in which an address is shown, without its secrets, and not that of one registered source: give the whole address`,
  },
  "sources_file.not_readable": {
    fr: (d) =>
      `le fichier ne peut pas être lu (${d.what}) : corrigez VENTES_SOURCES, ou les droits du fichier`,
    en: (d) => `the file cannot be read (${d.what}): correct VENTES_SOURCES, or the rights of the file`,
  },
  "sources_file.no_url": {
    fr: (d) =>
      `la première ligne ne nomme pas de colonne url, mais : ${d.what} : ajoutez-la (colonnes connues : ${d.more})`,
    en: (d) => `its first line names no column url, but: ${d.what}: add it (columns known: ${d.more})`,
  },
  "sources_file.unknown_column": {
    fr: (d) => `la colonne « ${d.what} » n'est pas connue : donnez l'une de celles-ci : ${d.more}`,
    en: (d) => `there is no column ${JSON.stringify(d.what)}: give one of these: ${d.more}`,
  },
  "sources_file.bad_line": {
    fr: () => "la ligne n'est pas du CSV : vérifiez ses guillemets",
    en: () => "the line is not CSV: check its quotes",
  },
  "sources_file.too_often": {
    fr: (d) =>
      `un serveur distant est interrogé au plus toutes les ${d.what} : donnez every=${d.what} ou plus`,
    en: (d) => `a remote server is polled at most every ${d.what}: give every=${d.what} or more`,
  },
  "sources_file.twice": {
    fr: (d) => `${d.source} est déjà à la ligne ${d.what} : retirez l'une des deux`,
    en: (d) => `${d.source} is on line ${d.what} already: remove one of the two`,
  },
  "source.is_catalogue": {
    fr: (d) => `${d.source} est enregistré comme catalogue : retirez-le d'abord : ${remove(d.source)}`,
    en: (d) => `${d.source} is registered as a catalogue: remove it first: ${remove(d.source)}`,
  },
  "catalogue.is_source": {
    fr: (d) => `${d.source} est enregistré comme source : retirez-la d'abord : ${remove(d.source)}`,
    en: (d) => `${d.source} is registered as a source: remove it first: ${remove(d.source)}`,
  },
  "catalogue.not_a_list": {
    fr: (d) =>
      `${d.source} ne liste pas de fichiers, mais contient des ${d.what} : ajoutez-le sans --catalogue : ${add(d)}`,
    en: (d) => `${d.source} lists no files, but holds ${d.what}: add it without --catalogue: ${add(d)}`,
  },
  "catalogue.bad_json": {
    fr: (d) => `${d.source} n'est pas une liste JSON de fichiers : ${d.what} : corrigez la liste`,
    en: (d) => `${d.source} is no JSON list of files: ${d.what}: correct the list`,
  },
  "catalogue.bad_csv": {
    fr: (d) => `${d.source} ne se lit pas comme une liste CSV : ${d.what} : corrigez la liste`,
    en: (d) => `${d.source} cannot be read as a CSV list: ${d.what}: correct the list`,
  },
  "catalogue.not_utf8": {
    fr: (d) => `${d.source} n'est pas en UTF-8 : enregistrez la liste en UTF-8`,
    en: (d) => `${d.source} is not UTF-8: save the list as UTF-8`,
  },
  "catalogue.empty": {
    fr: (d) => `${d.source} ne liste aucun fichier : ajoutez-y l'adresse d'au moins un fichier CSV`,
    en: (d) => `${d.source} lists no file: add the address of at least one CSV file to it`,
  },
  "catalogue.too_many": {
    fr: (d) => `${d.source} liste ${d.what} fichiers ; la limite est ${d.more} : partagez-le en plusieurs`,
    en: (d) => `${d.source} lists ${d.what} files; the limit is ${d.more}: split it into several`,
  },
  "catalogue.folder_inside": {
    fr: (d) =>
      `${d.source} est un dossier dans le dossier : ${d.what === "1" ? "son fichier n'est pas suivi" : `ses ${d.what} fichiers ne sont pas suivis`} ; pour le suivre aussi : ${add(d, "--catalogue")}`,
    en: (d) =>
      `${d.source} is a folder inside the folder: its ${d.what === "1" ? "file is" : `${d.what} files are`} not followed; to follow it too: ${add(d, "--catalogue")}`,
  },
  "catalogue.other_file": {
    fr: (d) =>
      `${d.source} ne finit pas par .csv, .tsv, .tab, .txt ou .zip : ce fichier n'est pas suivi ; pour le suivre aussi : ${add(d)}`,
    en: (d) =>
      `${d.source} does not end in .csv, .tsv, .tab, .txt or .zip: this file is not followed; to follow it too: ${add(d)}`,
  },
  "catalogue.contradicts": {
    fr: (d) => `${d.source} est listé plusieurs fois, avec des options différentes : gardez une seule ligne`,
    en: (d) => `${d.source} is listed several times, with different options: keep one line`,
  },
  "catalogue.ignored": {
    fr: (d) => `colonnes ou champs ignorés, car ce ne sont ni des options ni des adresses : ${d.what}`,
    en: (d) => `columns or members ignored, because they are neither options nor addresses: ${d.what}`,
  },
  "catalogue.credentials": {
    fr: () => "l'URL contient un mot de passe, qui serait copié dans les topics : retirez-le de l'URL",
    en: () => "the URL holds a password, which would be copied into the topics: remove it from the URL",
  },
  "source.removed": {
    fr: (d) =>
      `${d.source} a été retiré par un opérateur ; seul un opérateur peut l'ajouter de nouveau : ${add(d)}`,
    en: (d) => `${d.source} was removed by an operator; only an operator can add it again: ${add(d)}`,
  },
  "source.of_operator": {
    fr: (d) => `${d.source} n'a pas été enregistré par HTTP : retirez-le ainsi : ${remove(d.source)}`,
    en: (d) => `${d.source} was not registered through HTTP: remove it with ${remove(d.source)}`,
  },
} as const satisfies Record<string, Sentence>;
