/**
 * Kafka's primitive types, written to and read from one buffer, big endian. "Compact" types are those of the flexible
 * versions of requests. An answer that ends early, or has a negative or too large length in it, throws BrokenAnswer.
 */

/** A broker's answer is not what the protocol says. The next one may be. */
export class BrokenAnswer extends Error {
  constructor() {
    super("its answer is not what Kafka's protocol says");
    this.name = "BrokenAnswer";
  }
}

export class Writer {
  #buffer = Buffer.allocUnsafe(512);
  #at = 0;

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
  int8(value: number): this {
    this.#room(1);
    this.#at = this.#buffer.writeInt8(value, this.#at);
    return this;
  }
  int16(value: number): this {
    this.#room(2);
    this.#at = this.#buffer.writeInt16BE(value, this.#at);
    return this;
  }
  int32(value: number): this {
    this.#room(4);
    this.#at = this.#buffer.writeInt32BE(value, this.#at);
    return this;
  }
  int64(value: number): this {
    this.#room(8);
    this.#at = this.#buffer.writeBigInt64BE(BigInt(value), this.#at);
    return this;
  }
  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const bytes = Buffer.byteLength(value);
    this.int16(bytes).#room(bytes);
    this.#at += this.#buffer.write(value, this.#at);
    return this;
  }
  bytes(value: Buffer): this {
    this.int32(value.length).#room(value.length);
    this.#at += value.copy(this.#buffer, this.#at);
    return this;
  }
  array<A>(values: readonly A[], write: (value: A) => void): this {
    this.int32(values.length);
    for (const value of values) write(value);
    return this;
  }
  varint(value: number): this {
    let left = value;
    for (; left > 0x7f; left >>>= 7) this.int8((((left & 0x7f) | 0x80) << 24) >> 24);
    return this.int8(left);
  }
  compactString(value: string): this {
    const bytes = Buffer.byteLength(value);
    this.varint(bytes + 1).#room(bytes);
    this.#at += this.#buffer.write(value, this.#at);
    return this;
  }
  compactArray<A>(values: readonly A[], write: (value: A) => void): this {
    this.varint(values.length + 1);
    for (const value of values) write(value);
    return this;
  }
  /** 16 bytes of zeros: no id. */
  noUuid(): this {
    return this.int64(0).int64(0);
  }
  /** No tagged fields. */
  noTags(): this {
    return this.int8(0);
  }
  /** In the form in which a connection of kafkajs takes it. */
  payload(): { readonly buf: Buffer; readonly buffer: Buffer } {
    const buffer = this.#buffer.subarray(0, this.#at);
    return { buf: buffer, buffer };
  }
}

export class WireReader {
  readonly #buffer: Buffer;
  #at = 0;
  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }
  /** Passes over `bytes` and returns where they began. */
  #take(bytes: number): number {
    const from = this.#at;
    if (!(bytes >= 0 && from + bytes <= this.#buffer.length)) throw new BrokenAnswer();
    this.#at = from + bytes;
    return from;
  }
  /** The number of things that follow; each takes a byte at least. */
  #count(count: number): number {
    if (count > this.#buffer.length - this.#at) throw new BrokenAnswer();
    return count;
  }
  int8(): number {
    return this.#buffer.readInt8(this.#take(1));
  }
  int16(): number {
    return this.#buffer.readInt16BE(this.#take(2));
  }
  int32(): number {
    return this.#buffer.readInt32BE(this.#take(4));
  }
  int64(): number {
    return Number(this.#buffer.readBigInt64BE(this.#take(8)));
  }
  /** Null is "". */
  string(): string {
    return this.#text(this.int16());
  }
  /** A view. Null is empty. */
  bytes(): Buffer {
    const length = this.#orNull(this.int32());
    const from = this.#take(length);
    return this.#buffer.subarray(from, from + length);
  }
  array<A>(read: () => A): A[] {
    const values: A[] = [];
    for (let n = this.#count(this.int32()); n > 0; n--) values.push(read());
    return values;
  }
  varint(): number {
    let value = 0;
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.int8() & 0xff;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new BrokenAnswer();
  }
  /** Null is "". */
  compactString(): string {
    return this.#text(this.varint() - 1);
  }
  compactArray<A>(read: () => A): A[] {
    const values: A[] = [];
    for (let n = this.#count(this.varint() - 1); n > 0; n--) values.push(read());
    return values;
  }
  uuid(): string {
    const from = this.#take(16);
    return this.#buffer.toString("hex", from, from + 16);
  }
  /** Passes over tagged fields. */
  tags(): void {
    for (let n = this.#count(this.varint()); n > 0; n--) {
      this.varint();
      this.#take(this.varint());
    }
  }
  #text(bytes: number): string {
    const length = this.#orNull(bytes);
    const from = this.#take(length);
    return this.#buffer.toString("utf8", from, from + length);
  }
  /** A length of -1 means null. */
  #orNull(length: number): number {
    return length === -1 ? 0 : length;
  }
}
