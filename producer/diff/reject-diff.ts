/** The diff of the rejects of a version. A reject is deleted as soon as the source no longer has it (rule 11). */
import type { RejectCode } from "#shared/contract/sentences.ts";
import type { ClaimKey } from "./claim-key.ts";
import { Decisions } from "./decisions.ts";
import { STATE_PARTS } from "./fingerprint.ts";
import { grouped, type PartDecision } from "./part-decision.ts";
import { rememberParts } from "./remember.ts";
import { NO_ROW, Spill } from "./spill.ts";
import type { HeldRow } from "./state/held-rows.ts";
import type { State } from "./state/state.ts";

/** The only reject that depends on other records of its version. */
export const MIXED = "date_effet.mixed" satisfies RejectCode;

export interface RejectDiffOptions {
  readonly state: State;
  /** The id of the source in the state. */
  readonly source: number;
  /** The records are only those that were appended to the version before: every held reject is still in the file. */
  readonly appended: boolean;
  /** The path of a scratch file in the spool that nobody else uses. */
  readonly scratch: string;
}

export class RejectDiff {
  readonly decisions = new Decisions();
  emitted = 0;
  withdrawals = 0;
  readonly #spill: Spill;
  readonly #options: RejectDiffOptions;
  #held: ReadonlySet<number> | undefined;

  constructor(options: RejectDiffOptions) {
    this.#options = options;
    this.#spill = new Spill(options.scratch);
  }

  get count(): number {
    return this.#spill.count;
  }

  /** `n`: the number of the record; `stem`: its key without ordinal; `a`, `b`: the fingerprint of its code. */
  add(n: number, stem: string, a: number, b: number): void {
    this.#spill.add({ ...NO_ROW, n, key: stem, derived: true, a, b });
  }

  /** Decides all parts. Yields between parts. */
  *decide(): Generator<void, void> {
    for (let part = 0; part < STATE_PARTS; part++)
      for (const { emit, gone } of this.part(part)) {
        for (const row of emit) this.decisions.emit(row.n, row.ordinal);
        this.emitted += emit.length;
        this.withdrawals += gone.length;
        yield;
      }
  }

  part(part: number): readonly PartDecision[] {
    const { state, source, appended } = this.#options;
    this.#held ??= state.heldParts(source, "rejets");
    if (!this.#spill.has(part) && (appended || !this.#held.has(part))) return [];
    const rows = state.held(source, "rejets", part);
    const emit: (HeldRow & { n: number })[] = [];
    const gone: ClaimKey[] = [];
    for (const [key, { lines, held }] of grouped(this.#spill.read(part), rows)) {
      const before = new Map(held.map((h) => [h.ordinal, h]));
      const first = appended ? held.length : 0;
      lines.forEach((line, i) => {
        const ordinal = first + i + 1;
        const h = before.get(ordinal);
        if (h === undefined || h.a !== line.a || h.b !== line.b)
          emit.push({ n: line.n, key, ordinal, dated: "", a: line.a, b: line.b, day: "", place: 0 });
      });
      if (!appended) gone.push(...held.filter((h) => h.ordinal > lines.length));
    }
    return [{ held: rows, emit, gone, moved: [], placed: [] }];
  }

  /** Writes the emitted rejects into the state. Yields between transactions. */
  remember(): Generator<void, void> {
    const { state, source } = this.#options;
    return rememberParts(state, source, "rejets", (part) => this.part(part));
  }

  close(): void {
    this.#spill.close();
  }
}
