/**
 * A local folder as a catalogue: the data files in it, recognized by name. Hidden files and temporary files, which a
 * program is still writing, are left out, and so are subfolders. A link that leads out of the folder is refused,
 * because somebody who may write to the folder must not choose which other files we read.
 */
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { isUnder } from "../download/index.ts";
import { SourceRefusal } from "../source/index.ts";
import { isDataFile, type Listing, type RefusedReference } from "./listing.ts";

/** Names of unfinished files of editors, browsers and copying programs. */
const TEMPORARY = /^[.~]|~$|\.(part|partial|tmp|temp|crdownload|download|swp|bak)$/i;

export async function readFolder(path: string): Promise<Listing> {
  const root = await realpath(path);
  const names = (await readdir(path)).filter((name) => isDataFile(name) && !TEMPORARY.test(name)).sort();
  const files: string[] = [];
  const refused: RefusedReference[] = [];
  for (const name of names) {
    const file = join(path, name);
    // Somebody may have removed the file since.
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
