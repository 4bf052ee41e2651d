/** A hash of the product, shop and quantity of a sale: the same sale in two sources has the same hash (rule 23). */
import type { Sale } from "./sales.ts";

const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const TWO_32 = 2 ** 32;

function mixText(hash: number, text: string): number {
  let mixed = hash;
  for (let i = 0; i < text.length; i++) mixed = Math.imul(mixed ^ text.charCodeAt(i), FNV_PRIME);
  // Otherwise "ab", "c" and "a", "bc" would have one hash.
  return Math.imul(mixed ^ text.length, FNV_PRIME);
}

/** 32 bits. They are added up over the sales of a day, so equal bits of similar sales must not add up to a pattern. */
export function salePrint({
  idProduit,
  idMagasin,
  quantity,
}: Pick<Sale, "idProduit" | "idMagasin" | "quantity">): number {
  const amount = Number(quantity);
  let hash = mixText(mixText(FNV_START, idProduit), idMagasin);
  hash = Math.imul(hash ^ (amount | 0), FNV_PRIME) ^ Math.floor(amount / TWO_32);
  // The last steps of MurmurHash3, which spread each bit over all 32.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Whether two claims of one id describe different sales: an id names one day, product and shop (rule 6). */
export const namesOtherSale = (a: SaleNames, b: SaleNames): boolean =>
  a.date_vente !== b.date_vente || a.id_produit !== b.id_produit || a.id_magasin !== b.id_magasin;

export interface SaleNames {
  readonly date_vente?: string | null;
  readonly id_produit?: string | null;
  readonly id_magasin?: string | null;
}
