/**
 * Fingerprints of texts. The state keeps 80 bits for each emitted row, and 96 bits for each long key. With 100 million
 * rows, 80 bits miss a change with a probability below 1e-15 for each version. The hash is not cryptographic: a source
 * that forges an equal fingerprint only hides its own change. Of a sale with an id, 48 bits are of the hash and 32 say what
 * the id names. It is murmur3 x86_128 over UTF-16 code units, without
 * allocation.
 */

import type { EntityName } from "#shared/contract/entities/index.ts";
import type { Values } from "#shared/contract/event.ts";
import { dayNumber } from "./day-number.ts";

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

const mix = (h: number): number => {
  let x = h;
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
};

/** The result of `fingerprint` (`a`: 48 bits, `b`: 32 bits) and of `wordsOf` (three words of 32 bits). */
export const print = { a: 0, b: 0, h1: 0, h2: 0, h3: 0 };

/** Puts the fingerprint of `text` into `print`. */
export function fingerprint(text: string): void {
  wordsOf(text);
  print.a = (print.h1 >>> 0) * 0x10000 + (print.h2 >>> 16);
  print.b = print.h3 >>> 0;
}

/**
 * Puts the fingerprint of a row of `entity` into `print`. That of a sale with an id has in `b` what the id names, so that
 * two rows of one id tell whether it was used for another sale. `ordinal`: that of its id, 0 if the id has none.
 */
export function fingerprintRow(entity: EntityName, ordinal: number, row: Values, text: string): void {
  fingerprint(text);
  if (entity === "ventes" && ordinal === 0)
    print.b = whatOf(row.date_vente ?? "", row.id_produit ?? "", row.id_magasin ?? "");
}

/** The sale that an id names: 12 bits of its day, 12 of its product, 8 of its shop. */
export const whatOf = (day: string, product: string, shop: string): number =>
  ((dayBits(day) << 20) | ((foldedHash(product) & 0xfff) << 8) | (foldedHash(shop) & 0xff)) >>> 0;

/** Whether two such numbers are of different days. */
export const isOtherDay = (a: number, b: number): boolean => a >>> 20 !== b >>> 20;

/** Days that differ by less than eleven years have different bits. */
function dayBits(day: string): number {
  const number = dayNumber(day);
  return ((number >> 9) * 372 + ((number >> 5) & 15) * 31 + (number & 31)) & 0xfff;
}

/** Puts three words of the hash of `text` into `print`. */
export function wordsOf(text: string): void {
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  const length = text.length;
  const whole = length & ~7;
  for (let i = 0; i < whole; i += 8) {
    const k1 = text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16);
    const k2 = text.charCodeAt(i + 2) | (text.charCodeAt(i + 3) << 16);
    const k3 = text.charCodeAt(i + 4) | (text.charCodeAt(i + 5) << 16);
    const k4 = text.charCodeAt(i + 6) | (text.charCodeAt(i + 7) << 16);
    let k = Math.imul(k1, C1);
    h1 ^= Math.imul((k << 15) | (k >>> 17), C2);
    h1 = (Math.imul(((h1 << 19) | (h1 >>> 13)) + h2, 5) + 0x561ccd1b) | 0;
    k = Math.imul(k2, C2);
    h2 ^= Math.imul((k << 16) | (k >>> 16), C3);
    h2 = (Math.imul(((h2 << 17) | (h2 >>> 15)) + h3, 5) + 0x0bcaa747) | 0;
    k = Math.imul(k3, C3);
    h3 ^= Math.imul((k << 17) | (k >>> 15), C4);
    h3 = (Math.imul(((h3 << 15) | (h3 >>> 17)) + h4, 5) + 0x96cd1c35) | 0;
    k = Math.imul(k4, C4);
    h4 ^= Math.imul((k << 18) | (k >>> 14), C1);
    h4 = (Math.imul(((h4 << 13) | (h4 >>> 19)) + h1, 5) + 0x32ac3b17) | 0;
  }
  let t1 = 0;
  let t2 = 0;
  let t3 = 0;
  let t4 = 0;
  for (let i = whole; i < length; i++) {
    const c = text.charCodeAt(i) << ((i & 1) << 4);
    const at = (i & 7) >> 1;
    if (at === 0) t1 |= c;
    else if (at === 1) t2 |= c;
    else if (at === 2) t3 |= c;
    else t4 |= c;
  }
  let t = Math.imul(t1, C1);
  h1 ^= Math.imul((t << 15) | (t >>> 17), C2);
  t = Math.imul(t2, C2);
  h2 ^= Math.imul((t << 16) | (t >>> 16), C3);
  t = Math.imul(t3, C3);
  h3 ^= Math.imul((t << 17) | (t >>> 15), C4);
  t = Math.imul(t4, C4);
  h4 ^= Math.imul((t << 18) | (t >>> 14), C1);

  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = mix(h1);
  h2 = mix(h2);
  h3 = mix(h3);
  h4 = mix(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  print.h1 = h1;
  print.h2 = h2;
  print.h3 = h3;
}

/** The state is cut into this many parts by key. One part fits memory. The diff writes parts in their order. */
export const STATE_PARTS = 1024;

/** The part of a key. */
export function partOf(key: string): number {
  const h = foldedHash(key);
  return (h ^ (h >>> 10)) & (STATE_PARTS - 1);
}

/** The diff cuts a large part into this many slices, and has one in memory at a time. */
export const SLICES = 16;

/** The slice of a key; `held`: the key as `heldKey` returns it. */
export const sliceOf = (held: string): number => (foldedHash(held) >>> 20) & (SLICES - 1);

/** FNV-1a. */
function foldedHash(key: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
  return h ^ (h >>> 15);
}

/**
 * Puts the fingerprint of a reject into `print`. It covers the code but not the details: when a source renames a column,
 * its old rejects are no new ones.
 */
export const fingerprintReject = (entity: EntityName, code: string): void => fingerprint(`${entity} ${code}`);
