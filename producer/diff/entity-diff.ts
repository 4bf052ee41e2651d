/**
 * The diff of one entity: compares the records of a version with the rows that the source's events already state. It
 * works on one part of the keys at a time, so memory does not grow with the file (invariant 7). Each step that needs
 * the decision (emit, delete, remember) computes it again, so the diff stores only a bit or two for each record.
 *
 * The records are those of the whole version, or only those that were appended to the version before (`appended`). Then
 * every held row is still in the file, and each record is an additional one.
 */
import type { Entity } from "#shared/contract/entities/index.ts";
import type { ClaimKey } from "./claim-key.ts";
import { Decisions } from "./decisions.ts";
import { fingerprintReject, isOtherDay, print, SLICES, STATE_PARTS } from "./fingerprint.ts";
import { areReused, IdFindings } from "./id-findings.ts";
import { grouped, type PartDecision } from "./part-decision.ts";
import { type Counts, type ExtendedLine, PartDiff, type PartDiffOptions, zeroCounts } from "./part-diff.ts";
import { type Days, redated } from "./redated.ts";
import { MIXED, type RejectDiff } from "./reject-diff.ts";
import { rememberParts } from "./remember.ts";
import type { SaleDays } from "./sale-days.ts";
import { NO_ROW, recordsIn, Spill } from "./spill.ts";
import { decodeHeld, type HeldRow, heldKey } from "./state/held-rows.ts";
import { NO_BYTES, type State } from "./state/state.ts";

export interface EntityDiffOptions extends PartDiffOptions {
  readonly state: State;
  /** The id of the source in the state. */
  readonly source: number;
  /** The source has several entities. Then an undated line beside dated ones is superseded, and its record no reject. */
  readonly isWide: boolean;
  /** The sales that were read, by day. */
  readonly sales: SaleDays;
  /** The path of a scratch file in the spool that nobody else uses. */
  readonly scratch: string;
  /** The diff decides a part with more bytes in slices. */
  readonly slicedBytes?: number;
}

/** The place of a row of which only that it may have been in the version before is known. */
const ANY_PLACE = 1;

/** The bytes of some thousand rows. */
const SLICED_BYTES = 256 * 1024;

/** A line with an id: its key as `heldKey` returns it, and what the id names, as in the fingerprint. */
type IdLine = Pick<HeldRow, "key" | "b">;

/** Ids as `heldKey` returns them, and what each names in its lines. */
type FormerIds = ReadonlyMap<string, readonly number[]>;

export class EntityDiff {
  readonly entity: Entity;
  readonly rows: Spill;
  decisions = new Decisions();
  /** Set after all records were read. */
  extended: ExtendedLine | undefined;
  undatedLines = 0;
  datedLines = 0;
  /** Numbers of row events, of deletes, and of rows that move to another ordinal. */
  emitted = 0;
  withdrawals = 0;
  moves = 0;
  /** How many unchanged rows have another place in the file than before. */
  placed = 0;
  counts: Counts = zeroCounts();
  /** What the ids of sales show. Set while everything is decided. */
  ids: IdFindings | undefined;
  /** What the ids of sales showed. */
  idFindings = new IdFindings(false);
  /** Whether an appended record has the claim of a held row. */
  meetsHeld = false;
  /** Ids that lines of the version had before `--rekey`, with their fingerprints. */
  former: Spill | undefined;
  /** Of the current part: what each of these ids names, in each of its lines. */
  #formerHere: FormerIds = new Map();
  /** Whether a line whose former id names another sale is a correction of that sale. */
  #formerIsCorrected = false;
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
    const { entity, appended, vanishing } = this.#options;
    if (this.former !== undefined) yield* this.#compareFormer();
    // Rows vanish only where there are some. Dated lines are of products, so no sale is excluded above.
    const judges = entity.derivedKey && !appended && this.#heldParts.size > 0;
    if (judges) vanishing.begin();
    yield* this.#decideParts();
    if (!judges) return;
    if (vanishing.endFirst()) {
      yield* this.#watchParts();
      if (vanishing.endSecond(rejects.count, this.#redatedOn)) {
        yield* this.#watchParts();
        vanishing.endThird();
      }
    }
    if (vanishing.changesDecisions) yield* this.#decideParts();
  }

