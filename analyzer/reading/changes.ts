/** What changed, by source: the notes of columns.db. */
import { masked } from "#shared/runtime/masked.ts";
import type { ChangesAnswer } from "../api/figures.ts";
import { dayText } from "../columns/days.ts";
import { sourceNumbers } from "./resolve.ts";
import type { Snapshot } from "./snapshot.ts";
import { units } from "./units.ts";

const DEFAULT_LIMIT = 50;

interface Note {
  readonly id: bigint;
  readonly source: string;
  readonly from_at: string;
  readonly to_at: string;
  readonly commit_id: bigint;
  readonly added: bigint;
  readonly changed: bigint;
  readonly removed: bigint;
  /** Millionths; a sum beyond 64 bits is the nearest double. */
  readonly revenue: bigint | number;
  readonly quantity: bigint | number;
  readonly first_day: bigint;
  readonly last_day: bigint;
}

export function readChanges(
  snapshot: Snapshot,
  {
    source,
    limit = DEFAULT_LIMIT,
    before = Number.MAX_SAFE_INTEGER,
  }: { readonly source?: string; readonly limit?: number; readonly before?: number },
): Pick<ChangesAnswer, "since" | "rows" | "next"> {
  const sources = source === undefined ? undefined : [...sourceNumbers(snapshot, source)];
  const notes = snapshot.columns
    .prepare(`
      SELECT c.*, s.id AS source FROM changes c JOIN sources s ON s.n = c.source
      WHERE c.id < ? ${sources === undefined ? "" : `AND c.source IN (${sources.join(", ")})`}
      ORDER BY c.id DESC LIMIT ?`)
    .safeIntegers()
    .all(before, limit) as Note[];
  return {
    since: notedSince(snapshot),
    rows: notes.map((note) => ({
      id: Number(note.id),
      source: masked(note.source),
      from: note.from_at,
      to: note.to_at,
      commit: Number(note.commit_id),
      added: Number(note.added),
      changed: Number(note.changed),
      removed: Number(note.removed),
      revenue: units(note.revenue),
      quantity: units(note.quantity),
      firstDay: dayText(Number(note.first_day)),
      lastDay: dayText(Number(note.last_day)),
    })),
    next: notes.length === limit ? Number(notes.at(-1)?.id ?? 0) || null : null,
  };
}

/** The oldest notes are deleted after some time. */
function notedSince({ columns, since }: Snapshot): string | null {
  const oldest = columns.prepare("SELECT id, from_at AS at FROM changes ORDER BY id LIMIT 1").get() as
    | { id: number; at: string }
    | undefined;
  return oldest !== undefined && oldest.id > 1 ? oldest.at : since;
}
