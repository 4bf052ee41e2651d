/**
 * Checks whether another user of this machine could replace the file or folder at a path. Plain JavaScript, because
 * cli/compile-cache.js checks a folder before Node loads modules from it.
 */
import { lstatSync, readlinkSync } from "node:fs";
import { dirname, isAbsolute, join, parse, sep } from "node:path";

const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
/** In a directory with this bit, only the owner of an entry can remove or rename it. */
const STICKY = 0o1000;
/** The most symbolic links in one path, as in Linux. */
const MOST_LINKS = 40;

/** @param {string} path */
const partsOf = (path) => path.split(sep).filter((part) => part !== "" && part !== ".");

/**
 * Finds the first directory or link on the way to `path` (absolute) that a user other than `uid` and root could replace,
 * so that the path leads elsewhere. Returns undefined when there is none. The last part of `path` is not checked; it and
 * the folders before it need not exist. With `isStrict`, directories of another owner count too, and directories that a
 * group may write to, unless the id of the group is `uid` (a group that has only this user). Throws errors of the file
 * system.
 *
 * @param {string} path
 * @param {number} uid
 * @param {boolean} [isStrict]
 * @returns {string | undefined}
 */
export function strangersWay(path, uid, isStrict = false) {
  /** @param {number} owner */
  const isTrusted = (owner) => owner === uid || owner === 0;
  const { root } = parse(path);
  const left = partsOf(path.slice(root.length));
  let at = root;
  let links = 0;
  for (;;) {
    const name = left.shift();
    if (name === undefined) return undefined;
    const folder = lstatSync(at);
    const isSticky = (folder.mode & STICKY) !== 0;
    const isOpen =
      (folder.mode & OTHERS_WRITE) !== 0 ||
      (isStrict && (folder.mode & GROUP_WRITES) !== 0 && folder.gid !== uid && folder.gid !== 0);
    if (isOpen && !isSticky) return at;
    if (isStrict && !isTrusted(folder.uid)) return at;
    if (name === "..") {
      at = dirname(at);
      continue;
    }
    const next = join(at, name);
    const found = lstatSync(next, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    const isLast = left.length === 0;
    if (isOpen && !isTrusted(found.uid) && (!isLast || found.isSymbolicLink())) return next;
    if (!found.isSymbolicLink()) {
      at = next;
      continue;
    }
    if (++links > MOST_LINKS) return next;
    const target = readlinkSync(next);
    left.unshift(...partsOf(target));
    if (isAbsolute(target)) at = parse(target).root;
  }
}
