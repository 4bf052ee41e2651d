/** The sentences of the normal output, in both languages, side by side. Counts come formatted, as text. */
import type { HeldWal } from "#shared/database/wal.ts";
import { command, shellArgument } from "#shared/runtime/command.ts";
import type { Language } from "#shared/runtime/settings.ts";
import { englishCount, frenchCount } from "./numbers.ts";
import { visible } from "./visible.ts";

const both = <A extends readonly unknown[]>(
  fr: (...args: A) => string,
  en: (...args: A) => string,
): Readonly<Record<Language, (...args: A) => string>> => ({ fr, en });

const frenchFiles = (n: number): string =>
  n > 1 ? `${frenchCount(n)} fichiers listés` : n === 1 ? "un fichier listé" : "aucun fichier listé";
const isOne = (n: string): boolean => n === "1";
/** French counts 0 in the singular. */
const plural = (n: string): string => (n === "0" || isOne(n) ? "" : "s");
const lignes = (n: string): string => `${n} ligne${plural(n)}`;
const rows = (n: string): string => (isOne(n) ? "1 row" : `${n} rows`);
const englishFiles = (n: number): string => `${englishCount(n)} ${n === 1 ? "file" : "files"}`;

type Shown<Name extends string> = Readonly<Record<Name, string>>;
type Rekeyed = Shown<"source" | "deleted" | "fresh">;
type Withdrawn = Shown<"ventes" | "amount" | "orphelins" | "produits" | "magasins" | "waiting">;
type CatalogueCounts = Shown<"listed" | "taken" | "others" | "removed" | "refused" | "passed" | "unlisted">;
/** A choice: what it would do, and the command that makes it. */
type Way = Shown<"effect" | "command">;
interface Saved {
  readonly path: string;
  readonly bytes: number;
  readonly commit: number;
}
const readersOf = (readers: HeldWal["readers"], and: string): string =>
  readers.map(({ pid, program }) => `${visible(program).slice(0, 60)} (pid ${pid})`).join(` ${and} `);
/** In megabytes, or in gigabytes from one on, with one digit. */
const bytesIn =
  (count: (n: number) => string, letter: string) =>
  (bytes: number): string =>
    bytes >= 1e9
      ? `${count(Math.round(bytes / 1e8) / 10)} G${letter}`
      : `${count(Math.max(0.1, Math.round(bytes / 1e5) / 10))} M${letter}`;
const frenchBytes = bytesIn(frenchCount, "o");
const englishBytes = bytesIn(englishCount, "B");
type AccountedCounts = Shown<
  | "records"
  | "emitted"
  | "unchanged"
  | "superseded"
  | "rejected"
  | "conflicts"
  | "vanished"
  | "withdrawn"
  | "rounded"
>;

const HISTORY_KINDS = {
  applied: { fr: "publiée", en: "published" },
  held: { fr: "retenue", en: "held" },
  failed: { fr: "illisible", en: "not readable" },
  recovered: { fr: "de nouveau en ordre", en: "in order again" },
  unlisted: { fr: "plus listée", en: "not listed" },
  decided: { fr: "acceptée à la main", en: "accepted by hand" },
} as const;

/** Of the rows that are deleted, added and changed, with their numbers as shown. */
type ChangedRows = readonly (readonly [n: number, shown: string])[];
type ListedRows = "ventes" | "produits" | "magasins";
const ENGLISH_ROWS = { ventes: "sale", produits: "product", magasins: "shop" } as const;

function frenchChanges(entity: ListedRows, counts: ChangedRows): string {
  const noun = entity.slice(0, -1);
  const e = entity === "ventes" ? "e" : "";
  const told = counts.flatMap(([n, shown], i) => {
    const s = n > 1 ? "s" : "";
    return n === 0
      ? []
      : [[`${shown} ${noun}${s}`, shown, `${["supprimé", "ajouté", "modifié"][i]}${e}${s}`]];
  });
  if (told.length === 0) return `aucun${e} ${noun} ne change`;
  return told.map(([named, bare, verb], i) => `${i === 0 ? named : bare} ${verb}`).join(", ");
}

function englishChanges(entity: ListedRows, counts: ChangedRows): string {
  const noun = ENGLISH_ROWS[entity];
  const told = counts.flatMap(([n, shown], i) =>
    n === 0 ? [] : [[`${shown} ${noun}${n === 1 ? "" : "s"}`, shown, ["deleted", "added", "changed"][i]]],
  );
  if (told.length === 0) return `no ${noun} changes`;
  return told.map(([named, bare, verb], i) => `${i === 0 ? named : bare} ${verb}`).join(", ");
}

/** Why a choice tells no money. */
const UNPRICED = {
  others: {
    fr: "montant inconnu : il dépend de ventes qui sont déjà publiées",
    en: "amount unknown: it depends on sales that are published already",
  },
  many: {
    fr: "montant non calculé : trop de ventes pour le dire ici",
    en: "amount not computed: too many sales to tell it here",
  },
} as const;

