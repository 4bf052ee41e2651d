/**
 * Whether another user of this machine could put something else in the place of a path. Plain JavaScript: the
 * command asks it before its modules are loaded, of the folder that they are loaded from (cli/compile-cache.js).
 */
import { lstatSync, readlinkSync } from "node:fs";
import { dirname, isAbsolute, join, parse, sep } from "node:path";

const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
/** What lies in such a directory is removed and renamed by its owner only. */
const STICKY = 0o1000;
/** As many symbolic links as Linux follows in one path. */
const MOST_LINKS = 40;

/** @param {string} path */
const partsOf = (path) => path.split(sep).filter((part) => part !== "" && part !== ".");

/**
 * The first directory or link on the way to `path` (absolute) by which another user than `uid` and root could make it
 * lead elsewhere, or undefined. `path` itself is not judged, and neither it nor the end of the way need be there.
 * Strictly, a directory of another owner, or one that a group may write to, counts too, unless the group has the
 * number of the user, as one that has no other member. Throws errors of the file system.
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
