/**
 * Held rows: the rows that a source's events state. The state keeps them as bytes, part by part: key, ordinal, date,
 * fingerprint, day and place, at most 36 bytes a row. It keeps 96 bits of hash in place of a long key. With 100 million rows, two keys
 * have the same hash with a probability below 1e-13. A delete needs the real key, which is then read from the topic.
 */
import { DAY_BYTES, dayNumber, dayOfNumber } from "../day-number.ts";
import { print, sliceOf, wordsOf } from "../fingerprint.ts";

export interface HeldRow {
  /** The primary id as `heldKey` returns it; of derived ids and rejects without the ordinal. */
  readonly key: string;
  /** 0 if the id has no ordinal. */
  readonly ordinal: number;
  /** date_effet of a dated product, else "". */
  readonly dated: string;
  /** The fingerprint. */
  readonly a: number;
  readonly b: number;
  /** The ISO day of a sale with an id; "" of other rows: the key of a sale without id begins with its day. */
  readonly day: string;
  /**
   * Of a sale: its place in the order of the last version's lines, from 1; 0: that version lacks it (rule 9). The state keeps
   * no place of other rows, so theirs is 0.
   */
  readonly place: number;
}

/** The state keeps a hash of ids that are longer than this, in bytes. */
const LONGEST_KEY = 17;
const HASHED = "\u0000";

/** Whether a held key is the hash of a longer one. */
export const isHashed = (key: string): boolean => key.startsWith(HASHED);

const STEM = /^\d{4}-\d\d-\d\d~[A-Za-z0-9_-]{21}[AQgw]$/;
/** Whether a held key is that of a sale without id, or has its form. */
export const isStem = (key: string): boolean => key.length === 33 && STEM.test(key);

const HASH = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/**
 * The key as the state holds it: the key itself if it is short, otherwise its hash. Different keys have different held
 * keys, except with the probability above. `ordinal`: the ordinal of the claim.
 */
export function heldKey(key: string, ordinal: number): string {
  if (ordinal > 0 && (STEM.test(key) || HASH.test(key))) return key;
  if (key.length * 3 <= LONGEST_KEY || (key.length <= LONGEST_KEY && Buffer.byteLength(key) <= LONGEST_KEY))
    return isHashed(key) ? hashed(key) : key;
  return hashed(key);
}

function hashed(key: string): string {
  wordsOf(key);
  scratchKey.writeInt32LE(print.h1, 0);
  scratchKey.writeInt32LE(print.h2, 4);
  scratchKey.writeInt32LE(print.h3, 8);
  return HASHED + scratchKey.toString("latin1");
}

const HASHED_BYTES = 12;
const scratchKey = Buffer.alloc(HASHED_BYTES);

/** The lowest two bits of a row's first byte are the kind of its key; two bits follow that say what else the row has. */
const TEXT = 0;
const DERIVED = 1;
const STEM_OF_REJECT = 2;
const HASHED_KEY = 3;
const HAS_ORDINAL = 4;
const HAS_DATE = 8;

/** The upper four bits are the slice of the key. */
const SLICE_SHIFT = 4;

/** In the place of a date stands the day of a sale, and its place in the file follows. */
const OF_SALE = 1 << 23;

const HASH_BYTES = 16;
const PRINT_BYTES = 10;
const PLACE_BYTES = 4;

/** An upper bound for a row: flags, a 16-byte hash with its day or a text with its length, ordinal, date, place, print. */
const LARGEST = 1 + DAY_BYTES + HASH_BYTES + 5 + DAY_BYTES + PLACE_BYTES + PRINT_BYTES + LONGEST_KEY;

let scratch = Buffer.allocUnsafe(64 * 1024);

/** Encodes rows. Returns a view that the next call overwrites. */
export const encodeHeld = (rows: Iterable<HeldRow>): Buffer => encodedUpTo(encodeAfter(0, rows));

/** The bytes encoded since the last call of `encodeAfter` with 0: a view that the next such call overwrites. */
export const encodedUpTo = (end: number): Buffer => scratch.subarray(0, end);

/** Encodes rows behind the first `from` bytes. Returns the new end. */
export function encodeAfter(from: number, rows: Iterable<HeldRow>): number {
  let buffer = scratch;
  let at = from;
  for (const { key, ordinal, dated, a, b, day, place } of rows) {
    if (at + LARGEST > buffer.length) {
      const larger = Buffer.allocUnsafe(buffer.length * 2);
      buffer.copy(larger, 0, 0, at);
      buffer = larger;
      scratch = larger;
    }
    const kind = isHashed(key)
      ? HASHED_KEY
      : ordinal > 0 && isStem(key)
        ? DERIVED
        : ordinal > 0 && key.length === 22 && HASH.test(key)
          ? STEM_OF_REJECT
          : TEXT;
    // The key of a sale without id has its day.
    const date = kind === DERIVED ? 0 : day !== "" ? dayNumber(day) | OF_SALE : dayNumber(dated);
    buffer[at++] =
      kind | (ordinal > 0 ? HAS_ORDINAL : 0) | (date === 0 ? 0 : HAS_DATE) | (sliceOf(key) << SLICE_SHIFT);
    switch (kind) {
      case HASHED_KEY:
        at += buffer.write(key.slice(1), at, "latin1");
        break;
      case DERIVED:
        at = buffer.writeUIntLE(dayNumber(key.slice(0, 10)), at, DAY_BYTES);
        at += buffer.write(key.slice(11), at, "base64url");
        break;
      case STEM_OF_REJECT:
        at += buffer.write(key, at, "base64url");
        break;
      default: {
        const length = buffer.write(key, at + 1, "utf8");
        buffer[at] = length;
        at += 1 + length;
      }
    }
    if (ordinal > 0) at = writeVarint(buffer, ordinal, at);
    if (date !== 0) at = buffer.writeUIntLE(date, at, DAY_BYTES);
    if (kind === DERIVED || date >= OF_SALE) at = buffer.writeUInt32LE(place, at);
    at = buffer.writeUIntLE(a, at, 6);
    at = buffer.writeUInt32LE(b, at);
  }
  return at;
}

