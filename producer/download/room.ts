/**
 * Room on the disk of the spool. Downloads leave a reserve of it free, for the database, the topics and the state are
 * on the same disk, and an endless source must not be what fills it. Small files are not held to it.
 */
import { statfsSync } from "node:fs";
import { SourceRefusal } from "../source/index.ts";
import { LIMITS, type Reserve } from "./limits.ts";

/** What stays free of a disk of `total` bytes. */
export const reserveOf = (total: number, { least, part, most, mostPart }: Reserve): number =>
  Math.min(Math.max(least, total * part), most, total * mostPart);

/** One download's use of the disk. */
export class Room {
  readonly #folder: string;
  readonly #reserve: Reserve;
  #written = 0;
  #looked = 0;

  constructor(folder: string, reserve: Reserve = LIMITS.reserve) {
    this.#folder = folder;
    this.#reserve = reserve;
    this.#looked = reserve.smallBytes - reserve.pollEvery;
  }

  /** Before so many more bytes are written. Throws SourceRefusal where they would leave less than the reserve. */
  take(bytes: number): void {
    this.#written += bytes;
    if (this.#written < this.#looked + this.#reserve.pollEvery) return;
    this.#looked = this.#written;
    this.#look(bytes);
  }

  /** Of content of a length that is said: nothing of it is written yet. */
  expect(bytes: number): void {
    if (bytes > this.#reserve.smallBytes) this.#look(bytes);
  }

  #look(bytes: number): void {
    const { bavail, blocks, bsize } = statfsSync(this.#folder);
    const free = bavail * bsize;
    const reserve = reserveOf(blocks * bsize, this.#reserve);
    if (free - bytes < reserve)
      throw new SourceRefusal("source.disk_reserve", String(free), `${this.#folder}: ${Math.round(reserve)}`);
  }
}
