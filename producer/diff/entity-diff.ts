/**
 * What a version changes of one entity: its records against what the source's events already say, part by part of
 * the key, so that memory does not grow with the file. The same decision is made again wherever it is needed (to
 * emit, to withdraw, to remember), so nothing of it is stored but one bit a record.
 *
 * A version is read whole, or only what was appended to the one before (`appended`): then every row held is in the
 * file, and a record is one more.
 */
import type { Entity } from "#shared/contract/entities/index.ts";
import { Decisions } from "./decisions.ts";
import { fingerprintReject, print, SLICES, STATE_PARTS } from "./fingerprint.ts";
import { grouped, type PartDecision } from "./part-decision.ts";
import {
  type Counts,
  type ExtendedLine,
  zeroCounts,
  PartDiff,
  type PartDiffOptions,
} from "./part-diff.ts";
import { MIXED, type RejectDiff } from "./reject-diff.ts";
import { rememberParts } from "./remember.ts";
import { recordsIn, Spill } from "./spill.ts";
import { decodeHeld } from "./state/held-rows.ts";
import { NO_BYTES, type State } from "./state/state.ts";

export interface EntityDiffOptions extends PartDiffOptions {
  readonly state: State;
  /** The id of the source in the state. */
  readonly source: number;
  /** One of several entities of its source: an undated line beside dated ones is superseded, its record no reject. */
  readonly isWide: boolean;
  /** A path that nothing else has, in the spool. */
  readonly scratch: string;
  /** A part with more bytes is decided in slices. */
  readonly slicedBytes?: number;
}

/** Some thousands of rows. */
const SLICED_BYTES = 256 * 1024;

export class EntityDiff {
  readonly entity: Entity;
  readonly rows: Spill;
  readonly decisions = new Decisions();
  /** Set once the records are known. */
  extended: ExtendedLine | undefined;
  undatedLines = 0;
  datedLines = 0;
  /** Events of rows, withdrawals, and rows under another ordinal. */
  emitted = 0;
  withdrawals = 0;
  moves = 0;
  counts: Counts = zeroCounts();
  /** Ids that a version said twice, differently; the first few. */
  readonly conflicting: string[] = [];
  /** Whether an appended record is of a claim that is held already. */
  meetsHeld = false;
  readonly #options: EntityDiffOptions;
  #held: ReadonlySet<number> | undefined;

  constructor(options: EntityDiffOptions) {
    this.#options = options;
    this.entity = options.entity;
    this.rows = new Spill(options.scratch);
  }

  /** Decides everything. Yields between parts. */
  *decide(rejects: RejectDiff): Generator<void, void> {
    if (this.datedLines > 0 && this.undatedLines > 0) yield* this.#excludeUndated(rejects);
    this.counts = zeroCounts();
    for (let part = 0; part < STATE_PARTS; part++)
      for (const decision of this.#part(part, this.counts)) {
        for (const row of decision.emit) this.decisions.emit(row.n, row.ordinal);
        this.emitted += decision.emit.length;
        this.withdrawals += decision.gone.length;
        this.moves += decision.moved.length;
        yield;
      }
  }

  /** A product with dated lines has no undated ones in the same version (rule 15). */
  *#excludeUndated(rejects: RejectDiff): Generator<void, void> {
    fingerprintReject(this.entity.name, MIXED);
    const { a, b } = print;
    for (let part = 0; part < STATE_PARTS; part++) {
      const lines = this.rows.read(part);
      const dated = new Set(lines.filter((l) => l.dated !== "").map((l) => l.key));
      for (const line of lines) {
        if (line.dated !== "" || !dated.has(line.key)) continue;
        this.decisions.exclude(line.n);
        if (!this.#options.isWide) rejects.add(line.n, line.stem, a, b);
      }
      yield;
    }
  }

  /** Slice by slice, each with what is held of it. */
  part(part: number): Iterable<PartDecision> {
    return this.#part(part, undefined);
  }

  /** Counts into `counts` where they are wanted. */
  *#part(part: number, counts: Counts | undefined): Generator<PartDecision, void> {
    const { state, source, appended, isWide, slicedBytes = SLICED_BYTES } = this.#options;
    const isHeld = this.#heldParts.has(part);
    // Of a version that only grew, what is held stays.
    if (!this.rows.has(part) && (appended || !isHeld)) return;
    const heldBytes = isHeld ? state.heldBytes(source, this.entity.name, part) : NO_BYTES;
    const lineBytes = this.rows.load(part);
    const slices = lineBytes.length + heldBytes.length > slicedBytes ? SLICES : 1;
    for (let i = 0; i < slices; i++) {
      const slice = slices === 1 ? undefined : i;
      const lines = recordsIn(lineBytes, slice);
      const held = decodeHeld(heldBytes, slice);
      const here = this.decisions.anyExcluded ? lines.filter((l) => !this.decisions.isExcluded(l.n)) : lines;
      if (counts !== undefined && isWide) counts.superseded += lines.length - here.length;
      const decision = new PartDiff(this, this.#options, counts ?? zeroCounts(), held);
      for (const [key, group] of grouped(here, held)) decision.group(key, group);
      yield decision;
    }
  }

  /** Which parts held rows when it began. */
  get #heldParts(): ReadonlySet<number> {
    this.#held ??= this.#options.state.heldParts(this.#options.source, this.entity.name);
    return this.#held;
  }

  /** Remembers the version as emitted. Yields between transactions. */
  remember(): Generator<void, void> {
    const { state, source } = this.#options;
    return rememberParts(state, source, this.entity.name, (part) => this.part(part));
  }

  close(): void {
    this.rows.close();
  }
}
