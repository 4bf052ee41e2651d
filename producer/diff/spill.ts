/**
 * Keys and fingerprints of a version's records on disk, grouped by part of the key, so that the diff holds one
 * part at a time. Written once, then read part by part; about 50 bytes a record.
 */
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { partOf, STATE_PARTS, sliceOf } from "./fingerprint.ts";
import { heldKey } from "./state/held-rows.ts";

export interface SpilledRecord {
  /** The record's number in the file. */
  readonly n: number;
  readonly key: string;
  /** Of an id that has the form of a derived one; 0 for others. */
  readonly ordinal: number;
  readonly derived: boolean;
  readonly dated: string;
  readonly a: number;
  readonly b: number;
  /** Stem of the reject that it becomes when its product also has dated lines; "" where that cannot be. */
  readonly stem: string;
}

/** Bytes held before they are written. */
const BUFFERED_BYTES = 4 * 1024 * 1024;
const FIRST_PART_BYTES = 1024;

/** n, ordinal, a, b, flags and three lengths. */
const FIXED = 8 + 4 + 8 + 8 + 1 + 4 + 1 + 1;

/** Of the flags; above it stands the slice of the key. */
const DERIVED = 1;

export class Spill {
  readonly #file: string;
  readonly #fd: number;
  #end = 0;
  #buffered = 0;
  readonly #buffers: (Buffer | undefined)[] = new Array(STATE_PARTS);
  readonly #used = new Int32Array(STATE_PARTS);
  /** Of each time that the buffers were written: where, and how far from there each part begins; the last one's end. */
  readonly #written: { readonly at: number; readonly begins: Uint32Array }[] = [];
  /** Bytes of each part in the file. */
  readonly #onDisk = new Float64Array(STATE_PARTS);
  #segment = Buffer.allocUnsafe(64 * 1024);
  count = 0;

  constructor(file: string) {
    this.#file = file;
    this.#fd = openSync(file, "w+");
  }

  add(r: SpilledRecord): void {
    const part = partOf(r.key);
    const most = FIXED + r.key.length * 3 + r.dated.length * 3 + r.stem.length * 3;
    let buffer = this.#buffers[part];
    let at = this.#used[part] as number;
    if (buffer === undefined || at + most > buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(FIRST_PART_BYTES, (buffer?.length ?? 0) * 2, at + most));
      buffer?.copy(larger, 0, 0, at);
      buffer = larger;
      this.#buffers[part] = buffer;
    }
    const start = at;
    at = buffer.writeDoubleLE(r.n, at);
    at = buffer.writeInt32LE(r.ordinal, at);
    at = buffer.writeDoubleLE(r.a, at);
    at = buffer.writeDoubleLE(r.b, at);
    buffer[at++] = (r.derived ? DERIVED : 0) | (sliceOf(heldKey(r.key, r.derived ? 1 : r.ordinal)) << 1);
    const length = buffer.write(r.key, at + 6, "utf8");
    buffer.writeUInt32LE(length, at);
    buffer[at + 4] = r.dated.length;
    buffer[at + 5] = r.stem.length;
    at += 6 + length;
    if (r.dated !== "") at += buffer.write(r.dated, at, "latin1");
    if (r.stem !== "") at += buffer.write(r.stem, at, "latin1");
    this.#used[part] = at;
    this.#buffered += at - start;
    this.count++;
    if (this.#buffered >= BUFFERED_BYTES) this.#flush();
  }

  #flush(): void {
    const at = this.#end;
    const begins = new Uint32Array(STATE_PARTS + 1);
    this.#written.push({ at, begins });
    for (let part = 0; part < STATE_PARTS; part++) {
      const used = this.#used[part] as number;
      begins[part + 1] = this.#end - at + used;
      if (used === 0) continue;
      writeSync(this.#fd, this.#buffers[part] as Buffer, 0, used, this.#end);
      this.#onDisk[part] = (this.#onDisk[part] as number) + used;
      this.#end += used;
      this.#used[part] = 0;
    }
    this.#buffered = 0;
  }

  /** Whether any record is of this part. */
  has(part: number): boolean {
    return this.bytes(part) > 0;
  }

  /** How many bytes the records of a part take. */
  bytes(part: number): number {
    return (this.#used[part] as number) + (this.#onDisk[part] as number);
  }

  /** The records of a part as bytes, in the order they were added; good until the next call. */
  load(part: number): Buffer {
    const bytes = this.bytes(part);
    if (this.#segment.length < bytes) this.#segment = Buffer.allocUnsafe(bytes + (bytes >> 2));
    let at = 0;
    for (const { at: written, begins } of this.#written) {
      const begin = begins[part] as number;
      const length = (begins[part + 1] as number) - begin;
      if (length > 0) at += readSync(this.#fd, this.#segment, at, length, written + begin);
    }
    this.#buffers[part]?.copy(this.#segment, at, 0, this.#used[part]);
    return this.#segment.subarray(0, bytes);
  }

  /** The records of a part, in the order they were added. */
  read(part: number): SpilledRecord[] {
    return recordsIn(this.load(part));
  }

  close(): void {
    closeSync(this.#fd);
    rmSync(this.#file, { force: true });
  }
}

/** Of `load`; all of them, or those of one slice. */
export function recordsIn(buffer: Buffer, slice?: number): SpilledRecord[] {
  const records: SpilledRecord[] = [];
  for (let at = 0; at < buffer.length; ) {
    const flags = buffer[at + 28] as number;
    const keyEnd = at + 35 + buffer.readUInt32LE(at + 29);
    const datedEnd = keyEnd + (buffer[at + 33] as number);
    const end = datedEnd + (buffer[at + 34] as number);
    if (slice === undefined || flags >> 1 === slice)
      records.push({
        n: buffer.readDoubleLE(at),
        ordinal: buffer.readInt32LE(at + 8),
        a: buffer.readDoubleLE(at + 12),
        b: buffer.readDoubleLE(at + 20),
        derived: (flags & DERIVED) !== 0,
        key: buffer.toString("utf8", at + 35, keyEnd),
        dated: buffer.toString("latin1", keyEnd, datedEnd),
        stem: buffer.toString("latin1", datedEnd, end),
      });
    at = end;
  }
  return records;
}
