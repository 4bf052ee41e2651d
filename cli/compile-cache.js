/**
 * Where Node keeps the program's modules compiled: in a directory that this user alone can write to, or nowhere.
 * Who can write there runs code as us, and the place that Node takes by itself is shared by all users. Asked at
 * every start, before any other module is loaded.
 */
import { lstatSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { strangersWay } from "#shared/runtime/strangers.js";

const OURS_ALONE = 0o700;

/** @param {NodeJS.ProcessEnv} env */
const cacheHome = (env) => {
  const named = env.XDG_CACHE_HOME;
  // A relative one is to be ignored, says the XDG specification.
  return named !== undefined && isAbsolute(named) ? named : join(homedir(), ".cache");
};

/**
 * The directory, made where there was none; undefined where it cannot be had: no home, a read-only one, or one that
 * others may write to. On Windows, where Node's own place is the user's: null.
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
    // Step by step: a home that is not there is not made.
    for (const path of [home, ours, folder])
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) mkdirSync(path, OURS_ALONE);
    // Once more, now that all of it is there.
    if (strangersWay(folder, uid, true) !== undefined) return undefined;
    const isOurs = [ours, folder].every((path) => {
      const found = lstatSync(path);
      return found.isDirectory() && found.uid === uid && (found.mode & 0o777) === OURS_ALONE;
    });
    return isOurs ? folder : undefined;
  } catch {
    // It only costs time at start.
    return undefined;
  }
}
