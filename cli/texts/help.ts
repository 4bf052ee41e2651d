/**
 * The `--help` of each command and flag, in both languages, with examples that can be pasted.
 * A test compares this table with the commands that exist.
 */
import type { Language } from "#shared/runtime/settings.ts";

type Bilingual = Readonly<Record<Language, string>>;

interface CommandHelp {
  readonly short: Bilingual;
  /** More than the short line, where there is more to say. */
  readonly long?: Bilingual;
  readonly examples: readonly { readonly command: string; readonly fr: string; readonly en: string }[];
}

export const COMMAND_HELP = {
  ventes: {
    short: {
      fr: "Les ventes d'une PME, de fichiers CSV à des analyses toujours à jour.",
      en: "A small company's sales, from CSV files to analyses that are always up to date.",
    },
    long: {
      fr: "Les ventes d'une PME, de fichiers CSV à des analyses toujours à jour.\n\nDes fichiers CSV (produits, magasins, ventes), à des URL ou sur le disque, deviennent des événements ; les événements deviennent des lignes de DIR/ventes.db, chacun exactement une fois ; chaque commit met à jour les analyses. Pour commencer : ventes start.",
      en: "A small company's sales, from CSV files to analyses that are always up to date.\n\nCSV files (products, shops, sales), at URLs or on disk, become events; events become rows of DIR/ventes.db, each exactly once; every commit refreshes the analyses. To begin: ventes start.",
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
        en: "Your files: the header shows which entity each one holds",
      },
      {
        command: 'ventes query "SELECT * FROM ventes_par_region"',
        fr: "Interroger la base",
        en: "Query the database",
      },
    ],
  },
  start: {
    short: {
      fr: "Lance tout dans un seul processus : sources, base, analyses et page",
      en: "Runs everything in one process: sources, database, analyses and page",
    },
    long: {
      fr: "Lance tout dans un seul processus : sources, base, analyses et page. Chaque FICHIER_OU_URL est enregistré, comme avec 'ventes sources add', puis suivi ; le prochain 'ventes start' le suivra encore. Tant qu'aucune source n'est enregistrée, une démonstration tourne, dans DIR/demo ; la première source enregistrée y met fin.",
      en: "Runs everything in one process: sources, database, analyses and page. Each FILE_OR_URL is registered, as with 'ventes sources add', and then followed; a later 'ventes start' still follows it. While no source is registered, a demo runs, in DIR/demo; the first registered source ends it.",
    },
    examples: [
      {
        command: "ventes start",
        fr: "La démonstration, ou les sources déjà enregistrées",
        en: "The demo, or the sources already registered",
      },
      {
        command: "ventes start --source ventes=https://exemple.fr/v.csv --every 10s",
        fr: "Dire ce qu'une URL contient, et l'interroger toutes les 10 secondes",
        en: "Say what a URL holds, and poll it every 10 seconds",
      },
      {
        command: "ventes start --once produits.csv magasins.csv ventes.csv --json",
        fr: "Lire une fois, afficher les analyses, s'arrêter",
        en: "Read once, print the analyses, stop",
      },
      { command: "KAFKA_BROKERS=localhost:9092 ventes start", fr: "Avec Kafka", en: "On Kafka" },
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
        fr: "Les analyses, sur la base du consommateur",
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
      fr: "Montre où en est chaque source : son état, les comptes de sa dernière version, la raison pour laquelle elle ne peut pas être lue, la date de sa dernière interrogation, celle de son dernier changement et celle de sa prochaine interrogation (vide : tout de suite, ou aucun producteur ne la suit). Avec --json, aussi le producteur qui la suit.",
      en: "Shows each source: its state, the counts of its last version, why it cannot be read, when it was last polled, when it last changed, and when it is polled next (empty: now, or no producer follows it). With --json, also which producer follows it.",
    },
    examples: [
      { command: "ventes sources", fr: "Où en est chaque source", en: "How each source stands" },
      {
        command: "ventes sources add https://exemple.fr/ventes.csv",
        fr: "Suivre une source de plus",
        en: "Follow one more source",
      },
    ],
  },
  "sources add": {
    short: {
      fr: "Enregistre une source ; un 'ventes start' en cours la prend aussitôt",
      en: "Registers a source; a running 'ventes start' takes it up at once",
    },
    long: {
      fr: "Lit l'en-tête d'une source, puis l'enregistre. Si l'en-tête est illisible, ou s'il contredit ENTITÉ (produits, magasins, ventes, ou plusieurs séparées par des virgules), rien n'est enregistré. Un 'ventes start' ou un 'ventes producer' en cours suit la source aussitôt. Pour une source déjà enregistrée, les options que vous ne donnez pas gardent leur valeur ; --map et --set changent colonne par colonne.\n\nAvec --catalogue, l'adresse est celle d'un document qui énumère des fichiers : une liste (texte, CSV « entité,url », JSON, datapackage.json), une page de liens ou un dossier. Le catalogue est interrogé comme une source. Les fichiers qui s'y ajoutent sont suivis ; ceux qui en disparaissent ne sont plus interrogés, et leurs lignes restent. Les options valent pour chaque fichier énuméré.",
      en: "Reads the header of a source, then registers it. If the header cannot be read, or contradicts ENTITY (produits, magasins, ventes, or several separated by commas), nothing is registered. A running 'ventes start' or 'ventes producer' follows the source at once. For a source that is already registered, options that you leave out keep their values; --map and --set change column by column.\n\nWith --catalogue, the address is that of a document that lists files: a list (text, CSV \"entity,url\", JSON, datapackage.json), a page of links or a folder. The catalogue is polled like a source. Files that are added to it are followed; files that disappear from it are no longer polled, and their rows stay. The options hold for each file listed.",
    },
    examples: [
      {
        command: "ventes sources add https://exemple.fr/ventes.csv",
        fr: "L'en-tête dit ce que le fichier contient",
        en: "The header shows what the file holds",
      },
      {
        command: "ventes sources add ventes ./ventes.csv --dry-run",
        fr: "Voir ce qui serait lu, sans rien écrire",
        en: "See what would be read, writing nothing",
      },
      {
        command:
          "ventes sources add produits,magasins,ventes ./export.csv --map nom=Article --set ville=Rennes",
        fr: "Un fichier large : chaque ligne porte un produit, un magasin et une vente",
        en: "A wide file: each line has a product, a shop and a sale",
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
        fr: "L'interroger toutes les heures",
        en: "Poll it every hour",
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
      fr: "Cesse de suivre une source. Ses lignes restent ; avec --withdraw, les lignes qu'elle seule avait apportées sont retirées. Retirer un catalogue retire aussi tous ses fichiers. Un fichier que vous retirez d'un catalogue reste retiré, même si le catalogue l'énumère encore.",
      en: "Stops following a source. Its rows stay; with --withdraw, the rows that this source alone had brought are withdrawn. Removing a catalogue removes all of its files. A file that you remove from a catalogue stays removed, even if the catalogue still lists it.",
    },
    examples: [
      {
        command: "ventes sources remove https://exemple.fr/ventes.csv",
        fr: "Garder ses lignes",
        en: "Keep its rows",
      },
      {
        command: "ventes sources remove ./ventes.csv --withdraw",
        fr: "Retirer aussi ses lignes",
        en: "Withdraw its rows, too",
      },
      {
        command: "ventes sources remove ./ventes.csv --withdraw --dry-run",
        fr: "Voir d'abord combien de lignes, et quel montant",
        en: "First see how many rows, and what they are worth",
      },
      {
        command: "ventes sources remove --invalid",
        fr: "Retirer ce que d'autres programmes ont écrit de faux dans le topic sources",
        en: "Remove what other programs wrote wrongly into the topic sources",
      },
    ],
  },
  "sources confirm": {
    short: {
      fr: "Accepte la version d'une source telle qu'elle est",
      en: "Accepts the version of a source as it is",
    },
    long: {
      fr: "Accepte la version d'une source telle qu'elle est, pour qu'elle soit appliquée. Une version retenue attend cette confirmation : rien n'en est publié. « ventes sources » dit ce qui n'est pas clair, et sous quel nom de décision. Sans nom de décision, tout ce qui est ouvert est accepté. La décision vaut aussi pour les versions suivantes où la même chose n'est pas claire, par exemple quand des lignes s'y ajoutent. D'un catalogue, elle vaut pour tous ses fichiers, les suivants aussi.",
      en: "Accepts the version of a source as it is, so that it is applied. A version that is held back waits for this: nothing of it is published. 'ventes sources' says what is unclear, and the name of the decision. Without a name, all that is open is accepted. The decision also holds for later versions about which the same is unclear, for example when lines are added. For a catalogue it holds for all its files, later ones too.",
    },
    examples: [
      {
        command: "ventes sources confirm https://exemple.fr/ventes.csv",
        fr: "Ces suppressions sont voulues",
        en: "These deletions are intended",
      },
      {
        command: "ventes sources confirm https://exemple.fr/ventes.csv --dry-run",
        fr: "Voir ce qui serait accepté",
        en: "Show what would be accepted",
      },
      {
        command: "ventes sources confirm https://exemple.fr/exports/ sales.shared:05VBAKrnYU21CWDO",
        fr: "Décider une fois pour tous les fichiers d'un catalogue",
        en: "Decide once for all files of a catalogue",
      },
      {
        command: "ventes sources confirm https://exemple.fr/exports/ --revoke",
        fr: "Reprendre ces décisions",
        en: "Take these decisions back",
      },
    ],
  },
  "sources history": {
    short: {
      fr: "Ce que sont devenues les versions d'une source",
      en: "What became of the versions of a source",
    },
    long: {
      fr: "Les versions publiées, retenues et illisibles d'une source, ce qui a été accepté à la main, et ce que ses ventes ont gagné ou perdu, en lignes et en argent, le plus récent d'abord. La page le note pendant que « ventes start » ou « ventes analyzer » fonctionne ; les 200 dernières entrées de chaque source restent.",
      en: "The versions of a source that were published, held or not readable, what was accepted by hand, and what its sales gained or lost, in rows and money, the newest first. The page notes it while 'ventes start' or 'ventes analyzer' runs; the last 200 entries of each source stay.",
    },
    examples: [
      {
        command: "ventes sources history https://exemple.fr/ventes.csv",
        fr: "Ce qu'est devenu ce fichier",
        en: "What became of this file",
      },
    ],
  },
  "sources move": {
    short: {
      fr: "Une source est désormais publiée ailleurs",
      en: "A source is published elsewhere from now on",
    },
    long: {
      fr: "À utiliser quand une source change d'adresse : ses lignes, leurs identifiants et ses prix restent, sous la nouvelle adresse.",
      en: "For a source whose address changes: its rows, their ids and its prices stay, under the new address.",
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
      fr: "L'état de chaque partie ; code de sortie 1 si vous devez agir",
      en: "The state of every part; exit code 1 when you must act",
    },
    examples: [
      {
        command: "ventes status --json",
        fr: "Pour un programme de surveillance",
        en: "For a monitoring program",
      },
      {
        command: "ventes status --watch",
        fr: "Un écran, redessiné jusqu'à Ctrl-C",
        en: "One screen, drawn again until Ctrl-C",
      },
      {
        command: "ventes status --forget old-server:/srv/ventes",
        fr: "Sur Kafka, un composant qui ne reviendra plus : son état est retiré",
        en: "On Kafka, a component that will not come back: its state is removed",
      },
    ],
  },
  doctor: {
    short: {
      fr: "Vérifie cette machine et le répertoire, et dit que faire",
      en: "Checks this machine and the directory, and says what to do",
    },
    long: {
      fr: "Vérifie ce qui peut l'être sur cette machine, sans rien changer : droits et place du répertoire, qui y travaille, le port de la page, les topics, la base lue en entier, son origine, l'horloge, la dernière sauvegarde. Chaque problème est suivi de ce qu'il faut faire ; code de sortie 1 s'il y en a un. 'ventes status' dit ce que demandent les sources et les composants.",
      en: "Checks what can be checked on this machine, and changes nothing: rights and room of the directory, what works in it, the port of the page, the topics, the whole of the database, its origin, the clock, the last backup. Each problem is followed by what to do; exit code 1 when there is one. 'ventes status' says what sources and components need.",
    },
    examples: [
      { command: "ventes doctor", fr: "Tout vérifier", en: "Check everything" },
      { command: "ventes doctor --json", fr: "Pour un programme", en: "For a program" },
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
      {
        command: 'ventes query --save grosses_ventes "SELECT * FROM ventes WHERE chiffre_affaires > 500"',
        fr: "Garder la requête comme analyse, toujours à jour",
        en: "Keep the query as an analysis that stays up to date",
      },
    ],
  },
  analyses: {
    short: {
      fr: "Les analyses, ou le résultat de l'une d'elles",
      en: "The analyses, or the result of one of them",
    },
    long: {
      fr: "Les analyses, ou le résultat de l'une d'elles. Une analyse est un fichier .sql du dossier de --analyses : un SELECT. Elle est 'incremental' (tenue à chaque commit) ou 'plain' (calculée de nouveau après les commits qui la touchent).",
      en: "The analyses, or the result of one of them. An analysis is a .sql file of the folder of --analyses: one SELECT. It is 'incremental' (kept with every commit) or 'plain' (run again after the commits that concern it).",
    },
    examples: [
      { command: "ventes analyses", fr: "La liste", en: "The list" },
      {
        command: "ventes analyses ventes_par_mois --csv > mois.csv",
        fr: "Un résultat, vers un tableur",
        en: "One result, to a spreadsheet",
      },
    ],
  },
  rejects: {
    short: { fr: "Les lignes rejetées, et pourquoi", en: "The rejected rows, and why" },
    examples: [
      {
        command: "ventes rejects --by-code",
        fr: "Combien de chaque sorte, et la première de chacune",
        en: "How many of each kind, and the first of each",
      },
      {
        command: "ventes rejects --code quantite --source https://exemple.fr/ventes.csv",
        fr: "Les lignes d'un fichier dont la quantité est illisible",
        en: "The rows of one file whose quantity cannot be read",
      },
      {
        command: "ventes rejects --csv > rejets.csv",
        fr: "À renvoyer à l'auteur du fichier",
        en: "To send back to the publisher of the file",
      },
    ],
  },
  prices: {
    short: {
      fr: "Les prix d'un produit, et les ventes qui en dépendent",
      en: "The prices of a product, and the sales that rest on each",
    },
    long: {
      fr: "Les prix d'un produit : à partir de quel jour chacun vaut, si le fichier donne ce jour, quelle source l'a dit, et combien de ventes et d'argent en dépendent. Sans produit : les prix fixés à la main.",
      en: "The prices of a product: from which day each one holds, whether the file gives that day, which source stated it, and how many sales and how much money rest on it. Without a product: the prices set by hand.",
    },
    examples: [
      { command: "ventes prices P01", fr: "Les prix d'un produit", en: "The prices of a product" },
      {
        command: "ventes prices set P01 1.20 --from 2026-03-01 --until 2026-03-31",
        fr: "Corriger le prix de mars",
        en: "Correct the price of March",
      },
    ],
  },
  "prices set": {
    short: {
      fr: "Corrige le prix d'un produit à partir d'un jour",
      en: "Corrects the price of a product from a day on",
    },
    long: {
      fr: "Corrige le prix d'un produit de --from à --until, et celui d'aucun autre jour. Les ventes calculées avec la liste de prix sont recalculées ; celles qui ont un montant ou un prix à elles ne changent pas. Le prix est publié dans les topics comme ceux des fichiers, par la source ventes:prix. Un nouveau prix d'un fichier vaut à partir de son jour.",
      en: "Corrects the price of a product from --from to --until, and of no other day. Sales that are computed with the price list are computed again; those with an amount or a price of their own do not change. The price is published in the topics like those of files, by the source ventes:prix. A new price of a file holds from its day on.",
    },
    examples: [
      {
        command: "ventes prices set P01 1.20 --from 2026-03-01 --until 2026-03-31 --dry-run",
        fr: "Ce que la correction changerait",
        en: "What the correction would change",
      },
      {
        command: "ventes prices set P01 1.35 --from 2026-03-01 --onwards",
        fr: "Le prix valait plus tôt que le fichier ne l'a dit, et vaut encore",
        en: "The price held earlier than the file said, and still holds",
      },
    ],
  },
  "prices remove": {
    short: {
      fr: "Retire les prix d'un produit fixés à la main",
      en: "Takes back the prices of a product that were set by hand",
    },
    examples: [
      {
        command: "ventes prices remove P01 --dry-run",
        fr: "Ce qui changerait",
        en: "What would change",
      },
      {
        command: "ventes prices remove P01",
        fr: "Les prix des fichiers valent de nouveau",
        en: "The prices of the files hold again",
      },
    ],
  },
  "rejects retry": {
    short: {
      fr: "Relit les fichiers en entier et reprend les lignes qui sont devenues lisibles",
      en: "Reads the files again as a whole and takes the rows that have become readable",
    },
    long: {
      fr: "Relit en entier les fichiers qui ont des lignes rejetées, même s'ils n'ont pas changé. À utiliser après une correction des options de la source ou des réglages : les lignes devenues lisibles sont reprises. Si un 'ventes start' tourne, c'est lui qui relit ; sinon, cette commande le fait elle-même. Une ligne corrigée dans le fichier publié n'en a pas besoin.",
      en: "Reads the files that have rejected rows again, as a whole, even if they have not changed. For use after a correction of the source's options or of the settings: rows that have become readable are taken. If a 'ventes start' runs, it does the reading; otherwise this command does. A line that is corrected in the published file does not need this command.",
    },
    examples: [
      {
        command: "ventes rejects retry",
        fr: "Tous les fichiers qui ont des lignes rejetées",
        en: "Every file that has rejected rows",
      },
      {
        command: "ventes rejects retry --source https://exemple.fr/ventes.csv",
        fr: "Un seul fichier",
        en: "One file",
      },
    ],
  },
  replay: {
    short: {
      fr: "Relit tous les événements et répare la base s'il le faut",
      en: "Reads all events again and repairs the database if needed",
    },
    long: {
      fr: "Relit tous les événements et répare la base s'il le faut, pendant que tout tourne. Avec --rebuild, une nouvelle base est remplie à côté, vérifiée et comparée ligne par ligne avec celle qui sert : les différences sont listées, puis corrigées en un seul commit. L'historique des analyses, les analyses enregistrées et les numéros de commit restent. Elle prend sur le disque la place de la base.",
      en: "Reads all events again and repairs the database if needed, while everything runs. With --rebuild, a new database is filled beside the running one, checked, and compared with it row by row: the differences are listed, and put right in one commit. The history of the analyses, saved analyses and the numbers of commits stay. It takes the size of the database on the disk.",
    },
    examples: [
      { command: "ventes replay", fr: "Doit finir par 0 ligne réparée", en: "Should end in 0 rows repaired" },
      {
        command: "ventes replay --topic magasins",
        fr: "Un topic seulement, avec chaque ligne réparée",
        en: "One topic only, with each repaired row",
      },
      {
        command: "ventes replay --rebuild --dry-run",
        fr: "La base est-elle ce que disent les topics ?",
        en: "Is the database what the topics say?",
      },
      {
        command: "ventes replay --rebuild",
        fr: "La rendre égale à une base neuve",
        en: "Make it equal to a new one",
      },
    ],
  },
  backup: {
    short: {
      fr: "Copie la base, et les topics sans Kafka, pendant que tout tourne",
      en: "Copies the database, and the topics without Kafka, while everything runs",
    },
    long: {
      fr: "Copie DIR/ventes.db dans un sous-répertoire de RÉPERTOIRE nommé d'après l'instant, avec DIR/events.db quand les topics y sont, puis vérifie la copie en entier. Une sauvegarde est un répertoire de données : 'ventes query --data SAUVEGARDE' la lit, 'ventes restore' la remet en service. Avec --every, recommence jusqu'à l'interruption.",
      en: "Copies DIR/ventes.db into a directory of DIRECTORY that is named after the moment, with DIR/events.db where the topics are in it, then checks the whole copy. A backup is a data directory: 'ventes query --data BACKUP' reads it, 'ventes restore' puts it into use. With --every it goes on until it is interrupted.",
    },
    examples: [
      { command: "ventes backup backups", fr: "Une sauvegarde, maintenant", en: "One backup, now" },
      {
        command: "ventes backup backups --every 1h --keep 24",
        fr: "Une par heure, les 24 dernières sont gardées",
        en: "One each hour; the last 24 are kept",
      },
    ],
  },
  restore: {
    short: {
      fr: "Remplit un répertoire de données depuis une sauvegarde",
      en: "Fills a data directory from a backup",
    },
    long: {
      fr: "Remplit DIR, qui n'a pas encore de base, depuis une sauvegarde, et la vérifie en entier. La suite vient des topics (Kafka) ou des fichiers eux-mêmes, au prochain 'ventes start' ; sans Kafka, les ventes qui ne sont plus dans aucun fichier et plus récentes que la sauvegarde manquent.",
      en: "Fills DIR, which has no database yet, from a backup, and checks all of it. What came later is read from the topics (Kafka) or from the files themselves by the next 'ventes start'; without Kafka, sales that came after the backup and have left every file since are missing.",
    },
    examples: [
      {
        command: "ventes restore backups --data data-restored",
        fr: "La plus récente des sauvegardes",
        en: "The newest of the backups",
      },
      {
        command: "ventes restore backups/2026-01-31T08-00-00.000Z --data data-restored",
        fr: "Celle d'un instant",
        en: "The one of a moment",
      },
    ],
  },
  notify: {
    short: {
      fr: "Envoie un message d'essai à chaque destination des alertes",
      en: "Sends a test message to each destination of alerts",
    },
    long: {
      fr: "Envoie un message d'essai à chaque destination des alertes, et dit laquelle l'a pris. 'ventes start --notify URL' ou VENTES_NOTIFY les envoie : un fichier illisible ou de nouveau lu, une version à vérifier, des lignes rejetées, des chiffres anciens. docs/alerts.fr.md dit les formes d'URL.",
      en: "Sends a test message to each destination of alerts, and says which took it. 'ventes start --notify URL' or VENTES_NOTIFY sends them: a file that cannot be read or is read again, a version to check, rejected lines, old figures. docs/alerts.md has the forms of URLs.",
    },
    examples: [
      {
        command: "ventes notify --notify https://ntfy.sh/mes-ventes-8c1f",
        fr: "Sur le téléphone, par ntfy",
        en: "On the telephone, by ntfy",
      },
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
        fr: "Les tables que 'ventes query' peut lire",
        en: "The tables that 'ventes query' can read",
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
        fr: "Pour les programmes qui lisent les topics",
        en: "For programs that read the topics",
      },
    ],
  },
} as const satisfies Record<string, CommandHelp>;

