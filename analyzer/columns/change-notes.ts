/**
 * Notes what changed by source: rows and money, in the table `changes`. Changes that follow each other closely are one
 * note, because a version of a file arrives in several commits.
 */

import { storedSum } from "#shared/contract/numbers.ts";
import type { Sqlite } from "#shared/database/sqlite.ts";
import type { Step } from "./changed-rows.ts";
import { Chunk } from "./chunk.ts";
import { Sums } from "./sums.ts";

/** Changes of one source within this time after the last one belong to its note, which spans at most MAX_SPAN_MS. */
const GAP_MS = 10_000;
const MAX_SPAN_MS = 5 * 60_000;
/** Older notes are deleted. */
const MAX_NOTES = 20_000;

/** What changed in the sales of one source. */
class Note {
  /** The sales as they are, and as they were. */
  readonly is = new Sums();
  readonly was = new Sums();
  added = 0;
  changed = 0;
  removed = 0;
  firstDay = Number.POSITIVE_INFINITY;
  lastDay = Number.NEGATIVE_INFINITY;

  count(sums: Sums, chunk: Chunk, i: number): void {
    sums.add(0, chunk, i);
    const day = chunk.day[i] as number;
    if (day < this.firstDay) this.firstDay = day;
    if (day > this.lastDay) this.lastDay = day;
  }
}

export interface ChangeNotes {
  /** Call it before a sale is set, and `after` behind it. Product 0: there is no such sale. */
  readonly before: (chunk: Chunk, i: number) => void;
  readonly after: (chunk: Chunk, i: number) => void;
  /** Writes what was noted. */
  readonly store: (step: Step) => void;
  readonly forget: () => void;
}

/** Prepares the statements. `db`: a connection to ventes.db. */
export function prepareChangeNotes(db: Sqlite, columns: Sqlite): ChangeNotes {
  const bySource = new Map<number, Note>();
  /** One sale, as it was. */
  const had = new Chunk();
  let last: Note | undefined;
  let lastSource = 0;
  const times = db
    .prepare(
      "SELECT MIN(committed_at), MAX(committed_at) FROM main.commits WHERE commit_id > ? AND commit_id <= ?",
    )
    .raw();
  const lastNote = columns.prepare(
    "SELECT id, from_at, to_at FROM changes WHERE source = ? ORDER BY id DESC LIMIT 1",
  );
  const extend = columns.prepare(`
    UPDATE changes SET to_at = ?, commit_id = ?, added = added + ?, changed = changed + ?, removed = removed + ?,
      revenue = revenue + ?, quantity = quantity + ?, first_day = MIN(first_day, ?), last_day = MAX(last_day, ?)
    WHERE id = ?`);
  const add = columns.prepare(`
    INSERT INTO changes (source, from_at, to_at, commit_id, added, changed, removed, revenue, quantity, first_day, last_day)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const prune = columns.prepare("DELETE FROM changes WHERE id <= (SELECT MAX(id) FROM changes) - ?");

  function noteOf(source: number): Note {
    if (last !== undefined && source === lastSource) return last;
    let note = bySource.get(source);
    if (note === undefined) {
      note = new Note();
      bySource.set(source, note);
    }
    last = note;
    lastSource = source;
    return note;
  }

  return {
    before: (chunk, i) => {
      had.product[0] = chunk.product[i] as number;
      if (had.product[0] !== 0) had.copy(0, chunk, i);
    },
    after: (chunk, i) => {
      if (had.isSame(0, chunk, i)) return;
      const was = had.product[0] !== 0;
      const is = chunk.product[i] !== 0;
      const source = chunk.source[i] as number;
      const isOfOne = was && is && had.source[0] === source;
      if (was) {
        const note = noteOf(had.source[0] as number);
        note.count(note.was, had, 0);
        if (!isOfOne) note.removed++;
      }
      if (is) {
        const note = noteOf(source);
        note.count(note.is, chunk, i);
        if (isOfOne) note.changed++;
        else note.added++;
      }
    },
    store: ({ from, to }) => {
      if (bySource.size === 0) return;
      const [first, end] = times.get(from, to) as [string, string];
      for (const [source, note] of bySource) {
        const before = lastNote.get(source) as { id: number; from_at: string; to_at: string } | undefined;
        const { added, changed, removed, firstDay, lastDay } = note;
        const [is, was] = [note.is.of(0), note.was.of(0)];
        const revenue = storedSum(is.revenue - was.revenue);
        const quantity = storedSum(is.quantity - was.quantity);
        if (
          before !== undefined &&
          Date.parse(first) - Date.parse(before.to_at) <= GAP_MS &&
          Date.parse(end) - Date.parse(before.from_at) <= MAX_SPAN_MS
        )
          extend.run(end, to, added, changed, removed, revenue, quantity, firstDay, lastDay, before.id);
        else add.run(source, first, end, to, added, changed, removed, revenue, quantity, firstDay, lastDay);
      }
      prune.run(MAX_NOTES);
    },
    forget: () => {
      bySource.clear();
      last = undefined;
    },
  };
}
