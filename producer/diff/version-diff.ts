/** The diff of a version: one diff for each of its entities, parents first, and one for its rejects. */
import type { Entity, EntityName } from "#shared/contract/entities/index.ts";
import type { VersionCounts } from "#shared/contract/source-records.ts";
import { EntityDiff } from "./entity-diff.ts";
import { RejectDiff } from "./reject-diff.ts";
import { SaleDays } from "./sale-days.ts";
import type { DaysChange } from "./state/sale-day-rows.ts";
import type { State } from "./state/state.ts";
import { isHeldBack, type Vanishing } from "./vanishing.ts";

export interface DiffOptions {
  /** Parents first. */
  readonly entities: readonly Entity[];
  readonly state: State;
  /** The id of the source in the state. */
  readonly source: number;
  readonly dropDuplicates: boolean;
  readonly vanishing: Vanishing;
  /** The version before, when only what was appended to it is read. */
  readonly appendedTo: VersionCounts | null;
  /** The prefix of scratch files in the spool that nobody else uses. */
  readonly scratch: string;
}

export class VersionDiff {
  readonly entities: readonly EntityDiff[];
  readonly rejects: RejectDiff;
  readonly vanishing: Vanishing;
  /** The sales that were read, by day. */
  readonly sales = new SaleDays();
  readonly #options: DiffOptions;

  constructor(options: DiffOptions) {
    const { state, source, scratch, vanishing } = options;
    const appended = options.appendedTo !== null;
    this.#options = options;
    this.vanishing = vanishing;
    this.rejects = new RejectDiff({ state, source, appended, scratch: `${scratch}.rejets` });
    this.entities = options.entities.map(
      (entity) =>
        new EntityDiff({
          entity,
          state,
          source,
          dropDuplicates: options.dropDuplicates,
          vanishing,
          appended,
          isWide: options.entities.length > 1,
          sales: this.sales,
          scratch: `${scratch}.${entity.name}`,
        }),
    );
  }

  /** The diff of the last entity: each record is one row of it, while its parents may repeat from line to line. */
  get main(): EntityDiff {
    return this.entities.at(-1) as EntityDiff;
  }

  of(entity: EntityName): EntityDiff | undefined {
    return this.entities.find((e) => e.entity.name === entity);
  }

  get events(): number {
    let events = this.rejects.emitted + this.rejects.withdrawals;
    for (const e of this.entities) events += e.emitted + e.withdrawals + e.moves;
    return events;
  }

  /** How many unchanged rows have another place in the file than before (rule 9). */
  get placed(): number {
    return this.entities.reduce((sum, e) => sum + e.placed, 0);
  }

  /** Decides everything. Yields between parts. */
  *decide(): Generator<void, void> {
    for (const e of this.entities) yield* e.decide(this.rejects);
    yield* this.rejects.decide();
  }

  /** The diffs that delete so much that an operator must decide (rule 10). About unclear rows an operator decides anyway. */
  deletingMuch(): readonly EntityDiff[] {
    const { mode, unclear } = this.vanishing;
    return this.entities.filter(({ entity, counts }) => {
      const decided = entity.derivedKey ? (unclear?.count ?? 0) : 0;
      const { withdrawn, covered } = counts;
      return isHeldBack(withdrawn - decided, covered - decided, mode, entity.name === "produits");
    });
  }

  /** The counts of the whole file. `read`: the counts of the part that was read now. */
  counts(read: {
    readonly records: number;
    readonly rounded: number;
    readonly filtered: number;
  }): VersionCounts {
    const before = this.#options.appendedTo;
    const rejected = (before?.rejected ?? 0) + this.rejects.count;
    const records = (before?.records ?? 0) + read.records;
    const of = (e: EntityDiff, old: Partial<VersionCounts> | undefined) => {
      const superseded = (old?.superseded ?? 0) + e.counts.superseded;
      const unchanged = records - rejected - superseded - e.emitted;
      if (before === null && unchanged !== e.counts.unchanged)
        throw new Error(`${e.entity.name}: ${e.counts.unchanged} records are unchanged, not ${unchanged}`);
      return {
        emitted: e.emitted,
        unchanged,
        superseded,
        vanished: (old?.vanished ?? 0) + e.counts.vanished,
        conflicts: (old?.conflicts ?? 0) + e.counts.conflicts,
        withdrawn: e.counts.withdrawn,
      };
    };
    const parents = this.entities.slice(0, -1);
    return {
      records,
      rejected,
      ...of(this.main, before ?? undefined),
      rounded: (before?.rounded ?? 0) + read.rounded,
      filtered: (before?.filtered ?? 0) + read.filtered,
      ...(parents.length === 0
        ? {}
        : {
            parents: Object.fromEntries(
              parents.map((e) => [e.entity.name, of(e, before?.parents?.[e.entity.name])]),
            ),
          }),
    };
  }

  /** Writes the emitted version into the state. Yields between transactions. */
  *remember(): Generator<void, void> {
    for (const e of this.entities) yield* e.remember();
    yield* this.rejects.remember();
    yield* this.#rememberDays();
  }

  #rememberDays(): Generator<void, void> {
    const { state, source, appendedTo } = this.#options;
    const adds = appendedTo !== null;
    const gone = adds || this.main.withdrawals === 0 ? null : this.#goneDays();
    return state.days.put(source, this.sales, { adds, gone }, (work) => state.transaction(work));
  }

  /** The days of which the version may have deleted every sale. */
  #goneDays(): DaysChange["gone"] {
    if (this.vanishing.mode === "withdraw") return { from: "", to: "~" };
    let from = "~";
    let to = "";
    for (const day of this.sales.days) {
      if (day < from) from = day;
      if (day > to) to = day;
    }
    return { from, to };
  }

  close(): void {
    for (const e of this.entities) e.close();
    this.rejects.close();
  }
}
