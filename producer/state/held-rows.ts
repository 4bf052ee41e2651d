/** The rows that a source's events say, of one part of the keys, as bytes: key, ordinal, date, fingerprint. */

export interface HeldRow {
  /** The primary id; of derived ids and rejects all but the ordinal. */
  readonly key: string;
  /** 0 where the id has none. */
  readonly ordinal: number;
  /** date_effet of a dated product, else "". */
  readonly dated: string;
  /** The fingerprint. */
  readonly a: number;
  readonly b: number;
}

/** ordinal, a, b, and the lengths of key and date. */
const FIXED = 4 + 8 + 8 + 4 + 1;

let scratch = Buffer.allocUnsafe(64 * 1024);

/** A view that the next call overwrites. */
export function encodeHeld(rows: Iterable<HeldRow>): Buffer {
  let buffer = scratch;
  let at = 0;
  for (const { key, ordinal, dated, a, b } of rows) {
    const most = FIXED + key.length * 3 + dated.length;
    if (at + most > buffer.length) {
      const larger = Buffer.allocUnsafe(buffer.length * 2 + most);
      buffer.copy(larger, 0, 0, at);
      buffer = larger;
      scratch = larger;
    }
    at = buffer.writeInt32LE(ordinal, at);
    at = buffer.writeDoubleLE(a, at);
    at = buffer.writeDoubleLE(b, at);
    const length = buffer.write(key, at + 5, "utf8");
    buffer.writeUInt32LE(length, at);
    buffer[at + 4] = dated.length;
    at += 5 + length;
    at += buffer.write(dated, at, "latin1");
  }
  return buffer.subarray(0, at);
}

export function decodeHeld(buffer: Buffer): HeldRow[] {
  const rows: HeldRow[] = [];
  for (let at = 0; at < buffer.length; ) {
    const keyEnd = at + FIXED + buffer.readUInt32LE(at + 20);
    const end = keyEnd + (buffer[at + 24] as number);
    rows.push({
      key: buffer.toString("utf8", at + FIXED, keyEnd),
      ordinal: buffer.readInt32LE(at),
      dated: buffer.toString("latin1", keyEnd, end),
      a: buffer.readDoubleLE(at + 4),
      b: buffer.readDoubleLE(at + 12),
    });
    at = end;
  }
  return rows;
}

type Claim = Omit<HeldRow, "a" | "b">;

const nameOf = ({ key, ordinal, dated }: Claim): string =>
  ordinal === 0 && dated === "" ? key : `${key}\u0000${ordinal}\u0000${dated}`;

/** The rows of a part while they change. */
export class HeldPart {
  readonly #rows = new Map<string, HeldRow>();
  readonly #dates: boolean;

  /** `dates`: of an entity whose records may be dated; a new kind takes the old one's place (rule 15). */
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
}
