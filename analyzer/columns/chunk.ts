/**
 * A chunk: the columns of CHUNK_ROWS sales, one array after the other in one block of bytes, little-endian. The sale of
 * row id r stands at r % CHUNK_ROWS of chunk r / CHUNK_ROWS. Product 0: there is no such sale.
 *
 * Amounts and quantities are integers of 64 bits, read as a low half (unsigned) and a high half: sums of halves are
 * exact in doubles, and cost no bigint for each row.
 */
import { endianness } from "node:os";

export const CHUNK_ROWS = 1024;

const COLUMNS = 8;
const BYTES = CHUNK_ROWS * 4 * COLUMNS;

export class Chunk {
  /** Days since 1970-01-01. */
  readonly day: Int32Array;
  /** Numbers of columns.db. */
  readonly product: Uint32Array;
  readonly shop: Uint32Array;
  readonly source: Uint32Array;
  readonly revenueLow: Uint32Array;
  readonly revenueHigh: Int32Array;
  readonly quantityLow: Uint32Array;
  readonly quantityHigh: Int32Array;
  readonly bytes: Buffer;

  /** `stored`: the bytes of columns.db; absent: an empty chunk. */
  constructor(stored?: Buffer) {
    this.bytes = aligned(stored);
    const { buffer, byteOffset } = this.bytes;
    const unsigned = (column: number) =>
      new Uint32Array(buffer, byteOffset + column * CHUNK_ROWS * 4, CHUNK_ROWS);
    const signed = (column: number) =>
      new Int32Array(buffer, byteOffset + column * CHUNK_ROWS * 4, CHUNK_ROWS);
    this.day = signed(0);
    this.product = unsigned(1);
    this.shop = unsigned(2);
    this.source = unsigned(3);
    this.revenueLow = unsigned(4);
    this.revenueHigh = signed(5);
    this.quantityLow = unsigned(6);
    this.quantityHigh = signed(7);
  }

  /** The first and the last day of its sales; undefined: it has none. */
  days(): readonly [first: number, last: number] | undefined {
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < CHUNK_ROWS; i++) {
      if (this.product[i] === 0) continue;
      const day = this.day[i] as number;
      if (day < first) first = day;
      if (day > last) last = day;
    }
    return last < first ? undefined : [first, last];
  }

  /** Sets the amounts of the sale at `i`: integers of millionths. */
  setAmounts(i: number, revenue: number | bigint, quantity: number | bigint): void {
    this.revenueHigh[i] = highHalf(revenue);
    this.revenueLow[i] = lowHalf(revenue);
    this.quantityHigh[i] = highHalf(quantity);
    this.quantityLow[i] = lowHalf(quantity);
  }

  /** Whether the sale at `i` is the one at `from` of another chunk; none is the same as none. */
  isSame(i: number, chunk: Chunk, from: number): boolean {
    if (this.product[i] !== chunk.product[from]) return false;
    return (
      this.product[i] === 0 ||
      (this.day[i] === chunk.day[from] &&
        this.shop[i] === chunk.shop[from] &&
        this.source[i] === chunk.source[from] &&
        this.revenueLow[i] === chunk.revenueLow[from] &&
        this.revenueHigh[i] === chunk.revenueHigh[from] &&
        this.quantityLow[i] === chunk.quantityLow[from] &&
        this.quantityHigh[i] === chunk.quantityHigh[from])
    );
  }

  /** Makes the sale at `i` the one at `from` of another chunk. */
  copy(i: number, chunk: Chunk, from: number): void {
    this.day[i] = chunk.day[from] as number;
    this.product[i] = chunk.product[from] as number;
    this.shop[i] = chunk.shop[from] as number;
    this.source[i] = chunk.source[from] as number;
    this.revenueLow[i] = chunk.revenueLow[from] as number;
    this.revenueHigh[i] = chunk.revenueHigh[from] as number;
    this.quantityLow[i] = chunk.quantityLow[from] as number;
    this.quantityHigh[i] = chunk.quantityHigh[from] as number;
  }
}

const HALF = 2 ** 32;

const highHalf = (value: number | bigint): number =>
  typeof value === "number" ? Math.floor(value / HALF) : Number(value >> 32n);

const lowHalf = (value: number | bigint): number =>
  typeof value === "number" ? value - Math.floor(value / HALF) * HALF : Number(BigInt.asUintN(32, value));

/** The integer of a high and a low half, or of a sum of each. */
export const fromHalves = (high: number, low: number): bigint => BigInt(high) * 0x1_0000_0000n + BigInt(low);

/** The bytes at an address that arrays of 32 bits can start at. */
function aligned(stored: Buffer | undefined): Buffer {
  if (stored === undefined) return Buffer.alloc(BYTES);
  if (stored.length !== BYTES)
    throw new Error(`columns.db: a chunk has ${stored.length} bytes, not ${BYTES}`);
  return stored.byteOffset % 4 === 0 ? stored : Buffer.from(new Uint8Array(stored).buffer);
}

if (endianness() !== "LE") throw new Error("columns.db is laid out for little-endian processors");
