/**
 * What a version of a source changes: its records against what the source's events already say, part by part of
 * the key, so that memory does not grow with the file. The same decision is made again wherever it is needed
 * (to emit, to withdraw, to remember), so nothing of it is stored but one bit a record.
 */
import type { Entity } from "#shared/entities/index.ts";
import type { RejectCode } from "#shared/sentences.ts";
import { fingerprintReject } from "../events.ts";
import { print, STATE_PARTS } from "../fingerprint.ts";
import { HeldPart, type HeldRow } from "../state/held-rows.ts";
import type { State } from "../state/state.ts";
import { Decisions } from "./decisions.ts";
import { Spill, type SpilledRecord } from "./spill.ts";
import { placeTwins } from "./twins.ts";

export interface ClaimKey {
  readonly key: string;
  readonly ordinal: number;
  readonly dated: string;
}

/** The open last line of the version before, which this one extends. */
export interface ExtendedLine extends ClaimKey {
  readonly derived: boolean;
  readonly a: number;
  readonly b: number;
}

export interface DiffOptions {
  readonly entity: Entity;
  readonly state: State;
  /** The id of the source in the state. */
  readonly source: number;
  readonly dropDuplicates: boolean;
  /** A path that nothing else has, in the spool. */
  readonly scratch: string;
}

export interface PartDecision {
  readonly emit: readonly (HeldRow & { readonly n: number })[];
  readonly gone: readonly ClaimKey[];
  /** Kept twins that must say the same under a lower ordinal. */
  readonly moved: readonly { readonly row: HeldRow; readonly to: number }[];
  readonly unchanged: number;
  readonly superseded: number;
  readonly vanished: number;
}

interface Group {
  readonly lines: SpilledRecord[];
  readonly held: HeldRow[];
}

export class VersionDiff {
  readonly rows: Spill;
  readonly rejects: Spill;
  readonly decisions = new Decisions();
  /** Set once the records are known. */
  extended: ExtendedLine | undefined;
  undatedLines = 0;
  datedLines = 0;
  emitted = 0;
  unchanged = 0;
  superseded = 0;
  rejected = 0;
  vanished = 0;
  /** Events other than rows of the entity. */
  rejectEvents = 0;
  withdrawals = 0;
  moves = 0;
  readonly #options: DiffOptions;

  constructor(options: DiffOptions) {
    this.#options = options;
    this.rows = new Spill(`${options.scratch}.rows`);
    this.rejects = new Spill(`${options.scratch}.rejects`);
  }

  get events(): number {
    return this.emitted + this.rejectEvents + this.withdrawals + this.moves;
  }

  /** Decides everything. Yields between parts. */
  *decide(): Generator<void, void> {
    if (this.datedLines > 0 && this.undatedLines > 0) yield* this.#setAsideUndated();
    for (const reject of [false, true])
      for (let part = 0; part < STATE_PARTS; part++) {
        const decision = this.part(reject, part);
        for (const row of decision.emit) this.decisions.emit(row.n, row.ordinal);
        if (reject) this.rejectEvents += decision.emit.length;
        else {
          this.emitted += decision.emit.length;
          this.unchanged += decision.unchanged;
          this.superseded += decision.superseded;
          this.vanished += decision.vanished;
        }
        this.withdrawals += decision.gone.length;
        this.moves += decision.moved.length;
        yield;
      }
    this.rejected = this.rejects.count;
  }

  /** A product with dated lines has no undated ones in the same version (rule 15). */
  *#setAsideUndated(): Generator<void, void> {
    fingerprintReject(this.#options.entity.name, MIXED);
    for (let part = 0; part < STATE_PARTS; part++) {
      const lines = this.rows.read(part);
      const dated = new Set(lines.filter((l) => l.dated !== "").map((l) => l.key));
      for (const line of lines) {
        if (line.dated !== "" || !dated.has(line.key)) continue;
        this.decisions.setAside(line.n);
        this.rejects.add({ ...line, key: line.stem, stem: "", a: print.a, b: print.b });
      }
      yield;
    }
  }

  part(reject: boolean, part: number): PartDecision {
    const { state, source } = this.#options;
    const lines = (reject ? this.rejects : this.rows).read(part);
    const held = state.held(source, reject, part);
    if (reject) return decideRejects(group(lines, held));
    const aside = this.decisions.anyAside ? lines.filter((l) => !this.decisions.isAside(l.n)) : lines;
    return this.#decideRows(group(aside, held));
  }

  #decideRows(groups: Map<string, Group>): PartDecision {
    const emit: (HeldRow & { n: number })[] = [];
    const gone: ClaimKey[] = [];
    const moved: { row: HeldRow; to: number }[] = [];
    let unchanged = 0;
    let superseded = 0;
    let vanished = 0;
    const { extended } = this;

