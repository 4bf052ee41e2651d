/**
 * Collects the sales of a source by day while its events are read back (rule 23). Of several events of one sale the last
 * holds, so they go through a scratch file, by part of the key.
 */
import type { Values } from "#shared/contract/event.ts";
import {
  type ClaimKey,
  heldKey,
  SaleDays,
  Spill,
  STATE_PARTS,
  type State,
  salePrint,
} from "../diff/index.ts";
import { dayOfSale } from "./source-events.ts";

const DAY_LENGTH = 10;

export class SaleEvents {
  readonly #spill: Spill;

  /** `scratch`: the path of a scratch file in the spool that nobody else uses. */
  constructor(scratch: string) {
    this.#spill = new Spill(scratch);
  }

  /** Takes an event of a sale. `row` null: it deletes the sale. */
  take(claim: ClaimKey, row: Values | null): void {
    // The scratch file has a text for each record: the day and the print.
    const day = row === null ? "" : dayOfSale("ventes", row);
    const stem =
      row === null || day === ""
        ? ""
        : `${day}${salePrint(row.id_produit, row.id_magasin, row.quantité, row.chiffre_affaires, row.prix)}`;
    this.#spill.add({ ...claim, n: 0, line: 0, derived: false, stem, a: 0, b: 0, day: "" });
  }

  /** Whether an event changes or deletes a sale that the state knows. Yields between parts. */
  *meets(state: State, id: number): Generator<void, boolean> {
    const held = state.heldParts(id, "ventes");
    for (let part = 0; part < STATE_PARTS; part++) {
      if (!held.has(part) || !this.#spill.has(part)) continue;
      const known = new Set(state.held(id, "ventes", part).map(({ key, ordinal }) => `${ordinal} ${key}`));
      for (const { key, ordinal } of this.#spill.read(part))
        if (known.has(`${ordinal} ${heldKey(key, ordinal)}`)) return true;
      yield;
    }
    return false;
  }

  /** The sales that the events state in the end. Yields between parts. */
  *sales(): Generator<void, SaleDays> {
    const sales = new SaleDays();
    for (let part = 0; part < STATE_PARTS; part++) {
      if (!this.#spill.has(part)) continue;
      const last = new Map<string, string>();
      for (const { key, ordinal, stem } of this.#spill.read(part)) last.set(`${ordinal} ${key}`, stem);
      for (const stem of last.values())
        if (stem !== "") sales.add(stem.slice(0, DAY_LENGTH), Number(stem.slice(DAY_LENGTH)));
      yield;
    }
    return sales;
  }

  get count(): number {
    return this.#spill.count;
  }

  close(): void {
    this.#spill.close();
  }
}
