/**
 * What `--help` says of each command and flag, in both languages, with examples that can be typed as they are.
 * A test compares this table with the commands that exist.
 */
import type { Language } from "#shared/runtime/settings.ts";

type Said = Readonly<Record<Language, string>>;

interface CommandHelp {
  readonly short: Said;
  /** More than the short line, where there is more to say. */
  readonly long?: Said;
  readonly examples: readonly { readonly command: string; readonly fr: string; readonly en: string }[];
}

export const COMMAND_HELP = {
  ventes: {
    short: {
      fr: "Les ventes d'une PME, de fichiers CSV à des analyses toujours à jour.",
      en: "A small company's sales, from CSV files to analyses that are always up to date.",
    },
    long: {
      fr: "Les ventes d'une PME, de fichiers CSV à des analyses toujours à jour.\n\nDes fichiers CSV (produits, magasins, ventes), à des URL ou sur le disque, deviennent des événements ; les événements deviennent des lignes de DIR/ventes.db, chacun exactement une fois ; chaque ajout met à jour les analyses. Sans rien d'autre : ventes start.",
      en: "A small company's sales, from CSV files to analyses that are always up to date.\n\nCSV files (products, shops, sales), at URLs or on disk, become events; events become rows of DIR/ventes.db, each exactly once; every commit refreshes the analyses. With nothing else: ventes start.",
    },
    examples: [
      {
        command: "ventes start",
        fr: "La démonstration, tant qu'aucune source n'est enregistrée",
        en: "The demo, while no source is registered",
      },
      {
        command: "ventes start produits.csv magasins.csv https://exemple.fr/ventes.csv",
        fr: "Vos fichiers : l'en-tête dit ce que chacun contient",
        en: "Your files: the header tells what each one holds",
      },
      {
        command: 'ventes query "SELECT * FROM ventes_par_region"',
        fr: "Interroger la base",
        en: "Ask the database",
      },
    ],
  },
  start: {
    short: {
      fr: "Lance tout : lecture des sources, base, analyses et page, en un seul processus",
      en: "Runs everything: reading sources, database, analyses and page, in one process",
    },
    long: {
      fr: "Lance tout en un seul processus : lecture des sources, base, analyses et page. Chaque FICHIER_OU_URL est enregistré comme par 'ventes sources add' et suivi ensuite ; un 'ventes start' plus tard le suit encore. Sans aucune source, c'est une démonstration, dans DIR/demo, que la première source enregistrée termine.",
      en: "Runs everything in one process: reading sources, database, analyses and page. Each FILE_OR_URL is registered as by 'ventes sources add' and then followed; a later 'ventes start' still follows it. Without any source it is a demo, in DIR/demo, which the first registered source ends.",
    },
    examples: [
      {
        command: "ventes start",
        fr: "La démonstration, ou les sources déjà enregistrées",
        en: "The demo, or the sources already registered",
      },
      {
        command: "ventes start --source ventes=https://exemple.fr/v.csv --every 10s",
        fr: "Dire ce qu'une URL contient, et la regarder toutes les 10 secondes",
        en: "Say what a URL holds, and look at it every 10 seconds",
      },
      {
        command: "ventes start --once produits.csv magasins.csv ventes.csv --json",
        fr: "Lire une fois, donner les analyses, s'arrêter",
        en: "Read once, print the analyses, stop",
      },
      { command: "KAFKA_BROKERS=localhost:9092 ventes start", fr: "Par Kafka", en: "Through Kafka" },
    ],
  },
  producer: {
    short: {
      fr: "Lit les sources et publie ce qui change (Kafka)",
      en: "Reads the sources and publishes what changes (Kafka)",
    },
    examples: [
      {
        command: "KAFKA_BROKERS=localhost:9092 ventes producer --data ./p1",
        fr: "Un producteur, avec son propre répertoire",
        en: "A producer, with a directory of its own",
      },
    ],
  },
  consumer: {
    short: {
      fr: "Écrit les événements dans la base (Kafka)",
      en: "Writes the events into the database (Kafka)",
    },
    examples: [
      {
        command: "KAFKA_BROKERS=localhost:9092 ventes consumer --data ./base",
        fr: "Un consommateur ; plusieurs peuvent partager une base",
        en: "A consumer; several may share one database",
      },
    ],
  },
  analyzer: {
    short: {
      fr: "Tient les analyses à jour et sert la page (Kafka)",
      en: "Keeps the analyses up to date and serves the page (Kafka)",
    },
    examples: [
      {
        command: "KAFKA_BROKERS=localhost:9092 ventes analyzer --data ./base --port 8080",
        fr: "L'analyse, sur la base du consommateur",
        en: "The analyzer, on the consumer's database",
      },
      {
        command: "VENTES_TOKEN_FILE=./jeton ventes analyzer --data ./base --host 0.0.0.0",
        fr: "La page pour d'autres machines, avec un jeton",
        en: "The page for other machines, with a token",
      },
    ],
  },
  sources: {
    short: { fr: "Montre les sources, en ajoute, en retire", en: "Shows the sources, adds and removes them" },
    long: {
      fr: "Montre où en est chaque source : son état, les comptes de sa dernière version, pourquoi elle ne peut être lue, quand elle a été regardée, quand elle a changé, quand elle sera regardée de nouveau (vide : maintenant, ou par personne). Avec --json, aussi quel producteur la suit.",
      en: "Shows how each source stands: its state, the counts of its last version, why it cannot be read, when it was looked at, when it changed, when it is looked at next (empty: now, or by nobody). With --json, also which producer follows it.",
    },
    examples: [
      { command: "ventes sources", fr: "Où en est chaque source", en: "How each source stands" },
      {
        command: "ventes sources add https://exemple.fr/ventes.csv",
        fr: "En suivre une de plus",
        en: "Follow one more",
      },
    ],
  },
  "sources add": {
    short: {
      fr: "Enregistre une source ; un 'ventes start' en cours la prend aussitôt",
      en: "Registers a source; a running 'ventes start' takes it up at once",
    },
    long: {
      fr: "Enregistre une source, après en avoir lu l'en-tête : s'il ne peut être lu, ou contredit ENTITÉ (produits, magasins, ventes, ou plusieurs séparées par des virgules), rien n'est enregistré. Un 'ventes start' ou 'ventes producer' en cours la prend aussitôt. Ajoutée de nouveau, ce qui n'est pas redit reste comme enregistré ; --map et --set changent colonne par colonne.\n\nAvec --catalogue, c'est un document qui énumère des fichiers : une liste (texte, CSV « entité,url », JSON, datapackage.json), une page de liens ou un dossier. Il est regardé comme une source ; ce qui s'y ajoute est suivi de lui-même, ce qui en disparaît ne l'est plus et ses lignes restent. Les options valent pour chaque fichier énuméré.",
      en: "Registers a source, after reading its header: if it cannot be read, or contradicts ENTITY (produits, magasins, ventes, or several separated by commas), nothing is registered. A running 'ventes start' or 'ventes producer' takes it up at once. Added again, what is not said again stays as registered; --map and --set change column by column.\n\nWith --catalogue it is a document that lists files: a list (text, CSV \"entity,url\", JSON, datapackage.json), a page of links or a folder. It is looked at like a source; what is added to it is followed by itself, what disappears from it is followed no longer and its rows stay. The options hold for each file listed.",
    },
    examples: [
      {
        command: "ventes sources add https://exemple.fr/ventes.csv",
        fr: "L'en-tête dit ce que c'est",
        en: "The header tells what it is",
      },
      {
        command: "ventes sources add ventes ./ventes.csv --dry-run",
        fr: "Voir ce qui serait lu, sans rien écrire",
        en: "See what would be read, writing nothing",
      },
      {
        command:
          "ventes sources add produits,magasins,ventes ./export.csv --map nom=Article --set ville=Rennes",
        fr: "Un fichier large : chaque ligne dit un produit, un magasin et une vente",
        en: "A wide file: each line tells a product, a shop and a sale",
      },
      {
        command: "ventes sources add https://exemple.fr/orders_export.csv --preset shopify-orders",
        fr: "Un export connu",
        en: "A known export",
      },
      {
        command: "ventes sources add ./caisse.csv --no-header --columns date,produit,magasin,quantité",
        fr: "Sans en-tête",
        en: "Without a header",
      },
      {
        command: "ventes sources add produits ./produits.csv --every 1h",
        fr: "La regarder toutes les heures",
        en: "Look at it every hour",
      },
      {
        command: "ventes sources add --catalogue https://exemple.fr/exports/",
        fr: "Suivre tous les fichiers qu'une page, une liste ou un dossier énumère",
        en: "Follow every file that a page, a list or a folder lists",
      },
    ],
  },
  "sources remove": {
    short: { fr: "Cesse de suivre une source", en: "Stops following a source" },
    long: {
      fr: "Cesse de suivre une source. Ses lignes restent ; avec --withdraw, ce qu'elle seule avait apporté est retiré. Un catalogue s'en va avec tous ses fichiers. Un fichier de catalogue reste retiré, bien que le catalogue l'énumère encore.",
      en: "Stops following a source. Its rows stay; with --withdraw, what it alone had brought is withdrawn. A catalogue goes with all of its files. A file of a catalogue stays removed, although the catalogue still lists it.",
    },
    examples: [
      {
        command: "ventes sources remove https://exemple.fr/ventes.csv",
        fr: "Garder ses lignes",
        en: "Keep its rows",
      },
      {
        command: "ventes sources remove ./ventes.csv --withdraw",
        fr: "Retirer ce qu'elle avait apporté",
        en: "Withdraw what it had brought",
      },
    ],
  },
  "sources confirm": {
    short: {
      fr: "Accepte la version retenue d'une source",
      en: "Accepts a source's version that is held back",
    },
    long: {
      fr: "Accepte la version retenue d'une source. Une version qui retirerait plus de 10 lignes et plus de 20 % de celles dont elle parle n'est pas appliquée d'elle-même. Seul le contenu du moment est accepté.",
      en: "Accepts a source's version that is held back. A version that would withdraw more than 10 rows, and more than 20 % of those that it speaks for, is not applied by itself. Only the content of this moment is accepted.",
    },
    examples: [
      {
        command: "ventes sources confirm https://exemple.fr/ventes.csv",
        fr: "Le fichier a bien été corrigé à ce point",
        en: "The file has really been corrected that much",
      },
    ],
  },
  "sources move": {
    short: {
      fr: "Une source est désormais publiée ailleurs",
      en: "A source is published elsewhere from now on",
    },
    long: {
      fr: "Une source est désormais publiée ailleurs : ses lignes, leurs identifiants et ses prix restent, sous la nouvelle adresse.",
      en: "A source is published elsewhere from now on: its rows, their ids and its prices stay, under the new address.",
    },
    examples: [
      {
        command: "ventes sources move http://ancien.exemple.fr/ventes.csv https://exemple.fr/ventes.csv",
        fr: "Le même fichier, sur un autre serveur",
        en: "The same file, on another server",
      },
    ],
  },
  status: {
    short: {
      fr: "L'état de chaque partie ; sortie 1 si quelqu'un doit agir",
      en: "The state of every part; exit 1 when something needs a person",
    },
    examples: [
      {
        command: "ventes status --json",
        fr: "Pour un programme de surveillance",
        en: "For a monitoring program",
      },
    ],
  },
  query: {
    short: { fr: "Répond à une requête SQL, en lecture seule", en: "Answers an SQL query, read-only" },
    examples: [
      {
        command: 'ventes query "SELECT SUM(chiffre_affaires) FROM ventes"',
        fr: "Le chiffre d'affaires total",
        en: "The total revenue",
      },
      {
        command: 'ventes query --csv "SELECT * FROM ventes_par_region" > regions.csv',
        fr: "Vers un tableur",
        en: "To a spreadsheet",
      },
      { command: "ventes query - < requetes.sql", fr: "Depuis un fichier", en: "From a file" },
    ],
  },
  rejects: {
    short: { fr: "Les lignes mises de côté, et pourquoi", en: "The rows set aside, and why" },
    examples: [
      {
        command: "ventes rejects --by-code",
        fr: "Combien de chaque sorte, et la première de chacune",
        en: "How many of each kind, and the first of each",
      },
      {
        command: "ventes rejects --code quantite --source https://exemple.fr/ventes.csv",
        fr: "Celles d'un fichier, dont la quantité ne se lit pas",
        en: "Those of one file whose quantity cannot be read",
      },
      {
        command: "ventes rejects --csv > rejets.csv",
        fr: "À renvoyer à qui publie le fichier",
        en: "To send back to whoever publishes the file",
      },
    ],
  },
  "rejects retry": {
    short: {
      fr: "Relit les fichiers en entier et reprend ce qui se lit maintenant",
      en: "Reads the files again whole and takes what can be read now",
    },
    long: {
      fr: "Relit en entier les fichiers qui ont des lignes mises de côté, même inchangés : après une correction des options de la source ou des réglages, ce qui se lit maintenant devient des lignes. Un 'ventes start' en cours le fait ; sinon cette commande elle-même. Une ligne corrigée puis republiée n'en a pas besoin.",
      en: "Reads the files that have rows set aside again, whole, even if unchanged: after a correction of the source's options or of the settings, what can be read now becomes rows. A running 'ventes start' does it; otherwise this command itself. A line that was corrected and published again needs none of it.",
    },
    examples: [
      {
        command: "ventes rejects retry",
        fr: "Tous les fichiers qui ont des lignes mises de côté",
        en: "Every file that has rows set aside",
      },
      {
        command: "ventes rejects retry --source https://exemple.fr/ventes.csv",
        fr: "Un seul",
        en: "One of them",
      },
    ],
  },
  replay: {
    short: {
      fr: "Relit tous les événements et répare la base s'il le faut",
      en: "Reads all events again and repairs the database if needed",
    },
    examples: [
      { command: "ventes replay", fr: "Doit finir par 0 ligne réparée", en: "Should end in 0 rows repaired" },
    ],
  },
  hello: {
    short: {
      fr: "Vérifie que tout répond : SQLite, le répertoire, les topics",
      en: "Checks that everything answers: SQLite, the directory, the topics",
    },
    examples: [
      {
        command: "ventes hello",
        fr: "Une ligne écrite puis relue, les topics atteints",
        en: "A row written and read back, the topics reached",
      },
    ],
  },
  schema: {
    short: { fr: "Le schéma SQL de la base", en: "The SQL schema of the database" },
    examples: [
      {
        command: "ventes schema",
        fr: "Ce que 'ventes query' peut interroger",
        en: "What 'ventes query' can ask",
      },
    ],
  },
  topics: {
    short: {
      fr: "Les topics, leurs réglages, et leur document AsyncAPI",
      en: "The topics, their settings, and their AsyncAPI document",
    },
    examples: [
      {
        command: "ventes topics --asyncapi > ventes.asyncapi.json",
        fr: "Pour qui lit les topics",
        en: "For whoever reads the topics",
      },
    ],
  },
} as const satisfies Record<string, CommandHelp>;