function writeVarint(buffer: Buffer, value: number, from: number): number {
  let at = from;
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) buffer[at++] = (left & 127) | 128;
  buffer[at++] = left;
  return at;
}

/** Decodes all rows, or those of one slice. */
export function decodeHeld(buffer: Buffer, slice?: number): HeldRow[] {
  const rows: HeldRow[] = [];
  for (let at = 0; at < buffer.length; ) {
    const flags = buffer[at++] as number;
    if (slice !== undefined && flags >> SLICE_SHIFT !== slice) {
      at = endOfHeld(buffer, flags, at);
      continue;
    }
    let key: string;
    switch (flags & 3) {
      case HASHED_KEY:
        key = HASHED + buffer.toString("latin1", at, at + HASHED_BYTES);
        at += HASHED_BYTES;
        break;
      case DERIVED:
        key = `${dayOfNumber(buffer.readUIntLE(at, DAY_BYTES))}~${buffer.toString("base64url", at + DAY_BYTES, at + DAY_BYTES + HASH_BYTES)}`;
        at += DAY_BYTES + HASH_BYTES;
        break;
      case STEM_OF_REJECT:
        key = buffer.toString("base64url", at, at + HASH_BYTES);
        at += HASH_BYTES;
        break;
      default: {
        const end = at + 1 + (buffer[at] as number);
        key = buffer.toString("utf8", at + 1, end);
        at = end;
      }
    }
    let ordinal = 0;
    if ((flags & HAS_ORDINAL) !== 0)
      for (let scale = 1; ; scale *= 128) {
        const byte = buffer[at++] as number;
        ordinal += (byte & 127) * scale;
        if (byte < 128) break;
      }
    let date = 0;
    if ((flags & HAS_DATE) !== 0) {
      date = buffer.readUIntLE(at, DAY_BYTES);
      at += DAY_BYTES;
    }
    let place = 0;
    if ((flags & 3) === DERIVED || date >= OF_SALE) {
      place = buffer.readUInt32LE(at);
      at += PLACE_BYTES;
    }
    rows.push({
      key,
      ordinal,
      dated: date < OF_SALE ? dayOfNumber(date) : "",
      a: buffer.readUIntLE(at, 6),
      b: buffer.readUInt32LE(at + 6),
      day: date < OF_SALE ? "" : dayOfNumber(date - OF_SALE),
      place,
    });
    at += PRINT_BYTES;
  }
  return rows;
}

const BYTES_OF_KIND = {
  [HASHED_KEY]: HASHED_BYTES,
  [DERIVED]: DAY_BYTES + HASH_BYTES,
  [STEM_OF_REJECT]: HASH_BYTES,
};

/** The end of a row. `flags`: its first byte; `from`: the offset behind that byte. */
function endOfHeld(buffer: Buffer, flags: number, from: number): number {
  const kind = flags & 3;
  let at = from + (kind === TEXT ? 1 + (buffer[from] as number) : BYTES_OF_KIND[kind as 1 | 2 | 3]);
  if ((flags & HAS_ORDINAL) !== 0) {
    while ((buffer[at] as number) > 127) at++;
    at++;
  }
  let hasPlace = kind === DERIVED;
  if ((flags & HAS_DATE) !== 0) {
    hasPlace ||= buffer.readUIntLE(at, DAY_BYTES) >= OF_SALE;
    at += DAY_BYTES;
  }
  return at + (hasPlace ? PLACE_BYTES : 0) + PRINT_BYTES;
}

type Claim = Pick<HeldRow, "key" | "ordinal" | "dated">;

/** The name of a claim in the map. No key begins with NUL, so the two forms never meet. */
const nameOf = ({ key, ordinal, dated }: Claim): string =>
  ordinal === 0 && dated === "" ? key : `\u0000${ordinal}\u0000${dated}\u0000${key}`;

/** The rows of a part while they change. Keys are as `heldKey` returns them. */
export class HeldPart {
  readonly #rows = new Map<string, HeldRow>();
  readonly #dates: boolean;

  /** `dates`: the entity may have dated records. Then dated rows replace undated ones and the reverse (rule 15). */
  constructor(rows: readonly HeldRow[], dates: boolean) {
    this.#dates = dates;
    for (const row of rows) this.#rows.set(nameOf(row), row);
  }

  put(row: HeldRow): void {
    if (this.#dates)
      for (const [name, other] of this.#rows)
        if (other.key === row.key && (other.dated === "") !== (row.dated === "")) this.#rows.delete(name);
    this.#rows.set(nameOf(row), row);
  }

  remove(claim: Claim): void {
    this.#rows.delete(nameOf(claim));
  }

  encode(): Buffer {
    return encodeHeld(this.#rows.values());
  }

  /** As `encodeAfter`. */
  encodeAfter(from: number): number {
    return encodeAfter(from, this.#rows.values());
  }
}
