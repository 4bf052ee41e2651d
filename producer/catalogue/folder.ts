/**
 * A local folder: the files of records that lie in it, by name. Hidden and temporary ones, which a program is still
 * writing, are not there yet. Subfolders are not gone into.
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isDataFile, type Listing } from "./listing.ts";

/** Editors', browsers' and copying programs' unfinished files. */
const TEMPORARY = /^[.~]|~$|\.(part|partial|tmp|temp|crdownload|download|swp|bak)$/i;

export async function readFolder(path: string): Promise<Listing> {
  const names = (await readdir(path)).filter((name) => isDataFile(name) && !TEMPORARY.test(name)).sort();
  const files: string[] = [];
  for (const name of names) {
    // It may have gone since.
    const found = await stat(join(path, name)).catch(() => undefined);
    if (found?.isFile() === true) files.push(join(path, name));
  }
  return {
    form: "folder",
    listed: files.map((reference) => ({ reference, isPath: true, entity: undefined, options: {} })),
    ignored: [],
  };
}