export type CommandName = keyof typeof COMMAND_HELP;

export const FLAG_HELP = {
  data: {
    fr: "répertoire des données (VENTES_DATA ; ./data par défaut)",
    en: "data directory (VENTES_DATA; default ./data)",
  },
  namespace: {
    fr: "préfixe des topics et des groupes (VENTES_NAMESPACE ; ventes)",
    en: "prefix of topics and groups (VENTES_NAMESPACE; ventes)",
  },
  json: { fr: "sortie pour un programme", en: "output for a program" },
  allowPrivate: {
    fr: "suivre redirections et découvertes vers des adresses privées (VENTES_ALLOW_PRIVATE)",
    en: "follow redirects and discoveries to private addresses (VENTES_ALLOW_PRIVATE)",
  },
  every: {
    fr: "délai entre deux regards : 200ms, 10s, 5m, 1h (VENTES_EVERY ; 60s)",
    en: "time between two looks: 200ms, 10s, 5m, 1h (VENTES_EVERY; 60s)",
  },
  source: {
    fr: "une source et ce qu'elle contient ; répétable",
    en: "a source and what it holds; repeatable",
  },
  once: {
    fr: "lire chaque source une fois, donner les analyses, s'arrêter",
    en: "read every source once, print the analyses, stop",
  },
  onceAdd: { fr: "la lire une fois, sans la suivre", en: "read it once, without following it" },
  timeout: {
    fr: "attente d'un broker, avec --once (60s)",
    en: "how long to wait for a broker, with --once (60s)",
  },
  port: {
    fr: "port de la page ; 0 : un port libre (VENTES_PORT ; 8080, ou le suivant qui est libre)",
    en: "port of the page; 0: a free one (VENTES_PORT; 8080, or the next free one)",
  },
  host: {
    fr: "adresse de la page (VENTES_HOST ; 127.0.0.1) ; une autre demande VENTES_TOKEN ou VENTES_AUTH=none",
    en: "address of the page (VENTES_HOST; 127.0.0.1); another one needs VENTES_TOKEN or VENTES_AUTH=none",
  },
  open: { fr: "ouvrir la page dans le navigateur", en: "open the page in the browser" },
  dryRun: {
    fr: "montrer ce qui serait lu, sans rien écrire",
    en: "show what would be read, writing nothing",
  },
  preset: {
    fr: "un export connu : google-sheets, excel-fr, shopify-orders, prestashop, sage ; none : aucun",
    en: "a known export: google-sheets, excel-fr, shopify-orders, prestashop, sage; none: no preset",
  },
  delimiter: {
    fr: "séparateur : , ; | tab ; auto : décidé sur le fichier, comme sans cette option",
    en: "delimiter: , ; | tab; auto: decided on the file, as without this flag",
  },
  encoding: {
    fr: "encodage : utf-8, utf-16le, windows-1252, iso-8859-15, macintosh, ... ; auto",
    en: "encoding: utf-8, utf-16le, windows-1252, iso-8859-15, macintosh, ...; auto",
  },
  decimal: {
    fr: "les nombres ont un point ou une virgule décimale : point, comma, auto",
    en: "numbers have a decimal point or comma: point, comma, auto",
  },
  dateFormat: {
    fr: "ordre des dates en chiffres : dmy (ou JJ/MM/AAAA), mdy, ymd ; excel : des nombres de jours ; auto",
    en: "order of dates in digits: dmy (or DD/MM/YYYY), mdy, ymd; excel: numbers of days; auto",
  },
  noHeader: {
    fr: "le fichier n'a pas d'en-tête : --columns les nomme",
    en: "the file has no header: --columns names its columns",
  },
  columns: {
    fr: "avec --no-header : les colonnes, dans l'ordre du fichier",
    en: "with --no-header: the columns, in the order of the file",
  },
  map: {
    fr: "id_produit=CodeArticle : la colonne du fichier à lire ; 'prix=' : aucune ; répétable",
    en: "id_produit=CodeArticle: the column of the file to read; 'prix=': none; repeatable",
  },
  set: {
    fr: "id_magasin=web : la même valeur pour toutes les lignes ; répétable",
    en: "id_magasin=web: the same value for all lines; repeatable",
  },
  where: {
    fr: "'Financial Status=paid' : seulement ces lignes ; répétable, toutes doivent convenir",
    en: "'Financial Status=paid': only these lines; repeatable, all must hold",
  },
  fillDown: {
    fr: "une colonne laissée vide quand elle répète la ligne du dessus ; répétable",
    en: "a column left empty where it repeats the line above; repeatable",
  },
  key: {
    fr: "les colonnes qui identifient une ligne, ensemble : l'identifiant joint par /, ou, sans id_vente parmi elles, ce qui distingue les ventes",
    en: "the columns that identify a line together: the id, joined by /, or, without id_vente among them, what tells sales apart",
  },
  prices: {
    fr: "dans un fichier large, le prix de la vente est aussi celui du produit ; --no-prices : non",
    en: "in a wide file, the price of the sale is the product's, too; --no-prices: it is not",
  },
  idScope: {
    fr: "tient à part un fichier qui numérote ou répète ses ventes pour lui-même ; '' : rien",
    en: "keeps apart a file that numbers or repeats its sales for itself; '': nothing",
  },
  rekey: {
    fr: "si les options changent ce qui distingue les ventes : celles des jours que le fichier contient sont retirées et publiées de nouveau",
    en: "if the options change what tells sales apart: those of the days that the file holds are withdrawn and published anew",
  },
  vanished: {
    fr: "lignes disparues du fichier : keep, gardées ; withdraw, retirées ; auto, la règle",
    en: "lines that vanish from the file: keep them; withdraw them; auto, the rule",
  },
  duplicates: {
    fr: "lignes identiques : keep, autant de ventes ; drop, une seule",
    en: "identical lines: keep, as many sales; drop, only one",
  },
  catalogue: {
    fr: "l'URL, le fichier ou le dossier énumère des fichiers à suivre",
    en: "the URL, file or folder lists files to follow",
  },
  code: {
    fr: "celles de ce code, ou de ceux qui commencent par lui ; répétable",
    en: "those of this code, or of codes that begin with it; repeatable",
  },
  ofSource: { fr: "celles de ce fichier ou de cette URL", en: "those of this file or URL" },
  ofEntity: { fr: "celles de produits, magasins ou ventes", en: "those of produits, magasins or ventes" },
  limit: {
    fr: "au plus N lignes (50 sur un terminal, sinon toutes)",
    en: "at most N rows (50 on a terminal, otherwise all)",
  },
  byCode: { fr: "combien de chaque code, et la première", en: "how many of each code, and the first" },
  timeoutRetry: {
    fr: "attente du producteur en cours (10m)",
    en: "how long to wait for the running producer (10m)",
  },
  withdraw: {
    fr: "retirer aussi ce que la source seule avait apporté",
    en: "also withdraw what the source alone had brought",
  },
  csv: { fr: "sortie CSV, avec un en-tête", en: "CSV output, with a header" },
  asyncapi: { fr: "le document AsyncAPI 3, en JSON", en: "the AsyncAPI 3 document, as JSON" },
  help: { fr: "cette aide", en: "this help" },
  version: { fr: "la version", en: "the version" },
} as const satisfies Record<string, Said>;

