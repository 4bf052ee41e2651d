/**
 * A local folder as a catalogue: the data files in it, recognized by name. Hidden files and temporary files, which a
 * program is still writing, are left out. Workbooks, files of other names, and folders inside that hold data files are passed
 * over, and told. A link that leads out of the folder is refused, because somebody who may write to the folder must not
 * choose which other files we read.
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

/** What of a folder is not read: workbooks, files of other names, and the folders in it that hold data files. */
async function passedOver(path: string, names: readonly string[]): Promise<readonly RefusedReference[]> {
  const passed: RefusedReference[] = [];
  for (const name of names.filter((one) => !isDataFile(one))) {
    const reference = join(path, name);
    const refusal = await whyPassed(reference, name);
    if (refusal !== undefined) passed.push({ reference, refusal });
  }
  return passed;
}

/** undefined: it is neither a file nor a folder with data files. */
async function whyPassed(path: string, name: string): Promise<SourceRefusal | undefined> {
  const workbook = workbookOf(name);
  if (workbook !== undefined) return new SourceRefusal("source.workbook", workbook);
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile() === true) return new SourceRefusal("catalogue.other_file");
  if (found?.isDirectory() !== true) return undefined;
  const inside = (await readdir(path).catch(() => [])).filter(
    (one) => isDataFile(one) && !TEMPORARY.test(one),
  );
  return inside.length === 0
    ? undefined
    : new SourceRefusal("catalogue.folder_inside", String(inside.length));
}
