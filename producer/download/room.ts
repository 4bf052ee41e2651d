/**
 * Room on the spool's disk. Downloads leave a reserve free, because the database, the topics and the state are on the
 * same disk, and a source without end must not fill it. Small files may use the reserve.
 */
import { statfsSync } from "node:fs";
import { SourceRefusal } from "../source/index.ts";
import { LIMITS, type Reserve } from "./limits.ts";

/** The bytes that stay free on a disk of `total` bytes. */
export const reserveOf = (total: number, { least, part, most, mostPart }: Reserve): number =>
  Math.min(Math.max(least, total * part), most, total * mostPart);

/** The disk use of one download. */
export class Room {
  readonly #folder: string;
  readonly #reserve: Reserve;
  #written = 0;
  #checked = 0;

  constructor(folder: string, reserve: Reserve = LIMITS.reserve) {
    this.#folder = folder;
    this.#reserve = reserve;
    this.#checked = reserve.smallBytes - reserve.pollEvery;
  }

  /** Call before writing `bytes` more. Throws SourceRefusal when they would use the reserve. */
  take(bytes: number): void {
    this.#written += bytes;
    if (this.#written < this.#checked + this.#reserve.pollEvery) return;
    this.#checked = this.#written;
    this.#check(bytes);
  }

  /** Call with the announced length, before the first byte. Throws SourceRefusal when it would use the reserve. */
  expect(bytes: number): void {
    if (bytes > this.#reserve.smallBytes) this.#check(bytes);
  }

  #check(bytes: number): void {
    const { bavail, blocks, bsize } = statfsSync(this.#folder);
    const free = bavail * bsize;
    const reserve = reserveOf(blocks * bsize, this.#reserve);
    if (free - bytes < reserve)
      throw new SourceRefusal("source.disk_reserve", String(free), `${this.#folder}: ${Math.round(reserve)}`);
  }
}
