/**
 * Opens a path as a source, and makes sure that it opened the file that it checked: others may replace the path by a
 * link, a pipe or another folder at any moment. Callers read only from the descriptor that this returns.
 */
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, readlink, realpath, stat } from "node:fs/promises";
import { sep } from "node:path";
import { SourceRefusal } from "../source/index.ts";

/** A folder that must hold the file, after links. Outside of it the error does not show whether the file exists. */
export interface Bound {
  readonly folder: string;
  readonly refusal: SourceRefusal;
}

export interface OpenedFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/** Do not follow a link in the last step, and do not wait for the writer of a pipe. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export const isUnder = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** Opens a regular file within all bounds. Throws SourceRefusal and errors of the file system. The caller closes it. */
export async function openFile(path: string, bounds: readonly Bound[]): Promise<OpenedFile> {
  const roots = await Promise.all(bounds.map(async ({ folder }) => realpath(folder)));
  const check = (real: string): void => {
    for (const [i, { refusal }] of bounds.entries()) if (!isUnder(real, roots[i] ?? "")) throw refusal;
  };
  const real = await realpath(path).catch((error: unknown) => {
    for (const [i, { folder, refusal }] of bounds.entries())
      if (!isUnder(path, folder) && !isUnder(path, roots[i] ?? "")) throw refusal;
    throw error;
  });
  check(real);
  // Check before opening, because opening a device may have an effect.
  if (!(await stat(real)).isFile()) throw new SourceRefusal("source.not_a_file");
  const handle = await open(real, FLAGS);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new SourceRefusal("source.not_a_file");
    if (bounds.length > 0) check(await pathOf(handle, stats, real));
    return { handle, stats };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The path of the open file. Linux gives it; on other systems it must still be the file at the opened path. */
async function pathOf(handle: FileHandle, { dev, ino }: Stats, real: string): Promise<string> {
  const stated = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
  if (stated !== undefined) return stated;
  const found = await lstat(real);
  const again = await realpath(real);
  if (found.dev !== dev || found.ino !== ino || again !== real)
    throw new SourceRefusal("source.not_readable", "ESTALE");
  return again;
}
