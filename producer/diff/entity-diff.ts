/**
 * What a version changes of one entity: its records against what the source's events already say, part by part of
 * the key, so that memory does not grow with the file. The same decision is made again wherever it is needed (to
 * emit, to withdraw, to remember), so nothing of it is stored but one bit a record.
 *
 * A version is read whole, or only what was appended to the one before (`appended`): then every row held is in the
 * file, and a record is one more.
 */
import type { Entity } from "#shared/entities/index.ts";
import type { ClaimKey } from "./claim-key.ts";
import { Decisions } from "./decisions.ts";
import { fingerprintReject, print, SLICES, STATE_PARTS } from "./fingerprint.ts";
import { type Group, grouped, type PartDecision } from "./part-decision.ts";
import { MIXED, type RejectDiff } from "./reject-diff.ts";
import { rememberParts } from "./remember.ts";
import { recordsIn, Spill, type SpilledRecord } from "./spill.ts";
import { decodeHeld, type HeldRow } from "./state/held-rows.ts";
import { NO_BYTES, type State } from "./state/state.ts";
import { placeTwins } from "./twins.ts";
import type { Vanishing } from "./vanishing.ts";

/** The open last line of the version before, which this one extends. */
export interface ExtendedLine extends ClaimKey {
  readonly derived: boolean;
  readonly a: number;
  readonly b: number;
}

export interface EntityDiffOptions {
  readonly entity: Entity;
  readonly state: State;
  /** The id of the source in the state. */
  readonly source: number;
  readonly dropDuplicates: boolean;
  readonly vanishing: Vanishing;
  readonly appended: boolean;
  /** One of several entities of its source: an undated line beside dated ones is superseded, its record no reject. */
  readonly isWide: boolean;
  /** A path that nothing else has, in the spool. */
  readonly scratch: string;
  /** A part with more bytes is decided in slices. */
  readonly slicedBytes?: number;
}

interface Counts {
  unchanged: number;
  superseded: number;
  /** Of the superseded: records that said something else than the one that holds. */
  conflicts: number;
  vanished: number;
  /** Of the vanished: rows of days after the version's first. */
  keptInside: number;
  /** Rows held of the days that the version speaks for, and how many of them it withdraws (rule 10). */
  spoken: number;
  withdrawn: number;
}

const nothingCounted = (): Counts => ({
  unchanged: 0,
  superseded: 0,
  conflicts: 0,
  vanished: 0,
  keptInside: 0,
  spoken: 0,
  withdrawn: 0,
});

