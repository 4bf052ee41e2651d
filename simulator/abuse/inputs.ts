/** Hostile inputs from a seed: pieces of what is right, broken by cutting, repeating, exchanging and large numbers. */
import { randomOf } from "../../consumer/testing/random-history.ts";

/** Random choices from one seed. */
export class Chance {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = randomOf(seed).next;
  }

  /** A whole number from 0 to `below` - 1. */
  number(below: number): number {
    return Math.floor(this.#next() * below);
  }

  of<A>(all: readonly A[]): A {
    return all[this.number(all.length)] as A;
  }

  /** Few most of the time, now and then very many. */
  count(): number {
    return this.of([1, 2, 3, 5, 8, 30, 200, 2_000]);
  }

  /** Pieces in a row; now and then one piece repeated. */
  text(pieces: readonly string[]): string {
    if (this.number(8) === 0) return this.of(pieces).repeat(this.count());
    return Array.from({ length: 1 + this.number(30) }, () => this.of(pieces)).join("");
  }

  /** A copy of `bytes` with some of them wrong. */
  broken(bytes: Buffer): Buffer {
    let out = Buffer.from(bytes);
    for (let times = this.number(4); times > 0; times--) {
      const at = this.number(out.length + 1);
      switch (this.number(5)) {
        case 0:
          out = out.subarray(0, at);
          break;
        case 1:
          if (at < out.length) out[at] = this.of([0, 0x7f, 0x80, 0xff, this.number(256)]);
          break;
        case 2:
          out = Buffer.concat([out.subarray(0, at), out.subarray(this.number(at + 1))]).subarray(0, 1 << 20);
          break;
        case 3:
          if (at + 4 <= out.length)
            out.writeInt32BE(this.of([-1, 0, 1, 2 ** 31 - 1, -(2 ** 31), 2 ** 24]), at);
          break;
        default:
          out = Buffer.concat([
            out.subarray(0, at),
            Buffer.alloc(this.count(), this.number(256)),
            out.subarray(at),
          ]);
      }
    }
    return out;
  }
}
