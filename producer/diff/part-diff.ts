/**
 * Decides one part of the keys of an entity: which lines to emit, which rows to delete, and which identical sales move
 * to a lower ordinal.
 */
import type { Entity } from "#shared/contract/entities/index.ts";
import { type ClaimKey, dayOfStem } from "./claim-key.ts";
import { placeDuplicates } from "./duplicates.ts";
import type { IdFindings } from "./id-findings.ts";
import type { Group, PartDecision } from "./part-decision.ts";
import type { SpilledRecord } from "./spill.ts";
import { type HeldRow, isStem } from "./state/held-rows.ts";
import { NOTHING_SEEN } from "./survey.ts";
import type { Vanishing } from "./vanishing.ts";

/** The open last line of the version before, which this one extends. */
export interface ExtendedLine extends ClaimKey {
  readonly derived: boolean;
  readonly a: number;
  readonly b: number;
}

export interface Counts {
  unchanged: number;
  superseded: number;
  /** How many of the superseded records differ from the record that holds. */
  conflicts: number;
  vanished: number;
  /** Rows of the version before that have not rolled off, and how many of them this one deletes (rule 10). */
  covered: number;
  withdrawn: number;
}

export interface PartDiffOptions {
  readonly entity: Entity;
  /** Whether identical lines count once. */
  readonly dropDuplicates: boolean;
  readonly vanishing: Vanishing;
  /** The lines are only those that were appended to the version before: every held row is still in the file. */
  readonly appended: boolean;
}

/** Shared by all parts of one diff. */
export interface Findings {
  readonly extended: ExtendedLine | undefined;
  /** Whether an appended record has the claim of a held row. */
  meetsHeld: boolean;
  /** What the ids of sales show; undefined: it was counted before. */
  readonly ids: IdFindings | undefined;
  /** Whether a held row goes because its sale has a new id by `--rekey`. */
  readonly isFormer: (row: HeldRow) => boolean;
}

export const zeroCounts = (): Counts => ({
  unchanged: 0,
  superseded: 0,
  conflicts: 0,
  vanished: 0,
  covered: 0,
  withdrawn: 0,
});

/** The decision on one part. */
export class PartDiff implements PartDecision {
  readonly emit: (HeldRow & { n: number })[] = [];
  readonly gone: ClaimKey[] = [];
  readonly moved: { row: HeldRow; to: number }[] = [];
  readonly placed: HeldRow[] = [];
  readonly #findings: Findings;
  readonly #options: PartDiffOptions;
  readonly #counts: Counts;
  readonly held: readonly HeldRow[];

  constructor(findings: Findings, options: PartDiffOptions, counts: Counts, held: readonly HeldRow[]) {
    this.held = held;
    this.#findings = findings;
    this.#options = options;
    this.#counts = counts;
  }

  group(key: string, { lines, held }: Group): void {
    const { entity, dropDuplicates, appended } = this.#options;
    if (appended && lines.length > 0 && held.length > 0) this.#findings.meetsHeld = true;
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
    const duplicates = dropDuplicates ? distinct(derived) : derived;
    this.#counts.superseded += derived.length - duplicates.length;
    const others = held.filter((h) => h.ordinal > 0 && !taken.has(h.ordinal));
    if (appended) this.#more(key, duplicates, others);
    else this.#duplicates(key, duplicates, others);
  }