    /** Records with ids: of several of one claim the last holds. */
    const byId = (lines: readonly SpilledRecord[], held: readonly HeldRow[]) => {
      const only = lines.length === 1 ? (lines[0] as SpilledRecord) : undefined;
      const last = new Map<string, SpilledRecord>();
      if (only === undefined) for (const line of lines) last.set(`${line.ordinal}/${line.dated}`, line);
      superseded += only === undefined ? lines.length - last.size : 0;
      for (const line of only === undefined ? last.values() : [only]) {
        const before = held.find((h) => h.ordinal === line.ordinal && h.dated === line.dated);
        if (before !== undefined && before.a === line.a && before.b === line.b) unchanged++;
        else
          emit.push({
            n: line.n,
            key: line.key,
            ordinal: line.ordinal,
            dated: line.dated,
            a: line.a,
            b: line.b,
          });
      }
      const turned = lines.length > 0 && (lines[0] as SpilledRecord).dated !== "";
      for (const h of held) {
        if (lines.length > 0) {
          if (lines.some((l) => l.ordinal === h.ordinal && l.dated === h.dated)) continue;
          // The other kind takes its place: nothing has vanished.
          if ((h.dated !== "") !== turned) continue;
        }
        if (isOpenLine(h, extended)) gone.push(h);
        else vanished++;
      }
    };

    for (const [key, { lines, held }] of groups) {
      if (!this.#options.entity.derivedKey) {
        byId(lines, held);
        continue;
      }
      const derived = lines.filter((l) => l.derived);
      if (derived.length === 0 && !held.some((h) => h.ordinal > 0)) {
        byId(lines, held);
        continue;
      }
      const given = lines.filter((l) => !l.derived);
      const taken = new Set(given.map((l) => l.ordinal));
      byId(
        given,
        held.filter((h) => h.ordinal === 0 || taken.has(h.ordinal)),
      );
      const twins = this.#options.dropDuplicates ? distinct(derived) : derived;
      superseded += derived.length - twins.length;
      const open = extended?.derived === true && extended.key === key ? extended : undefined;
      const placed = placeTwins(
        held.filter((h) => h.ordinal > 0 && !taken.has(h.ordinal)),
        twins,
        open,
      );
      for (const { line, ordinal, changed } of placed.lines)
        if (changed) emit.push({ n: line.n, key, ordinal, dated: "", a: line.a, b: line.b });
        else unchanged++;
      vanished += placed.kept.length + placed.moved.length;
      for (const { from, to } of placed.moved) moved.push({ row: { ...from, key, dated: "" }, to });
      for (const ordinal of placed.gone) gone.push({ key, ordinal, dated: "" });
    }
    return { emit, gone, moved, unchanged, superseded, vanished };
  }

  /** Remembers the version as emitted. Yields between parts; each is one transaction. */
  *remember(): Generator<void, void> {
    const { state, source, entity } = this.#options;
    const dates = entity.columns.some((c) => c.name === "date_effet");
    for (const reject of [false, true])
      for (let part = 0; part < STATE_PARTS; ) {
        let written = 0;
        state.transaction(() => {
          // Small parts share a transaction.
          for (; part < STATE_PARTS && written < ROWS_PER_TRANSACTION; part++) {
            const { emit, gone, moved } = this.part(reject, part);
            const changes = emit.length + gone.length + moved.length;
            if (changes === 0) continue;
            const held = new HeldPart(state.held(source, reject, part), dates && !reject);
            for (const row of gone) held.remove(row);
            for (const { row, to } of moved) held.put({ ...row, ordinal: to });
            for (const row of emit) held.put(row);
            state.putHeld(source, reject, part, held.encode());
            written += changes;
          }
        });
        yield;
      }
  }

  close(): void {
    this.rows.close();
    this.rejects.close();
  }
}

/** The only reject that depends on other records of its version. */
export const MIXED = "date_effet.mixed" satisfies RejectCode;
const ROWS_PER_TRANSACTION = 2_000;

const isOpenLine = (h: HeldRow, open: ExtendedLine | undefined): boolean =>
  open !== undefined &&
  !open.derived &&
  h.key === open.key &&
  h.ordinal === open.ordinal &&
  h.dated === open.dated &&
  h.a === open.a &&
  h.b === open.b;

function group(lines: readonly SpilledRecord[], held: readonly HeldRow[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  const of = (key: string): Group => {
    let found = groups.get(key);
    if (found === undefined) {
      found = { lines: [], held: [] };
      groups.set(key, found);
    }
    return found;
  };
  for (const line of lines) of(line.key).lines.push(line);
  for (const h of held) of(h.key).held.push(h);
  return groups;
}

function distinct(lines: readonly SpilledRecord[]): SpilledRecord[] {
  const seen = new Set<string>();
  return lines.filter((l) => {
    const print = `${l.a}/${l.b}`;
    const first = !seen.has(print);
    seen.add(print);
    return first;
  });
}

/** Rejects are rows like any other, kept only while the source has them (rule 11). */
function decideRejects(groups: Map<string, Group>): PartDecision {
  const emit: (HeldRow & { n: number })[] = [];
  const gone: ClaimKey[] = [];
  for (const [key, { lines, held }] of groups) {
    const before = new Map(held.map((h) => [h.ordinal, h]));
    lines.forEach((line, i) => {
      const ordinal = i + 1;
      const h = before.get(ordinal);
      if (h === undefined || h.a !== line.a || h.b !== line.b)
        emit.push({ n: line.n, key, ordinal, dated: "", a: line.a, b: line.b });
    });
    for (const h of held) if (h.ordinal > lines.length) gone.push(h);
  }
  return { emit, gone, moved: [], unchanged: 0, superseded: 0, vanished: 0 };
}
