/** Finds records whose status says that they are no sale, and that are read as sales all the same (rule 22). */
import { formatMillionths } from "#shared/contract/numbers.ts";
import type { Condition } from "#shared/contract/source-records.ts";
import {
  amountOf,
  fieldNamed,
  isNameable,
  nameAt,
  type StatusMeaning,
  statusReader,
  type WideMapping,
} from "../../header/index.ts";
import { cleanText } from "../values.ts";
import { type AmountsOptions, amountReader } from "./amounts.ts";

/** A field with more values than these holds no statuses. */
const MOST_VALUES = 200;

/** A value that says that its records are no sales. */
export interface NoSales {
  readonly field: string;
  readonly value: string;
  readonly count: number;
  /** The sum of their amounts as a decimal; undefined: the file gives none. */
  readonly sum: string | undefined;
}

interface Seen {
  readonly meaning: StatusMeaning;
  count: number;
  sum: bigint;
}

interface Field {
  readonly at: number;
  readonly name: string;
  readonly meaningOf: (value: string) => StatusMeaning;
  readonly seen: Map<string, Seen>;
}

export class Statuses {
  readonly #fields: readonly Field[];
  readonly #quantityAt: number | undefined;
  readonly #amount: (fields: readonly string[]) => bigint | null;
  readonly #hasAmount: boolean;

  /** `where`: an operator who names a field there has decided what its values mean. */
  constructor(options: AmountsOptions<WideMapping>, where: readonly Condition[]) {
    const { header, fields: wide } = options;
    const sales = wide.mappings.find(({ entity }) => entity === "ventes")?.sources;
    const decided = new Set(where.map(({ column }) => fieldNamed(header, column)));
    this.#fields =
      sales === undefined
        ? []
        : wide.extras.flatMap((at) => {
            const name = nameAt(header, at);
            const meaningOf = statusReader(name);
            if (meaningOf === undefined || decided.has(at) || !isNameable(header, at)) return [];
            return [{ at, name, meaningOf, seen: new Map() }];
          });
    const quantity = sales?.get("quantité");
    this.#quantityAt = quantity !== undefined && "at" in quantity ? quantity.at : undefined;
    const amount = sales === undefined ? [] : amountOf(sales);
    this.#hasAmount = amount.length > 0;
    this.#amount = amountReader(options, amount);
  }

  /** Takes the fields of a sale that was decoded. */
  add(fields: readonly string[]): void {
    for (const { at, meaningOf, seen } of this.#fields) {
      const value = fields[at] ?? "";
      let found = seen.get(value);
      if (found === undefined) {
        if (seen.size > MOST_VALUES) continue;
        found = { meaning: meaningOf(value), count: 0, sum: 0n };
        seen.set(value, found);
      }
      if (found.meaning === undefined) continue;
      // A return that is written as a negative quantity is read as it is meant.
      if (found.meaning === "returned" && this.#isNegative(fields)) continue;
      found.count++;
      found.sum += this.#amount(fields) ?? 0n;
    }
  }

  #isNegative(fields: readonly string[]): boolean {
    const text = this.#quantityAt === undefined ? "" : (fields[this.#quantityAt] ?? "");
    return /[-(\u2212\u2013]/.test(text);
  }

  get noSales(): readonly NoSales[] {
    return this.#fields.flatMap(({ name, seen }) =>
      seen.size > MOST_VALUES
        ? []
        : [...seen]
            .filter(([, { count }]) => count > 0)
            .map(([value, { count, sum }]) => ({
              field: name,
              value: cleanText(value),
              count,
              sum: this.#hasAmount ? formatMillionths(sum) : undefined,
            })),
    );
  }
}
