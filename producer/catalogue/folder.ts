/**
 * A local folder as a catalogue: the data files in it, recognized by name. Hidden files and temporary files, which a
 * program is still writing, are left out. Workbooks and folders inside that hold data files are passed over, and told. A link that leads out of the folder is refused,
 * because somebody who may write to the folder must not choose which other files we read.
 */
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { isUnder } from "../download/index.ts";
import { SourceRefusal } from "../source/index.ts";
import { isDataFile, type Listing, type RefusedReference, workbookOf } from "./listing.ts";

/** Names of unfinished files of editors, browsers and copying programs. */
const TEMPORARY = /^[.~]|~$|\.(part|partial|tmp|temp|crdownload|download|swp|bak)$/i;

export async function readFolder(path: string): Promise<Listing> {
  const root = await realpath(path);
  const all = (await readdir(path)).filter((name) => !TEMPORARY.test(name)).sort();
  const names = all.filter(isDataFile);
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
    passed: await passedOver(path, all),
    ignored: [],
  };
}

/** The workbooks of a folder, and the folders in it that hold data files. */
async function passedOver(path: string, names: readonly string[]): Promise<readonly RefusedReference[]> {
  const passed: RefusedReference[] = [];
  for (const name of names) {
    const reference = join(path, name);
    const workbook = workbookOf(name);
    if (workbook !== undefined)
      passed.push({ reference, refusal: new SourceRefusal("source.workbook", workbook) });
    if (workbook !== undefined || isDataFile(name)) continue;
    if ((await lstat(reference).catch(() => undefined))?.isDirectory() !== true) continue;
    const inside = (await readdir(reference).catch(() => [])).filter(
      (one) => isDataFile(one) && !TEMPORARY.test(one),
    );
    if (inside.length > 0)
      passed.push({
        reference,
        refusal: new SourceRefusal("catalogue.folder_inside", String(inside.length)),
      });
  }
  return passed;
}
