/**
 * Opens a path as a source, and nothing else than it was checked to be: others may put a link, a pipe or another
 * folder in its place at any moment. What is read is read from the descriptor that this returns.
 */
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, readlink, realpath, stat } from "node:fs/promises";
import { sep } from "node:path";
import { SourceRefusal } from "../source/index.ts";

/** A folder that the file must be in, links followed; outside of it, what is there and what is not look the same. */
export interface Bound {
  readonly folder: string;
  readonly refusal: SourceRefusal;
}

export interface OpenedFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/** A link in the last step is not followed, and a pipe without a writer not waited for. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export const isUnder = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** A regular file within all bounds. Throws SourceRefusal, and errors of the file system. The caller closes it. */
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
  // To open a device may already do something.
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

/** Where the open file is. Linux says it; elsewhere it is at the path that was opened, or the look is given up. */
async function pathOf(handle: FileHandle, { dev, ino }: Stats, real: string): Promise<string> {
  const said = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
  if (said !== undefined) return said;
  const found = await lstat(real);
  const again = await realpath(real);
  if (found.dev !== dev || found.ino !== ino || again !== real)
    throw new SourceRefusal("source.not_readable", "ESTALE");
  return again;
}