/** Some thousands of rows. */
const SLICED_BYTES = 256 * 1024;
/** Keys of conflicts that are listed. */
const LISTED_CONFLICTS = 10;

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
  counts: Counts = nothingCounted();
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
    if (this.datedLines > 0 && this.undatedLines > 0) yield* this.#setAsideUndated(rejects);
    this.counts = nothingCounted();
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
  *#setAsideUndated(rejects: RejectDiff): Generator<void, void> {
    fingerprintReject(this.entity.name, MIXED);
    const { a, b } = print;
    for (let part = 0; part < STATE_PARTS; part++) {
      const lines = this.rows.read(part);
      const dated = new Set(lines.filter((l) => l.dated !== "").map((l) => l.key));
      for (const line of lines) {
        if (line.dated !== "" || !dated.has(line.key)) continue;
        this.decisions.setAside(line.n);
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
      const here = this.decisions.anyAside ? lines.filter((l) => !this.decisions.isAside(l.n)) : lines;
      if (counts !== undefined && isWide) counts.superseded += lines.length - here.length;
      const decision = new PartDiff(this, this.#options, counts ?? nothingCounted(), held);
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

/** The decision on one part. */
class PartDiff implements PartDecision {
  readonly emit: (HeldRow & { n: number })[] = [];
  readonly gone: ClaimKey[] = [];
  readonly moved: { row: HeldRow; to: number }[] = [];
  readonly #diff: EntityDiff;
  readonly #options: EntityDiffOptions;
  readonly #counts: Counts;
  readonly held: readonly HeldRow[];

  constructor(diff: EntityDiff, options: EntityDiffOptions, counts: Counts, held: readonly HeldRow[]) {
    this.held = held;
    this.#diff = diff;
    this.#options = options;
    this.#counts = counts;
  }

  group(key: string, { lines, held }: Group): void {
    const { entity, dropDuplicates, appended } = this.#options;
    if (appended && lines.length > 0 && held.length > 0) this.#diff.meetsHeld = true;
    if (!entity.derivedKey) {
      this.#byId(key, lines, held);
      return;
    }
    const derived = lines.filter((l) => l.derived);
    if (derived.length === 0 && !held.some((h) => h.ordinal > 0)) {
      this.#byId(key, lines, held);
      return;
    }

    const given = lines.filter((l) => !l.derived);
    const taken = new Set(given.map((l) => l.ordinal));
    this.#byId(
      key,
      given,
      held.filter((h) => h.ordinal === 0 || taken.has(h.ordinal)),
    );
    const twins = dropDuplicates ? distinct(derived) : derived;
    this.#counts.superseded += derived.length - twins.length;
    const others = held.filter((h) => h.ordinal > 0 && !taken.has(h.ordinal));
    if (appended) this.#more(key, twins, others);
    else this.#twins(key, twins, others);
  }

  /** Sales without id, of a version read whole. */
  #twins(key: string, twins: readonly SpilledRecord[], held: readonly HeldRow[]): void {
    const { vanishing } = this.#options;
    const { extended } = this.#diff;
    const counts = this.#counts;
    const day = key.slice(0, 10);
    const speaks = vanishing.speaksFor(day);
    const open = extended?.derived === true && extended.key === key ? extended : undefined;
    const placed = placeTwins(held, twins, { open, speaks });
    for (const { line, ordinal, changed } of placed.lines)
      if (changed) this.#emit(line, key, ordinal);
      else counts.unchanged++;
    const kept = placed.kept.length + placed.moved.length;
    counts.vanished += kept;
    if (vanishing.isInside(day)) counts.keptInside += kept;
    if (speaks) {
      counts.spoken += held.length;
      counts.withdrawn += placed.gone.length;
    }
    for (const { from, to } of placed.moved) this.moved.push({ row: { ...from, key, dated: "" }, to });
    for (const ordinal of placed.gone) this.gone.push({ key, ordinal, dated: "" });
  }

  /** Sales without id that were appended: each is one more. */
  #more(key: string, twins: readonly SpilledRecord[], held: readonly HeldRow[]): void {
    let ordinal = held.length;
    for (const line of twins) {
      if (this.#options.dropDuplicates && held.some((h) => h.a === line.a && h.b === line.b))
        this.#counts.superseded++;
      else this.#emit(line, key, ++ordinal);
    }
  }

  /** Records with ids: of several of one claim the last holds. */
  #byId(key: string, lines: readonly SpilledRecord[], held: readonly HeldRow[]): void {
    const counts = this.#counts;
    const last = lines.length === 1 ? undefined : lastOfEach(lines);
    for (const line of last?.values() ?? lines) {
      const before = held.find((h) => h.ordinal === line.ordinal && h.dated === line.dated);
      const isSame = before !== undefined && before.a === line.a && before.b === line.b;
      if (!isSame) this.#emit(line, key, line.ordinal);
      if (!this.#options.appended) {
        if (isSame) counts.unchanged++;
      } else if (before !== undefined) {
        // The record that said it before is superseded by this one.
        counts.superseded++;
        if (!isSame) this.#conflict(line);
      }
    }
    if (last !== undefined) {
      counts.superseded += lines.length - last.size;
      for (const line of lines) {
        const holds = last.get(`${line.ordinal}/${line.dated}`) as SpilledRecord;
        if (holds.a !== line.a || holds.b !== line.b) this.#conflict(line);
      }
    }
    if (this.#options.appended) return;
    const turned = lines.length > 0 && (lines[0] as SpilledRecord).dated !== "";
    for (const h of held) {
      if (lines.length > 0) {
        if (lines.some((l) => l.ordinal === h.ordinal && l.dated === h.dated)) continue;
        // The other kind takes its place: nothing has vanished.
        if ((h.dated !== "") !== turned) continue;
      }
      if (isOpenLine(h, this.#diff.extended)) this.gone.push(h);
      else if (this.#options.vanishing.mode === "withdraw") {
        this.gone.push(h);
        counts.withdrawn++;
      } else counts.vanished++;
    }
    if (this.#options.vanishing.mode === "withdraw") counts.spoken += held.length;
  }

  #emit(line: SpilledRecord, key: string, ordinal: number): void {
    this.emit.push({ n: line.n, key, ordinal, dated: line.dated, a: line.a, b: line.b });
  }

  #conflict(line: SpilledRecord): void {
    this.#counts.conflicts++;
    const { conflicting } = this.#diff;
    if (conflicting.length < LISTED_CONFLICTS && !conflicting.includes(line.key)) conflicting.push(line.key);
  }
}

const isOpenLine = (h: HeldRow, open: ExtendedLine | undefined): boolean =>
  open !== undefined &&
  !open.derived &&
  h.key === open.key &&
  h.ordinal === open.ordinal &&
  h.dated === open.dated &&
  h.a === open.a &&
  h.b === open.b;

function lastOfEach(lines: readonly SpilledRecord[]): Map<string, SpilledRecord> {
  const last = new Map<string, SpilledRecord>();
  for (const line of lines) last.set(`${line.ordinal}/${line.dated}`, line);
  return last;
}

function distinct(lines: readonly SpilledRecord[]): SpilledRecord[] {
  const seen = new Set<string>();
  return lines.filter((l) => {
    const said = `${l.a}/${l.b}`;
    const first = !seen.has(said);
    seen.add(said);
    return first;
  });
}
