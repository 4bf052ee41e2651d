/**
 * A local folder: the files of records that lie in it, by name. Hidden and temporary ones, which a program is still
 * writing, are not there yet. Subfolders are not gone into, and links not followed out of it: who may write to the
 * folder must not choose what else is read with our rights.
 */
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { isUnder } from "../download/index.ts";
import { SourceRefusal } from "../source/index.ts";
import { isDataFile, type Listing, type Unlisted } from "./listing.ts";

/** Editors', browsers' and copying programs' unfinished files. */
const TEMPORARY = /^[.~]|~$|\.(part|partial|tmp|temp|crdownload|download|swp|bak)$/i;

export async function readFolder(path: string): Promise<Listing> {
  const root = await realpath(path);
  const names = (await readdir(path)).filter((name) => isDataFile(name) && !TEMPORARY.test(name)).sort();
  const files: string[] = [];
  const refused: Unlisted[] = [];
  for (const name of names) {
    const file = join(path, name);
    // It may have gone since.
    const real = await realpath(file).catch(() => undefined);
    if (real === undefined) continue;
    if (!isUnder(real, root))
      refused.push({ reference: file, refusal: new SourceRefusal("source.leads_out", path) });
    else if ((await stat(real).catch(() => undefined))?.isFile() === true) files.push(file);
  }
  return {
    form: "folder",
    listed: files.map((reference) => ({ reference, isPath: true, entity: undefined, options: {} })),
    refused,
    ignored: [],
  };
}
