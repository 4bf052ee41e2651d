/**
 * The decisions on the records of a version: one bit for "emitted", one for "rejected because of other records", and the
 * ordinals of the few duplicates. Record numbers start at 0 and may be sparse.
 */
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
  /** For the chunks that have an ordinal above 1. */
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

  /** Rejects this record because of other records of its version. */
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