export type CommandName = keyof typeof COMMAND_HELP;

export const FLAG_HELP = {
  from: { fr: "premier jour du prix, AAAA-MM-JJ", en: "first day of the price, YYYY-MM-DD" },
  until: { fr: "dernier jour du prix, AAAA-MM-JJ", en: "last day of the price, YYYY-MM-DD" },
  onwards: {
    fr: "le prix vaut aussi aux jours pour lesquels la liste en a un autre, jusqu'au prochain prix publié",
    en: "the price holds on later days too for which the list has another one, until the next price is published",
  },
  replayTopic: {
    fr: "relire un seul topic d'événements : produits, magasins, ventes ou rejets",
    en: "read one topic of events only: produits, magasins, ventes or rejets",
  },
  rebuild: {
    fr: "remplir une nouvelle base depuis le premier événement, à côté de celle qui sert, les comparer, et rendre celle qui sert égale à la nouvelle",
    en: "fill a new database from the first event, beside the running one, compare the two, and make the running one equal to the new one",
  },
  dryRunRebuild: {
    fr: "avec --rebuild : comparer seulement, et finir avec le code 1 s'il y a des différences",
    en: "with --rebuild: only compare, and end with code 1 when there are differences",
  },
  acceptLoss: {
    fr: "avec --rebuild : supprimer aussi les lignes dont les événements ne sont plus dans les topics",
    en: "with --rebuild: also delete the rows whose events are no longer in the topics",
  },
  dryRunPrices: {
    fr: "montrer les ventes et les montants qui changeraient, sans rien écrire",
    en: "show the sales and amounts that would change, and write nothing",
  },
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
    fr: "accepter les redirections et les sources découvertes qui mènent à des adresses privées (VENTES_ALLOW_PRIVATE)",
    en: "allow redirects and discovered sources to lead to private addresses (VENTES_ALLOW_PRIVATE)",
  },
  notify: {
    fr: "envoyer les alertes à cette URL : ntfy, Slack, un webhook, ou smtps:// ; à répéter (VENTES_NOTIFY) ; sans --once",
    en: "send alerts to this URL: ntfy, Slack, a webhook, or smtps://; may be repeated (VENTES_NOTIFY); not with --once",
  },
  every: {
    fr: "délai entre deux interrogations d'une source : 200ms, 10s, 5m, 1h (VENTES_EVERY ; 60s) ; entre deux sauvegardes, pour 'ventes backup'",
    en: "time between two polls of a source: 200ms, 10s, 5m, 1h (VENTES_EVERY; 60s); between two backups, for 'ventes backup'",
  },
  keepBackups: {
    fr: "nombre de sauvegardes gardées ; les plus anciennes sont supprimées après chaque nouvelle (sans elle : toutes)",
    en: "how many backups to keep; the oldest are deleted after each new one (without it: all)",
  },
  source: {
    fr: "une source et ce qu'elle contient ; répétable",
    en: "a source and what it holds; repeatable",
  },
  once: {
    fr: "lire chaque source une fois, afficher les analyses, s'arrêter",
    en: "read every source once, print the analyses, stop",
  },
  onceAdd: { fr: "la lire une fois, sans la suivre", en: "read it once, without following it" },
  timeout: {
    fr: "durée d'attente d'un broker, avec --once (60s)",
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
  invalidRecords: {
    fr: "retire tous les enregistrements du topic sources qui ne sont pas valides",
    en: "removes all records of the topic sources that are not valid",
  },
  dryRunRemove: {
    fr: "montre ce qui serait retiré, en lignes et en argent, sans rien écrire",
    en: "shows what would be withdrawn, in rows and money, and writes nothing",
  },
  dryRunConfirm: {
    fr: "montre ce qui serait accepté, sans rien écrire",
    en: "shows what would be accepted, and writes nothing",
  },
  revoke: {
    fr: "reprend des décisions, toutes si aucune n'est nommée ; ce qui est publié reste",
    en: "takes decisions back, all when none is named; what is published stays",
  },
  dryRun: {
    fr: "montrer ce qui serait lu, sans rien écrire",
    en: "show what would be read, writing nothing",
  },
  preset: {
    fr: "un export connu : google-sheets, excel-fr, shopify-orders, prestashop, sage ; none : aucun",
    en: "a known export: google-sheets, excel-fr, shopify-orders, prestashop, sage; none: no preset",
  },
  delimiter: {
    fr: "séparateur : , ; | tab ; auto : déduit du fichier, comme sans cette option",
    en: "delimiter: , ; | tab; auto: found in the file, as without this flag",
  },
  encoding: {
    fr: "encodage : utf-8, utf-16le, windows-1252, iso-8859-15, macintosh, ... ; auto",
    en: "encoding: utf-8, utf-16le, windows-1252, iso-8859-15, macintosh, ...; auto",
  },
  quote: {
    fr: "ce qui entoure les champs : double (guillemets), single (apostrophes), none : rien ; auto",
    en: "what encloses fields: double, single, none: nothing; auto",
  },
  comment: {
    fr: "le début des lignes de commentaire, qui sont laissées : # // ... ; none : il n'y en a pas ; auto",
    en: "the beginning of comment lines, which are left out: # // ...; none: there are none; auto",
  },
  skipLines: {
    fr: "combien de lignes laisser au début du fichier ; 0 : aucune",
    en: "how many lines to leave out at the beginning of the file; 0: none",
  },
  decimal: {
    fr: "séparateur décimal des nombres : point, comma (virgule), auto",
    en: "decimal separator of numbers: point, comma, auto",
  },
  dateFormat: {
    fr: "ordre du jour, du mois et de l'année dans les dates : dmy (ou JJ/MM/AAAA), mdy, ymd ; excel : des nombres de jours ; auto",
    en: "order of day, month and year in dates: dmy (or DD/MM/YYYY), mdy, ymd; excel: numbers of days; auto",
  },
  noHeader: {
    fr: "le fichier n'a pas d'en-tête : --columns nomme ses colonnes",
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
    fr: "'Statut=payé', 'Statut!=remboursé', 'Statut in (payé, livré)', 'Statut vide', 'Statut non vide' : seulement ces lignes ; répétable, toutes les conditions doivent être vraies",
    en: "'Status=paid', 'Status!=refunded', 'Status in (paid, shipped)', 'Status empty', 'Status not empty': only these lines; repeatable, all conditions must hold",
  },
  fillDown: {
    fr: "une colonne laissée vide quand elle répète la ligne du dessus ; répétable",
    en: "a column left empty where it repeats the line above; repeatable",
  },
  key: {
    fr: "les colonnes qui identifient ensemble une ligne : leurs valeurs, jointes par /, font l'identifiant ; pour des ventes sans id_vente, elles distinguent les ventes",
    en: "the columns that together identify a line: their values, joined by /, are the id; for sales without id_vente, they tell sales apart",
  },
  drop: {
    fr: "des colonnes du fichier à ne pas publier ; '' : aucune",
    en: "columns of the file that are not published; '': none",
  },
  only: {
    fr: "des colonnes en plus de celles des entités, seulement celles-ci sont publiées ; '' : toutes",
    en: "of the columns beside those of the entities, only these are published; '': all",
  },
  watch: {
    fr: "tout sur un écran, redessiné en place toutes les 2 secondes",
    en: "all of it on one screen, drawn again in place every 2 seconds",
  },
  forget: {
    fr: "retire l'état d'un composant qui ne reviendra plus, nommé comme status le montre",
    en: "removes the state of a component that is gone for good, named as status shows it",
  },
  keep: {
    fr: "des colonnes à publier bien que leur nom soit celui de données personnelles (e-mail, téléphone, nom de client, carte) ; '' : aucune",
    en: "columns that are published although their names are of personal data (e-mail, telephone, name of a customer, card); '': none",
  },
  prices: {
    fr: "dans un fichier large, le prix de la vente est aussi celui du produit ; --no-prices : il ne l'est pas",
    en: "in a wide file, the price of the sale is also the product's price; --no-prices: it is not",
  },
  same: {
    fr: "écrire comme ce nom les valeurs de la colonne (ville, nom, id_produit, id_magasin) qui n'en diffèrent que par la casse, les accents, les espaces, St ou Saint, et un identifiant de chiffres par des zéros de tête : ville=Lyon ; ou un autre nom encore : id_produit=Pomme=Pommes (répétable)",
    en: "write as this name the values of the column (ville, nom, id_produit, id_magasin) that differ from it only by case, accents, spacing, St or Saint, and an id of digits by zeros at its beginning: ville=Lyon; or another name too: id_produit=Pomme=Pommes (repeatable)",
  },
  wholeIds: {
    fr: "les identifiants et les numéros de document écrits 12.0 ou 12,00 sont lus 12 ; --no-whole-ids : ils ne le sont plus",
    en: "ids and numbers of documents that are written 12.0 or 12,00 are read as 12; --no-whole-ids: no longer",
  },
  sourceName: {
    fr: "le nom sous lequel la page et « sources » montrent ce fichier ; '' : celui de l'adresse",
    en: "the name by which the page and `sources` show this file; '': that of the address",
  },
  idScope: {
    fr: "sépare les ventes de ce fichier de celles des autres fichiers qui ont les mêmes identifiants ; {file} : le nom du fichier, pour un catalogue ; '' : ne plus séparer",
    en: "keeps the sales of this file apart from sales of other files with the same ids; {file}: the name of the file, for a catalogue; '': no longer",
  },
  rekey: {
    fr: "à donner quand les options changent les identifiants des ventes : celles des jours que le fichier contient sont retirées, puis publiées de nouveau ; avec --dry-run : combien, et leurs montants",
    en: "needed when the options change the ids of sales: the sales of the days that the file holds are withdrawn, then published again; with --dry-run: how many, and their amounts",
  },
  vanished: {
    fr: "lignes disparues du fichier : keep, les garder ; withdraw, les retirer ; auto, selon ce que montre le fichier (corrigées ou sorties)",
    en: "lines that vanish from the file: keep them; withdraw them; auto: by what the file shows (corrected or rolled off)",
  },
  duplicates: {
    fr: "lignes identiques : keep, autant de ventes que de lignes ; drop, une seule vente",
    en: "identical lines: keep, one sale for each; drop, one sale for all",
  },
  catalogue: {
    fr: "l'URL, le fichier ou le dossier énumère des fichiers à suivre",
    en: "the URL, file or folder lists files to follow",
  },
  code: {
    fr: "les lignes de ce code, ou des codes qui commencent par lui ; répétable",
    en: "rows with this code, or with a code that begins with it; repeatable",
  },
  ofSource: { fr: "les lignes de ce fichier ou de cette URL", en: "rows of this file or URL" },
  ofEntity: { fr: "les lignes de produits, magasins ou ventes", en: "rows of produits, magasins or ventes" },
  limit: {
    fr: "au plus N lignes (50 sur un terminal, sinon toutes)",
    en: "at most N rows (50 on a terminal, otherwise all)",
  },
  byCode: {
    fr: "le nombre de lignes de chaque code, et la première",
    en: "the number of rows with each code, and the first one",
  },
  timeoutRetry: {
    fr: "durée d'attente du producteur en cours (10m)",
    en: "how long to wait for the running producer (10m)",
  },
  withdraw: {
    fr: "retirer aussi les lignes que cette source seule avait apportées",
    en: "also withdraw the rows that this source alone had brought",
  },
  noPager: {
    fr: "afficher un long tableau sans less",
    en: "show a long table without less",
  },
  timeoutQuery: { fr: "temps que la requête peut prendre (10m)", en: "time that the query may take (10m)" },
  analyses: {
    fr: "le dossier de vos analyses, un fichier .sql chacune (DIR/analyses)",
    en: "the folder of your analyses, a .sql file each (DIR/analyses)",
  },
  csv: { fr: "sortie CSV, avec un en-tête", en: "CSV output, with a header" },
  save: {
    fr: "enregistrer la requête comme analyse de ce nom, dans le dossier de --analyses",
    en: "save the query as an analysis of this name, in the folder of --analyses",
  },
  asyncapi: { fr: "le document AsyncAPI 3, en JSON", en: "the AsyncAPI 3 document, as JSON" },
  help: { fr: "cette aide", en: "this help" },
  version: { fr: "la version", en: "the version" },
  completions: {
    fr: "affiche le script qui complète commandes et options dans ce shell",
    en: "prints the script that completes commands and flags in this shell",
  },
} as const satisfies Record<string, Bilingual>;

