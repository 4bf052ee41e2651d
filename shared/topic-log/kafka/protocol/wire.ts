/**
 * Kafka's primitive types, written to and read from one buffer, big endian. "Compact" types are those of the flexible
 * versions of requests. It checks no bounds of its own: a Buffer throws where an answer is too short.
 */

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
  int8(): number {
    this.#at += 1;
    return this.#buffer.readInt8(this.#at - 1);
  }
  int16(): number {
    this.#at += 2;
    return this.#buffer.readInt16BE(this.#at - 2);
  }
  int32(): number {
    this.#at += 4;
    return this.#buffer.readInt32BE(this.#at - 4);
  }
  int64(): number {
    this.#at += 8;
    return Number(this.#buffer.readBigInt64BE(this.#at - 8));
  }
  string(): string {
    const length = this.int16();
    this.#at += length;
    return this.#buffer.toString("utf8", this.#at - length, this.#at);
  }
  /** A view. */
  bytes(): Buffer {
    const length = Math.max(this.int32(), 0);
    this.#at += length;
    return this.#buffer.subarray(this.#at - length, this.#at);
  }
  array<A>(read: () => A): A[] {
    const values: A[] = [];
    for (let n = this.int32(); n > 0; n--) values.push(read());
    return values;
  }
  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.int8() & 0xff;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }
  /** Null is "". */
  compactString(): string {
    const length = Math.max(this.varint() - 1, 0);
    this.#at += length;
    return this.#buffer.toString("utf8", this.#at - length, this.#at);
  }
  compactArray<A>(read: () => A): A[] {
    const values: A[] = [];
    for (let n = this.varint() - 1; n > 0; n--) values.push(read());
    return values;
  }
  uuid(): string {
    this.#at += 16;
    return this.#buffer.toString("hex", this.#at - 16, this.#at);
  }
  /** Passes over tagged fields. */
  tags(): void {
    for (let n = this.varint(); n > 0; n--) {
      this.varint();
      this.#at += this.varint();
    }
  }
}