  /** Sales without id, of a version that was read whole. */
  #duplicates(key: string, duplicates: readonly SpilledRecord[], held: readonly HeldRow[]): void {
    const { vanishing } = this.#options;
    const { extended } = this.#findings;
    const counts = this.#counts;
    const day = dayOfStem(key);
    const open = extended?.derived === true && extended.key === key ? extended : undefined;
    const placed = placeDuplicates(held, duplicates, {
      open,
      deletes: (row) => vanishing.deletes(key, row.ordinal, row.place, day),
      align: vanishing.align,
    });
    vanishing.watch?.(key, day, placed, day);
    for (const { line, ordinal, changed } of placed.lines)
      if (changed) this.#emit(line, key, ordinal);
      else {
        counts.unchanged++;
        this.#replace(held, ordinal, vanishing.placeOf(line.line), key);
      }
    counts.vanished += placed.kept.length + placed.moved.length;
    counts.covered += placed.stayed.length + placed.changed + placed.gone.length;
    counts.withdrawn += placed.gone.length;
    for (const { ordinal } of placed.kept) this.#replace(held, ordinal, 0, key);
    for (const { from, to } of placed.moved)
      this.moved.push({ row: { ...from, key, dated: "", day: "", place: 0 }, to });
    for (const ordinal of placed.gone) this.gone.push({ key, ordinal, dated: "" });
  }

  /** Sales without id that were appended: each is an additional sale. */
  #more(key: string, duplicates: readonly SpilledRecord[], held: readonly HeldRow[]): void {
    let ordinal = held.length;
    for (const line of duplicates) {
      if (this.#options.dropDuplicates && held.some((h) => h.a === line.a && h.b === line.b))
        this.#counts.superseded++;
      else this.#emit(line, key, ++ordinal);
    }
  }

  /** Records with ids: of several records of one claim the last holds (rule 6). */
  #byId(key: string, lines: readonly SpilledRecord[], held: readonly HeldRow[]): void {
    const counts = this.#counts;
    const { appended, vanishing } = this.#options;
    const ofSales = this.#options.entity.derivedKey;
    const ids = ofSales ? this.#findings.ids : undefined;
    const last = lines.length === 1 ? undefined : lastOfEach(lines);
    for (const line of last?.values() ?? lines) {
      const before = held.find((h) => h.ordinal === line.ordinal && h.dated === line.dated);
      if (line.leftOut === true) {
        // The file has the sale, and --where says that it is none: rule 9 has nothing to judge.
        if (before !== undefined) this.gone.push(before);
        continue;
      }
      const isSame = before !== undefined && before.a === line.a && before.b === line.b;
      if (!isSame) this.#emit(line, key, line.ordinal);
      if (line.ordinal === 0) ids?.saw(line, before);
      if (ofSales) {
        if (isSame) this.#replace(held, line.ordinal, vanishing.placeOf(line.line), key);
        if (!appended) this.#stays(key, line, before);
      }
      if (!appended) {
        if (isSame) counts.unchanged++;
      } else if (before !== undefined) {
        // This record supersedes the one of the version before.
        counts.superseded++;
        if (!isSame) this.#counts.conflicts++;
        else if (line.ordinal === 0) ids?.sawAgain(line);
      }
    }
    if (last !== undefined) {
      const holding = [...last.values()].filter(isRow).length;
      counts.superseded += lines.filter(isRow).length - holding;
      for (const line of lines.filter(isRow)) {
        const holds = last.get(`${line.ordinal}/${line.dated}`) as SpilledRecord;
        if (holds.a === line.a && holds.b === line.b) {
          if (line !== holds && line.ordinal === 0) ids?.sawAgain(line);
          continue;
        }
        counts.conflicts++;
        if (line.ordinal === 0 && isRow(holds))
          ids?.sawTwice(
            line,
            holds,
            held.find((h) => h.ordinal === 0),
            areTogether(lines),
          );
      }
    }
    if (appended) return;
    const turned = lines.length > 0 && (lines[0] as SpilledRecord).dated !== "";
    for (const h of held) {
      if (lines.length > 0) {
        if (lines.some((l) => l.ordinal === h.ordinal && l.dated === h.dated)) continue;
        // Lines of the other kind (dated, undated) replace this row, so it has not vanished.
        if ((h.dated !== "") !== turned) continue;
      }
      if (isOpenLine(h, this.#findings.extended)) this.gone.push(h);
      else this.#lacks(h, ids);
    }
    if (vanishing.mode === "withdraw") counts.covered += held.length;
  }

  /** A line of a sale with an id, and the row that the source stated under it. */
  #stays(key: string, line: SpilledRecord, before: HeldRow | undefined): void {
    const { vanishing } = this.#options;
    const wasThere = before !== undefined && before.place > 0;
    if (wasThere && vanishing.mode === "rule") this.#counts.covered++;
    if (vanishing.watch === undefined || line.day === "") return;
    const seen = wasThere
      ? { ...NOTHING_SEEN, stayed: [{ line, from: before }] }
      : before === undefined
        ? { ...NOTHING_SEEN, came: [line] }
        : { ...NOTHING_SEEN, returned: 1 };
    vanishing.watch(key, (wasThere && dayOfRow(before)) || line.day, seen, line.day);
  }

  /** A row with an id that the version lacks. */
  #lacks(row: HeldRow, ids: IdFindings | undefined): void {
    const { entity, vanishing } = this.#options;
    const counts = this.#counts;
    const { key, ordinal, place } = row;
    if (vanishing.mode === "withdraw" || this.#findings.isFormer(row)) {
      this.gone.push(row);
      counts.withdrawn++;
      return;
    }
    if (ordinal === 0) ids?.lacks(row);
    const day = entity.derivedKey ? dayOfRow(row) : "";
    if (place > 0 && day !== "") vanishing.watch?.(key, day, { ...NOTHING_SEEN, vanished: [row] }, day);
    if (vanishing.mode === "rule" && day !== "" && vanishing.deletes(key, ordinal, place, day)) {
      this.gone.push(row);
      counts.withdrawn++;
      counts.covered++;
    } else {
      counts.vanished++;
      if (day !== "" && place > 0) this.placed.push({ ...row, place: 0 });
    }
  }

  #emit(line: SpilledRecord, key: string, ordinal: number): void {
    const place = this.#options.vanishing.placeOf(line.line);
    this.emit.push({
      n: line.n,
      key,
      ordinal,
      dated: line.dated,
      a: line.a,
      b: line.b,
      day: line.day,
      place,
    });
  }

  /** Gives an unchanged row its place in this version. */
  #replace(held: readonly HeldRow[], ordinal: number, place: number, key: string): void {
    const row = held.length === 1 ? held[0] : held.find((h) => h.ordinal === ordinal);
    if (row !== undefined && row.place !== place) this.placed.push({ ...row, key, place });
  }
}

/** Whether no other record stands between these. */
const areTogether = (lines: readonly SpilledRecord[]): boolean =>
  lines.length - 1 === (lines.at(-1)?.n ?? 0) - (lines[0]?.n ?? 0);

const isRow = ({ leftOut }: SpilledRecord): boolean => leftOut !== true;

/** The ISO day of a held sale; "" if no event told it. */
const dayOfRow = ({ key, day }: HeldRow): string => (day !== "" || !isStem(key) ? day : dayOfStem(key));

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

export function distinct(lines: readonly SpilledRecord[]): SpilledRecord[] {
  const seen = new Set<string>();
  return lines.filter((l) => {
    const print = `${l.a}/${l.b}`;
    const first = !seen.has(print);
    seen.add(print);
    return first;
  });
}