export const ARGUMENT_HELP = {
  sources: { fr: "fichiers CSV ou URL à enregistrer", en: "CSV files or URLs to register" },
  entityAndUrl: {
    fr: "[produits|magasins|ventes, ou plusieurs : produits,ventes] puis un fichier ou une URL",
    en: "[produits|magasins|ventes, or several: produits,ventes], then a file or URL",
  },
  url: {
    fr: "l'URL ou le fichier, comme 'ventes sources' le montre",
    en: "the URL or file, as 'ventes sources' shows it",
  },
  newUrl: { fr: "l'URL ou le fichier où elle est désormais", en: "the URL or file where it is from now on" },
  sql: { fr: "la requête ; - la lit sur l'entrée standard", en: "the query; - reads it from standard input" },
} as const satisfies Record<string, Said>;

export const HEADINGS = {
  usage: { fr: "UTILISATION", en: "USAGE" },
  arguments: { fr: "ARGUMENTS", en: "ARGUMENTS" },
  flags: { fr: "OPTIONS", en: "FLAGS" },
  common: {
    fr: "OPTIONS COMMUNES (avant ou après la commande)",
    en: "COMMON FLAGS (before or after the command)",
  },
  commands: { fr: "COMMANDES", en: "COMMANDS" },
  examples: { fr: "EXEMPLES", en: "EXAMPLES" },
} as const satisfies Record<string, Said>;

