/** Records in another currency than that of the database: they are rejects, and a person must know (rule 2). */
import type { Problem } from "../rows/index.ts";
import { type Doubt, decisionOf, MOST_EXAMPLES } from "../source/index.ts";

export class OtherCurrencies {
  /** How many records are rejected for their currency. */
  count = 0;
  readonly #columns = new Set<string>();
  readonly #examples = new Set<string>();
  #ours = "";

  add({ code, details }: Problem): void {
    if (!code.endsWith(".wrong_currency")) return;
    this.count++;
    this.#columns.add(details.column ?? "");
    if (this.#examples.size < MOST_EXAMPLES) this.#examples.add(details.value ?? "");
    this.#ours = details.more ?? "";
  }

  /** The decision is about the columns, so that it holds for lines that come later. */
  get doubts(): readonly Doubt[] {
    if (this.count === 0) return [];
    return [
      {
        code: "currency.other",
        decision: decisionOf("currency.other", this.#columns),
        weight: "attention",
        details: { count: this.count, what: this.#ours, examples: [...this.#examples] },
        choices: [{ code: "leave" }],
      },
    ];
  }
}
