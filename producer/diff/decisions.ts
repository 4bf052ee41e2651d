/** One bit a record: whether it is emitted, whether it was set aside. And the ordinals of the few duplicates. */
const CHUNK = 65_536;

class Bits {
  readonly #chunks: (Uint8Array | undefined)[] = [];

  add(n: number): void {
    const at = Math.floor(n / CHUNK);
    let chunk = this.#chunks[at];
    if (chunk === undefined) {
      chunk = new Uint8Array(CHUNK / 8);
      this.#chunks[at] = chunk;
    }
    const i = n % CHUNK;
    chunk[i >> 3] = (chunk[i >> 3] as number) | (1 << (i & 7));
  }

  has(n: number): boolean {
    const chunk = this.#chunks[Math.floor(n / CHUNK)];
    const i = n % CHUNK;
    return chunk !== undefined && ((chunk[i >> 3] as number) & (1 << (i & 7))) !== 0;
  }
}

export class Decisions {
  readonly #emit = new Bits();
  readonly #excluded = new Bits();
  /** Of chunks that have an ordinal above 1. */
  readonly #ordinals: (Uint32Array | undefined)[] = [];
  anyExcluded = false;

  emit(n: number, ordinal: number): void {
    this.#emit.add(n);
    if (ordinal <= 1) return;
    const at = Math.floor(n / CHUNK);
    let chunk = this.#ordinals[at];
    if (chunk === undefined) {
      chunk = new Uint32Array(CHUNK);
      this.#ordinals[at] = chunk;
    }
    chunk[n % CHUNK] = ordinal;
  }

  /** This record is a reject because of others of its version. */
  exclude(n: number): void {
    this.anyExcluded = true;
    this.#excluded.add(n);
  }

  isEmitted(n: number): boolean {
    return this.#emit.has(n);
  }

  isExcluded(n: number): boolean {
    return this.anyExcluded && this.#excluded.has(n);
  }

  /** The ordinal of an emitted record that needs one. */
  ordinal(n: number): number {
    return this.#ordinals[Math.floor(n / CHUNK)]?.[n % CHUNK] || 1;
  }
}