const TEXTS = {
  /** A count in a sentence. */
  count: both(frenchCount, englishCount),
  /** A number of bytes: `4 MB`, `12.3 GB`. */
  bytes: both(frenchBytes, englishBytes),
  demoDatabase: both(
    (dir: string) => `il n'y a pas encore de base : réponses de la démonstration (${dir})`,
    (dir: string) => `there is no database yet: answers from the demo (${dir})`,
  ),
  needsKafka: both(
    (component: string) =>
      `${component} fonctionne avec Kafka : définissez KAFKA_BROKERS (set KAFKA_BROKERS), ou lancez : ${command("start")}`,
    (component: string) => `${component} runs on Kafka: set KAFKA_BROKERS, or run: ${command("start")}`,
  ),
  isStarting: both(
    () => "le programme démarre",
    () => "the program is starting",
  ),
  topicsSilent: both(
    () => "les topics ne répondent pas",
    () => "the topics do not answer",
  ),
  databaseUnreadable: both(
    () => "il n'y a pas encore de base, ou elle ne peut pas être lue",
    () => "there is no database yet, or it cannot be read",
  ),
  noneRuns: both(
    (component: string) => `aucun composant ${component} ne tourne : le dernier a échoué ou se tait`,
    (component: string) => `no ${component} runs: the last one failed or is silent`,
  ),
  notCaughtUp: both(
    () => "les chiffres n'ont pas encore tous les événements des topics",
    () => "the figures do not have all events of the topics yet",
  ),
  figuresLate: both(
    (seconds: string) => `des événements attendent depuis ${seconds} s d'être dans les chiffres`,
    (seconds: string) => `events have waited for ${seconds} s to be in the figures`,
  ),
  loopBusy: both(
    (ms: string) => `occupé ${ms} ms d'affilée`,
    (ms: string) => `busy for ${ms} ms at a time`,
  ),
  alertsParked: both(
    () =>
      "les alertes ont rencontré une erreur imprévue et reprennent dans cinq minutes ; le reste continue. Signalez-la avec sa trace",
    () =>
      "the alerts met an unforeseen error and go on in five minutes; all else goes on. Report it with its trace",
  ),
  alertsWait: both(
    (why: string) => `les alertes attendent : ${why}`,
    (why: string) => `the alerts wait: ${why}`,
  ),
  notifies: both(
    (destinations: string) => `prévient ${destinations} de ce qui demande quelqu'un`,
    (destinations: string) => `tells ${destinations} what needs somebody`,
  ),
  /** `lost`: changes that are not told any more; 0: all are sent again. */
  notNotified: both(
    (destination: string, why: string, lost: number) =>
      `${destination} n'a pas pris un message (${why}) : ${lost === 0 ? "il sera envoyé de nouveau" : `${frenchCount(lost)} nouvelles sont perdues ; ce qui dure encore sera redit`} ; essayez ${command("notify")}`,
    (destination: string, why: string, lost: number) =>
      `${destination} did not take a message (${why}): ${lost === 0 ? "it will be sent again" : `${englishCount(lost)} items are lost; problems that last are told again`}; try ${command("notify")}`,
  ),
  notifyOnce: both(
    () =>
      "--notify et --once ne vont pas ensemble : les alertes partent de ce qui continue ; ôtez l'un des deux",
    () =>
      "--notify and --once do not go together: alerts come from what goes on running; leave one of them out",
  ),
  noDestinations: both(
    () =>
      `aucune destination : donnez --notify URL, ou VENTES_NOTIFY, par exemple ${command("notify --notify https://ntfy.sh/VOTRE_SUJET")}`,
    () =>
      `no destination: give --notify URL, or VENTES_NOTIFY, for example ${command("notify --notify https://ntfy.sh/YOUR_TOPIC")}`,
  ),
  testTaken: both(
    (destination: string) => `${destination} : message d'essai pris`,
    (destination: string) => `${destination}: took the test message`,
  ),
  testsRefused: both(
    (n: number) =>
      `${frenchCount(n)} destination${n === 1 ? " n'a" : "s n'ont"} pas pris le message d'essai : corrigez l'URL, ou voyez si l'hôte répond`,
    (n: number) =>
      `${englishCount(n)} destination${n === 1 ? "" : "s"} did not take the test message: correct the URL, or see whether the host answers`,
  ),
  guessing: both(
    (client: string) =>
      `${client} a donné plusieurs jetons faux à la page en une minute ; les réponses suivantes attendent 2 s chacune`,
    (client: string) =>
      `${client} gave the page several wrong tokens within a minute; its further answers wait 2 s each`,
  ),
  /** What the flags of `query` can do about a limit. */
  queryHint: both(
    (reason: string, mode: string) =>
      reason === "time"
        ? " ; ou donnez-lui plus de temps (--timeout 1h)"
        : reason === "rows" && mode === "table"
          ? " ; ou écrivez-la dans un fichier (--csv)"
          : "",
    (reason: string, mode: string) =>
      reason === "time"
        ? "; or give it more time (--timeout 1h)"
        : reason === "rows" && mode === "table"
          ? "; or write it to a file (--csv)"
          : "",
  ),
  emptySql: both(
    () =>
      `la requête est vide : donnez-la, par exemple ${command('query "SELECT * FROM ventes_par_region"')}`,
    () => `the query is empty: give one, for example ${command('query "SELECT * FROM ventes_par_region"')}`,
  ),
  rejectsByCode: both(
    (total: string, codes: string) => `${total} rejetée${plural(total)}${codes === "" ? "" : ` : ${codes}`}`,
    (total: string, codes: string) => `${total} rejected${codes === "" ? "" : `: ${codes}`}`,
  ),
  helloDatabase: both(
    (file: string, sqlite: string, exists: boolean) =>
      `base     ${file} : ${exists ? "ouverte" : "pas encore créée, le répertoire convient"} (SQLite ${sqlite})`,
    (file: string, sqlite: string, exists: boolean) =>
      `database ${file}: ${exists ? "opened" : "not created yet, the directory will do"} (SQLite ${sqlite})`,
  ),
  helloRow: both(
    (row: string) => `ligne    écrite puis relue dans une table temporaire : ${row}`,
    (row: string) => `row      written and read back in a scratch table: ${row}`,
  ),
  helloTopics: both(
    (where: string, topics: readonly string[], events: string) =>
      `topics   ${where} : ${topics.join(", ")} (${events} enregistrements)`,
    (where: string, topics: readonly string[], events: string) =>
      `topics   ${where}: ${topics.join(", ")} (${events} records)`,
  ),
  fileInHand: both(
    (file: string, percent: number, phase: "read" | "emit") =>
      `${file} ${phase === "read" ? "lu" : "publié"} à ${percent} %`,
    (file: string, percent: number, phase: "read" | "emit") =>
      `${file} ${percent} % ${phase === "read" ? "read" : "published"}`,
  ),
  recordsRead: both(
    (n: string) => `${lignes(n)} lue${plural(n)}`,
    (n: string) => `${rows(n)} read`,
  ),
  eventsApplied: both(
    (n: string) => `${n} événement${plural(n)} appliqué${plural(n)}`,
    (n: string) => `${n} ${isOne(n) ? "event" : "events"} applied`,
  ),
  rowsPerSecond: both(
    (n: string) => `${lignes(n)}/s`,
    (n: string) => `${rows(n)}/s`,
  ),
  rejectedCount: both(
    (n: string) => `${n} rejetée${plural(n)}`,
    (n: string) => `${n} rejected`,
  ),
  componentStarts: both(
    (component: string, dir: string, brokers: string) =>
      `${component} : répertoire ${dir}, topics ${brokers}`,
    (component: string, dir: string, brokers: string) => `${component}: directory ${dir}, topics ${brokers}`,
  ),
  logLost: both(
    (component: string, reason: string) =>
      `${component} : les topics ne répondent plus, on attend (${reason})`,
    (component: string, reason: string) => `${component}: the topics do not answer, waiting (${reason})`,
  ),
  logBack: both(
    (component: string) => `${component} : les topics répondent de nouveau`,
    (component: string) => `${component}: the topics answer again`,
  ),
  overtaken: both(
    (place: string, position: string) =>
      `consumer : un autre consommateur a déjà écrit ${place} jusqu'à ${position} ; rien n'est appliqué deux fois, la lecture reprend de là`,
    (place: string, position: string) =>
      `consumer: another consumer has already written ${place} up to ${position}; nothing is applied twice, reading goes on from there`,
  ),
  audited: both(
    (rows: number) =>
      `${rows} ${rows > 1 ? "résultats ne correspondaient" : "résultat ne correspondait"} pas aux lignes de la base : corrigé`,
    (rows: number) =>
      `${rows} ${rows === 1 ? "result" : "results"} did not agree with the rows of the database: corrected`,
  ),
  columnsMended: both(
    () =>
      "columns.db ne correspondait pas aux lignes de la base : refait, ce que la page filtre est exact de nouveau",
    () =>
      "columns.db did not agree with the rows of the database: it was rebuilt, and what the page filters is exact again",
  ),
  analysesFilledAgain: both(
    (names: string) =>
      `ces analyses ne correspondaient pas à leur requête et sont calculées de nouveau : ${names}`,
    (names: string) => `these analyses did not agree with their query and are computed again: ${names}`,
  ),
  noAnalysis: both(
    (name: string) => `aucune analyse ne s'appelle ${name} : voyez ${command("analyses")}`,
    (name: string) => `no analysis is named ${name}: see ${command("analyses")}`,
  ),
  seeAnalysis: both(
    (example: string) => `Le résultat de l'une : ${example}`,
    (example: string) => `The result of one: ${example}`,
  ),
  plainAnalysis: both(
    (at: string, reason: string) =>
      `calculée en entier, le ${at} : elle n'est pas tenue à chaque commit (${reason})`,
    (at: string, reason: string) =>
      `computed as a whole at ${at}: it is not kept with every commit (${reason})`,
  ),
  analysisFailed: both(
    (what: string) => `le dernier calcul a échoué, ce résultat est le précédent : ${what}`,
    (what: string) => `the last run failed, this is the result of the one before: ${what}`,
  ),
  savedAnalysis: both(
    (file: string, name: string) =>
      `enregistrée dans ${file} ; son résultat : ${command(`analyses ${name}`)}`,
    (file: string, name: string) => `saved as ${file}; its result: ${command(`analyses ${name}`)}`,
  ),
  analysisExists: both(
    (file: string) => `${file} existe déjà : choisissez un autre nom, ou supprimez ce fichier`,
    (file: string) => `${file} exists already: choose another name, or delete that file`,
  ),
  shippedAnalysis: both(
    (name: string) => `${name} est une analyse du programme : choisissez un autre nom`,
    (name: string) => `${name} is an analysis of the program: choose another name`,
  ),
  takenName: both(
    (name: string) => `le nom ${name} est déjà celui d'une table ou d'une vue : choisissez un autre nom`,
    (name: string) => `the name ${name} is that of a table or view already: choose another name`,
  ),
  notAnAnalysis: both(
    (why: string) => `la requête n'est pas enregistrée : ${why}`,
    (why: string) => `the query is not saved: ${why}`,
  ),
  notWritten: both(
    (file: string, why: string) =>
      `${file} ne peut pas être changé : ${why} ; --analyses DOSSIER ou VENTES_ANALYSES nomme un dossier où ventes peut écrire`,
    (file: string, why: string) =>
      `${file} cannot be changed: ${why}; --analyses DIRECTORY or VENTES_ANALYSES names a folder where ventes may write`,
  ),
  noHistory: both(
    (why: string) => `l'historique des sources n'est pas noté : ${why}`,
    (why: string) => `the history of the sources is not noted: ${why}`,
  ),
  noHistoryYet: both(
    (source: string) =>
      `rien n'est noté de ${source} : la page le note pendant que ${command("start")} fonctionne`,
    (source: string) => `nothing is noted of ${source}: the page notes it while ${command("start")} runs`,
  ),
  historyKind: both(
    (kind: keyof typeof HISTORY_KINDS) => HISTORY_KINDS[kind].fr,
    (kind: keyof typeof HISTORY_KINDS) => HISTORY_KINDS[kind].en,
  ),
  keptAnalysis: both(
    (name: string) =>
      `la requête est maintenant l'analyse ${name} : elle est dans la vue Analyses, et reste à jour`,
    (name: string) =>
      `the query is now the analysis ${name}: it is in the view Analyses, and stays up to date`,
  ),
  notOwnAnalysis: both(
    (name: string) => `aucune analyse à vous ne porte ce nom : ${name}`,
    (name: string) => `no analysis of your own has this name: ${name}`,
  ),
  discardedAnalysis: both(
    (name: string, file: string) => `l'analyse ${name} est supprimée, avec son fichier ${file}`,
    (name: string, file: string) => `the analysis ${name} is deleted, with its file ${file}`,
  ),
  restoredAnalysis: both(
    (name: string) => `l'analyse ${name} est de nouveau là`,
    (name: string) => `the analysis ${name} is back`,
  ),
  total: both(
    () => "Chiffre d'affaires total",
    () => "Total revenue (chiffre d'affaires)",
  ),
  byProduct: both(
    () => "Ventes par produit",
    () => "Sales by product (quantity)",
  ),
  byRegion: both(
    () => "Ventes par région",
    () => "Sales by region (revenue)",
  ),
  noSales: both(
    () => "aucune vente",
    () => "no sales",
  ),
  andMore: both(
    (n: string) => `... et ${n} de plus : ${command("query")}`,
    (n: string) => `... and ${n} more: ${command("query")}`,
  ),
  rejected: both(
    (n: string) => `${lignes(n)} rejetée${plural(n)} ; lesquelles et pourquoi : ${command("rejects")}`,
    (n: string) => `${rows(n)} rejected; which and why: ${command("rejects")}`,
  ),
  missingProducts: both(
    (n: number) => (n === 1 ? "1 produit" : `${frenchCount(n)} produits`),
    (n: number) => (n === 1 ? "1 product" : `${englishCount(n)} products`),
  ),
  missingShops: both(
    (n: number) => (n === 1 ? "1 magasin" : `${frenchCount(n)} magasins`),
    (n: number) => (n === 1 ? "1 shop" : `${englishCount(n)} shops`),
  ),
  missingPrices: both(
    (n: number) => (n === 1 ? "le prix d'un produit" : `le prix de ${frenchCount(n)} produits`),
    (n: number) => (n === 1 ? "the price of 1 product" : `the price of ${englishCount(n)} products`),
  ),
  wholeIds: both(
    (source: string, args: string) =>
      `${source} écrit des identifiants avec des décimales (12.0) que d'autres écrivent sans (12), et des ventes attendent : ${command(`sources add ${args}`)}`,
    (source: string, args: string) =>
      `${source} writes ids with decimals (12.0) that others write without (12), and sales wait: ${command(`sources add ${args}`)}`,
  ),
  sameIds: both(
    (source: string, column: string, args: string) =>
      `des ventes de ${source} attendent, car leur ${column} ne diffère d'un identifiant connu que par des zéros de tête, la casse, les accents ou les espaces : ${command(`sources add ${args}`)}`,
    (source: string, column: string, args: string) =>
      `sales of ${source} wait, for their ${column} differs from a known id only by zeros at its beginning, case, accents or spaces: ${command(`sources add ${args}`)}`,
  ),
  nearest: both(
    (known: string, missing: string) => `'${known}' pour '${missing}'`,
    (known: string, missing: string) => `'${known}' for '${missing}'`,
  ),
  waiting: both(
    (n: number, what: readonly string[], ids: readonly string[], nearest: readonly string[]) =>
      `${frenchCount(n)} ${n > 1 ? "ventes attendent" : "vente attend"} ${what.join(" et ")}${
        nearest.length > 0 ? ` ; les plus proches connus : ${nearest.join(", ")}` : ` : ${ids.join(", ")}`
      }`,
    (n: number, what: readonly string[], ids: readonly string[], nearest: readonly string[]) =>
      `${englishCount(n)} ${n > 1 ? "sales wait" : "sale waits"} for ${what.join(" and ")}${
        nearest.length > 0 ? `; nearest known: ${nearest.join(", ")}` : `: ${ids.join(", ")}`
      }`,
  ),
  replayed: both(
    (events: number, repaired: number) =>
      `${events} événement${events > 1 ? "s lus" : " lu"}, ${repaired} ligne${repaired > 1 ? "s réparées" : " réparée"}`,
    (events: number, repaired: number) =>
      `${events} ${events === 1 ? "event" : "events"} read, ${repaired} ${repaired === 1 ? "row" : "rows"} repaired`,
  ),
  repaired: both(
    (what: string, partition: string, offset: string) =>
      `${what} : réparé d'après l'événement ${offset} de ${partition}`,
    (what: string, partition: string, offset: string) =>
      `${what}: repaired from event ${offset} of ${partition}`,
  ),
  replayOfTopic: both(
    () => "--topic ne va pas avec --rebuild, qui lit tous les topics",
    () => "--topic does not go with --rebuild, which reads all topics",
  ),
  backedUp: both(
    ({ path, bytes, commit }: Saved, deleted: number) =>
      `sauvegarde ${path} : ${frenchBytes(bytes)}, état du commit ${frenchCount(commit)}, vérifiée${deleted === 0 ? "" : deleted === 1 ? " ; une ancienne supprimée" : ` ; ${deleted} anciennes supprimées`}`,
    ({ path, bytes, commit }: Saved, deleted: number) =>
      `backup ${path}: ${englishBytes(bytes)}, as of commit ${englishCount(commit)}, checked${deleted === 0 ? "" : `; ${deleted} old ${deleted === 1 ? "one" : "ones"} deleted`}`,
  ),
  restored: both(
    ({ path, bytes, commit }: Saved, data: string) =>
      `${data} rempli depuis ${path} : ${frenchBytes(bytes)}, état du commit ${frenchCount(commit)}, vérifié. La suite vient des topics et des fichiers : ${command("start")}`,
    ({ path, bytes, commit }: Saved, data: string) =>
      `${data} filled from ${path}: ${englishBytes(bytes)}, as of commit ${englishCount(commit)}, checked. What came later is read from the topics and the files: ${command("start")}`,
  ),
  noBackup: both(
    (path: string) =>
      `il n'y a pas de sauvegarde dans ${path} : nommez un répertoire que 'ventes backup' a écrit, ou celui qui les contient`,
    (path: string) =>
      `there is no backup in ${path}: name a directory that 'ventes backup' wrote, or the one that holds them`,
  ),
  restoreIntoUsed: both(
    (file: string) =>
      `${file} existe : une sauvegarde va dans un répertoire sans base. Déplacez ce répertoire, ou nommez-en un autre avec --data`,
    (file: string) =>
      `${file} exists: a backup goes into a directory without a database. Move that directory away, or name another one with --data`,
  ),
  backupInPlace: both(
    (path: string) =>
      `${path} est le répertoire de la base elle-même : nommez-en un autre pour ses sauvegardes`,
    (path: string) => `${path} is the directory of the database itself: name another one for its backups`,
  ),
  backupWithoutLog: both(
    (path: string) =>
      `${path} a été pris avec Kafka, ses topics n'y sont pas : nommez le cluster qui les a avec KAFKA_BROKERS`,
    (path: string) =>
      `${path} was taken on Kafka, so its topics are not in it: name the cluster that has them with KAFKA_BROKERS`,
  ),
  copyBroken: both(
    (file: string, problem: string) =>
      `la copie de ${file} est abîmée (${problem}) : elle est supprimée. Si cela recommence, l'original l'est aussi : reprenez une sauvegarde plus ancienne avec 'ventes restore'`,
    (file: string, problem: string) =>
      `the copy of ${file} is broken (${problem}), and deleted. If that happens again, the original is broken too: go back to an older backup with 'ventes restore'`,
  ),
  noRoomForBackup: both(
    (dir: string, needed: number, free: number) =>
      `${dir} n'a pas assez de place : il faut ${frenchBytes(needed)}, ${frenchBytes(free)} sont libres. Faites de la place, gardez moins de sauvegardes (--keep), ou nommez un répertoire d'un autre disque`,
    (dir: string, needed: number, free: number) =>
      `${dir} has too little room: a copy takes ${englishBytes(needed)}, ${englishBytes(free)} are free. Make room, keep fewer backups (--keep), or name a directory on another disk`,
  ),
  noRoomForRebuild: both(
    (dir: string, needed: number, free: number) =>
      `${dir} n'a pas assez de place : la nouvelle base peut prendre ${frenchBytes(needed)}, ${frenchBytes(free)} sont libres. Faites de la place, puis recommencez`,
    (dir: string, needed: number, free: number) =>
      `${dir} has too little room: the new database may take ${englishBytes(needed)}, ${englishBytes(free)} are free. Make room, then try again`,
  ),
  rebuildPhase: both(
    (phase: "read" | "check" | "compare" | "write") =>
      ({
        read: "lecture de tous les événements dans une nouvelle base, à côté de celle qui sert",
        check: "vérification des deux fichiers",
        compare: "comparaison de la nouvelle base avec celle qui sert",
        write: "les différences sont écrites dans la base qui sert, en une transaction",
      })[phase],
    (phase: "read" | "check" | "compare" | "write") =>
      ({
        read: "reading all events into a new database beside the running one",
        check: "checking both files",
        compare: "comparing the new database with the running one",
        write: "writing the differences into the running database, in one transaction",
      })[phase],
  ),
  rebuildLoses: both(
    (events: number, of: string) =>
      `les topics n'ont plus ${events > 1 ? `${frenchCount(events)} événements que la base a lus` : "un événement que la base a lu"}${of === "" ? "" : ` ; lignes qui en viennent : ${of}`}`,
    (events: number, of: string) =>
      `the topics no longer have ${events === 1 ? "1 event" : `${englishCount(events)} events`} that the database has read${of === "" ? "" : `; rows from them: ${of}`}`,
  ),
  acceptLoss: both(
    () =>
      `Une base refaite ne les aurait pas : restaurez les topics ; ou comparez avec --dry-run, et acceptez cette perte avec --accept-loss`,
    () =>
      `A rebuilt database would not have them: restore the topics; or compare with --dry-run, and accept that loss with --accept-loss`,
  ),
  difference: both(
    (
      what: string,
      kind: "missing" | "extra" | "changed",
      columns: readonly Shown<"name" | "is" | "should">[],
    ) =>
      kind === "missing"
        ? `${what} : manque`
        : kind === "extra"
          ? `${what} : n'est pas dans les topics`
          : `${what} : ${columns.map(({ name, is, should }) => `${name} ${is} au lieu de ${should}`).join(", ")}`,
    (
      what: string,
      kind: "missing" | "extra" | "changed",
      columns: readonly Shown<"name" | "is" | "should">[],
    ) =>
      kind === "missing"
        ? `${what}: missing`
        : kind === "extra"
          ? `${what}: not in the topics`
          : `${what}: ${columns.map(({ name, is, should }) => `${name} ${is} instead of ${should}`).join(", ")}`,
  ),
  moreDifferences: both(
    (table: string, n: number) => `${table} : et ${frenchCount(n)} de plus`,
    (table: string, n: number) => `${table}: and ${englishCount(n)} more`,
  ),
  rebuilt: both(
    ({ events, seconds, rows }: { events: number; seconds: number; rows: string }) =>
      `${frenchCount(events)} événement${events > 1 ? "s" : ""} dans une nouvelle base en ${frenchCount(Number(seconds.toFixed(1)))} s (${frenchCount(Math.round(events / Math.max(seconds, 0.001)))} par seconde) : ${rows === "" ? "aucune ligne" : rows}`,
    ({ events, seconds, rows }: { events: number; seconds: number; rows: string }) =>
      `${englishCount(events)} event${events === 1 ? "" : "s"} in a new database in ${englishCount(Number(seconds.toFixed(1)))} s (${englishCount(Math.round(events / Math.max(seconds, 0.001)))} a second): ${rows === "" ? "no rows" : rows}`,
  ),
  rebuildEqual: both(
    () => "la base qui sert est égale à la nouvelle : 0 différence",
    () => "the running database equals the new one: 0 differences",
  ),
  rebuildDiffered: both(
    (of: string, written: { commit: number | null; lockedMs: number } | null) =>
      `lignes qui différaient : ${of}${
        written === null
          ? ""
          : ` ; la base qui sert est maintenant égale à la nouvelle${written.commit === null ? "" : `, depuis le commit ${frenchCount(written.commit)}`} (autres écritures retenues ${frenchCount(Math.round(written.lockedMs))} ms)`
      }`,
    (of: string, written: { commit: number | null; lockedMs: number } | null) =>
      `rows that differed: ${of}${
        written === null
          ? ""
          : `; the running database now equals the new one${written.commit === null ? "" : `, from commit ${englishCount(written.commit)} on`} (other writers waited ${englishCount(Math.round(written.lockedMs))} ms)`
      }`,
  ),
  analysesChecked: both(
    (wrong: number, dryRun: boolean) =>
      wrong === 0
        ? "table analyses : égale à son SQL sur toutes les lignes"
        : `table analyses : ${lignes(frenchCount(wrong))} ${dryRun ? "à corriger" : "corrigées"}`,
    (wrong: number, dryRun: boolean) =>
      wrong === 0
        ? "table analyses: equal to its SQL over all rows"
        : `table analyses: ${rows(englishCount(wrong))} ${dryRun ? "to correct" : "corrected"}`,
  ),
  analysesUnchecked: both(
    () => "table analyses : non comparée, car des lignes diffèrent",
    () => "table analyses: not compared, because rows differ",
  ),
  rebuildWouldWrite: both(
    (n: number) =>
      `${n > 1 ? `${frenchCount(n)} lignes diffèrent` : "une ligne diffère"} : sans --dry-run, la base qui sert devient égale à la nouvelle`,
    (n: number) =>
      `${n === 1 ? "1 row differs" : `${englishCount(n)} rows differ`}: without --dry-run, the running database is made equal to the new one`,
  ),
  rebuildOnly: both(
    (flag: string) => `${flag} va avec --rebuild`,
    (flag: string) => `${flag} goes with --rebuild`,
  ),
  waitingForLog: both(
    (why: string) => `en attente des topics (${why})`,
    (why: string) => `waiting for the topics (${why})`,
  ),
  nextPort: both(
    (wanted: number, port: number) => `le port ${wanted} est pris, la page est sur ${port}`,
    (wanted: number, port: number) => `port ${wanted} is taken, the page is on ${port}`,
  ),
  writeLink: both(
    (link: string) => `pour changer quelque chose sur la page, ouvrez ce lien, une seule fois : ${link}`,
    (link: string) => `to change something on the page, open this link, once: ${link}`,
  ),
  writeLinkUsed: both(
    (client: string, link: string) =>
      `${client} a ouvert le lien et peut changer quelque chose sur la page ; pour un autre navigateur : ${link}`,
    (client: string, link: string) =>
      `${client} has opened the link and may change something on the page; for another browser: ${link}`,
  ),
  acceptedNow: both(
    (n: number) =>
      `${n > 1 ? `${frenchCount(n)} décisions sont enregistrées` : "la décision est enregistrée"} ; la version est relue à l'instant, et appliquée si rien d'autre n'y est à décider`,
    (n: number) =>
      `${n > 1 ? `${englishCount(n)} decisions are` : "the decision is"} registered; the version is read again now, and applied unless something else about it is to be decided`,
  ),
  rereadAsked: both(
    (source: string) => `${source} va être relu en entier, à l'instant`,
    (source: string) => `${source} is being read again as a whole, now`,
  ),
  sourceRestored: both(
    (source: string) => `${source} est suivi de nouveau, avec ses options`,
    (source: string) => `${source} is followed again, with its options`,
  ),
  moreThanShown: both(
    (source: string, now: string, shown: string) =>
      `${source} a maintenant ${lignes(now)} à retirer, et non ${shown} comme affiché : rien n'est retiré ; regardez de nouveau ce qui partirait`,
    (source: string, now: string, shown: string) =>
      `${source} has ${rows(now)} to withdraw now, not ${shown} as was shown: nothing is removed; look again at what would go`,
  ),
  notRemovedHere: both(
    (source: string) =>
      `ce programme n'a pas retiré ${source} depuis son démarrage : ajoutez-le de nouveau, ou ${command("sources add URL")}`,
    (source: string) =>
      `this program has not removed ${source} since it started: add it again, or use ${command("sources add URL")}`,
  ),
  pageAsksForToken: both(
    () => "la page demande le jeton de VENTES_TOKEN, une fois par navigateur",
    () => "the page asks for the token of VENTES_TOKEN, once in each browser",
  ),
  sourceNeedsEntity: both(
    (text: string) => `--source « ${text} » : dites ce que c'est, par exemple --source ventes=${text}`,
    (text: string) => `--source "${text}": say what it holds, for example --source ventes=${text}`,
  ),
  starts: both(
    (dir: string, brokers: string | null) =>
      `ventes : producteur, consommateur et analyse dans ce processus ; base ${dir}/ventes.db, topics ${brokers ?? `${dir}/events.db`}`,
    (dir: string, brokers: string | null) =>
      `ventes: producer, consumer and analyzer in this process; database ${dir}/ventes.db, topics ${brokers ?? `${dir}/events.db`}`,
  ),
  startsDemo: both(
    (dir: string) =>
      `ventes : aucune source enregistrée, voici la démonstration, dans ${dir}\n  (une épicerie bretonne ; ce processus sert ses fichiers CSV et y ajoute une vente par seconde)`,
    (dir: string) =>
      `ventes: no source is registered, so this is the demo, in ${dir}\n  (a grocer in Brittany; this process serves its CSV files and adds a sale every second)`,
  ),
  demoEnds: both(
    () => "une source est enregistrée : la démonstration s'arrête",
    () => "a source is registered: the demo ends",
  ),
  read: both(
    () => "Lu :",
    () => "Read:",
  ),
  sourceRead: both(
    (source: string, entities: string, records: string, rejected: string) =>
      `${source}  (${entities}) : ${lignes(records)}, ${rejected} rejetée${plural(rejected)}`,
    (source: string, entities: string, records: string, rejected: string) =>
      `${source}  (${entities}): ${rows(records)}, ${rejected} rejected`,
  ),
  pageIsAt: both(
    (url: string) => `La page est à ${url}`,
    (url: string) => `The page is at ${url}`,
  ),
  addYours: both(
    () => `Vos propres fichiers : ${command("sources add https://exemple.fr/ventes.csv")}`,
    () => `Your own files: ${command("sources add https://example.com/sales.csv")}`,
  ),
  goesOn: both(
    () => "Les sources sont suivies ; Ctrl-C arrête.",
    () => "The sources are being followed; Ctrl-C stops.",
  ),
  onceDemo: both(
    (dir: string) => `aucune source enregistrée : c'était la démonstration, dans ${dir}`,
    (dir: string) => `no source is registered: this was the demo, in ${dir}`,
  ),
  sourcesFailed: both(
    (failed: number, all: number) =>
      `${failed} source(s) sur ${all} n'ont pas pu être lues ; lesquelles et pourquoi : ${command("sources")}`,
    (failed: number, all: number) =>
      `${failed} of ${all} sources could not be read; which and why: ${command("sources")}`,
  ),
  sourcesUnclear: both(
    (unclear: number, all: number) =>
      `${unclear} source(s) sur ${all} attendent votre décision : ${command("sources")}`,
    (unclear: number, all: number) =>
      `${unclear} of ${all} sources wait for your decision: ${command("sources")}`,
  ),
  sourcesFileFailed: both(
    (n: number) =>
      `${n} ligne(s) du fichier de VENTES_SOURCES n'ont pas pu être enregistrées : corrigez celles qui sont nommées plus haut`,
    (n: number) =>
      `${n} line(s) of the file of VENTES_SOURCES could not be registered: correct those that are named above`,
  ),
  sourceAdded: both(
    (source: string, entities: string) => `${source} est enregistré (${entities})`,
    (source: string, entities: string) => `${source} is registered (${entities})`,
  ),
  catalogueAdded: both(
    (catalogue: string, form: string, entries: number) =>
      `${catalogue} est enregistré comme catalogue (${form}) : ${frenchFiles(entries)} ; un producteur va les suivre, l'un après l'autre`,
    (catalogue: string, form: string, entries: number) =>
      `${catalogue} is registered as a catalogue (${form}): ${englishFiles(entries)} listed; a producer will follow them, one after the other`,
  ),
  catalogueLists: both(
    (catalogue: string, form: string, entries: number) =>
      `${catalogue} : catalogue (${form}), ${frenchFiles(entries)}`,
    (catalogue: string, form: string, entries: number) =>
      `${catalogue}: a catalogue (${form}), ${englishFiles(entries)} listed`,
  ),
  rekeyOfOne: both(
    () => "--rekey vaut pour un fichier, pas pour un catalogue : donnez-le avec l'adresse d'un fichier",
    () => "--rekey is for one file, not for a catalogue: give it with the address of a file",
  ),
  nameOfOne: both(
    () => "--name vaut pour un fichier, pas pour un catalogue : donnez-le avec l'adresse d'un fichier",
    () => "--name is for one file, not for a catalogue: give it with the address of a file",
  ),
  named: both(
    (source: string, name: string) => `${source} : nommé « ${name} »`,
    (source: string, name: string) => `${source}: named "${name}"`,
  ),
  renamed: both(
    (source: string, name: string | undefined) =>
      name === undefined ? `${source} n'a plus de nom` : `${source} s'appelle désormais « ${name} »`,
    (source: string, name: string | undefined) =>
      name === undefined ? `${source} has no name any more` : `${source} is called "${name}" from now on`,
  ),
  catalogueRemoved: both(
    (catalogue: string, entries: number, withdraw: boolean, n: string) =>
      `${catalogue} n'est plus suivi, ni ${entries > 1 ? `ses ${frenchCount(entries)} fichiers` : entries === 1 ? "son fichier" : "aucun fichier"}${withdraw ? ` : ${lignes(n)} ${isOne(n) ? "retirée" : "retirées"}` : " ; les lignes restent"}`,
    (catalogue: string, entries: number, withdraw: boolean, n: string) =>
      `${catalogue} and its ${englishFiles(entries)} are no longer followed${withdraw ? `: ${rows(n)} withdrawn` : "; their rows stay"}`,
  ),
  catalogueStands: both(
    (s: CatalogueCounts) =>
      `${s.listed} listés = ${s.taken} pris + ${s.others} déjà suivis + ${s.removed} retirés par vous + ${s.refused} refusés${s.passed === "0" ? "" : ` + ${s.passed} laissés de côté`}${s.unlisted === "0" ? "" : ` ; ${s.unlisted} ne sont plus listés, leurs lignes restent`}`,
    (s: CatalogueCounts) =>
      `${s.listed} listed = ${s.taken} taken up + ${s.others} followed already + ${s.removed} removed by you + ${s.refused} refused${s.passed === "0" ? "" : ` + ${s.passed} passed over`}${s.unlisted === "0" ? "" : `; ${s.unlisted} no longer listed, their rows stay`}`,
  ),
  entriesRefused: both(
    (catalogue: string, n: number, first: string) =>
      n === 1
        ? `${catalogue} : un fichier listé ne peut être pris : ${first}`
        : `${catalogue} : ${frenchCount(n)} fichiers listés ne peuvent être pris, dont : ${first}`,
    (catalogue: string, n: number, first: string) =>
      n === 1
        ? `${catalogue}: a listed file cannot be taken up: ${first}`
        : `${catalogue}: ${englishCount(n)} listed files cannot be taken up, one of them: ${first}`,
  ),
  passedOver: both(
    () => "laissés de côté, car ce ne sont pas des tableaux :",
    () => "passed over, for they are no tables:",
  ),
  entriesPassedOver: both(
    (catalogue: string, n: number, reasons: string) =>
      `${catalogue} : ${n === 1 ? "laissé de côté" : `${frenchCount(n)} laissés de côté`} : ${reasons}`,
    (catalogue: string, n: number, reasons: string) =>
      `${catalogue}: ${n === 1 ? "passed over" : `${englishCount(n)} passed over`}: ${reasons}`,
  ),
  noLongerListed: both(
    (since: string) => `absente de son catalogue depuis ${since} ; ses lignes restent`,
    (since: string) => `no longer listed by its catalogue since ${since}; its rows stay`,
  ),
  andOthers: both(
    (n: string) => `... et ${n} de plus`,
    (n: string) => `... and ${n} more`,
  ),
  accounting: both(
    (s: AccountedCounts) =>
      `${s.records} lignes = ${s.emitted} émises + ${s.unchanged} inchangées + ${s.superseded} remplacées + ${s.rejected} rejetées ; en outre : ${s.conflicts} conflits, ${s.vanished} disparues et gardées, ${s.withdrawn} disparues et retirées, ${s.rounded} valeurs arrondies`,
    (s: AccountedCounts) =>
      `${s.records} records = ${s.emitted} emitted + ${s.unchanged} unchanged + ${s.superseded} superseded + ${s.rejected} rejected; in addition: ${s.conflicts} conflicts, ${s.vanished} vanished and kept, ${s.withdrawn} vanished and withdrawn, ${s.rounded} values rounded`,
  ),
  retried: both(
    (sources: number, resolved: number, remaining: number) =>
      `${sources > 1 ? `${frenchCount(sources)} fichiers relus` : "un fichier relu"} : ${frenchCount(resolved)} ${resolved > 1 ? "lignes reprises" : "ligne reprise"}, ${frenchCount(remaining)} encore ${remaining > 1 ? "rejetées" : "rejetée"}`,
    (sources: number, resolved: number, remaining: number) =>
      `${englishFiles(sources)} read again: ${englishCount(resolved)} ${resolved === 1 ? "row" : "rows"} resolved, ${englishCount(remaining)} still rejected`,
  ),
  nothingToRetry: both(
    () => "aucune ligne rejetée dont le fichier est encore suivi",
    () => "no rejected row whose file is still followed",
  ),
  retryTimedOut: both(
    (within: string, sources: string) =>
      `le producteur n'a pas relu ces sources en ${within} ; donnez plus de temps avec --timeout : ${sources}`,
    (within: string, sources: string) =>
      `the producer has not read these sources again within ${within}; give more time with --timeout: ${sources}`,
  ),
  moreRejects: both(
    (n: string) => `... et ${n} de plus : --limit, --csv`,
    (n: string) => `... and ${n} more: --limit, --csv`,
  ),
  badLimit: both(
    (text: string) => `--limit « ${text} » : donnez un nombre entier`,
    (text: string) => `--limit "${text}": give a whole number`,
  ),
  unknownEntity: both(
    (text: string, known: string) => `--entity « ${text} » : donnez une entité parmi ${known}`,
    (text: string, known: string) => `--entity "${text}": give one of ${known}`,
  ),
  sourceFollowed: both(
    (source: string, entities: string) => `${source} est déjà suivi (${entities})`,
    (source: string, entities: string) => `${source} is followed already (${entities})`,
  ),
  wouldRemove: both(
    (source: string, withdraw: boolean) =>
      `${source} ne serait plus suivi${withdraw ? " ; les lignes qu'il est seul à avoir apportées seraient retirées" : " ; ses lignes resteraient"}`,
    (source: string, withdraw: boolean) =>
      `${source} would be followed no longer${withdraw ? "; the rows that it alone has brought would be withdrawn" : "; its rows would stay"}`,
  ),
  wouldWithdraw: both(
    (n: Withdrawn) =>
      `seraient retirés : ${n.ventes} vente(s) d'une valeur de ${n.amount}, ${n.orphelins} vente(s) en attente, ${n.produits} produit(s), ${n.magasins} magasin(s) ; ${n.waiting} vente(s) d'autres fichiers attendraient leur produit ou leur magasin`,
    (n: Withdrawn) =>
      `would be withdrawn: ${n.ventes} sale(s) worth ${n.amount}, ${n.orphelins} sale(s) that wait, ${n.produits} product(s), ${n.magasins} shop(s); ${n.waiting} sale(s) of other files would wait for their product or shop`,
  ),
  pricesGo: both(
    (prices: string, sales: string) =>
      `${prices} prix seraient retirés aussi ; ${sales} vente(s) seraient recalculées avec ceux qui restent`,
    (prices: string, sales: string) =>
      `${prices} price(s) would go, too; ${sales} sale(s) would be computed with those that stay`,
  ),
  totalFromTo: both(
    (now: string, after: string) => `chiffre d'affaires total : ${now} ; ensuite ${after}`,
    (now: string, after: string) => `total revenue: ${now}; afterwards ${after}`,
  ),
  noNewIds: both(
    (source: string) => `${source} : ces options ne changent l'identifiant d'aucune vente publiée`,
    (source: string) => `${source}: these options change the id of no published sale`,
  ),
  wouldRekey: both(
    (n: Rekeyed) =>
      `${n.source} : ${n.deleted} vente(s) publiée(s) seraient retirées, et le fichier en publierait ${n.fresh} sous de nouveaux identifiants`,
    (n: Rekeyed) =>
      `${n.source}: ${n.deleted} published sale(s) would be deleted, and the file would publish ${n.fresh} under new ids`,
  ),
  rekeyChanged: both(
    (n: string) => `${n} vente(s) changeraient sous l'identifiant qu'elles ont`,
    (n: string) => `${n} sale(s) would change under the ids that they have`,
  ),
  rekeyKept: both(
    (n: string) => `${n} vente(s) que le fichier n'a plus resteraient, sous l'identifiant qu'elles ont`,
    (n: string) => `${n} sale(s) that the file no longer has would stay, under the ids that they have`,
  ),
  rekeyAmounts: both(
    (before: string, after: string) =>
      `montant des ventes retirées ou changées : ${before} ; ensuite ${after}`,
    (before: string, after: string) =>
      `amount of the sales deleted or changed: ${before}; afterwards ${after}`,
  ),
  rekeyUnknown: both(
    (after: string) =>
      `montant des ventes retirées ou changées : inconnu, car il n'y a pas de base de données ici ; ensuite ${after} d'après les lignes du fichier, si leurs produits et magasins existent`,
    (after: string) =>
      `amount of the sales deleted or changed: unknown, because there is no database here; afterwards ${after} by the lines of the file, if their products and shops exist`,
  ),
  rekeyMissing: both(
    (n: string) =>
      `sans ${n} vente(s) retirée(s) ou changée(s) que la base de données n'a pas encore : leur montant est inconnu`,
    (n: string) =>
      `without ${n} deleted or changed sale(s) that the database does not have yet: their amount is unknown`,
  ),
  rekeyWaited: both(
    (n: string) =>
      `${n} des ventes retirées ou changées attendent leur produit, leur magasin ou un prix : elles ne comptent pas`,
    (n: string) =>
      `${n} of the deleted or changed sale(s) wait for their product, shop or price: they do not count`,
  ),
  rekeyStay: both(
    (n: string) =>
      `${n} des ventes retirées ou changées sont aussi dans d'autres sources : elles restent, hors de ces montants`,
    (n: string) =>
      `${n} of the deleted or changed sale(s) are also in other sources: they stay, and are not in these amounts`,
  ),
  rekeyWaits: both(
    (n: string) =>
      `${n} des ventes publiées attendraient leur produit, leur magasin ou un prix : elles ne compteraient pas`,
    (n: string) =>
      `${n} of the published sale(s) would wait for their product, shop or price: they would not count`,
  ),
  rekeyUnpriced: both(
    (n: string) =>
      `sans ${n} vente(s) publiée(s) qui n'ont ni montant ni prix sur leur ligne : leur montant est inconnu`,
    (n: string) =>
      `without ${n} published sale(s) that have no amount and no price on their line: their amount is unknown`,
  ),
  rekeyShared: both(
    (n: string) =>
      `${n} des nouveaux identifiants sont déjà dans d'autres sources : ces ventes ne comptent qu'une fois, hors de ces montants`,
    (n: string) =>
      `${n} of the new ids are already in other sources: these sales count once, and are not in these amounts`,
  ),
  wouldHold: both(
    (says: string) => `cette version serait retenue, et rien ne changerait : ${says}`,
    (says: string) => `this version would be held back, and nothing would change: ${says}`,
  ),
  removeWhat: both(
    () => "donnez l'adresse d'une source, ou --invalid sans adresse ni --withdraw",
    () => "give the address of a source, or --invalid without an address and without --withdraw",
  ),
  invalidRemoved: both(
    (n: string, dryRun: boolean) =>
      `enregistrements non valides du topic sources : ${n} ${dryRun ? "seraient retirés ; rien n'a été écrit" : "retirés"}`,
    (n: string, dryRun: boolean) =>
      `records of the topic sources that are not valid: ${n} ${dryRun ? "would be removed; nothing was written" : "removed"}`,
  ),
  sourceRemoved: both(
    (source: string, withdraw: boolean, n: string) =>
      `${source} n'est plus suivi${withdraw ? ` : ${lignes(n)} ${isOne(n) ? "retirée" : "retirées"}` : " ; ses lignes restent"}`,
    (source: string, withdraw: boolean, n: string) =>
      `${source} is no longer followed${withdraw ? `: ${rows(n)} withdrawn` : "; its rows stay"}`,
  ),
  sameSales: both(
    (n: number, of: number, source: string) =>
      `${n} de ses ${of} premières ventes sont aussi dans ${source} : elles ne comptent qu'une fois. Si ce sont d'autres ventes, séparez-les avec --id-scope`,
    (n: number, of: number, source: string) =>
      `${n} of its first ${of} sales are also in ${source}: they count once. If they are other sales, keep them apart with --id-scope`,
  ),
  doubtAccepted: both(
    (source: string, isDryRun: boolean, ofAll: boolean) =>
      `${source} : ${isDryRun ? "serait accepté" : "accepté"}${ofAll ? " pour tous ses fichiers, les suivants aussi" : ""} :`,
    (source: string, isDryRun: boolean, ofAll: boolean) =>
      `${source}: ${isDryRun ? "would be accepted" : "accepted"}${ofAll ? " for all its files, later ones too" : ""}:`,
  ),
  doubtWorth: both(
    (n: string, amount: string) => `${lignes(n)} dans la base, d'une valeur de ${amount} :`,
    (n: string, amount: string) => `${rows(n)} in the database, worth ${amount}:`,
  ),
  /** `counts`: of the rows that are deleted, added and changed. */
  choiceRows: both(frenchChanges, englishChanges),
  /** Between two parts of a line. */
  between: both(
    () => " ; ",
    () => "; ",
  ),
  /** `sign`: of the difference. */
  choiceMoney: both(
    (after: string, sign: number, difference: string) =>
      `chiffre d'affaires total ensuite : ${after}, ${sign === 0 ? "comme maintenant" : `${difference} de ${sign > 0 ? "plus" : "moins"}`}`,
    (after: string, sign: number, difference: string) =>
      `total revenue afterwards: ${after}, ${sign === 0 ? "as now" : `${difference} ${sign > 0 ? "more" : "less"}`}`,
  ),
  choiceUnpriced: both(
    (why: keyof typeof UNPRICED) => UNPRICED[why].fr,
    (why: keyof typeof UNPRICED) => UNPRICED[why].en,
  ),
  choiceWaiting: both(
    (n: string) => `${n} de ces ventes attendent leur produit, magasin ou prix et ne comptent pas encore`,
    (n: string) => `${n} of these sales wait for their product, shop or price and do not count yet`,
  ),
  choiceWaitsFor: both(
    (code: string) => `rien ne change encore : la version attend ensuite une autre décision (${code})`,
    (code: string) => `nothing changes yet: the version then waits for another decision (${code})`,
  ),
  decidedOfAll: both(
    (at: string, decision: string, says: string) =>
      `accepté le ${at} pour tous ses fichiers (${decision}) : ${says}`,
    (at: string, decision: string, says: string) =>
      `accepted at ${at} for all its files (${decision}): ${says}`,
  ),
  decidedAt: both(
    (at: string, says: string) => `accepté le ${at} : ${says}`,
    (at: string, says: string) => `accepted at ${at}: ${says}`,
  ),
  doubtsApply: both(
    () => "la prochaine interrogation l'appliquera",
    () => "the next poll applies it",
  ),
  doubtRevoked: both(
    (source: string, decision: string, isDryRun: boolean) =>
      `${source} : ${decision} ${isDryRun ? "ne serait plus accepté" : "n'est plus accepté"}`,
    (source: string, decision: string, isDryRun: boolean) =>
      `${source}: ${decision} ${isDryRun ? "would be accepted no longer" : "is accepted no longer"}`,
  ),
  revokedApply: both(
    () => "ce qui est publié reste ; une version suivante où la même chose n'est pas claire sera retenue",
    () => "what is published stays; a later version about which the same is unclear is held back",
  ),
  sourceMoved: both(
    (from: string, to: string, n: string) =>
      `${from} est désormais ${to} : ${n} ${isOne(n) ? "événement repris" : "événements repris"}`,
    (from: string, to: string, n: string) =>
      `${from} is ${to} from now on: ${n} ${isOne(n) ? "event" : "events"} taken along`,
  ),
  tooOften: both(
    (least: string) => `un serveur d'une autre machine s'interroge toutes les 5 s au plus : donnez ${least}`,
    (least: string) => `a server on another machine is polled every 5 s at most: give ${least}`,
  ),
  noSources: both(
    () => `aucune source : ${command("sources add URL")}`,
    () => `no source: ${command("sources add URL")}`,
  ),
  wouldRead: both(
    (source: string, entity: string, delimiter: string, records: string) =>
      `${source} : ${entity}, séparateur « ${delimiter} », ${lignes(records)}`,
    (source: string, entity: string, delimiter: string, records: string) =>
      `${source}: ${entity}, delimiter "${delimiter}", ${rows(records)}`,
  ),
  column: both(
    () => "colonne",
    () => "column",
  ),
  readAs: both(
    () => "lue comme",
    () => "read as",
  ),
  line: both(
    () => "ligne",
    () => "line",
  ),
  rounded: both(
    (n: string) => `${n} ${isOne(n) ? "valeur arrondie" : "valeurs arrondies"} au millionième`,
    (n: string) => `${n} ${isOne(n) ? "value" : "values"} rounded to a millionth`,
  ),
  skipped: both(
    (n: string) => `${lignes(n)} exclue${plural(n)} par --where`,
    (n: string) => `${n} ${isOne(n) ? "line" : "lines"} left out by --where`,
  ),
  unwrapped: both(
    (n: string) => `${n} valeurs écrites comme ="007" : lues comme du texte`,
    (n: string) => `${n} values written as ="007": read as text`,
  ),
  lookAlikes: both(
    (n: string, examples: readonly string[]) =>
      `identifiants différents qui se ressemblent à s'y méprendre : ${n}, par exemple ${examples.join(", ")}`,
    (n: string, examples: readonly string[]) =>
      `different ids that look the same: ${n}, for example ${examples.join(", ")}`,
  ),
  writtenAs: both(
    () => "écrite",
    () => "written",
  ),
  entity: both(
    () => "entité",
    () => "entity",
  ),
  howRead: both(
    (source: string, how: string) => `${source} : ${how}`,
    (source: string, how: string) => `${source}: ${how}`,
  ),
  fixed: both(
    (options: string) => `fixé : ${options}`,
    (options: string) => `fixed: ${options}`,
  ),
  headerAt: both(
    (line: number) => (line === 0 ? "sans en-tête" : `en-tête à la ligne ${line}`),
    (line: number) => (line === 0 ? "no header" : `header on line ${line}`),
  ),
  unknownProduct: both(
    (id: string) =>
      `${id} n'est pas un produit de cette base : voyez ${command('query "SELECT id_produit, nom FROM produits"')}`,
    (id: string) =>
      `${id} is not a product of this database: see ${command('query "SELECT id_produit, nom FROM produits"')}`,
  ),
  noHandPrices: both(
    () => `aucun prix n'a été fixé à la main ; ceux d'un produit : ${command("prices PRODUIT")}`,
    () => `no price was set by hand; those of a product: ${command("prices PRODUCT")}`,
  ),
  noHandPriceOf: both(
    (id: string) => `aucun prix de ${id} n'a été fixé à la main : il n'y a rien à retirer`,
    (id: string) => `no price of ${id} was set by hand: there is nothing to take back`,
  ),
  handPricesStay: both(
    () =>
      `les prix fixés à la main ne sont suivis nulle part : retirez-les tous avec --withdraw, ou ceux d'un produit : ${command("prices remove PRODUIT")}`,
    () =>
      `prices set by hand are followed nowhere: take them all back with --withdraw, or those of a product: ${command("prices remove PRODUCT")}`,
  ),
  notAPrice: both(
    (text: string) => `PRIX "${text}" : donnez un montant comme 1.20 ou 1,20, avec six décimales au plus`,
    (text: string) => `PRICE "${text}": give an amount such as 1.20 or 1,20, with six decimals at most`,
  ),
  notADay: both(
    (flag: string, text: string) => `${flag} "${text}" : donnez un jour comme 2026-03-01`,
    (flag: string, text: string) => `${flag} "${text}": give a day such as 2026-03-01`,
  ),
  untilBeforeFrom: both(
    (until: string, from: string) =>
      `--until ${until} précède --from ${from} : donnez le dernier jour du prix`,
    (until: string, from: string) =>
      `--until ${until} is before --from ${from}: give the last day of the price`,
  ),
  untilOrOnwards: both(
    () => "--until et --onwards se contredisent : donnez l'un des deux",
    () => "--until and --onwards contradict each other: give one of them",
  ),
  laterPrices: both(
    (id: string, day: string, price: string, until: Way, onwards: Way) =>
      `${id} a un autre prix à partir du ${day} (${price}) : dites jusqu'à quand le nouveau vaut. Seulement avant ce jour (${until.effect}) : ${until.command}. Ce jour et ensuite aussi (${onwards.effect}) : ${onwards.command}`,
    (id: string, day: string, price: string, until: Way, onwards: Way) =>
      `${id} has another price from ${day} on (${price}): say until when the new one holds. Only before that day (${until.effect}): ${until.command}. On that day and later too (${onwards.effect}): ${onwards.command}`,
  ),
  priceOf: both(
    (id: string, price: string, from: string, until: string | null) =>
      `${id} : ${price} ${until === null ? `à partir du ${from}` : `du ${from} au ${until}`}`,
    (id: string, price: string, from: string, until: string | null) =>
      `${id}: ${price} from ${from} ${until === null ? "on" : `to ${until}`}`,
  ),
  pricesTakenBack: both(
    (id: string) => `${id} : sans les prix fixés à la main`,
    (id: string) => `${id}: without the prices set by hand`,
  ),
  salesFromTo: both(
    (n: string, before: string, after: string) =>
      `${n} vente${plural(n)} recalculée${plural(n)} : ${before} ; ensuite ${after}`,
    (n: string, before: string, after: string) =>
      `${n} sale${isOne(n) ? "" : "s"} computed again: ${before}; afterwards ${after}`,
  ),
  otherSales: both(
    (n: string) =>
      `${n} vente${plural(n)} du produit ${isOne(n) ? "a son propre montant ou prix" : "ont un montant ou un prix à elles"} : la liste n'y change rien`,
    (n: string) =>
      `${n} sale${isOne(n) ? "" : "s"} of the product ${isOne(n) ? "has an amount or a price of its" : "have an amount or a price of their"} own: the list does not change ${isOne(n) ? "it" : "them"}`,
  ),
  priceHolds: both(
    () => "le produit a déjà ce prix ces jours-là : rien à faire",
    () => "the product has this price on these days already: nothing to do",
  ),
  filePricesHold: both(
    () => "les prix des fichiers valent de nouveau",
    () => "the prices of the files hold again",
  ),
  seePrices: both(
    (list: string, remove: string) => `voir ses prix : ${list} ; revenir en arrière : ${remove}`,
    (list: string, remove: string) => `to see its prices: ${list}; to take it back: ${remove}`,
  ),
  sameNames: both(
    (column: string, names: readonly string[], commands: string) =>
      `remarqué : ${column} ${names.join(", ")} ne diffèrent que par l'écriture et comptent à part ; pour n'en faire qu'un : ${commands}`,
    (column: string, names: readonly string[], commands: string) =>
      `noticed: ${column} ${names.join(", ")} differ only in how they are written and count apart; to make them one: ${commands}`,
  ),
  atLeast: both(
    (n: string) => `au moins ${n}`,
    (n: string) => `at least ${n}`,
  ),
  pricesChanged: both(
    (day: string, products: string, sales: string, list: string) =>
      `remarqué : ${products} produit${plural(products)} ${isOne(products) ? "a" : "ont"} un nouveau prix depuis le ${day}, et ${sales} vente${plural(sales)} d'avant ${isOne(sales) ? "garde" : "gardent"} le sien ; les prix, et comment corriger ceux d'avant : ${list} ; ${command("prices set --help")}`,
    (day: string, products: string, sales: string, list: string) =>
      `noticed: ${products} product${isOne(products) ? " has" : "s have"} a new price since ${day}, and ${sales} sale${isOne(sales) ? "" : "s"} of before ${isOne(sales) ? "keeps its" : "keep their"} price; the prices, and how to correct those of before: ${list}; ${command("prices set --help")}`,
  ),
  noticed: both(
    (source: string, says: string) => `remarqué : ${source} : ${says}`,
    (source: string, says: string) => `noticed: ${source}: ${says}`,
  ),
  notAppliedYet: both(
    () =>
      `la base n'a pas encore tous les événements : réessayez quand le consommateur et l'analyseur les ont appliqués (${command("status")})`,
    () =>
      `the database does not have all events yet: try again once consumer and analyzer have applied them (${command("status")})`,
  ),
  nothingWritten: both(
    () => "rien n'a été écrit (--dry-run)",
    () => "nothing was written (--dry-run)",
  ),
  componentFailed: both(
    (component: string, why: string) => `${component} a échoué : ${why}`,
    (component: string, why: string) => `${component} failed: ${why}`,
  ),
  /** `id`: of one on Kafka, which may be gone for good. */
  componentLost: both(
    (component: string, at: string, id?: string) =>
      `${component} n'a plus publié son état depuis ${at} : relancez-le s'il ne tourne plus${id === undefined ? "" : ` ; s'il ne revient plus : ${command(`status --forget ${shellArgument(id)}`)}`}`,
    (component: string, at: string, id?: string) =>
      `${component} has not published its state since ${at}: start it again if it does not run${id === undefined ? "" : `; if it is gone for good: ${command(`status --forget ${shellArgument(id)}`)}`}`,
  ),
  componentForgotten: both(
    (name: string) => `${name} est oublié : son état n'est plus dans les topics`,
    (name: string) => `${name} is forgotten: its state is no longer in the topics`,
  ),
  componentRuns: both(
    (name: string) => `${name} tourne encore : arrêtez-le d'abord`,
    (name: string) => `${name} still runs: stop it first`,
  ),
  noSuchComponent: both(
    (name: string, known: string) =>
      `aucun composant ne s'appelle ${name} ; connus : ${known === "" ? "aucun" : known}`,
    (name: string, known: string) =>
      `no component is called ${name}; known: ${known === "" ? "none" : known}`,
  ),
  lost: both(
    () => "perdu",
    () => "lost",
  ),
  defect: both(
    (source: string) => `${source} : erreur imprévue ; la source est mise en attente, les autres continuent`,
    (source: string) => `${source}: unforeseen error; the source is parked, the others go on`,
  ),
  defects: both(
    (n: string) => (isOne(n) ? "1 erreur imprévue" : `${n} erreurs imprévues`),
    (n: string) => (isOne(n) ? "1 unforeseen error" : `${n} unforeseen errors`),
  ),
  sourceParked: both(
    (_source: string, why: string) => `source en attente : ${why}`,
    (_source: string, why: string) => `source parked: ${why}`,
  ),
  sourceUnclear: both(
    (source: string, why: string) => `${source} : cette version est appliquée, mais à vérifier : ${why}`,
    (source: string, why: string) => `${source}: this version is applied, but check it: ${why}`,
  ),
  sourcesStale: both(
    (n: string, at: string, producer: string) =>
      `sources sans producteur depuis ${at}${producer === "" ? "" : ` (${producer})`} : ${n}`,
    (n: string, at: string, producer: string) =>
      `sources without a producer since ${at}${producer === "" ? "" : ` (${producer})`}: ${n}`,
  ),
  walHeld: both(
    ({ file, bytes, readers }: HeldWal) =>
      readers.length === 0
        ? `${file} fait ${frenchBytes(bytes)} : un programme, qui n'est pas connu ici, lit un état ancien ou écrit beaucoup à la fois ; si cela dure, terminez-le`
        : `${file} fait ${frenchBytes(bytes)} et croît à chaque commit, car ${readersOf(readers, "et")} lit un état ancien : terminez cette lecture, et le fichier est réutilisé`,
    ({ file, bytes, readers }: HeldWal) =>
      readers.length === 0
        ? `${file} is ${englishBytes(bytes)}: a program, which is not known here, reads an old state or writes much at once; if it lasts, end it`
        : `${file} is ${englishBytes(bytes)} and grows with each commit, because ${readersOf(readers, "and")} reads an old state: end that reading, and the file is used again`,
  ),
  otherLog: both(
    (file: string) =>
      `${file} a été rempli depuis d'autres topics : choisissez un autre répertoire avec --data`,
    (file: string) => `${file} was filled from other topics: choose another directory with --data`,
  ),
  eventsMissed: both(
    (places: string) =>
      `les premiers événements des topics avaient disparu avant que la base les lise, ses chiffres sont donc trop bas : ${places}. Restaurez les topics et remplissez une base neuve (--data RÉPERTOIRE) ; ou recommencez avec de nouveaux topics (VENTES_NAMESPACE=NOM et --data RÉPERTOIRE) et enregistrez les sources à nouveau`,
    (places: string) =>
      `the first events of the topics were gone before the database read them, so its figures are short: ${places}. Restore the topics and fill a new database (--data DIR); or start again with new topics (VENTES_NAMESPACE=NAME and --data DIR) and register the sources again`,
  ),
  watchNeedsTerminal: both(
    () => `status --watch dessine sur un terminal ; pour un programme : ${command("status --json")}`,
    () => `status --watch draws on a terminal; for a program: ${command("status --json")}`,
  ),
  statusPage: both(
    (url: string) => `page ${url}`,
    (url: string) => `page ${url}`,
  ),
  statusDirectory: both(
    (dir: string, runs: string) => `${dir} : ${runs}`,
    (dir: string, runs: string) => `${dir}: ${runs}`,
  ),
  runs: both(
    (who: "start" | "components" | "nobody") =>
      ({
        start: "ventes start y tourne",
        components: "des composants y tournent",
        nobody: "rien n'y tourne",
      })[who],
    (who: "start" | "components" | "nobody") =>
      ({
        start: "ventes start runs in it",
        components: "components run in it",
        nobody: "nothing runs in it",
      })[who],
  ),
  statusLog: both(
    (where: string, events: string) => `topics ${where} : ${events} enregistrements`,
    (where: string, events: string) => `topics ${where}: ${events} records`,
  ),
  noDatabase: both(
    () => "pas encore de base",
    () => "no database yet",
  ),
  statusRows: both(
    (produits: string, magasins: string, ventes: string) =>
      `base : ${produits} produits, ${magasins} magasins, ${ventes} ventes`,
    (produits: string, magasins: string, ventes: string) =>
      `database: ${produits} products, ${magasins} shops, ${ventes} sales`,
  ),
  statusAnalyses: both(
    (commit: string, at: string, pending: boolean) =>
      `analyses au commit ${commit}, ${at}${pending ? ", en retard" : ", à jour"}`,
    (commit: string, at: string, pending: boolean) =>
      `analyses as of commit ${commit}, ${at}${pending ? ", behind" : ", up to date"}`,
  ),
  statusApplying: both(
    (entity: string, id: string, done: string, total: string) =>
      `${entity} ${id} : un changement est en cours sur ses ventes, ${done} sur ${total} ; les analyses montrent l'état d'avant`,
    (entity: string, id: string, done: string, total: string) =>
      `${entity} ${id}: a change is being applied to its sales, ${done} of ${total}; the analyses show the state before it`,
  ),
  statusLag: both(
    (lag: string) => `retard sur les topics : ${lag} événement${plural(lag)}`,
    (lag: string) => `lag behind the topics: ${lag} events`,
  ),
} as const;

export type Texts = { readonly [K in keyof typeof TEXTS]: (typeof TEXTS)[K]["fr"] };

const inOne = (language: Language): Texts =>
  Object.fromEntries(Object.entries(TEXTS).map(([key, text]) => [key, text[language]])) as unknown as Texts;

const BY_LANGUAGE: Readonly<Record<Language, Texts>> = { fr: inOne("fr"), en: inOne("en") };

export const textsIn = (language: Language): Texts => BY_LANGUAGE[language];