  #redatedOn = (days: Days): number => {
    const { state, source, sales } = this.#options;
    return redated(
      days,
      (day) => state.days.of(source, day),
      (day) => sales.of(day),
    );
  };

  /** Goes through all parts for `vanishing.watch` alone. */
  *#watchParts(): Generator<void, void> {
    for (let part = 0; part < STATE_PARTS; part++) for (const _ of this.#part(part, undefined)) yield;
  }

  *#decideParts(): Generator<void, void> {
    if (!this.decisions.anyExcluded) this.decisions = new Decisions();
    this.counts = zeroCounts();
    this.idFindings = new IdFindings(this.#heldParts.size > 0);
    this.ids = this.idFindings;
    this.emitted = 0;
    this.withdrawals = 0;
    this.moves = 0;
    this.placed = 0;
    for (let part = 0; part < STATE_PARTS; part++)
      for (const decision of this.#part(part, this.counts)) {
        for (const row of decision.emit) this.decisions.emit(row.n, row.ordinal);
        this.emitted += decision.emit.length;
        this.withdrawals += decision.gone.length;
        this.moves += decision.moved.length;
        this.placed += decision.placed.length;
        yield;
      }
    this.ids = undefined;
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

  /**
   * Whether a line of the version had this id before `--rekey`, and is a sale of the same day, product and shop, or that one
   * corrected.
   */
  isFormer({ key, b, ordinal }: HeldRow): boolean {
    const named = ordinal === 0 ? this.#formerHere.get(key) : undefined;
    return named !== undefined && (this.#formerIsCorrected || named.includes(b));
  }

  #formerOf(part: number): FormerIds {
    const ids = new Map<string, number[]>();
    for (const { key, b } of this.former?.read(part) ?? []) {
      const id = heldKey(key, 0);
      const named = ids.get(id);
      if (named === undefined) ids.set(id, [b]);
      else named.push(b);
    }
    return ids;
  }

  /** Tells whether the ids of before `--rekey` were used again for other sales (rule 6). Yields between parts. */
  *#compareFormer(): Generator<void, void> {
    const found = { met: 0, reused: 0, otherDays: 0 };
    const { state, source } = this.#options;
    for (const part of this.#heldParts) {
      const ids = this.#formerOf(part);
      if (ids.size === 0) continue;
      for (const { key, b, ordinal } of decodeHeld(state.heldBytes(source, this.entity.name, part))) {
        const named = ordinal === 0 ? ids.get(key) : undefined;
        if (named === undefined) continue;
        found.met++;
        if (named.includes(b)) continue;
        found.reused++;
        if (named.every((one) => isOtherDay(one, b))) found.otherDays++;
      }
      yield;
    }
    this.#formerIsCorrected = !areReused(found);
  }

  /** Takes the id that a line had before `--rekey`; `b`: what it names, as in its fingerprint. */
  addFormer(key: string, b: number): void {
    this.former ??= new Spill(`${this.#options.scratch}.former`);
    this.former.add({ ...NO_ROW, key, b });
  }

  /** Takes a record with an id that --where leaves out. `key`, `ordinal`: as in `SpilledRecord`. */
  addLeftOut(n: number, key: string, ordinal: number): void {
    this.rows.add({ ...NO_ROW, n, key, ordinal, leftOut: true });
  }

  /** The decisions on a part, slice by slice. */
  part(part: number): Iterable<PartDecision> {
    return this.#part(part, undefined);
  }

  /** Adds to `counts` if it is given. */
  *#part(part: number, counts: Counts | undefined): Generator<PartDecision, void> {
    const { state, source, appended, isWide, slicedBytes = SLICED_BYTES } = this.#options;
    const isHeld = this.#heldParts.has(part);
    // Appended records delete no held row.
    if (!this.rows.has(part) && (appended || !isHeld)) return;
    const heldBytes = isHeld ? state.heldBytes(source, this.entity.name, part) : NO_BYTES;
    this.#formerHere = this.#formerOf(part);
    const lineBytes = this.rows.load(part);
    const slices = lineBytes.length + heldBytes.length > slicedBytes ? SLICES : 1;
    for (let i = 0; i < slices; i++) {
      const slice = slices === 1 ? undefined : i;
      const lines = recordsIn(lineBytes, slice);
      const held = this.#heldIn(heldBytes, slice);
      const here = this.decisions.anyExcluded ? lines.filter((l) => !this.decisions.isExcluded(l.n)) : lines;
      if (counts !== undefined && isWide) counts.superseded += lines.length - here.length;
      const decision = new PartDiff(this, this.#options, counts ?? zeroCounts(), held);
      for (const [key, group] of grouped(here, held)) decision.group(key, group);
      yield decision;
    }
  }

  /** The rows that the version deletes, part by part. */
  *deletions(): Generator<readonly ClaimKey[], void> {
    if (this.withdrawals === 0) return;
    for (let part = 0; part < STATE_PARTS; part++)
      for (const { gone } of this.part(part)) if (gone.length > 0) yield gone;
  }

  /** The lines whose ids the source has not stated before, part by part. */
  *freshIds(): Generator<{ readonly part: number; readonly rows: readonly IdLine[] }, void> {
    for (let part = 0; part < STATE_PARTS; part++)
      for (const { emit, held } of this.part(part)) {
        const known = new Set(held.map(({ key }) => key));
        const rows = emit.filter(({ key, ordinal }) => ordinal === 0 && !known.has(key));
        if (rows.length > 0) yield { part, rows };
      }
  }

  /** The lines of the version that have ids, part by part. */
  *allIds(): Generator<{ readonly part: number; readonly rows: readonly IdLine[] }, void> {
    for (let part = 0; part < STATE_PARTS; part++) {
      if (!this.rows.has(part)) continue;
      const named = this.rows
        .read(part)
        .filter(({ derived, leftOut, ordinal }) => !derived && leftOut !== true && ordinal === 0);
      if (named.length > 0) yield { part, rows: named.map(({ key, b }) => ({ key: heldKey(key, 0), b })) };
    }
  }

  #heldIn(bytes: Buffer, slice: number | undefined): HeldRow[] {
    const held = decodeHeld(bytes, slice);
    // Places of other versions say nothing, so each row may be one of the version before.
    return this.#options.vanishing.isOrdered ? held : held.map((row) => ({ ...row, place: ANY_PLACE }));
  }

  /** The parts that held rows when the diff began. */
  get #heldParts(): ReadonlySet<number> {
    this.#held ??= this.#options.state.heldParts(this.#options.source, this.entity.name);
    return this.#held;
  }

  /** Writes the emitted version into the state. Yields between transactions. */
  remember(): Generator<void, void> {
    const { state, source } = this.#options;
    return rememberParts(state, source, this.entity.name, (part) => this.part(part));
  }

  close(): void {
    this.rows.close();
    this.former?.close();
  }
}
