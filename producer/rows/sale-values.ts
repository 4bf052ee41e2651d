/** What the last decoded sale says of its day, product, shop, quantity and amount. */
import { type SaleDays, salePrint, whatOf } from "../diff/index.ts";
import type { Slot } from "./slots.ts";

export class SaleValues {
  readonly #values: readonly (string | null)[];
  readonly #day: number;
  readonly #product: number;
  readonly #shop: number;
  readonly #quantity: number;
  readonly #amount: number;
  readonly #price: number;

  /** `values`: those of the decoder, by the index of their slot. */
  constructor(slots: readonly Slot[], values: readonly (string | null)[]) {
    const indexOf = (name: string) => slots.find((slot) => slot.name === name)?.index ?? -1;
    this.#values = values;
    this.#day = indexOf("date_vente");
    this.#product = indexOf("id_produit");
    this.#shop = indexOf("id_magasin");
    this.#quantity = indexOf("quantité");
    this.#amount = indexOf("chiffre_affaires");
    this.#price = indexOf("prix");
  }

  /** Its ISO day. */
  get day(): string {
    return this.#values[this.#day] ?? "";
  }

  /** Its day, product and shop, as in its fingerprint. */
  get what(): number {
    const values = this.#values;
    return whatOf(this.day, values[this.#product] ?? "", values[this.#shop] ?? "");
  }

  addTo(sales: SaleDays): void {
    const v = this.#values;
    const amount = this.#amount < 0 ? null : v[this.#amount];
    const price = this.#price < 0 ? null : v[this.#price];
    const print = salePrint(v[this.#product], v[this.#shop], v[this.#quantity], amount, price);
    sales.add(this.day, print);
  }
}
