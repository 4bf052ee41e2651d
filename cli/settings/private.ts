/**
 * Keeps the data directory, and the files of secrets that variables name, to this user alone (invariant 14). It checks
 * before any other file is opened. On systems without owners (Windows) it checks nothing.
 */
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  type Stats,
  statfsSync,
} from "node:fs";
import { basename, join } from "node:path";
import type { Language } from "#shared/runtime/settings.ts";
import { strangersWay } from "#shared/runtime/strangers.js";
import { Failed } from "./errors.ts";
import { renewLock } from "./locks.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const OTHERS = 0o077;
const EVERYBODY = 0o007;
const STICKY = 0o1000;

const DATABASES = ["ventes.db", "columns.db", "events.db", "producer.db", "history.db"];
const LOCKS = ["lock.db", "producer.lock.db", "notifier.lock.db", "rebuild.lock.db"];
/** The program's files in a data directory; the demo has a data directory in it. It changes no other file there. */
const FILES = [
  ...[...DATABASES, ...LOCKS].flatMap((name) => ["", "-wal", "-shm", "-journal"].map((end) => name + end)),
  "named-files.txt",
  "audited.json",
  "notified.json",
  "backup.json",
];
const FOLDERS = ["spool", "demo", "analyses", "rebuild"];

/**
 * File systems whose owners and modes mean nothing, by their type of statfs(2): disks of Windows, memory sticks, and
 * what a server or WSL mounts as such.
 */
const WITHOUT_OWNERS: ReadonlySet<number> = new Set([
  0x4d44, // FAT
  0x2011bab0, // exFAT
  0x5346544e, // NTFS
  0x7366746e, // NTFS of Linux 5.15
  0x01021997, // 9p: the drives of Windows in WSL
  0xff534d42, // CIFS
  0xfe534d42, // SMB 2
]);

const SENTENCES = {
  exposed: {
    fr: (dir: string, at: string) =>
      `tout le monde peut écrire dans ${at}, et donc remplacer ${dir} : choisissez un autre répertoire avec --data, ou fermez celui-là : chmod o-w ${at}`,
    en: (dir: string, at: string) =>
      `everybody may write to ${at}, and so replace ${dir}: choose another directory with --data, or close that one: chmod o-w ${at}`,
  },
  foreignWay: {
    fr: (dir: string, at: string) =>
      `${at} appartient à un autre utilisateur, qui peut remplacer ${dir} : choisissez un autre répertoire avec --data`,
    en: (dir: string, at: string) =>
      `${at} belongs to another user, who may replace ${dir}: choose another directory with --data`,
  },
  common: {
    fr: (dir: string) =>
      `${dir} est à tous les utilisateurs de cette machine : nommez un répertoire qui n'est qu'à vous, par exemple --data ${dir}/ventes`,
    en: (dir: string) =>
      `${dir} is for all users of this machine: name a directory that is yours alone, for example --data ${dir}/ventes`,
  },
  foreign: {
    fr: (dir: string, uid: string) =>
      `${dir} appartient à un autre utilisateur (uid ${uid}) : lancez la commande comme lui (sudo -u '#${uid}' ...), ou choisissez un répertoire à vous avec --data`,
    en: (dir: string, uid: string) =>
      `${dir} belongs to another user (uid ${uid}): run the command as that user (sudo -u '#${uid}' ...), or choose a directory of your own with --data`,
  },
  foreignFile: {
    fr: (file: string, uid: string) =>
      `${file} appartient à un autre utilisateur (uid ${uid}), qui a pu l'y mettre : supprimez-le, ou choisissez un autre répertoire avec --data`,
    en: (file: string, uid: string) =>
      `${file} belongs to another user (uid ${uid}), who may have put it there: remove it, or choose another directory with --data`,
  },
  shared: {
    fr: (dir: string) =>
      `${dir} est ouvert à d'autres utilisateurs et contient autre chose que les données de ventes : nommez un répertoire à part avec --data, ou fermez celui-ci : chmod 700 ${dir}`,
    en: (dir: string) =>
      `${dir} is open to other users and holds other things than the data of ventes: name a directory apart with --data, or close this one: chmod 700 ${dir}`,
  },
  tightened: {
    fr: (dir: string) =>
      `${dir} était ouvert à d'autres utilisateurs : ce répertoire et ses fichiers ne sont plus qu'à vous (modes 700 et 600)`,
    en: (dir: string) =>
      `${dir} was open to other users: the directory and its files are now yours alone (modes 700 and 600)`,
  },
  secret: {
    fr: (file: string, name: string) =>
      `attention : d'autres utilisateurs peuvent lire ${file}, que ${name} désigne : chmod 600 ${file}`,
    en: (file: string, name: string) =>
      `warning: other users may read ${file}, which ${name} names: chmod 600 ${file}`,
  },
} as const satisfies Record<string, Record<Language, (path: string, more: string) => string>>;

