/**
 * The sales of each day as short hashes: what a source says of product, shop, quantity and amount. Two sources with other
 * columns, names or ids that hold the same sales have the same hashes on the same days (rule 23).
 */

/** A day with more sales keeps those whose hash is a multiple of a power of two: the same ones in every source. */
const MOST_OF_A_DAY = 1024;
const MOST_SHIFT = 20;
/** The lower bits of a print hold the amount, 0: none; the upper 20 the product, the shop and the quantity. */
export const MONEY_BITS = 12;
export const MONEY = (1 << MONEY_BITS) - 1;
const PRINT_BYTES = 4;
/** The cents of an amount. */
const CENTS = 100;

const mixText = (from: number, text: string): number => {
  let h = from;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return Math.imul(h ^ 0x1f, 0x01000193);
};

const spread = (h: number): number => {
  const x = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  return (x ^ (x >>> 13)) >>> 0;
};

/** Values of a sale are canonical texts (rule 3). */
type Value = string | null | undefined;

/** The print of a sale, 32 bits. `amount`: its revenue, else the unit price and the quantity give it. */
export function salePrint(product: Value, shop: Value, quantity: Value, amount: Value, price: Value): number {
  const bare = spread(mixText(mixText(mixText(0x811c9dc5, product ?? ""), shop ?? ""), quantity ?? ""));
  const value = amount != null ? Number(amount) : price != null ? Number(price) * Number(quantity) : null;
  const money = value === null ? 0 : 1 + (spread(Math.round(value * CENTS) | 0) % MONEY);
  return ((bare & ~MONEY) | money) >>> 0;
}

/** Whether a print is one of those that a list of this shift keeps. */
export const isKept = (print: number, shift: number): boolean =>
  ((print >>> MONEY_BITS) & ((1 << shift) - 1)) === 0;

/** The prints of a day, sorted. Of `shift` s, one in 2^s is kept. */
export interface DayPrints {
  readonly shift: number;
  readonly prints: Uint32Array;
}

class DayList {
  shift = 0;
  length = 0;
  prints = new Uint32Array(8);
  #isSorted = true;

  add(print: number): void {
    if (!isKept(print, this.shift)) return;
    this.#isSorted = false;
    if (this.length === this.prints.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.prints);
      this.prints = larger;
    }
    this.prints[this.length++] = print;
    while (this.length > MOST_OF_A_DAY && this.shift < MOST_SHIFT) this.#thin();
  }

  #thin(): void {
    this.shift++;
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      const print = this.prints[i] as number;
      if (isKept(print, this.shift)) this.prints[kept++] = print;
    }
    this.length = kept;
  }

  /** The next call of `add` overwrites it. */
  sorted(): DayPrints {
    const prints = this.prints.subarray(0, this.length);
    if (!this.#isSorted) prints.sort();
    this.#isSorted = true;
    return { shift: this.shift, prints };
  }
}

/** The sales that were read, by day. Memory grows with the number of days, not of sales (invariant 7). */
export class SaleDays {
  readonly #days = new Map<string, DayList>();
  #day = "";
  #list = new DayList();
  count = 0;

  /** `day`: ISO; `print`: as `salePrint` returns it. */
  add(day: string, print: number): void {
    if (day !== this.#day) {
      let list = this.#days.get(day);
      if (list === undefined) {
        list = new DayList();
        this.#days.set(day, list);
      }
      this.#list = list;
      this.#day = day;
    }
    this.count++;
    this.#list.add(print);
  }

  get days(): Iterable<string> {
    return this.#days.keys();
  }

  has(day: string): boolean {
    return this.#days.has(day);
  }

  /** How many sales the day has; of more than 1,024, about. */
  lines(day: string): number {
    const list = this.#days.get(day);
    return list === undefined ? 0 : list.length << list.shift;
  }

  of(day: string): DayPrints {
    return this.#days.get(day)?.sorted() ?? { shift: 0, prints: new Uint32Array(0) };
  }
}

/** As the state keeps them: a byte for the shift, then the prints. */
export function encodeDay({ shift, prints }: DayPrints): Buffer {
  const bytes = Buffer.allocUnsafe(1 + prints.length * PRINT_BYTES);
  bytes[0] = shift;
  for (let i = 0; i < prints.length; i++) bytes.writeUInt32LE(prints[i] as number, 1 + i * PRINT_BYTES);
  return bytes;
}

/** How many prints so many bytes of `encodeDay` hold. */
export const linesIn = (bytes: number): number => (bytes - 1) / PRINT_BYTES;

/** The inverse of `encodeDay`. */
export function decodeDay(bytes: Buffer): DayPrints {
  const prints = new Uint32Array(linesIn(bytes.length));
  for (let i = 0; i < prints.length; i++) prints[i] = bytes.readUInt32LE(1 + i * PRINT_BYTES);
  return { shift: bytes[0] as number, prints };
}

/** The sales of both: identical ones add up. */
export function joinDays(a: DayPrints, b: DayPrints): DayPrints {
  const list = new DayList();
  list.shift = Math.max(a.shift, b.shift);
  for (const print of a.prints) list.add(print);
  for (const print of b.prints) list.add(print);
  return list.sorted();
}
