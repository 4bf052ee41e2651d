/**
 * Keys and fingerprints of a version's records in a scratch file, grouped by part, so that the diff has one part in
 * memory at a time. It is written once, then read part by part. A record takes about 50 bytes.
 */
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { DAY_BYTES, dayNumber, dayOfNumber } from "./day-number.ts";
import { partOf, STATE_PARTS, sliceOf } from "./fingerprint.ts";
import { heldKey } from "./state/held-rows.ts";

export interface SpilledRecord {
  /** The record's number in the file. */
  readonly n: number;
  /** Its line in the file; 0 where nobody asks for it. */
  readonly line: number;
  readonly key: string;
  /** The ordinal, if the id has the form of a derived one; otherwise 0. */
  readonly ordinal: number;
  readonly derived: boolean;
  readonly dated: string;
  readonly a: number;
  readonly b: number;
  /** The ISO day of a sale with an id, else "". */
  readonly day: string;
  /** The record has an id and is left out by --where: it is no row, and its sale none any more. */
  readonly leftOut?: boolean;
  /** The stem of the reject that the record becomes if its product also has dated lines (rule 15); "": it cannot. */
  readonly stem: string;
}

/** Of a record that is no row of its own: what nobody asks of it. */
export const NO_ROW = {
  n: 0,
  line: 0,
  ordinal: 0,
  derived: false,
  dated: "",
  a: 0,
  b: 0,
  day: "",
  stem: "",
} as const satisfies Partial<SpilledRecord>;

/** A part is in memory at a time, and its records as objects take five times as much. */
const REPEATED_BYTES = 32 * 1024 * 1024;
/** In a large file, a part is larger than others by more than this only when a key repeats. */
const EVENLY = 8;

/** Bytes in memory before a write. */
const BUFFERED_BYTES = 4 * 1024 * 1024;
const FIRST_PART_BYTES = 1024;

/** Bytes of n, ordinal, a, b, flags, three lengths, the line and the day. */
const FIXED = 8 + 4 + 8 + 8 + 1 + 4 + 1 + 1 + 4 + DAY_BYTES;
/** Bytes of what stands behind the flags. */
const BEHIND_FLAGS = 4 + 1 + 1 + 4 + DAY_BYTES;

/** The lowest bits of the flags. Those above them are the slice of the key. */
const DERIVED = 1;
const LEFT_OUT = 2;
const FLAG_BITS = 2;

export class Spill {
  readonly #file: string;
  readonly #fd: number;
  #end = 0;
  #buffered = 0;
  readonly #buffers: (Buffer | undefined)[] = new Array(STATE_PARTS);
  readonly #used = new Int32Array(STATE_PARTS);
  /** For each write of the buffers: its offset in the file, where each part begins from there, and the end. */
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
    const slice = sliceOf(heldKey(r.key, r.derived ? 1 : r.ordinal));
    buffer[at++] = (r.derived ? DERIVED : 0) | (r.leftOut === true ? LEFT_OUT : 0) | (slice << FLAG_BITS);
    const length = buffer.write(r.key, at + BEHIND_FLAGS, "utf8");
    buffer.writeUInt32LE(length, at);
    buffer[at + 4] = r.dated.length;
    buffer[at + 5] = r.stem.length;
    buffer.writeUInt32LE(r.line, at + 6);
    buffer.writeUIntLE(dayNumber(r.day), at + 10, DAY_BYTES);
    at += BEHIND_FLAGS + length;
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

  /** Whether the part has a record. */
  has(part: number): boolean {
    return this.bytes(part) > 0;
  }

  /** The bytes of the records of a part. */
  bytes(part: number): number {
    return (this.#used[part] as number) + (this.#onDisk[part] as number);
  }

  /**
   * A key with so many records that its part does not fit into memory; undefined: there is none. Other keys spread evenly
   * over the parts. `most`: bytes of a part.
   */
  repeated(most = REPEATED_BYTES): string | undefined {
    let total = 0;
    for (let part = 0; part < STATE_PARTS; part++) total += this.bytes(part);
    const least = Math.max(most, (EVENLY * total) / STATE_PARTS);
    for (let part = 0; part < STATE_PARTS; part++)
      if (this.bytes(part) > least) return commonest(recordsIn(this.#firstWrite(part)));
    return undefined;
  }

  /** What one write of the buffers put into a part. */
  #firstWrite(part: number): Buffer {
    for (const { at, begins } of this.#written) {
      const begin = begins[part] as number;
      const bytes = Buffer.allocUnsafe((begins[part + 1] as number) - begin);
      if (bytes.length > 0) return bytes.subarray(0, readSync(this.#fd, bytes, 0, bytes.length, at + begin));
    }
    return (this.#buffers[part] ?? Buffer.alloc(0)).subarray(0, this.#used[part]);
  }

  /** The records of a part as bytes, in the order of `add`. The next call overwrites them. */
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

  /** The records of a part, in the order of `add`. */
  read(part: number): SpilledRecord[] {
    return recordsIn(this.load(part));
  }

  close(): void {
    closeSync(this.#fd);
    rmSync(this.#file, { force: true });
  }
}

function commonest(records: readonly SpilledRecord[]): string {
  const counts = new Map<string, number>();
  for (const { key } of records) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), ["", 0])[0];
}

/** Decodes what `load` returned: all records, or those of one slice. */
export function recordsIn(buffer: Buffer, slice?: number): SpilledRecord[] {
  const records: SpilledRecord[] = [];
  for (let at = 0; at < buffer.length; ) {
    const flags = buffer[at + 28] as number;
    const keyEnd = at + FIXED + buffer.readUInt32LE(at + 29);
    const datedEnd = keyEnd + (buffer[at + 33] as number);
    const end = datedEnd + (buffer[at + 34] as number);
    if (slice === undefined || flags >> FLAG_BITS === slice)
      records.push({
        n: buffer.readDoubleLE(at),
        line: buffer.readUInt32LE(at + 35),
        ordinal: buffer.readInt32LE(at + 8),
        a: buffer.readDoubleLE(at + 12),
        b: buffer.readDoubleLE(at + 20),
        derived: (flags & DERIVED) !== 0,
        leftOut: (flags & LEFT_OUT) !== 0,
        day: dayOfNumber(buffer.readUIntLE(at + 39, DAY_BYTES)),
        key: buffer.toString("utf8", at + FIXED, keyEnd),
        dated: buffer.toString("latin1", keyEnd, datedEnd),
        stem: buffer.toString("latin1", datedEnd, end),
      });
    at = end;
  }
  return records;
}