/** One line each for wrong usage that effect/cli finds. */
export const USAGE_ERRORS = {
  unknownCommand: {
    fr: (x: string) => `commande inconnue « ${x} »`,
    en: (x: string) => `unknown command "${x}"`,
  },
  unknownFlag: { fr: (x: string) => `option inconnue ${x}`, en: (x: string) => `unknown flag ${x}` },
  missingValue: {
    fr: (x: string) => `il manque la valeur de --${x}`,
    en: (x: string) => `--${x} needs a value`,
  },
  badValue: {
    fr: (x: string, value: string, expected: string) => `--${x} « ${value} » : ${expected}`,
    en: (x: string, value: string, expected: string) => `--${x} "${value}": ${expected}`,
  },
  missingArgument: { fr: (x: string) => `il manque ${x}`, en: (x: string) => `${x} is missing` },
  missingCommand: { fr: () => "il manque une commande", en: () => "a command is missing" },
  unexpectedArgument: {
    fr: (x: string) => `argument en trop « ${x} »`,
    en: (x: string) => `one argument too many: "${x}"`,
  },
  didYouMean: { fr: (x: string) => ` ; vouliez-vous dire ${x} ?`, en: (x: string) => `; did you mean ${x}?` },
  seeHelp: { fr: (x: string) => ` (aide : ${x} --help)`, en: (x: string) => ` (help: ${x} --help)` },
} as const;
