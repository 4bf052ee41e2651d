/** The sentences of source errors, in both languages. Each says what is wrong, where, and what to do. */
import type { Language } from "#shared/runtime/settings.ts";

export interface Details {
  /** The id, or the text that a user gave, without secrets. */
  readonly source: string;
  /** What the sentence needs: a status, a path, a list of columns, ... */
  readonly what?: string;
  readonly more?: string;
  /** The link of the file itself, if the source is a known link to a page about it. */
  readonly file?: string;
}

type Sentence = Readonly<Record<Language, (d: Details) => string>>;

export const SOURCE_SENTENCES = {
  "source.bad_reference": {
    fr: (d) => `« ${d.source} » n'est ni un chemin ni une URL http, https ou file`,
    en: (d) => `${JSON.stringify(d.source)} is neither a path nor an http, https or file URL`,
  },
  "source.bad_file_url": {
    fr: (d) =>
      `${d.source} n'est pas un chemin de cette machine (${d.what}) : donnez le chemin lui-même, ou file:///DOSSIER/FICHIER sans nom d'hôte, un « % » du nom écrit %25`,
    en: (d) =>
      `${d.source} is no path of this machine (${d.what}): give the path itself, or file:///FOLDER/FILE without a host name, a "%" of the name written %25`,
  },
  "source.id_too_long": {
    fr: (d) =>
      `${d.source} : une adresse de ${d.what} octets ; la limite est ${d.more} : donnez-en une plus courte`,
    en: (d) => `${d.source}: an address of ${d.what} bytes; the limit is ${d.more}: give a shorter one`,
  },
  "source.defect": {
    fr: (d) =>
      `${d.source} fait échouer le programme (${d.what}) : les autres sources continuent, elle sera relue ; la trace est dans la sortie d'erreur du producteur : signalez-la, et retirez la source si cela dure (ventes sources remove)`,
    en: (d) =>
      `${d.source} makes the program fail (${d.what}): the other sources go on, and it will be looked at again; the trace is in the producer's error output: report it, and remove the source if it lasts (ventes sources remove)`,
  },
  "source.record_too_large": {
    fr: (d) =>
      `${d.source} : ce qui serait publié prend ${d.what} octets, un topic en prend ${d.more} : raccourcissez son en-tête ou ses options, ou augmentez max.message.bytes du topic`,
    en: (d) =>
      `${d.source}: what would be published takes ${d.what} bytes, a topic takes ${d.more}: shorten its header or its options, or raise the topic's max.message.bytes`,
  },
  "source.disk_reserve": {
    fr: (d) =>
      `${d.source} n'est pas lu : il laisserait moins que la réserve du disque (libres : ${d.what} octets ; réserve de ${d.more} octets) : faites de la place, ou retirez la source si elle ne finit pas (ventes sources remove)`,
    en: (d) =>
      `${d.source} is not read: it would leave less than the reserve of the disk (free: ${d.what} bytes; reserve of ${d.more} bytes): make room, or remove the source if it does not end (ventes sources remove)`,
  },
  "source.no_room": {
    fr: (d) =>
      `${d.source} n'est pas lu : le disque de ${d.more} est plein (${d.what}) : faites de la place ; la base et les topics continuent`,
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
      `${d.source} n'est pas lu : un fichier de travail de ${d.more} n'est plus utilisable (${d.what}) : la source sera relue ; laissez ce dossier au programme`,
    en: (d) =>
      `${d.source} is not read: a working file in ${d.more} cannot be used any more (${d.what}): it will be looked at again; leave that folder to the program`,
  },
  "registration.not_json": {
    fr: (d) =>
      `${d.source} : l'enregistrement du topic sources n'est pas du JSON : ventes sources remove l'en retire`,
    en: (d) => `${d.source}: its record in the topic sources is not JSON: ventes sources remove takes it out`,
  },
  "registration.not_valid": {
    fr: (d) =>
      `${d.source} : l'enregistrement du topic sources ne suit pas le contrat : ${d.what} : corrigez le programme qui l'a écrit, ou ventes sources remove`,
    en: (d) =>
      `${d.source}: its record in the topic sources does not follow the contract: ${d.what}: mend the program that wrote it, or ventes sources remove`,
  },
  "registration.other_key": {
    fr: (d) =>
      `${d.source} : l'enregistrement du topic sources sous cette clé est celui d'une autre source (${d.what}) : corrigez le programme qui l'a écrit, ou ventes sources remove`,
    en: (d) =>
      `${d.source}: the record under this key of the topic sources is another source's (${d.what}): mend the program that wrote it, or ventes sources remove`,
  },
  "source.unknown_entity": {
    fr: (d) => `« ${d.what} » n'est pas connu : ${d.more}`,
    en: (d) => `there is no entity ${JSON.stringify(d.what)}: there are ${d.more}`,
  },
  "source.unknown_option": {
    fr: (d) => `il n'y a pas d'option ${JSON.stringify(d.what)} : il y a ${d.more}`,
    en: (d) => `there is no option ${JSON.stringify(d.what)}: there are ${d.more}`,
  },
  "source.bad_option": {
    fr: (d) => `${d.what} : à donner : ${d.more}`,
    en: (d) => `${d.what}: give ${d.more}`,
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
  "source.leads_out": {
    fr: (d) =>
      `${d.source} est un lien qui mène hors du dossier suivi ${d.what} : il n'est pas suivi ; copiez-y le fichier, ou ajoutez-le lui-même par ventes sources add CHEMIN`,
    en: (d) =>
      `${d.source} is a link that leads out of the followed folder ${d.what}: it is not followed; copy the file into the folder, or add it by itself with ventes sources add PATH`,
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
  "source.key_of_several": {
    fr: (d) =>
      `${d.source} : --key dit ce qui identifie les ventes, ou l'unique entité : ${d.what} sont plusieurs`,
    en: (d) => `${d.source}: --key says what identifies the sales, or the only entity: ${d.what} are several`,
  },
  "source.wrong_entity": {
    fr: (d) => `${d.source} : vous avez dit ${d.what}, ce sont des ${d.more}`,
    en: (d) => `${d.source}: you said ${d.what}, these are ${d.more}`,
  },
  "source.identity_changed": {
    fr: (d) =>
      `${d.source} : la colonne ${d.what} a disparu ; elle identifie les ventes sans id_vente : remettez-la${d.more === undefined ? "" : `, sous ce nom (colonnes qui n'y étaient pas : ${d.more})`}`,
    en: (d) =>
      `${d.source}: column ${d.what} has disappeared; it identifies sales without id_vente: put it back${d.more === undefined ? "" : `, under this name (columns that were not there: ${d.more})`}`,
  },
  "source.column_lost": {
    fr: (d) =>
      `${d.source} : il manque ${d.what} ; l'en-tête a de nouveau : ${d.more} ; si c'est elle sous un autre nom, dites-le par --map COLONNE=NOM`,
    en: (d) =>
      `${d.source}: ${d.what} is missing; new in the header: ${d.more}; if that is it under another name, say so by --map COLUMN=NAME`,
  },
  "source.mostly_rejected": {
    fr: (d) =>
      `${d.source} : plus de la moitié des lignes (${d.more}) n'ont pas une valeur lisible dans la colonne ${d.what}, alors que la version d'avant en avait : version refusée, les dernières données restent`,
    en: (d) =>
      `${d.source}: more than half of the lines (${d.more}) have no readable value in column ${d.what}, and those of the version before had: version refused, the last data stay`,
  },
  "source.rekeyed": {
    fr: (d) =>
      `${d.source} : ses ventes ont déjà des identifiants qui dépendent de ${d.what} : --rekey les refait pour les jours que le fichier contient ; ou retirez-la d'abord (ventes sources remove URL --withdraw), puis ajoutez-la de nouveau`,
    en: (d) =>
      `${d.source}: its sales already have ids that depend on ${d.what}: --rekey makes them anew for the days that the file holds; or remove it first (ventes sources remove URL --withdraw), then add it again`,
  },
  "source.not_rekeyed": {
    fr: (d) =>
      `${d.source} : --rekey refait les identifiants de ventes qui n'en ont pas dans le fichier, pas un changement de ${d.what} : retirez-la d'abord (ventes sources remove URL --withdraw), puis ajoutez-la de nouveau`,
    en: (d) =>
      `${d.source}: --rekey makes ids anew of sales that have none in the file, not with a change of ${d.what}: remove it first (ventes sources remove URL --withdraw), then add it again`,
  },
  "source.unknown_column": {
    fr: (d) => `${d.source} : ${d.what} : cette colonne n'existe pas ; il y a : ${d.more}`,
    en: (d) => `${d.source}: ${d.what}: there is no such column; there are: ${d.more}`,
  },
  "source.unknown_field": {
    fr: (d) => `${d.source} : ${d.what} : le fichier n'a pas cette colonne ; il a : ${d.more}`,
    en: (d) => `${d.source}: ${d.what}: the file has no such column; it has: ${d.more}`,
  },
  "source.bad_set": {
    fr: (d) => `${d.source} : --set ${d.what} : la colonne n'admet pas cette valeur`,
    en: (d) => `${d.source}: --set ${d.what}: the column does not take this value`,
  },
  "source.unknown_preset": {
    fr: (d) => `${d.source} : pas de préréglage « ${d.what} » ; il y a : ${d.more}`,
    en: (d) => `${d.source}: there is no preset ${JSON.stringify(d.what)}; there are: ${d.more}`,
  },
  "source.undecided_decimal": {
    fr: (d) =>
      `${d.source} : rien ne dit si la colonne ${d.what} a un point ou une virgule décimale, comme dans ${d.more} : ajoutez --decimal point ou --decimal comma`,
    en: (d) =>
      `${d.source}: nothing tells whether column ${d.what} has a decimal point or comma, as in ${d.more}: add --decimal point or --decimal comma`,
  },
  "source.undecided_date": {
    fr: (d) =>
      `${d.source} : rien ne dit l'ordre du jour et du mois dans la colonne ${d.what}, comme dans ${d.more} : ajoutez --date-format dmy, mdy ou ymd`,
    en: (d) =>
      `${d.source}: nothing tells the order of day and month in column ${d.what}, as in ${d.more}: add --date-format dmy, mdy or ymd`,
  },
  "source.fixed_decimal": {
    fr: (d) => `${d.source} : ${d.what} est démenti par la plupart des valeurs ; ${d.more}`,
    en: (d) => `${d.source}: ${d.what} is contradicted by most values; ${d.more}`,
  },
  "source.fixed_date": {
    fr: (d) => `${d.source} : ${d.what} est démenti par la plupart des valeurs ; ${d.more}`,
    en: (d) => `${d.source}: ${d.what} is contradicted by most values; ${d.more}`,
  },
  "source.id_lost": {
    fr: (d) => `${d.source} : la colonne id_vente a disparu ; les ventes étaient numérotées : remettez-la`,
    en: (d) => `${d.source}: column id_vente has disappeared; its sales were numbered: put it back`,
  },
  "source.held_back": {
    fr: (d) =>
      `${d.source} : cette version retirerait ${d.what} lignes sur ${d.more} : rien n'est changé avant 'ventes sources confirm ${d.source}'`,
    en: (d) =>
      `${d.source}: this version would withdraw ${d.what} rows of ${d.more}: nothing changes before 'ventes sources confirm ${d.source}'`,
  },
  "source.earlier": {
    fr: (d) =>
      `${d.source} est revenu à un état antérieur : s'il y reste, il est repris à la prochaine lecture`,
    en: (d) => `${d.source} is back in an earlier state: if it stays so, the next look takes it`,
  },
  "source.not_the_same": {
    fr: (d) =>
      `${d.source} a déjà publié avec d'autres colonnes d'identité (${d.what}) que ${d.more} : ses ventes ne seraient pas les mêmes`,
    en: (d) =>
      `${d.source} has published already, with other columns of identity (${d.what}) than ${d.more}: its sales would not be the same`,
  },
  "source.not_registered": {
    fr: (d) => `${d.source} n'est pas une source enregistrée : voyez 'ventes sources'`,
    en: (d) => `${d.source} is not a registered source: see 'ventes sources'`,
  },
  "sources_file.no_url": {
    fr: (d) => `la première ligne doit nommer une colonne url : ${d.what} (colonnes connues : ${d.more})`,
    en: (d) => `its first line must name a column url: ${d.what} (columns known: ${d.more})`,
  },
  "sources_file.unknown_column": {
    fr: (d) => `la colonne « ${d.what} » n'est pas connue : ${d.more}`,
    en: (d) => `there is no column ${JSON.stringify(d.what)}: there are ${d.more}`,
  },
  "sources_file.bad_line": {
    fr: () => "la ligne n'est pas du CSV : vérifiez ses guillemets",
    en: () => "the line is no CSV: check its quotes",
  },
  "sources_file.too_often": {
    fr: (d) => `un serveur d'ailleurs n'est pas interrogé plus souvent que toutes les ${d.what}`,
    en: (d) => `a server elsewhere is not asked more often than every ${d.what}`,
  },
  "sources_file.twice": {
    fr: (d) => `${d.source} est déjà à la ligne ${d.what}`,
    en: (d) => `${d.source} is on line ${d.what} already`,
  },
  "source.is_catalogue": {
    fr: (d) => `${d.source} est enregistré comme catalogue : retirez-le d'abord (ventes sources remove)`,
    en: (d) => `${d.source} is registered as a catalogue: remove it first (ventes sources remove)`,
  },
  "catalogue.is_source": {
    fr: (d) => `${d.source} est enregistré comme source : retirez-la d'abord (ventes sources remove)`,
    en: (d) => `${d.source} is registered as a source: remove it first (ventes sources remove)`,
  },
  "catalogue.not_a_list": {
    fr: (d) => `${d.source} ne liste pas de fichiers : ce sont des ${d.what} ; ajoutez-le sans --catalogue`,
    en: (d) => `${d.source} lists no files: these are ${d.what}; add it without --catalogue`,
  },
  "catalogue.bad_json": {
    fr: (d) => `${d.source} n'est pas une liste JSON de fichiers : ${d.what}`,
    en: (d) => `${d.source} is no JSON list of files: ${d.what}`,
  },
  "catalogue.bad_csv": {
    fr: (d) => `${d.source} ne se lit pas comme une liste CSV : ${d.what}`,
    en: (d) => `${d.source} cannot be read as a CSV list: ${d.what}`,
  },
  "catalogue.not_utf8": {
    fr: (d) => `${d.source} n'est pas en UTF-8 : enregistrez la liste en UTF-8`,
    en: (d) => `${d.source} is not UTF-8: save the list as UTF-8`,
  },
  "catalogue.empty": {
    fr: (d) => `${d.source} ne liste aucun fichier`,
    en: (d) => `${d.source} lists no file`,
  },
  "catalogue.too_many": {
    fr: (d) => `${d.source} liste ${d.what} fichiers ; la limite est ${d.more} : partagez-le en plusieurs`,
    en: (d) => `${d.source} lists ${d.what} files; the limit is ${d.more}: split it into several`,
  },
  "catalogue.contradicts": {
    fr: (d) => `${d.source} est listé plusieurs fois, et pas de la même façon`,
    en: (d) => `${d.source} is listed several times, and not in the same way`,
  },
  "catalogue.ignored": {
    fr: (d) => `laissé de côté, n'étant ni une option ni une adresse : ${d.what}`,
    en: (d) => `left aside, being neither an option nor an address: ${d.what}`,
  },
  "catalogue.credentials": {
    fr: () => "l'URL contient un mot de passe : il serait copié dans les topics ; ôtez-le",
    en: () => "the URL holds a password: it would be copied into the topics; take it out",
  },
  "source.removed": {
    fr: (d) => `${d.source} a été retiré par un opérateur : lui seul le remet (ventes sources add)`,
    en: (d) => `${d.source} was removed by an operator: only an operator adds it again (ventes sources add)`,
  },
  "source.of_operator": {
    fr: (d) => `${d.source} n'a pas été enregistré par HTTP : ventes sources remove le retire`,
    en: (d) => `${d.source} was not registered through HTTP: ventes sources remove removes it`,
  },
} as const satisfies Record<string, Sentence>;