export const ARGUMENT_HELP = {
  backups: { fr: "le répertoire des sauvegardes", en: "the directory of the backups" },
  backup: {
    fr: "une sauvegarde, ou le répertoire qui les contient : la plus récente",
    en: "a backup, or the directory that holds them: the newest",
  },
  product: { fr: "l'id_produit", en: "the id_produit" },
  price: { fr: "le prix d'une unité : 1.20 ou 1,20", en: "the price of one unit: 1.20 or 1,20" },
  sources: { fr: "fichiers CSV ou URL à enregistrer", en: "CSV files or URLs to register" },
  entityAndUrl: {
    fr: "[produits|magasins|ventes, ou plusieurs : produits,ventes] puis un fichier ou une URL",
    en: "[produits|magasins|ventes, or several: produits,ventes], then a file or URL",
  },
  url: {
    fr: "l'URL ou le fichier, comme 'ventes sources' le montre",
    en: "the URL or file, as 'ventes sources' shows it",
  },
  decisions: {
    fr: "les décisions à accepter, comme 'ventes sources' les nomme ; sans elles, toutes",
    en: "the decisions to accept, as 'ventes sources' names them; without them, all",
  },
  newUrl: { fr: "sa nouvelle URL ou son nouveau fichier", en: "its new URL or file" },
  analysis: { fr: "son nom, comme la liste le montre", en: "its name, as the list shows it" },
  sql: { fr: "la requête ; - la lit sur l'entrée standard", en: "the query; - reads it from standard input" },
} as const satisfies Record<string, Bilingual>;

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
} as const satisfies Record<string, Bilingual>;

/** One line for each kind of wrong usage that effect/cli finds. */
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
