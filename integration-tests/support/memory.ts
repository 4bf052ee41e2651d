/** Where tests put their files: in memory, because a disk takes milliseconds for each commit of SQLite. */
import { readdirSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MEMORY = "/dev/shm";
/** A container may have 64 MB there; the largest test files have some hundred. */
const NEEDED_BYTES = 2 ** 31;

const freeInMemory = (): number => {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize;
  } catch {
    return 0; // Only Linux has it.
  }
};

/** The folder for temporary files: TMPDIR if it is set, else /dev/shm if it has room, else that of the system. */
export const temporaryFiles = (): string =>
  process.env.TMPDIR === undefined && freeInMemory() > NEEDED_BYTES ? MEMORY : tmpdir();

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** Deletes folders `PREFIX-PID-...` of processes that were killed before they deleted them. */
export const deleteAbandoned = (folder: string, prefix: string): void => {
  for (const name of readdirSync(folder)) {
    const pid = new RegExp(`^${prefix}-(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // It is another user's.
    }
  }
};