type Refusal = keyof typeof SENTENCES;

const sentence = (name: Refusal, language: Language, path: string, more = ""): string =>
  SENTENCES[name][language](path, more);

const hasOwners = (path: string): boolean => !WITHOUT_OWNERS.has(statfsSync(path).type);

const found = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

/**
 * Closes an existing data directory, and the program's files in it, to other users. Returns the message that it did, or
 * undefined where nothing was open or there is no directory yet. Throws Failed where it must not close the directory: it
 * or one of these files belongs to another user, others could replace it, or it also holds other things.
 */
export function closeDataDirectory(data: string, language: Language): string | undefined {
  const uid = process.geteuid?.();
  if (uid === undefined) return undefined;
  const refuse = (name: Refusal, path: string, more = ""): never => {
    throw new Failed({ message: sentence(name, language, path, more) });
  };
  let dir: string;
  try {
    const way = strangersWay(data, uid);
    if (way !== undefined && hasOwners(way)) {
      const isTheirs = ![uid, 0].includes(lstatSync(way).uid);
      return refuse(isTheirs ? "foreignWay" : "exposed", data, way);
    }
    dir = realpathSync(data);
  } catch (error) {
    if (error instanceof Failed) throw error;
    // It does not exist yet, or cannot be reached: opening it will report that.
    return undefined;
  }
  const stats = lstatSync(dir);
  if (!stats.isDirectory() || !hasOwners(dir)) return undefined;
  if ((stats.mode & STICKY) !== 0 && (stats.mode & OTHERS) !== 0) return refuse("common", data);
  if (stats.uid !== uid) return refuse("foreign", data, String(stats.uid));
  for (const path of keptIn(dir)) {
    const owner: number = found(path)?.uid ?? uid;
    if (owner !== uid) return refuse("foreignFile", path, String(owner));
  }
  if ((stats.mode & OTHERS) !== 0 && isInUse(dir)) return refuse("shared", data);
  return tighten(dir, stats) ? sentence("tightened", language, data) : undefined;
}

/** The program's files and folders that exist in a data directory, those of the demo included. */
function keptIn(dir: string): readonly string[] {
  const kept = [...FILES, ...FOLDERS]
    .map((name) => join(dir, name))
    .filter((path) => found(path) !== undefined);
  const isFolder = (name: string): boolean => found(join(dir, name))?.isDirectory() === true;
  const spooled = isFolder("spool")
    ? readdirSync(join(dir, "spool")).map((name) => join(dir, "spool", name))
    : [];
  return [...kept, ...spooled, ...(isFolder("demo") ? keptIn(join(dir, "demo")) : [])];
}

/** Whether other things than the program's files are in it: closing the directory would take them from their users. */
const isInUse = (dir: string): boolean => keptIn(dir).length === 0 && readdirSync(dir).length > 0;

/** Closes directory and files. Returns whether the directory was open: in a closed one nobody could reach the files. */
function tighten(dir: string, { mode }: Stats): boolean {
  const wasOpen = (mode & OTHERS) !== 0;
  try {
    if (wasOpen) chmodSync(dir, FOLDER_MODE);
    for (const path of keptIn(dir)) closeToOthers(path, wasOpen);
    return wasOpen;
  } catch (error) {
    // On a read-only file system the directory stays as it is.
    if ((error as NodeJS.ErrnoException).code === "EROFS") return false;
    throw error;
  }
}

/** Changes the mode through a descriptor, so that nobody can put another file in its place in between. */
function closeToOthers(path: string, wasReachable: boolean): void {
  const seen = found(path);
  if (seen === undefined || (seen.mode & OTHERS) === 0 || !(seen.isFile() || seen.isDirectory())) return;
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    fchmodSync(fd, fstatSync(fd).isDirectory() ? FOLDER_MODE : FILE_MODE);
  } finally {
    closeSync(fd);
  }
  // A process that opened the lock file while it was readable could hold the lock for ever.
  if (wasReachable && LOCKS.includes(basename(path))) renewLock(path);
}

/** The content of a file of secrets that the variable `name` names, and the warning that it needs, if any. */
export function readSecret(
  file: string,
  name: string,
  language: Language,
): { readonly text: string; readonly warning: string | undefined } {
  const fd = openSync(file, "r");
  try {
    const { mode, uid } = fstatSync(fd);
    // A file of another owner (usually root) may be readable by a group on purpose; one of our own must be ours alone, as
    // ssh requires.
    const open = uid === process.geteuid?.() ? OTHERS : EVERYBODY;
    const isOpen = process.geteuid !== undefined && (mode & open) !== 0;
    return {
      text: readFileSync(fd, "utf8"),
      warning: isOpen ? sentence("secret", language, file, name) : undefined,
    };
  } finally {
    closeSync(fd);
  }
}
