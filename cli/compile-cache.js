/**
 * Where Node keeps the compiled modules of the program: in a directory that this user alone can write to, or nowhere. A
 * user who can write there can run code as this user, and Node's own default directory is shared by all users. Checked
 * at every start, before any other module is loaded.
 */
import { lstatSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { strangersWay } from "#shared/runtime/strangers.js";

const OURS_ALONE = 0o700;

/** @param {NodeJS.ProcessEnv} env */
const cacheHome = (env) => {
  const named = env.XDG_CACHE_HOME;
  // The XDG specification says to ignore a relative path.
  return named !== undefined && isAbsolute(named) ? named : join(homedir(), ".cache");
};

/**
 * The directory, created where there is none. undefined: no cache, because there is no home, or it is read-only, or
 * others may write to it. null: Node's default (on Windows, where it belongs to the user).
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | null | undefined}
 */
export function compileCache(env) {
  const uid = process.geteuid?.();
  if (uid === undefined) return null;
  try {
    const home = cacheHome(env);
    const ours = join(home, "ventes");
    const folder = join(ours, "compile");
    if (strangersWay(folder, uid, true) !== undefined) return undefined;
    // One level at a time: a home directory that does not exist is not created.
    for (const path of [home, ours, folder])
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) mkdirSync(path, OURS_ALONE);
    // Check again, now that all of the path exists.
    if (strangersWay(folder, uid, true) !== undefined) return undefined;
    const isOurs = [ours, folder].every((path) => {
      const found = lstatSync(path);
      return found.isDirectory() && found.uid === uid && (found.mode & 0o777) === OURS_ALONE;
    });
    return isOurs ? folder : undefined;
  } catch {
    // Without a cache the start only takes longer.
    return undefined;
  }
}
