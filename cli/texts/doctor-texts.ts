/** The sentences of `ventes doctor`. What is wrong is followed by what to do. */
import { command, shellArgument } from "#shared/runtime/command.ts";
import type { Language } from "#shared/runtime/settings.ts";

const EN = {
  node: (version: string, ventes: string) => `Node ${version}, ventes ${ventes}`,
  directoryNone: (dir: string) => `${dir}: not there yet; the first start makes it`,
  directoryFine: (dir: string) => `${dir}: this account may write it, others may not read it`,
  directoryClosed: (dir: string) =>
    `${dir}: this account may not write it: run the command as its owner, or name another one with --data`,
  noDirectory: (dir: string) => `${dir}: no directory can be made there: name another one with --data`,
  disk: (free: string) => `${free} free`,
  diskLow: (free: string, needed: string) =>
    `${free} free: a rebuild and a backup need ${needed}; make room, or give the backups another disk`,
  diskUnknown: () => "what is free cannot be told on this system",
  port: (url: string) => `${url} is free for the page`,
  portOurs: (url: string) => `${url} is the page of ventes, which answers`,
  portTaken: (url: string) =>
    `another program has ${url}: start takes the next free port; to choose one: ${command("start --port 8090")}`,
  hostRefused: (host: string, code: string) =>
    `nothing can listen on ${host} (${code}): give an address of this machine with --host`,
  topicsNone: () => "there are none yet; the first start makes them",
  topics: (where: string, records: string) => `${where}: ${records} records`,
  noBroker: (why: string) =>
    `${why}: start the brokers, or correct KAFKA_BROKERS and the other variables KAFKA_...`,
  originUnknown: () => "the topics do not say which they are: see above",
  databaseNone: (dir: string) =>
    `there is none yet: ${command(`start --data ${shellArgument(dir)}`)} makes it`,
  integrity: (file: string, size: string) => `${file}: sound (${size} read)`,
  broken: (file: string, problem: string, todo: string) => `${file} is damaged (${problem}): ${todo}`,
  refill: () => "stop ventes, move the file away, and start again: it is filled from the topics",
  fromBackup: () => `restore a backup: ${command("restore backups --data data-restored")}`,
  sameLog: () => "the database was filled from these topics",
  otherLog: (file: string) =>
    `${file} was filled from other topics: name their cluster or their directory, or start a new database with --data`,
  missed: (records: string) =>
    `the topics lost ${records} records before they were read, so the figures are short: restore the topics and fill a new database (--data)`,
  clock: (now: string, zone: string) => `${now}, days begin at midnight in ${zone}`,
  clockBehind: (now: string, last: string) =>
    `it is ${now} here, but the database was written at ${last}: set the clock (timedatectl set-ntp true)`,
  backup: (at: string, path: string) => `${at}, in ${path}`,
  backupOld: (at: string, days: string) =>
    `the last one is of ${at}, ${days} days ago: ${command("backup backups --every 1h --keep 24")}`,
  backupNone: () => `none is known: ${command("backup backups --every 1h --keep 24")}`,
  unchecked: (why: string) => `could not be checked: ${why}`,
  fine: () => `nothing is wrong on this machine; what sources and components need: ${command("status")}`,
  found: (n: number) => (n === 1 ? "one thing is wrong" : `${n} things are wrong`),
  names: {
    program: "program",
    directory: "directory",
    disk: "disk",
    lock: "in use",
    port: "page",
    topics: "topics",
    integrity: "database",
    log: "origin",
    clock: "clock",
    backup: "backup",
  },
};

export type DoctorTexts = typeof EN;

const FR: DoctorTexts = {
  node: (version, ventes) => `Node ${version}, ventes ${ventes}`,
  directoryNone: (dir) => `${dir} : pas encore là ; le premier start le crée`,
  directoryFine: (dir) => `${dir} : ce compte peut y écrire, les autres ne peuvent pas le lire`,
  directoryClosed: (dir) =>
    `${dir} : ce compte ne peut pas y écrire : lancez la commande sous le compte de son propriétaire, ou nommez un autre répertoire avec --data`,
  noDirectory: (dir) =>
    `${dir} : aucun répertoire ne peut y être créé : nommez un autre répertoire avec --data`,
  disk: (free) => `${free} libres`,
  diskLow: (free, needed) =>
    `${free} libres : une reconstruction et une sauvegarde demandent ${needed} ; faites de la place, ou donnez un autre disque aux sauvegardes`,
  diskUnknown: () => "ce système ne dit pas ce qui est libre",
  port: (url) => `${url} est libre pour la page`,
  portOurs: (url) => `${url} est la page de ventes, qui répond`,
  portTaken: (url) =>
    `un autre programme a ${url} : start prend le port libre suivant ; pour en choisir un : ${command("start --port 8090")}`,
  hostRefused: (host, code) =>
    `rien ne peut écouter sur ${host} (${code}) : donnez une adresse de cette machine avec --host`,
  topicsNone: () => "il n'y en a pas encore ; le premier start les crée",
  topics: (where, records) => `${where} : ${records} enregistrements`,
  noBroker: (why) =>
    `${why} : lancez les brokers, ou corrigez KAFKA_BROKERS et les autres variables KAFKA_...`,
  originUnknown: () => "les topics ne disent pas lesquels ils sont : voir plus haut",
  databaseNone: (dir) => `il n'y en a pas encore : ${command(`start --data ${shellArgument(dir)}`)} la crée`,
  integrity: (file, size) => `${file} : en bon état (${size} lus)`,
  broken: (file, problem, todo) => `${file} est abîmé (${problem}) : ${todo}`,
  refill: () => "arrêtez ventes, déplacez le fichier et relancez : il est rempli depuis les topics",
  fromBackup: () => `restaurez une sauvegarde : ${command("restore backups --data data-restored")}`,
  sameLog: () => "la base a été remplie depuis ces topics",
  otherLog: (file) =>
    `${file} a été rempli depuis d'autres topics : nommez leur cluster ou leur répertoire, ou commencez une nouvelle base avec --data`,
  missed: (records) =>
    `les topics ont perdu ${records} enregistrements avant leur lecture, les chiffres sont donc trop bas : restaurez les topics et remplissez une nouvelle base (--data)`,
  clock: (now, zone) => `${now}, les jours commencent à minuit, ${zone}`,
  clockBehind: (now, last) =>
    `il est ${now} ici, mais la base a été écrite à ${last} : réglez l'horloge (timedatectl set-ntp true)`,
  backup: (at, path) => `${at}, dans ${path}`,
  backupOld: (at, days) =>
    `la dernière est du ${at}, il y a ${days} jours : ${command("backup backups --every 1h --keep 24")}`,
  backupNone: () => `aucune n'est connue : ${command("backup backups --every 1h --keep 24")}`,
  unchecked: (why) => `n'a pas pu être vérifié : ${why}`,
  fine: () =>
    `rien ne va mal sur cette machine ; ce que demandent les sources et les composants : ${command("status")}`,
  found: (n) => (n === 1 ? "une chose ne va pas" : `${n} choses ne vont pas`),
  names: {
    program: "programme",
    directory: "répertoire",
    disk: "disque",
    lock: "utilisation",
    port: "page",
    topics: "topics",
    integrity: "base",
    log: "origine",
    clock: "horloge",
    backup: "sauvegarde",
  },
};

export const doctorTextsIn = (language: Language): DoctorTexts => ({ fr: FR, en: EN })[language];
